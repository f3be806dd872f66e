import type { LogDriver } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import type { ContainerLogsMessage, ContainerLogsRequest } from '../../proto/container-messages.ts';
import type { LoggedContainer } from '../logs/forward/log-sources.ts';
import { readLog } from '../logs/log-file.ts';
import type { LogRecord } from '../logs/log-record.ts';
import { DEFAULT_LOG_DRIVER, effectiveLogDriver } from '../logs/log-settings.ts';
import { findOnNode } from './find-container.ts';
import { isAlive, type LocalContext, type LocalRecord, logPathOf } from './local-context.ts';

function toLine(record: LogRecord): ContainerLogsMessage['lines'][number] {
  const { stream, timestampMs, text, time } = record;
  return { stream, timestampMs, time, data: new TextEncoder().encode(text) };
}

/** True while more may be written to the log of a container of this node alone. */
function isWrittenTo(record: LocalRecord): boolean {
  return !record.isGone && (record.busy || isAlive(record));
}

/** The logs of the node's own containers, for whoever sends them on. */
export function localLogs(context: LocalContext): readonly LoggedContainer[] {
  return [...context.records.values()].map((record) => ({
    id: record.stored.id,
    name: record.stored.spec.name,
    spec: record.stored.spec.container,
    path: logPathOf(context, record.stored.id),
    isLive: () => isWrittenTo(record),
  }));
}

function requireKept({ facts }: LocalContext, name: string, logDriver: LogDriver | undefined): void {
  if (effectiveLogDriver(logDriver, facts.logDriver ?? DEFAULT_LOG_DRIVER).name !== 'none') return;
  throw new SkepError('FAILED_PRECONDITION', `container ${name} keeps no log: its log driver is none`, {
    help: 'attach to it, or make it anew with another --log-driver',
  });
}

/** What a container printed, and with `follow` what it prints until it has ended. */
export async function* containerLogs(
  context: LocalContext,
  request: ContainerLogsRequest,
  signal: AbortSignal,
): AsyncGenerator<ContainerLogsMessage> {
  const found = findOnNode(context, request.reference);
  const { id } = found;
  const { logDriver } =
    found.kind === 'local' ? found.record.stored.spec.container : found.entry.task.spec.container;
  requireKept(context, found.name, logDriver);
  const path = found.kind === 'local' ? logPathOf(context, id) : context.taskLogPath(id);
  const isLive = () =>
    found.kind === 'local'
      ? isWrittenTo(found.record)
      : context.tasks().some(({ task, container }) => task.id === id && container.exit === null);
  const { follow, tail, sinceMs, untilMs } = request;
  const options = {
    follow,
    tail,
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
  };
  for await (const records of readLog(path, options, { clock: context.clock, isLive, signal })) {
    if (records.length > 0) yield { lines: records.map(toLine) };
  }
}
