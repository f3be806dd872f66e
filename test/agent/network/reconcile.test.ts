import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KernelLink, KernelState } from '../../../agent/network/kernel-state.ts';
import { MAIN_TABLE, taskLinkIndex, taskLinkName } from '../../../agent/network/names.ts';
import { EMPTY_PLAN, planNode } from '../../../agent/network/node-plan.ts';
import { reconcile, removeEverything, stateOfPlan } from '../../../agent/network/reconcile.ts';
import { taskRoute } from '../../../agent/network/task-link.ts';
import { applyMessages, EMPTY_STATE } from './model-kernel.ts';
import { pictureArbitrary } from './picture-arbitrary.ts';

const FACTS = { nodeId: 'n1', dataPathAddress: '192.0.2.1', dataPathPort: 4789 };

function taskLink(taskId: string): KernelLink {
  const name = taskLinkName(taskId);
  return { index: taskLinkIndex(taskId), name, mac: '', mtu: 1450, up: true, vxlan: null };
}

/** A kernel with foreign things in it, and links of some tasks. */
const foreign: KernelState = {
  ...EMPTY_STATE,
  links: [
    { index: 2, name: 'eth0', mac: '00:00:5e:00:53:01', mtu: 1500, up: true, vxlan: null },
    ...['task0', 'task1', 'task2'].map(taskLink),
  ],
  addresses: [{ linkIndex: 2, address: '192.0.2.1', prefixLength: 24 }],
  routes: [{ ...taskRoute('192.0.2.77', 2), protocol: 3 }],
  rules: [{ priority: 32_766, mark: null, action: { kind: 'table', table: MAIN_TABLE }, protocol: 2 }],
};

const settle = (state: KernelState, plan: Parameters<typeof reconcile>[0]) => {
  const { additions, removals } = reconcile(plan, state);
  return applyMessages(applyMessages(state, additions), removals);
};

describe('reconciling a node with its plan', () => {
  it('leaves nothing to do once its changes are made, from any earlier state', () => {
    fc.assert(
      fc.property(pictureArbitrary, pictureArbitrary, (earlier, later) => {
        const plan = planNode(later, FACTS);
        const after = settle(settle(foreign, planNode(earlier, FACTS)), plan);
        assert.deepEqual(reconcile(plan, after), { additions: [], removals: [] });
      }),
    );
  });

  it('finds nothing to do in the state that a plan predicts', () => {
    fc.assert(
      fc.property(pictureArbitrary, (picture) => {
        const plan = planNode(picture, FACTS);
        assert.deepEqual(reconcile(plan, stateOfPlan(plan, foreign.links)), { additions: [], removals: [] });
      }),
    );
  });

  it('touches nothing that it did not make, and removes all that it did', () => {
    fc.assert(
      fc.property(pictureArbitrary, (picture) => {
        const used = settle(foreign, planNode(picture, FACTS));
        const empty = settle(used, EMPTY_PLAN);
        assert.deepEqual(empty.rules, foreign.rules);
        assert.ok(empty.routes.some((route) => route.protocol === 3));
        const removed = applyMessages(used, removeEverything(used));
        assert.deepEqual(removed, { ...foreign, links: foreign.links.slice(0, 1) });
      }),
    );
  });
});
