import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import type { Task, TaskStatus } from '../../../lib/domain/task.ts';
import { compareTaskStates, TASK_STATE_ORDER, type TaskState } from '../../../lib/domain/task-state.ts';
import { applyReports } from '../../../manager/dispatcher/task-status.ts';
import { applyTransaction, createState, viewOfState } from '../../../manager/store/memory-state.ts';
import { sampleTask } from '../store/store-samples.ts';

function status(state: TaskState, change: Partial<TaskStatus> = {}): TaskStatus {
  return { state, timestampMs: 7, message: 'm', ...change };
}

function viewWith(...tasks: Task[]) {
  const state = createState();
  const changes = tasks.map((object) => ({ kind: 'put', object }) as const);
  applyTransaction(state, { changes, proposedAtMs: 0 }, 1);
  return viewOfState(state);
}

const assigned: Task = { ...sampleTask('t', 'web', 'n1'), status: status('ASSIGNED'), statusAppliedAtMs: 0 };

/** The task after reports by its own node, or undefined when nothing changed. */
function after(task: Task, ...statuses: TaskStatus[]): Task | undefined {
  const reports = statuses.map((one) => ({ nodeId: 'n1', taskId: 't', status: one }));
  const [change] = applyReports(viewWith(task), reports, 99);
  return change?.kind === 'put' && change.object.kind === 'task' ? change.object : undefined;
}

describe('a reported task status', () => {
  it('moves the task on, and says by the clock of the managers when', () => {
    const task = after(assigned, status('READY'));
    assert.equal(task?.status.state, 'READY');
    assert.equal(task.statusAppliedAtMs, 99);
    assert.equal(task.runningSinceMs, undefined);
  });

  it('notes the first moment of running, also when the end arrives in the same batch', () => {
    const task = after(assigned, status('RUNNING'), status('FAILED'));
    assert.equal(task?.status.state, 'FAILED');
    assert.equal(task.runningSinceMs, 99);
  });

  it('never moves a task back, whatever is reported', () => {
    const states = fc.constantFrom(...(Object.keys(TASK_STATE_ORDER) as TaskState[]));
    fc.assert(
      fc.property(states, fc.array(states), (from, reported) => {
        const start = { ...assigned, status: status(from) };
        const end = after(start, ...reported.map((state) => status(state))) ?? start;
        assert.ok(compareTaskStates(end.status.state, from) >= 0);
      }),
    );
  });

  it('may bring news without a new state, until the task has ended', () => {
    const running = { ...assigned, status: status('RUNNING') };
    assert.equal(after(running, status('RUNNING', { timestampMs: 500 })), undefined);
    const task = after(running, status('RUNNING', { message: 'healthy' }));
    assert.equal(task?.status.message, 'healthy');
    assert.equal(task.statusAppliedAtMs, 0);
    const failed = { ...assigned, status: status('FAILED') };
    assert.equal(after(failed, status('FAILED', { message: 'other' })), undefined);
  });

  it('is ignored for tasks that are unknown or on another node, and for states that managers set', () => {
    const view = viewWith(assigned);
    const report = (nodeId: string, taskId: string, state: TaskState) =>
      applyReports(view, [{ nodeId, taskId, status: status(state) }], 99);
    assert.deepEqual(report('n2', 't', 'RUNNING'), []);
    assert.deepEqual(report('n1', 'gone', 'RUNNING'), []);
    assert.deepEqual(report('n1', 't', 'ORPHANED'), []);
    assert.deepEqual(report('n1', 't', 'REMOVE'), []);
  });
});
