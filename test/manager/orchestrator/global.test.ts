import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideGlobal } from '../../../manager/orchestrator/global.ts';
import { isWanted } from '../../../manager/orchestrator/slots.ts';
import { type ModelStore, modelStore, step, tasksOf } from './model-store.ts';
import { type NodeWish, node, service, task } from './objects.ts';

const WEB = service({ mode: { kind: 'global' }, constraints: ['node.labels.disk==ssd'] });
const SSD = { disk: 'ssd' };

function decided(objects: Parameters<typeof modelStore>[0]): ModelStore {
  const store = modelStore(objects, 1_000);
  step(store, decideGlobal);
  assert.deepEqual(step(store, decideGlobal), [], 'a second pass changes nothing');
  return store;
}

describe('a global service', () => {
  it('gets one task per eligible node, with the node fixed', () => {
    const store = decided([
      WEB,
      node('n1', { labels: SSD }),
      node('n2', { labels: SSD, state: 'unknown' }),
      node('down', { labels: SSD, state: 'down' }),
      node('paused', { labels: SSD, availability: 'pause' }),
      node('drained', { labels: SSD, availability: 'drain' }),
      node('unfit'),
    ]);
    assert.deepEqual(
      tasksOf(store).map((entry) => [entry.nodeId, entry.slot]),
      [
        ['n1', 0],
        ['n2', 0],
      ],
    );
  });

  const cases: readonly [string, NodeWish | undefined, boolean][] = [
    ['ready', { labels: SSD }, true],
    ['paused', { labels: SSD, availability: 'pause' }, true],
    ['drained', { labels: SSD, availability: 'drain' }, false],
    ['down', { labels: SSD, state: 'down' }, false],
    ['unfit', {}, false],
    ['removed', undefined, false],
  ];
  for (const [what, wish, stays] of cases) {
    it(`${stays ? 'keeps' : 'stops'} its task on a ${what} node`, () => {
      const store = decided([WEB, ...(wish === undefined ? [] : [node('n1', wish)]), task('a', WEB)]);
      assert.deepEqual(tasksOf(store).map(isWanted), [stays]);
    });
  }

  it('comes back to a node that is up again, once the old task there has stopped', () => {
    const store = decided([WEB, node('n1', { labels: SSD }), task('a', WEB, { desired: 'SHUTDOWN' })]);
    assert.equal(tasksOf(store)[1]?.desiredState, 'READY');
  });

  it('does not come back to a node where it ended for good', () => {
    const once = service({ mode: { kind: 'global' }, restart: { condition: 'none' } });
    const store = decided([once, node('n1'), task('a', once, { state: 'COMPLETE', desired: 'SHUTDOWN' })]);
    assert.equal(tasksOf(store).length, 1);
  });

  it('with a constraint that cannot be read runs nowhere, and disturbs nobody', () => {
    const broken = service({ id: 'broken', mode: { kind: 'global' }, constraints: ['nonsense'] });
    const store = decided([broken, WEB, node('n1', { labels: SSD })]);
    assert.deepEqual(
      [...store.view.tasks.values()].map((entry) => entry.serviceId),
      ['web'],
    );
  });
});
