import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../daemon/system-clock.ts';
import { createJournal, type Journal } from '../../../manager/etcd/journal.ts';
import { createKeyLayout, DEFAULT_PREFIX } from '../../../manager/etcd/key-layout.ts';
import { load, readOutline } from '../../../manager/etcd/loader.ts';
import { encodeEntry, encodeHead } from '../../../manager/etcd/records.ts';
import type { Reign } from '../../../manager/etcd/reign.ts';
import { createSnapshots } from '../../../manager/etcd/snapshots.ts';
import { createLateProposer } from '../../../manager/store/late-proposer.ts';
import { createStore, type ReplicatedStore } from '../../../manager/store/memory-store.ts';
import { transactionCodec } from '../../../proto/messages.ts';
import { sampleTask } from '../store/store-samples.ts';
import { type EtcdServer, SKIP_REASON, withEtcd } from './etcd-server.ts';

const KEYS = createKeyLayout(DEFAULT_PREFIX);
const log = (): void => undefined;

interface Memory {
  readonly store: ReplicatedStore;
  readonly journal: Journal;
}

function createMemory(): Memory {
  const store = createStore({ proposer: createLateProposer(), nowMs: () => 1, log });
  return { store, journal: createJournal(store, systemClock) };
}

function entryOf(index: number, size = 1): Uint8Array {
  const object = { ...sampleTask(`t${index}`, 's', 'n'), serviceName: 'x'.repeat(size) };
  return transactionCodec.encode({ changes: [{ kind: 'put', object }], proposedAtMs: index });
}

/** Makes the leader's key, without a lease, and an entry of its term at each index up to `last`. */
async function writeLog({ client }: EtcdServer, last: number): Promise<number> {
  const won = await client.transact({
    conditions: [],
    steps: [{ kind: 'put', key: KEYS.leader, value: Buffer.from('a') }],
  });
  const term = won.revision;
  for (let index = 1; index <= last; index++) {
    const value = encodeEntry({ index, term, payload: entryOf(index) });
    await client.transact({
      conditions: [],
      steps: [
        { kind: 'put', key: KEYS.entry(index), value },
        { kind: 'put', key: KEYS.head, value: encodeHead({ index, term }) },
      ],
    });
  }
  return term;
}

function reignOf(term: number): Reign {
  return {
    term,
    isLeading: () => true,
    lose: () => undefined,
    over: new AbortController().signal,
    reason: () => '',
  };
}

function snapshotsOf({ client }: EtcdServer, { store, journal }: Memory) {
  return createSnapshots({
    client,
    keys: KEYS,
    store,
    journal,
    clock: systemClock,
    monotonicMs: () => performance.now(),
    log,
    everyEntries: 1,
    everyBytes: 1,
  });
}

async function keysOf(
  { client }: EtcdServer,
  range: { key: string; end: string },
): Promise<readonly string[]> {
  return (await client.range({ ...range, limit: 100 })).keys.map(({ key }) => key);
}

describe('snapshots in etcd', { skip: SKIP_REASON }, () => {
  it('are written in pieces, replace the log before them, and give back the state', async () => {
    await withEtcd(async (server) => {
      const term = await writeLog(server, 3);
      const memory = createMemory();
      for (let index = 1; index <= 3; index++) {
        memory.journal.apply({ index, term, payload: entryOf(index, 900_000) }, index);
      }
      assert.equal(await snapshotsOf(server, memory).write(reignOf(term)), 3);
      assert.deepEqual(await keysOf(server, KEYS.log), []);
      assert.equal((await keysOf(server, KEYS.snapshots)).length, 3);
      assert.deepEqual(memory.journal.sinceSnapshot(), { entries: 0, bytes: 0 });

      const other = createMemory();
      await load(server.client, KEYS, other.journal, await readOutline(server.client, KEYS));
      assert.deepEqual([...other.store.view().tasks], [...memory.store.view().tasks]);
      assert.equal(other.journal.index(), 3);

      // A second one replaces the first.
      await snapshotsOf(server, memory).write(reignOf(term));
      assert.equal((await keysOf(server, KEYS.snapshots)).length, 3);
    });
  });

  it('are not written by a leader that is none any more, not even a piece', async () => {
    await withEtcd(async (server) => {
      const term = await writeLog(server, 2);
      const memory = createMemory();
      memory.journal.apply({ index: 1, term, payload: entryOf(1) }, 1);
      await assert.rejects(snapshotsOf(server, memory).write(reignOf(term - 1)), { code: 'NOT_LEADER' });
      assert.deepEqual(await keysOf(server, KEYS.snapshots), []);
      assert.equal((await keysOf(server, KEYS.log)).length, 2);
    });
  });
});

describe('reading the state from etcd', { skip: SKIP_REASON }, () => {
  it('goes on from what the memory holds, and finds the end of the log without its head', async () => {
    await withEtcd(async (server) => {
      await writeLog(server, 5);
      const memory = createMemory();
      memory.journal.apply({ index: 1, term: 1, payload: entryOf(1) }, 7);
      await server.client.transact({ conditions: [], steps: [{ kind: 'delete', key: KEYS.head }] });
      const outline = await readOutline(server.client, KEYS);
      assert.deepEqual([outline.lastIndex, outline.isHeadSound], [5, false]);
      await load(server.client, KEYS, memory.journal, outline);
      assert.equal(memory.store.view().tasks.size, 5);
      assert.equal(memory.journal.revisionOf(1), 7);
    });
  });

  it('does not replace a memory that moves meanwhile, and leaves it as it is when etcd lacks something', async () => {
    await withEtcd(async (server) => {
      const term = await writeLog(server, 3);
      const { journal, store } = createMemory();
      const outline = await readOutline(server.client, KEYS);
      const loading = load(server.client, KEYS, journal, outline, true);
      journal.apply({ index: 1, term, payload: entryOf(1) }, 1);
      await assert.rejects(loading, { code: 'FAILED_PRECONDITION' });
      await server.client.transact({ conditions: [], steps: [{ kind: 'delete', key: KEYS.entry(2) }] });
      const damaged = await readOutline(server.client, KEYS);
      await assert.rejects(load(server.client, KEYS, journal, damaged, true), { code: 'DATA_LOSS' });
      assert.deepEqual([...store.view().tasks.keys()], ['t1']);
      // As of the revision before, all was there.
      await load(server.client, KEYS, journal, outline, true);
      assert.equal(journal.index(), 3);
    });
  });
});
