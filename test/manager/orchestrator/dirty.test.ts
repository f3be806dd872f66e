import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDirtyCheck, sameData } from '../../../manager/orchestrator/dirty.ts';
import { createPlacementCheck } from '../../../manager/orchestrator/placement-check.ts';
import { modelStore } from './model-store.ts';
import { changed, node, service, task } from './objects.ts';

const WEB = service();

describe('a task is out of date', () => {
  const old = task('a', WEB);
  const ssd = ['node.labels.disk==ssd'];
  const cases: readonly [string, Parameters<typeof changed>[1], Readonly<Record<string, string>>, boolean][] =
    [
      ['when its image differs', { image: 'web:2' }, {}, true],
      ['not when only the version number differs', {}, {}, false],
      ['when its node does not satisfy the new constraints', { constraints: ssd }, {}, true],
      ['not when its node satisfies the new constraints', { constraints: ssd }, { disk: 'ssd' }, false],
      ['when more than the constraints differs', { constraints: ssd, image: 'web:2' }, { disk: 'ssd' }, true],
    ];
  for (const [what, wish, labels, isDirty] of cases) {
    it(what, () => {
      const after = changed(WEB, wish);
      const store = modelStore([after, node('n1', { labels }), old]);
      assert.equal(createDirtyCheck(store.view, after, createPlacementCheck())(old), isDirty);
    });
  }

  it('when its groups, limits, kernel settings, OOM score or /dev/shm differ', () => {
    const { container } = WEB.spec.task;
    for (const wish of [
      { groups: ['wheel'] },
      { ulimits: [{ name: 'nofile', soft: 1, hard: 2 }] },
      { sysctls: { 'net.core.somaxconn': '1' } },
      { oomScoreAdj: 1 },
      { shmSizeBytes: 1 },
    ]) {
      const spec = { ...WEB.spec, task: { ...WEB.spec.task, container: { ...container, ...wish } } };
      const after = { ...WEB, spec, specVersion: WEB.specVersion + 1 };
      const store = modelStore([after, node('n1'), old]);
      assert(createDirtyCheck(store.view, after, createPlacementCheck())(old), JSON.stringify(wish));
    }
  });

  it('by its data, not by the order of fields', () => {
    assert(sameData({ a: 1, b: [{ c: 2 }], d: undefined }, { b: [{ c: 2 }], a: 1 }));
    for (const [left, right] of [
      [{ a: 1 }, { a: 1, b: 2 }],
      [[1], { 0: 1 }],
      [
        [1, 2],
        [2, 1],
      ],
      [null, {}],
    ]) {
      assert(!sameData(left, right));
    }
  });
});
