import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NO_DATA } from '../../../../manager/raft/core/entry.ts';
import { createMemoryStorage } from '../../../../manager/raft/core/log/memory-storage.ts';
import { createOwnSnapshots } from '../../../../manager/raft/member/own-snapshots.ts';
import { singleVoter } from '../../../../manager/raft/member/rescue-plan.ts';
import { createSnapshot, openNewestSnapshot } from '../../../../manager/raft/snapshot-file.ts';
import { filesOf, KEY, withFolder } from '../raft-samples.ts';
import { eventually } from './number-cluster.ts';

const LIMITS = { snapshotEveryEntries: 10, snapshotEveryBytes: 1_000, retainEntries: 3 };
const CONF_STATE = singleVoter(1);

/** Over a log of 100 entries, all applied. */
function createTaking(folder: string, lowestMatch = Number.POSITIVE_INFINITY) {
  const storage = createMemoryStorage();
  storage.append(
    Array.from({ length: 100 }, (_, place) => ({
      index: place + 1,
      term: 1,
      type: 'EntryNormal' as const,
      data: NO_DATA,
    })),
  );
  const counts = { taken: 0, more: 0 };
  const lines: string[] = [];
  const removedThrough: number[] = [];
  const snapshots = createOwnSnapshots({
    settings: { folder, key: KEY, ...LIMITS },
    diskLog: { removeThrough: async (index) => void removedThrough.push(index) },
    storage,
    log: (_level, message) => lines.push(message),
    take: () => counts.taken++,
    more: () => counts.more++,
    startSegment: () => {},
    lowestMatch: () => lowestMatch,
  });
  const begin = (index: number): void =>
    snapshots.begin({ index, term: 1, confState: CONF_STATE, addresses: new Map() });
  return { storage, counts, lines, removedThrough, snapshots, begin };
}

async function newestParts(folder: string): Promise<string[]> {
  const reader = await openNewestSnapshot(folder, KEY);
  const parts: string[] = [];
  for await (const part of reader?.parts() ?? []) parts.push(Buffer.from(part).toString());
  await reader?.close();
  return parts;
}

async function receivedAt(folder: string, index: number) {
  const description = { confState: CONF_STATE, addresses: {}, hasState: true };
  const writer = await createSnapshot(folder, KEY, { index, term: 1, origin: 'received', description });
  await writer.add(Buffer.from('of the leader'));
  return writer.finish();
}

describe('the snapshots of a member', () => {
  it('are due by count and by size, and not while one is on its way', () =>
    withFolder(async (folder) => {
      const { snapshots, begin, counts } = createTaking(folder);
      snapshots.count(9, 0);
      assert.equal(snapshots.isDue(), false);
      snapshots.count(1, 0);
      assert.equal(snapshots.isDue(), true);
      begin(50);
      assert.equal(counts.taken, 1);
      snapshots.count(1, 1_000);
      assert.equal(snapshots.isDue(), false);
      snapshots.end();
      await eventually('it is written', () => snapshots.isDue());
    }));

  it('hold the parts as they came, and let the log before them go but for a few entries', () =>
    withFolder(async (folder) => {
      const { snapshots, begin, counts, storage, removedThrough } = createTaking(folder);
      snapshots.count(100, 0);
      begin(80);
      for (const text of ['a', 'b']) snapshots.add(Buffer.from(text));
      snapshots.end();
      await eventually('it is written', () => removedThrough.length === 1);
      assert.deepEqual(await newestParts(folder), ['a', 'b']);
      assert.equal(counts.more, 2);
      assert.deepEqual([storage.snapshot()?.index, storage.firstIndex(), removedThrough[0]], [80, 78, 80]);
    }));

  it('leave the log to a member that takes a snapshot meanwhile', () =>
    withFolder(async (folder) => {
      const { snapshots, begin, storage, removedThrough } = createTaking(folder, 30);
      snapshots.count(100, 0);
      begin(80);
      snapshots.end();
      await eventually('it is written', () => removedThrough.length === 1);
      assert.equal(storage.firstIndex(), 31);
    }));

  it('give way to one of the leader that overtakes them', () =>
    withFolder(async (folder) => {
      const { snapshots, begin, counts, storage } = createTaking(folder);
      begin(50);
      snapshots.add(Buffer.from('own'));
      await snapshots.saveReceived(await receivedAt(folder, 90));
      snapshots.add(Buffer.from('own'));
      snapshots.end();
      await eventually('every part is acknowledged', () => counts.more === 2);
      assert.deepEqual(await newestParts(folder), ['of the leader']);
      assert.equal((await filesOf(folder, '')).length, 1);
      assert.equal(storage.snapshot()?.index, 0);
      snapshots.want();
      await eventually('the next may come', () => snapshots.isDue());
    }));

  it('that cannot be written cost no more than a line in the log', () =>
    withFolder(async (folder) => {
      const { snapshots, begin, counts, lines, removedThrough } = createTaking(`${folder}\0`);
      begin(50);
      snapshots.add(Buffer.from('a'));
      snapshots.add(Buffer.from('b'));
      snapshots.end();
      snapshots.want();
      await eventually('it is given up', () => snapshots.isDue());
      assert.deepEqual([counts.more, lines.length, removedThrough.length], [2, 1, 0]);
    }));

  it('that are on their way at the end leave nothing behind', () =>
    withFolder(async (folder) => {
      const { snapshots, begin, counts } = createTaking(folder);
      begin(50);
      snapshots.add(Buffer.from('a'));
      await eventually('a part is written', () => counts.more === 1);
      assert.equal((await filesOf(folder, '')).length, 1);
      await snapshots.stop();
      assert.deepEqual(await filesOf(folder, ''), []);
    }));
});
