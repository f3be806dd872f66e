import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStateExchange, ownedBytes } from '../../../../manager/raft/member/snapshot-exchange.ts';
import type { ToConsensus } from '../../../../manager/raft/member/thread-messages.ts';
import { eventually } from './number-cluster.ts';

function createExchange(snapshot: () => Iterable<Uint8Array>) {
  const posted: ToConsensus[] = [];
  const restored: string[] = [];
  const failures: unknown[] = [];
  const exchange = createStateExchange({
    post: (message) => posted.push(message),
    snapshot,
    restore: (index) => ({
      add: (part) => restored.push(Buffer.from(part).toString()),
      finish: () => restored.push(`finished at ${index}`),
    }),
    onFailure: (thrown) => failures.push(thrown),
  });
  const partsPosted = (): number => posted.filter(({ kind }) => kind === 'snapshot-part').length;
  return { exchange, posted, partsPosted, restored, failures };
}

describe('the state of the application', () => {
  it('leaves in parts, never more at once than a few that are not written yet', async () => {
    let read = 0;
    const { exchange, posted, partsPosted } = createExchange(() =>
      (function* () {
        for (; read < 20; read++) yield new Uint8Array([read]);
      })(),
    );
    exchange.receive({ kind: 'take-snapshot' });
    assert.equal(read, 0, 'others have their turn first');
    await eventually('the first parts', () => partsPosted() === 8);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(partsPosted(), 8);
    while (posted.at(-1)?.kind !== 'snapshot-end') {
      exchange.receive({ kind: 'snapshot-more' });
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(partsPosted(), 20);
  });

  it('that cannot be given is told', async () => {
    const { exchange, failures } = createExchange(() =>
      (function* () {
        yield new Uint8Array(1);
        throw new Error('broken');
      })(),
    );
    exchange.receive({ kind: 'take-snapshot' });
    await eventually('the failure', () => failures.length === 1);
  });

  it('comes in parts, each acknowledged, and is complete at the end only', async () => {
    const { exchange, posted, restored } = createExchange(() => []);
    exchange.receive({ kind: 'restore-begin', index: 7, hasState: true });
    exchange.receive({ kind: 'restore-part', part: Buffer.from('a') });
    exchange.receive({ kind: 'restore-part', part: Buffer.from('b') });
    assert.deepEqual(restored, ['a', 'b']);
    await eventually('both are acknowledged', () => posted.length === 2);
    exchange.receive({ kind: 'restore-end', index: 7 });
    assert.deepEqual(restored, ['a', 'b', 'finished at 7']);
    exchange.receive({ kind: 'restore-begin', index: 8, hasState: false });
    exchange.receive({ kind: 'restore-end', index: 8 });
    assert.equal(restored.length, 3, 'a snapshot without a state replaces nothing');
  });

  it('changes hands only where a buffer holds nothing else', () => {
    const alone = new Uint8Array(4);
    assert.equal(ownedBytes(alone).buffer, alone.buffer);
    const shared = new Uint8Array([1, 2, 3]).subarray(1);
    assert.notEqual(ownedBytes(shared).buffer, shared.buffer);
    assert.deepEqual([...ownedBytes(shared)], [2, 3]);
  });
});
