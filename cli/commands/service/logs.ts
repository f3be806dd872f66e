import type { Task } from '../../../lib/domain/task.ts';
import { SkepError } from '../../../lib/errors.ts';
import { parseDurationMs } from '../../../lib/units.ts';
import type { LogLine, LogsRequest } from '../../../proto/messages.ts';
import type { Context } from '../../context.ts';
import { nodeName } from '../../format/node-list.ts';
import { shortId } from '../../format/table.ts';
import { INTERRUPTED_EXIT_CODE, type SkepCommand, UsageError } from '../../usage.ts';

interface LogFlags {
  readonly follow?: boolean;
  readonly tail: string;
  readonly since?: string;
  readonly until?: string;
  readonly timestamps?: boolean;
  readonly raw?: boolean;
  readonly trunc: boolean;
  readonly resolve: boolean;
  readonly taskIds: boolean;
}

/** Reads `--since` or `--until`: a time in ISO 8601, seconds since the epoch, or a duration before `nowMs`. */
export function parseSince(text: string, nowMs: number, flag = '--since'): number {
  const durationMs = parseDurationMs(text);
  if (durationMs !== undefined && text !== '0') return nowMs - durationMs;
  const timeMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
  if (Number.isNaN(timeMs)) {
    throw new UsageError(
      `invalid value "${text}" for ${flag}`,
      'use 10m, or a time such as 2026-08-01T12:00:00Z',
    );
  }
  return timeMs;
}

/** Reads `--tail`: `all` or a number of lines; negative stands for all. */
export function parseTail(text: string): number {
  if (text === 'all') return -1;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`invalid value "${text}" for --tail`, 'use a number of lines, or all');
}

async function selectorOf(context: Context, reference: string): Promise<LogsRequest['selector']> {
  try {
    const service = await context.control().getService({ reference });
    return { serviceIds: [service.id], taskIds: [] };
  } catch (thrown) {
    if (!(thrown instanceof SkepError && thrown.code === 'NOT_FOUND')) throw thrown;
  }
  try {
    const task = await context.control().getTask({ reference });
    return { serviceIds: [], taskIds: [task.id] };
  } catch (thrown) {
    if (!(thrown instanceof SkepError && thrown.code === 'NOT_FOUND')) throw thrown;
    throw new SkepError('NOT_FOUND', `no such service or task: ${reference}`, { cause: thrown });
  }
}

/** Names of tasks and nodes, looked up again when a line comes from one that is not known yet. */
function createNames(context: Context, flags: LogFlags) {
  const tasks = new Map<string, Task>();
  const nodes = new Map<string, string>();
  const refresh = async (serviceId: string) => {
    const control = context.control();
    const [listed, { nodes: known }] = await Promise.all([
      control.listTasks({ serviceReferences: [serviceId], nodeReferences: [], desiredRunning: false }),
      control.listNodes({}),
    ]);
    for (const task of listed.tasks) tasks.set(task.id, task);
    for (const node of known) nodes.set(node.id, nodeName(node));
  };
  return async (line: LogLine): Promise<string> => {
    // A service that was removed meanwhile still has lines to print, under ids.
    if (!tasks.has(line.taskId)) await refresh(line.serviceId).catch(() => undefined);
    const task = tasks.get(line.taskId);
    const id = flags.trunc ? shortId(line.taskId) : line.taskId;
    const place = task === undefined ? '' : `${task.serviceName}.${task.slot > 0 ? task.slot : task.nodeId}`;
    const name = place === '' ? id : flags.taskIds ? `${place}.${id}` : place;
    return `${name}@${flags.resolve ? (nodes.get(line.nodeId) ?? line.nodeId) : line.nodeId}`;
  };
}

async function logs(context: Context, reference: string, flags: LogFlags): Promise<void> {
  const { terminal } = context;
  const tail = parseTail(flags.tail);
  const sinceMs = flags.since === undefined ? undefined : parseSince(flags.since, terminal.nowMs());
  const untilMs =
    flags.until === undefined ? undefined : parseSince(flags.until, terminal.nowMs(), '--until');
  const options = {
    follow: flags.follow === true,
    tail,
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
  const selector = await selectorOf(context, reference);
  const nameOf = createNames(context, flags);
  const abort = new AbortController();
  const stopListening = terminal.onInterrupt(() => abort.abort());
  let width = 0;
  try {
    for await (const message of context.control().logs({ selector, options }, { signal: abort.signal })) {
      if (message.warning !== '') terminal.writeError(`Warning: ${message.warning}\n`);
      for (const line of message.lines) {
        const text = Buffer.from(line.data)
          .toString('utf8')
          .replace(/\r?\n$/, '');
        const time =
          flags.timestamps === true ? `${line.time || new Date(line.timestampMs).toISOString()} ` : '';
        const name = flags.raw === true ? '' : await nameOf(line);
        width = Math.max(width, name.length);
        const output =
          flags.raw === true ? `${time}${text}\n` : `${time}${name.padEnd(width)}    | ${text}\n`;
        if (line.stream === 'stderr') terminal.writeError(output);
        else terminal.writeOut(output);
      }
    }
  } catch (thrown) {
    if (!abort.signal.aborted) throw thrown;
    context.exitWith(INTERRUPTED_EXIT_CODE);
  } finally {
    stopListening();
  }
}

/** `skep service logs`. */
export function addLogs(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('logs').description('Show what the tasks of a service wrote');
  command
    .argument('<service|task>')
    .option('-f, --follow', 'Go on with what is written from now on')
    .option('-n, --tail <lines>', 'Lines from the end of each log, or all', 'all')
    .option('--since <time>', 'Only lines after this time, or this long ago')
    .option('--until <time>', 'Only lines before this time, or up to this long ago')
    .option('-t, --timestamps', 'Show when each line was written')
    .option('--raw', 'Show the lines alone')
    .option('--no-trunc', 'Show ids uncut')
    .option('--no-resolve', 'Show ids of nodes instead of names')
    .option('--no-task-ids', 'Leave the ids of tasks out')
    .action((reference: string, flags: LogFlags) => logs(context, reference, flags));
  parent.addCommand(command);
}
