import {
  killContainer,
  pauseContainer,
  removeContainer,
  renameContainer,
  restartContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from '../agent/container/container-actions.ts';
import { containerLogs } from '../agent/container/container-logs.ts';
import { attachContainer, execInContainer } from '../agent/container/container-streams.ts';
import { untilTrue, waitCondition } from '../agent/container/container-wait.ts';
import { createContainer } from '../agent/container/create-container.ts';
import { inspectContainer, listContainers } from '../agent/container/describe-container.ts';
import { type FoundContainer, findOnNode } from '../agent/container/find-container.ts';
import type { LocalContext, LocalRecord } from '../agent/container/local-context.ts';
import {
  belongsToService,
  endedWithin,
  killTask,
  requireTaskRunning,
  stopTask,
} from '../agent/container/task-actions.ts';
import type { TaskContainer } from '../agent/worker/worker.ts';
import type { StopContainerRequest } from '../proto/container-messages.ts';
import type { containerMethods } from '../proto/container-services.ts';
import type { Handlers } from '../proto/rpc.ts';

type All = Handlers<typeof containerMethods>;
/** What looks into containers' files and processes. */
export type LookHandlers = Pick<
  All,
  'diff' | 'top' | 'commit' | 'stats' | 'statPath' | 'copyFrom' | 'copyTo'
>;

export interface ContainerHandlersDependencies {
  readonly context: LocalContext;
  readonly look: LookHandlers;
}

const DONE = {};

/** The node's own container; what only a service may do with a task's is refused. */
function ownRecord(context: LocalContext, reference: string, verb: string): LocalRecord {
  const found = findOnNode(context, reference);
  if (found.kind === 'task') throw belongsToService(found.entry, verb);
  return found.record;
}

/** Does one thing to a container of the node, another to a task's. */
async function act(
  found: FoundContainer,
  own: (record: LocalRecord) => Promise<void>,
  ofTask: (entry: TaskContainer) => Promise<void>,
): Promise<typeof DONE> {
  await (found.kind === 'local' ? own(found.record) : ofTask(found.entry));
  return DONE;
}

function stopping(context: LocalContext): Pick<All, 'stop' | 'restart' | 'kill' | 'pause' | 'unpause'> {
  const find = ({ reference }: { readonly reference: string }) => findOnNode(context, reference);
  const { executor } = context;
  const endTask = (request: StopContainerRequest) => (entry: TaskContainer) =>
    stopTask(context, entry, request);
  const running = (work: (id: string) => Promise<void>) => async (entry: TaskContainer) => {
    requireTaskRunning(entry);
    await work(entry.task.id);
  };
  return {
    stop: (request) =>
      act(find(request), (record) => stopContainer(context, record, request), endTask(request)),
    // A task's container is not started again: its service starts another.
    restart: (request) =>
      act(find(request), (record) => restartContainer(context, record, request), endTask(request)),
    kill: (request) =>
      act(
        find(request),
        (record) => killContainer(context, record, request),
        (entry) => killTask(context, entry, request.signal),
      ),
    pause: (request) =>
      act(find(request), (record) => pauseContainer(context, record), running(executor.pause)),
    unpause: (request) =>
      act(find(request), (record) => unpauseContainer(context, record), running(executor.unpause)),
  };
}

function waiting(context: LocalContext): Pick<All, 'wait'> {
  return {
    wait: async ({ reference, condition }, { signal }) => {
      const found = findOnNode(context, reference);
      if (found.kind === 'task') {
        const find = () => context.tasks().find(({ task }) => task.id === found.id)?.container;
        await endedWithin(context, () => find()?.exit === null, found.id, null, signal);
        return { exitCode: find()?.exit?.exitCode ?? 0, error: '' };
      }
      const { record } = found;
      await untilTrue(record, waitCondition(record, condition), signal);
      return { exitCode: record.stored.exitCode, error: record.stored.error };
    },
  };
}

/** What the node answers about its containers. NOT_FOUND for a reference that none of them has. */
export function containerHandlers({ context, look }: ContainerHandlersDependencies): All {
  return {
    ...look,
    ...stopping(context),
    ...waiting(context),
    create: ({ spec }) => createContainer(context, spec),
    start: async ({ reference }) => {
      await startContainer(context, ownRecord(context, reference, 'started'), null);
      return DONE;
    },
    remove: async (request) => {
      await removeContainer(context, ownRecord(context, request.reference, 'removed'), request);
      return DONE;
    },
    rename: async ({ reference, name }) => {
      await renameContainer(context, ownRecord(context, reference, 'renamed'), name);
      return DONE;
    },
    list: async (request) => ({ containers: await listContainers(context, request) }),
    inspect: (request) => inspectContainer(context, request),
    logs: (request, { signal }) => containerLogs(context, request, signal),
    attach: (requests, { signal }) => attachContainer(context, requests, signal),
    exec: (requests, { signal }) => execInContainer(context, requests, signal),
  };
}
