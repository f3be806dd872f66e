import type { LogDriver } from '../../lib/domain/container-spec.ts';
import type { Task } from '../../lib/domain/task.ts';
import { describeError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { LogLine, LogSubscription, PublishLogsRequest } from '../../proto/messages.ts';
import type { Connection } from '../../proto/rpc.ts';
import type { logBrokerMethods } from '../../proto/services.ts';
import { readContainerLogs } from './log-file.ts';
import type { LogRecord } from './log-record.ts';
import { effectiveLogDriver } from './log-settings.ts';

/** Subscriptions served at once; further ones are answered as done with a log line. */
const MAX_SUBSCRIPTIONS = 64;

export interface LogPublisherDependencies {
  readonly nodeId: string;
  readonly tasks: () => readonly Task[];
  /** False once nothing more will be written to the task's log. */
  readonly isLive: (taskId: string) => boolean;
  readonly logPath: (taskId: string) => string;
  /** Of containers that name none. */
  readonly logDriver: LogDriver;
  readonly clock: Clock;
  readonly log: Log;
}

type Client = Connection<typeof logBrokerMethods>['call'];

function toLines(nodeId: string, task: Task, records: readonly LogRecord[]): readonly LogLine[] {
  return records.map((record) => ({
    taskId: task.id,
    serviceId: task.serviceId,
    nodeId,
    stream: record.stream,
    timestampMs: record.timestampMs,
    time: record.time,
    data: new TextEncoder().encode(record.text),
  }));
}

/** Merges the batches of several tasks as they come, one waiting read per task. */
async function* mergeTasks(
  sources: readonly AsyncGenerator<readonly LogLine[]>[],
): AsyncGenerator<readonly LogLine[]> {
  const pending = new Map(sources.map((source) => [source, take(source)]));
  try {
    while (pending.size > 0) {
      const { source, result } = await Promise.race(pending.values());
      if (result.done === true) pending.delete(source);
      else {
        pending.set(source, take(source));
        if (result.value.length > 0) yield result.value;
      }
    }
  } finally {
    await Promise.allSettled([...pending.keys()].map((source) => source.return(undefined)));
  }
}

async function take(source: AsyncGenerator<readonly LogLine[]>) {
  return { source, result: await source.next() };
}

async function* publishRequests(
  dependencies: LogPublisherDependencies,
  subscription: LogSubscription,
  signal: AbortSignal,
): AsyncGenerator<PublishLogsRequest> {
  const { clock, nodeId } = dependencies;
  const subscriptionId = subscription.id;
  const tasks = dependencies.tasks().filter((task) => subscription.taskIds.includes(task.id));
  const isKept = (task: Task) =>
    effectiveLogDriver(task.spec.container.logDriver, dependencies.logDriver).name !== 'none';
  const unkeptTaskIds = tasks.filter((task) => !isKept(task)).map((task) => task.id);
  if (unkeptTaskIds.length > 0) yield { subscriptionId, lines: [], done: false, unkeptTaskIds };
  const sources = tasks.filter(isKept).map(async function* (task) {
    const isLive = () => dependencies.isLive(task.id);
    const follow = { clock, signal, isLive };
    for await (const records of readContainerLogs(
      dependencies.logPath(task.id),
      subscription.options,
      follow,
    )) {
      yield toLines(nodeId, task, records);
    }
  });
  for await (const lines of mergeTasks(sources)) {
    if (signal.aborted) return;
    yield { subscriptionId, lines, done: false };
  }
  yield { subscriptionId, lines: [], done: true };
}

/** Serves the log subscriptions that a manager pushes to this node, until `signal`. */
export async function publishLogs(
  client: Client,
  sessionId: string,
  dependencies: LogPublisherDependencies,
  signal: AbortSignal,
): Promise<void> {
  const open = new Map<string, AbortController>();
  const endAll = () => {
    for (const abort of open.values()) abort.abort();
  };
  signal.addEventListener('abort', endAll, { once: true });
  for await (const subscription of client.listen({ sessionId }, { signal })) {
    open.get(subscription.id)?.abort();
    if (subscription.close || open.size >= MAX_SUBSCRIPTIONS) {
      open.delete(subscription.id);
      continue;
    }
    const abort = new AbortController();
    open.set(subscription.id, abort);
    client
      .publish(publishRequests(dependencies, subscription, abort.signal), {
        signal: abort.signal,
        timeoutMs: Number.POSITIVE_INFINITY,
      })
      .catch((thrown: unknown) => {
        if (!abort.signal.aborted)
          dependencies.log('warn', 'Logs could not be delivered.', { error: describeError(thrown) });
      })
      .finally(() => {
        if (open.get(subscription.id) === abort) open.delete(subscription.id);
      });
  }
}
