import { nodeMatches, parseConstraints } from '../../../lib/constraint.ts';
import type { Node } from '../../../lib/domain/node.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { isTerminal, TASK_STATE_ORDER } from '../../../lib/domain/task-state.ts';

function occupants(node: Node, tasks: readonly Task[]): readonly Task[] {
  return tasks.filter(
    (each) =>
      each.nodeId === node.id &&
      TASK_STATE_ORDER[each.status.state] >= TASK_STATE_ORDER.ASSIGNED &&
      !isTerminal(each.status.state),
  );
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
const memoryOf = (task: Task): number => task.spec.reservations.memoryBytes ?? 0;
const cpusOf = (task: Task): number => task.spec.reservations.nanoCpus ?? 0;
const isWanted = (task: Task): boolean => TASK_STATE_ORDER[task.desiredState] <= TASK_STATE_ORDER.RUNNING;
const hostPorts = (task: Task): string[] =>
  task.ports.filter((port) => port.publishMode === 'host').map((port) => `${port.publishedPort}`);

/** Whether the node could take the task beside those it has. Written from the rules, without regard for speed. */
export function fits(node: Node, task: Task, tasks: readonly Task[]): boolean {
  const there = occupants(node, tasks);
  const { description, spec, status } = node;
  if (description === undefined || status.state !== 'ready' || spec.availability !== 'active') return false;
  if (memoryOf(task) > 0 && sum(there.map(memoryOf)) + memoryOf(task) > description.memoryBytes) return false;
  if (cpusOf(task) > 0 && sum(there.map(cpusOf)) + cpusOf(task) > description.nanoCpus) return false;
  if (!nodeMatches(parseConstraints(task.spec.placement.constraints), node)) return false;
  const taken = there.flatMap(hostPorts);
  if (hostPorts(task).some((port) => taken.includes(port))) return false;
  const bound = task.spec.placement.maxReplicasPerNode;
  const same = there.filter((each) => each.serviceId === task.serviceId && isWanted(each)).length;
  return bound === 0 || same < bound;
}

/** Places the pending tasks one after the other by looking at every node for each: slow, and plainly right. */
export function placeNaively(nodes: readonly Node[], before: readonly Task[]): readonly Task[] {
  const tasks = [...before];
  const groups = [
    ...new Set(tasks.filter((each) => each.status.state === 'PENDING').map((each) => each.serviceId)),
  ];
  for (const serviceId of groups) {
    for (const [index, task] of tasks.entries()) {
      if (task.serviceId !== serviceId || task.status.state !== 'PENDING') continue;
      const rank = (node: Node): readonly (number | string)[] => {
        const there = occupants(node, tasks);
        const { nanoCpus = 0, memoryBytes = 0 } = node.description ?? {};
        const free =
          (nanoCpus - sum(there.map(cpusOf))) / nanoCpus +
          (memoryBytes - sum(there.map(memoryOf))) / memoryBytes;
        const wanted = there.filter(isWanted);
        return [wanted.filter((each) => each.serviceId === serviceId).length, wanted.length, -free, node.id];
      };
      let best: { readonly node: Node; readonly rank: readonly (number | string)[] } | undefined;
      for (const node of nodes) {
        if (!fits(node, task, tasks)) continue;
        const candidate = { node, rank: rank(node) };
        if (best === undefined || comesBefore(candidate.rank, best.rank)) best = candidate;
      }
      if (best === undefined) continue;
      tasks[index] = { ...task, nodeId: best.node.id, status: { ...task.status, state: 'ASSIGNED' } };
    }
  }
  return tasks;
}

function comesBefore(left: readonly (number | string)[], right: readonly (number | string)[]): boolean {
  for (const [index, value] of left.entries()) {
    const other = right[index];
    if (other !== undefined && value !== other) return value < other;
  }
  return false;
}
