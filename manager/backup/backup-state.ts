import type { Change, StoreObject } from '../../lib/domain/store-object.ts';
import { SkepError } from '../../lib/errors.ts';
import { transactionCodec } from '../../proto/messages.ts';
import { objectsOf } from '../store/memory-state.ts';
import type { StoreView } from '../store/store.ts';
import type { DecodedBackup } from './backup-decoder.ts';
import { encodeBackup } from './backup-encoder.ts';
import { damagedBackup } from './backup-format.ts';

/** With objects of the largest size that a log entry holds, far under what a part may be. */
const OBJECTS_PER_PART = 50;

/**
 * A backup of all that the store holds at this moment, encoded piece by piece as it is asked for. Throws
 * FAILED_PRECONDITION when there is no cluster.
 */
export function backupOf(view: StoreView, createdAtMs: number): Iterable<Uint8Array> {
  if (view.cluster === undefined)
    throw new SkepError('FAILED_PRECONDITION', 'there is no cluster to be saved');
  // Objects are never changed in place, so a list of them is a picture of this moment.
  const objects = [...objectsOf(view)];
  const header = { clusterId: view.cluster.id, createdAtMs, index: view.index, objects: objects.length };
  return encodeBackup(header, partsOf(objects));
}

/** The objects, some at a time, as a snapshot holds them. */
export function* partsOf(objects: readonly StoreObject[]): Generator<Uint8Array, void> {
  for (let at = 0; at < objects.length; at += OBJECTS_PER_PART) {
    const changes = objects
      .slice(at, at + OBJECTS_PER_PART)
      .map((object): Change => ({ kind: 'put', object }));
    yield transactionCodec.encode({ changes, proposedAtMs: 0 });
  }
}

/**
 * All objects of a backup, in their order. Throws what `parts` throws, and DATA_LOSS when they are not those that the
 * header speaks of.
 */
export async function objectsOfBackup({ header, parts }: DecodedBackup): Promise<readonly StoreObject[]> {
  const objects: StoreObject[] = [];
  for await (const part of parts) {
    for (const change of decodePart(part)) if (change.kind === 'put') objects.push(change.object);
  }
  if (objects.length !== header.objects) {
    throw damagedBackup(`damaged: ${objects.length} of its ${header.objects} objects are there`);
  }
  const clusters = objects.filter(({ kind }) => kind === 'cluster');
  if (clusters.length !== 1 || clusters[0]?.id !== header.clusterId) {
    throw damagedBackup('damaged: it does not hold the cluster that it is of');
  }
  return objects;
}

function decodePart(part: Uint8Array): readonly Change[] {
  try {
    return transactionCodec.decode(part).changes;
  } catch (cause) {
    throw new SkepError('DATA_LOSS', 'a part of the backup cannot be read', {
      help: 'restore it with the version of Skep that wrote it',
      cause,
    });
  }
}
