import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SkepError } from '../../../../lib/errors.ts';
import { EMPTY_CONF_STATE, makeMessage } from '../../../../manager/raft/core/message.ts';
import { openInbox } from '../../../../manager/raft/member/inbox.ts';
import { createOutbox } from '../../../../manager/raft/member/outbox.ts';
import {
  type ReceivedSnapshot,
  receiveChunks,
  sendChunks,
} from '../../../../manager/raft/member/snapshot-transfer.ts';
import { createTransport } from '../../../../manager/raft/member/transport-settings.ts';
import {
  createSnapshot,
  openNewestSnapshot,
  publishSnapshot,
  type SnapshotReader,
  writeSnapshot,
} from '../../../../manager/raft/snapshot-file.ts';
import type { RaftMessage, RaftSnapshotChunk } from '../../../../proto/raft-messages.ts';
import { filesOf, KEY, withFolder } from '../raft-samples.ts';
import { eventually } from './number-cluster.ts';

const OTHER_KEY = new Uint8Array(32).fill(9);
const CONF_STATE = { ...EMPTY_CONF_STATE, voters: [1, 2] };
const DESCRIPTION = { confState: CONF_STATE, addresses: {}, hasState: true };
const HEAD = { index: 12, term: 3, origin: 'own', description: DESCRIPTION } as const;
const PARTS = ['one', 'two', 'three'].map((text) => Buffer.from(text));

const MESSAGE = makeMessage({
  type: 'MsgSnap',
  from: 1,
  to: 2,
  snapshot: { index: 12, term: 3, confState: CONF_STATE, data: new Uint8Array(0) },
}) as RaftMessage;

/** A snapshot on the disk of one member, open to be sent. */
async function withSnapshot(
  parts: Iterable<Uint8Array>,
  body: (snapshot: SnapshotReader, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder((folder) =>
    withFolder(async (target) => {
      await writeSnapshot(folder, KEY, HEAD, parts);
      const snapshot = await openNewestSnapshot(folder, KEY);
      assert.ok(snapshot !== undefined);
      await body(snapshot, target).finally(snapshot.close);
    }),
  );
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function* streamOf(chunks: readonly RaftSnapshotChunk[]): AsyncGenerator<RaftSnapshotChunk> {
  yield* chunks;
}

function receive(chunks: AsyncIterable<RaftSnapshotChunk>, folder: string): Promise<ReceivedSnapshot> {
  return receiveChunks(chunks, { check: () => {}, open: (head) => createSnapshot(folder, OTHER_KEY, head) });
}

const isRefusal = (error: unknown): boolean =>
  error instanceof SkepError && ['INVALID_ARGUMENT', 'DATA_LOSS'].includes(error.code);

describe('a snapshot on its way to another member', () => {
  it('arrives part by part, under the key of that member', () =>
    withSnapshot(PARTS, async (snapshot, target) => {
      const { message, staged } = await receive(sendChunks(MESSAGE, snapshot), target);
      assert.deepEqual(message, MESSAGE);
      await publishSnapshot(target, staged);
      const arrived = await openNewestSnapshot(target, OTHER_KEY);
      assert.ok(arrived !== undefined);
      assert.deepEqual(await collect(arrived.parts()), PARTS);
      assert.deepEqual([arrived.index, arrived.origin, arrived.description], [12, 'received', DESCRIPTION]);
      await arrived.close();
    }));

  it('leaves nothing behind when it is cut, doubled or out of order', () =>
    withSnapshot(PARTS, async (snapshot, target) => {
      const chunks = await collect(sendChunks(MESSAGE, snapshot));
      const [head, one, two, three, end] = chunks;
      assert.ok(head && one && two && three && end && chunks.length === 5);
      const broken = [
        ...chunks.map((_, length) => chunks.slice(0, length)),
        [head, one, three, end],
        [head, one, two, two, three, end],
        [head, head, one, two, three, end],
        [one, two, three, end],
        [head, one, two, three, end, one],
        [{ ...head, data: Buffer.from('no description') }, one, two, three, end],
        [{ ...head, message: { ...MESSAGE, type: 'MsgApp' as const } }, one, two, three, end],
      ];
      for (const wrong of broken) {
        await assert.rejects(receive(streamOf(wrong), target), isRefusal);
        assert.deepEqual(await filesOf(target, ''), []);
      }
    }));

  it('leaves nothing behind when the disk of the sender or the connection fails on the way', () =>
    withSnapshot(PARTS, async (snapshot, target) => {
      const failing = (async function* () {
        let count = 0;
        for await (const chunk of sendChunks(MESSAGE, snapshot)) {
          if (++count === 3) throw new Error('connection lost');
          yield chunk;
        }
      })();
      await assert.rejects(receive(failing, target), /connection lost/);
      assert.deepEqual(await filesOf(target, ''), []);
    }));

  it('goes from outbox to inbox only as fast as it is taken, and is gone when the sender goes', () => {
    const part = Buffer.alloc(512 * 1024, 1);
    let read = 0;
    const parts = (function* () {
      for (let count = 0; count < 80; count++) yield part;
    })();
    return withSnapshot(parts, async (snapshot, target) => {
      let go = (): void => {};
      const opened = new Promise<void>((resolve) => {
        go = resolve;
      });
      const arrived: ReceivedSnapshot[] = [];
      const transport = createTransport({ listen: '127.0.0.1:0' });
      const inbox = await openInbox({
        id: 2,
        transport,
        commonNameOf: () => undefined,
        onMessages: () => {},
        openSnapshot: async (head) => {
          const writer = await createSnapshot(target, OTHER_KEY, head);
          return { ...writer, add: (bytes) => opened.then(() => writer.add(bytes)) };
        },
        onSnapshot: (received) => void arrived.push(received),
      });
      const outbox = createOutbox({ id: 1, transport, log: () => {}, onUnreachable: () => {} });
      outbox.setAddresses(new Map([[2, { address: `127.0.0.1:${inbox.port}` }]]));
      const counted: SnapshotReader = {
        ...snapshot,
        parts: async function* () {
          for await (const one of snapshot.parts()) {
            read++;
            yield one;
          }
        },
      };
      try {
        const sent = outbox.sendSnapshot(MESSAGE, counted);
        await eventually('it is on its way', async () => (await filesOf(target, '')).length === 1);
        let before = -1;
        await eventually('it waits for the member', async () => {
          const isStill = read === before && read > 0;
          before = read;
          await new Promise((resolve) => setTimeout(resolve, 100));
          return isStill;
        });
        assert.ok(read < 60, `${read} of 80 parts were read ahead of the member`);
        go();
        await sent;
        assert.equal(read, 80);
        assert.equal(arrived.length, 1);
        await arrived[0]?.staged.discard();
      } finally {
        outbox.close();
        inbox.close();
      }
      await eventually('nothing is left', async () => (await filesOf(target, '')).length === 0);
    });
  });
});
