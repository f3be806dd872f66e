import type { LocalContainers } from '../agent/container/local-containers.ts';
import { SkepError } from '../lib/errors.ts';
import type { NodeInfo } from '../proto/messages.ts';
import type { Handlers } from '../proto/rpc.ts';
import type { localMethods } from '../proto/services.ts';
import type { Engine } from './engine.ts';
import type { Membership } from './membership.ts';
import type { DaemonOptions } from './options.ts';
import { VERSION } from './version.ts';
import { volumeHandlers } from './volume-handlers.ts';

export interface LocalDependencies {
  readonly options: DaemonOptions;
  readonly engine: Engine;
  readonly membership: Membership;
  readonly containers: LocalContainers;
}

interface UploadMessage<Header> {
  readonly header?: Header;
  readonly data: Uint8Array;
}

/** Splits an upload into its header and its data. */
async function openUpload<Header>(
  messages: AsyncIterable<UploadMessage<Header>>,
): Promise<{ readonly header: Header; readonly data: AsyncIterable<Uint8Array> }> {
  const iterator = messages[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true || first.value.header === undefined) {
    throw new SkepError('INVALID_ARGUMENT', 'an upload begins with its header');
  }
  const { header, data } = first.value;
  async function* rest(): AsyncGenerator<Uint8Array> {
    if (data.length > 0) yield data;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
      yield next.value.data;
  }
  return { header, data: rest() };
}

async function describeNode({
  options,
  engine,
  membership,
  containers,
}: LocalDependencies): Promise<NodeInfo> {
  const active = membership.active();
  const rejection = membership.rejection();
  const quorum = await active?.manager?.quorumInfo().catch(() => undefined);
  return {
    nodeId: active?.state.nodeId ?? '',
    clusterId: active?.state.clusterId ?? '',
    swarmState:
      active === null
        ? membership.isLocked()
          ? 'locked'
          : 'inactive'
        : rejection !== ''
          ? 'error'
          : active.agent.session.node() === null
            ? 'pending'
            : 'active',
    role: active?.state.role ?? '',
    error: rejection || (active?.managerFailure ?? ''),
    version: VERSION,
    hostname: options.hostname,
    advertiseAddress: active?.state.advertiseAddress ?? '',
    managers: active?.state.managers ?? [],
    containersRunning: containers.runningCount() + (active?.agent.worker.runningCount() ?? 0),
    images: engine.images.list().length,
    dataRoot: options.dataRoot,
    runRoot: options.runRoot,
    pid: process.pid,
    ...(quorum === undefined ? {} : { quorum }),
  };
}

function imageIsUsed({ membership, containers }: LocalDependencies, imageId: string): boolean {
  if (containers.usesImage(imageId)) return true;
  const tasks = membership.active()?.agent.worker.tasks() ?? [];
  return tasks.some((task) => task.spec.container.imageId === imageId);
}

/** What the node itself answers, whether it is in a cluster or not. */
export function localHandlers(dependencies: LocalDependencies): Handlers<typeof localMethods> {
  const { engine, membership } = dependencies;
  const { images } = engine;
  return {
    ...volumeHandlers(engine, membership),
    info: () => describeNode(dependencies),
    swarmInit: (request) => membership.init(request),
    swarmJoin: (request) => membership.join(request),
    swarmLeave: async ({ force }) => {
      await membership.leave(force);
      return {};
    },
    swarmUnlock: async ({ unlockKey }) => {
      await membership.unlock(unlockKey);
      return {};
    },
    swarmRestore: async (messages) => {
      const { header, data } = await openUpload(messages);
      return membership.restore(header, data);
    },
    importImage: async (messages) => {
      const { header, data } = await openUpload(messages);
      return { images: [await images.importRootfs(data, header)] };
    },
    loadImages: async (messages) => {
      const { data } = await openUpload(messages);
      return { images: await images.load(data) };
    },
    listImages: async () => ({ images: images.list() }),
    inspectImage: async ({ reference }) => images.inspect(reference),
    removeImage: ({ reference, force }) =>
      images.remove(reference, { force, inUse: (imageId) => imageIsUsed(dependencies, imageId) }),
  };
}
