import { readChanges } from '../agent/container/changes.ts';
import { type CommitDependencies, commitContainer } from '../agent/container/commit.ts';
import type { ContainerOnNode, FindContainerOnNode } from '../agent/container/container-on-node.ts';
import {
  copyFromContainer,
  copyToContainer,
  copyToHeader,
  statContainerPath,
} from '../agent/container/copy.ts';
import { changesWords, mountPlaces } from '../agent/container/look-plan.ts';
import { type Looker, prepareWritable } from '../agent/container/look-process.ts';
import { listProcesses } from '../agent/container/process-list.ts';
import { containerStats } from '../agent/container/usage-sampler.ts';
import type { Clock } from '../lib/ports.ts';
import type { FileChange } from '../proto/container-messages.ts';
import type { LookHandlers } from './container-handlers.ts';

export interface LookDependencies extends Omit<CommitDependencies, 'looker'> {
  readonly find: FindContainerOnNode;
  /** Finds it with its volumes, whether it runs or not. */
  readonly ready: (reference: string) => Promise<ContainerOnNode>;
  /** Does work, and keeps a container that does not run from being started meanwhile. */
  readonly atRest: <Result>(reference: string, work: () => Promise<Result>) => Promise<Result>;
  /** Ids of all containers that run, tasks' too. */
  readonly running: () => readonly string[];
  readonly looker: Looker;
  readonly clock: Clock;
}

const DONE = {};

async function diff(
  { find, looker }: LookDependencies,
  reference: string,
  signal: AbortSignal,
): Promise<readonly FileChange[]> {
  const container = find(reference);
  await prepareWritable(container);
  const pieces: Buffer[] = [];
  // The helper itself bounds what it tells.
  const words = changesWords(container);
  for await (const piece of looker.read(words, `compare ${container.name} with its image`, signal))
    pieces.push(piece);
  return readChanges(Buffer.concat(pieces), mountPlaces(container));
}

/** What the node answers about the files, the processes and the consumption of its containers. */
export function containerLookHandlers(dependencies: LookDependencies): LookHandlers {
  const { find, ready, atRest, looker, clock } = dependencies;
  return {
    diff: async ({ reference }, { signal }) => ({ changes: await diff(dependencies, reference, signal) }),
    top: async ({ reference, psArguments }) => listProcesses(find(reference), psArguments, clock.nowMs),
    commit: async (request, { signal }) => ({
      imageId: await commitContainer(dependencies, find(request.reference), request, signal),
    }),
    stats: (request, { signal }) => containerStats(dependencies, request, signal),
    statPath: async ({ reference, path }, { signal }) =>
      statContainerPath(looker, await ready(reference), path, signal),
    copyFrom: async function* ({ reference, path }, { signal }) {
      yield* copyFromContainer(looker, await ready(reference), path, signal);
    },
    copyTo: async (requests, { signal }) => {
      const iterator = requests[Symbol.asyncIterator]();
      const header = await copyToHeader(iterator);
      const { id } = await ready(header.reference);
      await atRest(id, async () => copyToContainer(looker, await ready(id), header, iterator, signal));
      return DONE;
    },
  };
}
