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
