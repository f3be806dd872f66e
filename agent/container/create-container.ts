import type { LocalContainerSpec } from '../../lib/domain/local-container.ts';
import { SkepError } from '../../lib/errors.ts';
import {
  isNodeNetwork,
  requireContainerName,
  validateLocalContainer,
} from '../../lib/validation/local-container.ts';
import { argvOf } from '../worker/container-request.ts';
import { CONTAINER_ID_BYTES, containerIdOf } from './container-id.ts';
import { newContainer } from './container-record.ts';
import { findOnNode } from './find-container.ts';
import { holdVolumes, type LocalContext, newRecord, subjectOf, volumesOf } from './local-context.ts';
import { makeUpName } from './names.ts';
import { isOnBridge } from './run-preparation.ts';

/** Containers of one node outside tasks, ended ones included. */
export const MAX_LOCAL_CONTAINERS = 4_096;

/** True for a name that a container of this node has, or is about to get. */
export function nameIsTaken({ records, reservedNames }: LocalContext, name: string): boolean {
  return reservedNames.has(name) || [...records.values()].some(({ stored }) => stored.spec.name === name);
}

/** Throws unless the name can be given. */
export function requireFreeName(context: LocalContext, name: string): void {
  requireContainerName(name);
  if (!nameIsTaken(context, name)) return;
  const holder = [...context.records.values()].find(({ stored }) => stored.spec.name === name);
  const id = holder === undefined ? '' : ` (${holder.stored.id.slice(0, 12)})`;
  throw new SkepError('ALREADY_EXISTS', `the name ${name} is in use by another container of this node${id}`, {
    help: 'remove or rename that one, or choose another name',
  });
}

function requireNodeNetwork(context: LocalContext, { network }: LocalContainerSpec): void {
  if (!isNodeNetwork(network)) {
    throw new SkepError('UNIMPLEMENTED', `a container outside a service cannot join network ${network} yet`, {
      help: 'use bridge, host, none or container:NAME, or run it as a service with --network',
    });
  }
  // Whoever it names has to be there; that it runs is asked at the start.
  if (network.startsWith('container:')) findOnNode(context, network.slice('container:'.length));
}

/** What the user should know although the container can be made. */
function warningsOf(spec: LocalContainerSpec): readonly string[] {
  if (isOnBridge(spec) || (spec.ports.length === 0 && !spec.publishAll)) return [];
  return [`published ports are not opened: the container has network ${spec.network}`];
}

/** Makes a container, which is not started yet. Everything that can be refused now is refused now. */
export async function createContainer(
  context: LocalContext,
  asked: LocalContainerSpec,
): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
  validateLocalContainer(asked);
  requireNodeNetwork(context, asked);
  if (context.records.size + context.reservedNames.size >= MAX_LOCAL_CONTAINERS) {
    throw new SkepError(
      'RESOURCE_EXHAUSTED',
      `this node has ${MAX_LOCAL_CONTAINERS} containers, no more are allowed`,
      {
        help: 'skep container prune removes those that ended',
      },
    );
  }
  const isTaken = (candidate: string) => nameIsTaken(context, candidate);
  const name = asked.name === '' ? makeUpName(context.random.fraction, isTaken) : asked.name;
  requireFreeName(context, name);
  const { container } = asked;
  const image = context.images.resolve(container.imageId ?? container.image);
  const imageId = image.image.id;
  const stored = newContainer({
    id: containerIdOf(context.random.bytes(CONTAINER_ID_BYTES)),
    spec: { ...asked, name, container: { ...container, imageId } },
    imageId,
    createdAtMs: context.clock.nowMs(),
    seenBy: context.keeperInstance(),
  });
  argvOf(subjectOf(stored), image);
  const record = newRecord(stored, undefined);
  context.reservedNames.add(name);
  try {
    // What goes with its end need not outlive the machine; the rest is there once its user has the id.
    await context.files.save(stored, { durably: !asked.autoRemove });
    if (volumesOf(context, stored).length > 0) await holdVolumes(context, record, image.layerFolders);
  } catch (thrown) {
    await context.volumes.release(stored.id);
    await context.files.takeAway(stored.id);
    throw thrown;
  } finally {
    context.reservedNames.delete(name);
  }
  context.records.set(stored.id, record);
  return { id: stored.id, warnings: warningsOf(asked) };
}
