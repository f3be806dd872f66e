import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import { decodeBackup } from '../../../manager/backup/backup-decoder.ts';
import { backupOf, objectsOfBackup, partsOf } from '../../../manager/backup/backup-state.ts';
import { applyTransaction, stateFromObjects, viewOfState } from '../../../manager/store/memory-state.ts';
import { isSkepError } from '../raft/raft-samples.ts';
import { sampleObject, sampleTask } from '../store/store-samples.ts';
import { bytesOf, chunksOf, HEADER } from './backup-samples.ts';

const OBJECTS: readonly StoreObject[] = [
  sampleObject('cluster', 'c1', 'production'),
  sampleObject('node', 'n1', 'east'),
  sampleObject('network', 'w1', 'front'),
  sampleObject('service', 's1', 'web'),
  ...Array.from({ length: 120 }, (_, place) => sampleTask(`t${place}`, 's1', 'n1')),
];

describe('a backup of the store', () => {
  it('brings back every object as it was', async () => {
    const view = viewOfState(stateFromObjects(OBJECTS, 44));
    const bytes = Buffer.concat([...backupOf(view, 1_234)]);
    const decoded = await decodeBackup(chunksOf(bytes, 1_000));
    assert.deepEqual(decoded.header, { clusterId: 'c1', createdAtMs: 1_234, index: 44, objects: 124 });
    assert.deepEqual(await objectsOfBackup(decoded), OBJECTS);
  });

  it('is of the moment at which it was begun, whatever changes meanwhile', async () => {
    const state = stateFromObjects(OBJECTS, 44);
    const pieces = backupOf(viewOfState(state), 1_234);
    applyTransaction(
      state,
      { changes: [{ kind: 'remove', objectKind: 'task', id: 't7' }], proposedAtMs: 1 },
      45,
    );
    const decoded = await decodeBackup(chunksOf(Buffer.concat([...pieces]), 50_000));
    assert.deepEqual(await objectsOfBackup(decoded), OBJECTS);
    assert.equal(decoded.header.index, 44);
  });

  it('cannot be made without a cluster', () => {
    const view = viewOfState(stateFromObjects([], 1));
    assert.throws(() => backupOf(view, 0), isSkepError('FAILED_PRECONDITION'));
  });

  const refused: [string, readonly Uint8Array[], number, RegExp][] = [
    ['fewer objects than it says', [...partsOf(OBJECTS)], 125, /124 of its 125 objects/],
    ['another cluster', [...partsOf([sampleObject('cluster', 'c2', '')])], 1, /the cluster that it is of/],
    ['no cluster', [...partsOf(OBJECTS.slice(1))], 123, /the cluster that it is of/],
    ['bytes that are no objects', [Buffer.from([0xff, 0xff, 0xff])], 1, /cannot be read/],
  ];
  for (const [title, parts, objects, message] of refused) {
    it(`that holds ${title} is refused`, async () => {
      const decoded = await decodeBackup(chunksOf(bytesOf({ ...HEADER, objects }, parts), 1_000));
      await assert.rejects(objectsOfBackup(decoded), isSkepError('DATA_LOSS', message));
    });
  }
});
