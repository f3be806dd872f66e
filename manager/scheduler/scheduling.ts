import { type ChangeBudget, emptyBudget, isBudgetSpent, putWithin } from '../../lib/change-budget.ts';
import type { Task, TaskStatus } from '../../lib/domain/task.ts';
import { compareTaskStates } from '../../lib/domain/task-state.ts';
import type { Decide, DecisionContext, StoreView } from '../store/store.ts';
import { demandOf, explain, refusal } from './filter.ts';
import { chooseGeneric } from './generic-resources.ts';
import { heapOf, removeFirst, siftDown } from './heap.ts';
import { hostPortKeys, type NodeRow, nodeTable, occupy } from './node-table.ts';
import { compareNodes, nodesWithFailures } from './ranking.ts';

interface SchedulingPass {
  readonly view: StoreView;
  readonly context: DecisionContext;
  readonly table: ReadonlyMap<string, NodeRow>;
  readonly budget: ChangeBudget;
}

function assign(pass: SchedulingPass, task: Task, row: NodeRow): void {
  const { nowMs } = pass.context;
  const status: TaskStatus = { state: 'ASSIGNED', timestampMs: nowMs, message: 'assigned to a node' };
  const assignedGeneric = chooseGeneric(row.freeGeneric, task.spec.reservations.generic?.items ?? []);
  const placed = {
    ...task,
    nodeId: row.node.id,
    status,
    statusAppliedAtMs: nowMs,
    ...(assignedGeneric === undefined ? {} : { assignedGeneric }),
  };
  occupy(row, placed);
  putWithin(pass.budget, placed);
}

/** Says on the task why it waits; written only when the text changed, so that waiting costs no writes. */
function keepWaiting(pass: SchedulingPass, task: Task, reason: string): void {
  if (task.status.message === reason && task.status.error === reason) return;
  const status: TaskStatus = { ...task.status, message: reason, error: reason };
  putWithin(pass.budget, { ...task, status, statusAppliedAtMs: pass.context.nowMs });
}

/** A task whose node is given (global services) is only checked. */
function schedulePreassigned(pass: SchedulingPass, task: Task): void {
  const row = pass.table.get(task.nodeId);
  if (row === undefined) {
    keepWaiting(pass, task, `no suitable node (node ${task.nodeId} is not in the cluster)`);
    return;
  }
  const reason = refusal(demandOf(task), row);
  if (reason === undefined) assign(pass, task, row);
  else keepWaiting(pass, task, explain([reason]));
}

/**
 * Places the tasks of one group, which all ask for the same: each node is looked at once, then each task costs
 * one step down a heap of the nodes that fit.
 */
function scheduleGroup(pass: SchedulingPass, tasks: readonly Task[]): void {
  const [first] = tasks;
  if (first === undefined) return;
  const demand = demandOf(first);
  const fitting: NodeRow[] = [];
  for (const row of pass.table.values()) if (refusal(demand, row) === undefined) fitting.push(row);
  const failing = nodesWithFailures(pass.view.tasksOfService(first.serviceId), pass.context.nowMs);
  const heap = heapOf(fitting, compareNodes(first.serviceId, failing));
  let reason: string | undefined;
  for (const task of tasks) {
    if (isBudgetSpent(pass.budget)) return;
    const row = heap.items[0];
    if (row === undefined) {
      reason ??= explain([...pass.table.values()].map((each) => refusal(demand, each)));
      keepWaiting(pass, task, reason);
      continue;
    }
    assign(pass, task, row);
    if (refusal(demand, row) === undefined) siftDown(heap, 0);
    else removeFirst(heap);
  }
}

/** Tasks of one group ask the same of a node: one specification, and the same ports on the node itself. */
function groupKey(task: Task): string {
  return `${task.serviceId}/${task.specVersion}/${hostPortKeys(task.ports).join(',')}`;
}

/**
 * The scheduler: PENDING → ASSIGNED for every task that is still wanted and fits somewhere, in one pass. A task
 * that fits nowhere stays PENDING and says why, with the number of nodes for each reason. Filters and order are
 * those of swarmkit's scheduler, with free resources as one more tie-break.
 */
export const decideScheduling: Decide = (view, context) => {
  const groups = new Map<string, Task[]>();
  const preassigned: Task[] = [];
  for (const task of view.tasks.values()) {
    if (task.status.state !== 'PENDING' || compareTaskStates(task.desiredState, 'RUNNING') > 0) continue;
    if (task.nodeId !== '') {
      preassigned.push(task);
      continue;
    }
    const key = groupKey(task);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [task]);
    else group.push(task);
  }
  if (preassigned.length === 0 && groups.size === 0) return { changes: [] };

  const pass: SchedulingPass = { view, context, table: nodeTable(view), budget: emptyBudget() };
  for (const task of preassigned) {
    if (isBudgetSpent(pass.budget)) break;
    schedulePreassigned(pass, task);
  }
  for (const tasks of groups.values()) {
    if (isBudgetSpent(pass.budget)) break;
    scheduleGroup(pass, tasks);
  }
  return { changes: pass.budget.changes };
};
