import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startSingleMember } from '../../../manager/raft/single-member.ts';
import { createLateProposer } from '../../../manager/store/late-proposer.ts';
import { createStore } from '../../../manager/store/memory-store.ts';
import { contentOf, sampleTask } from '../store/store-samples.ts';
import { KEY, withFolder } from './raft-samples.ts';

async function startStore(folder: string) {
  const proposer = createLateProposer();
  const log = (): void => {};
  let nowMs = 0;
  const store = createStore({ proposer, nowMs: () => ++nowMs, log });
  const member = await startSingleMember({
    folder,
    key: KEY,
    apply: store.apply,
    snapshot: store.snapshot,
    restore: store.restore,
    snapshotEveryEntries: 20,
    log,
  });
  proposer.connect(member);
  return { store, member };
}

describe('a store on a durable log', () => {
  it('has after a restart what it had before, from snapshot and log', () =>
    withFolder(async (folder) => {
      const first = await startStore(folder);
      for (let turn = 0; turn < 30; turn++) {
        const results = Array.from({ length: 5 }, (_, place) =>
          first.store.update((view) => [
            { kind: 'put', object: sampleTask(`t${view.tasks.size}`, `s${place % 2}`, `n${turn % 3}`) },
            { kind: 'remove', objectKind: 'task', id: `t${turn}` },
          ]),
        );
        assert.equal(new Set(await Promise.all(results)).size, 1, 'updates of one turn share an entry');
      }
      const before = contentOf(first.store.view());
      await first.member.close();
      const second = await startStore(folder);
      assert.deepEqual(contentOf(second.store.view()), before);
      await second.store.update(() => [{ kind: 'put', object: sampleTask('after', 's1', '') }]);
      assert.equal(second.store.view().tasks.get('after')?.version, 31);
      await second.member.close();
    }));
});
