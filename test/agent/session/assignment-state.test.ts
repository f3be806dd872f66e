import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  applyAssignments,
  pictureOf,
  tasksOf,
  touchesNetwork,
} from '../../../agent/session/assignment-state.ts';
import type { AssignmentMessage, NetworkItem } from '../../../lib/domain/assignment.ts';
import { sampleTask } from '../worker/sample-task.ts';

const NETWORK: NetworkItem = {
  kind: 'network',
  id: 'n',
  name: 'net',
  subnet: '10.1.0.0/24',
  internal: false,
  ingress: false,
};
const COMPLETE: AssignmentMessage = {
  kind: 'complete',
  appliesTo: '',
  resultsIn: '1',
  updates: [NETWORK, { kind: 'task', id: 'task1', task: sampleTask() }],
  removals: [],
};

describe('the assignments of a node', () => {
  it('begin with a complete set and go on with differences', () => {
    const first = applyAssignments(null, COMPLETE);
    assert.ok(first !== null);
    assert.deepEqual([...tasksOf(first).keys()], ['task1']);
    const next = applyAssignments(first, {
      kind: 'incremental',
      appliesTo: '1',
      resultsIn: '2',
      updates: [{ ...NETWORK, id: 'm' }],
      removals: [{ kind: 'task', id: 'task1' }],
    });
    assert.ok(next !== null);
    assert.equal(tasksOf(next).size, 0);
    assert.deepEqual(
      pictureOf(next).networks.map(({ id }) => id),
      ['n', 'm'],
    );
    assert.equal(tasksOf(first).size, 1, 'the earlier set is left as it was');
  });

  it('are refused when a message is missing in between', () => {
    const first = applyAssignments(null, COMPLETE);
    const gap = { kind: 'incremental', appliesTo: '7', resultsIn: '8', updates: [], removals: [] } as const;
    assert.equal(applyAssignments(first, gap), null);
    assert.equal(applyAssignments(null, { ...gap, appliesTo: '' }), null);
  });

  it('tell whether the network is concerned', () => {
    const onlyTasks = {
      ...COMPLETE,
      kind: 'incremental',
      updates: [],
      removals: [{ kind: 'task', id: 'x' }],
    } as const;
    assert.equal(touchesNetwork(onlyTasks), false);
    assert.equal(touchesNetwork({ ...onlyTasks, removals: [{ kind: 'backend', id: 'x' }] }), true);
  });
});
