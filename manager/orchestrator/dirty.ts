import type { Service, TaskSpec } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import type { StoreView } from '../store/store.ts';
import type { PlacementCheck } from './placement-check.ts';

/** Whether a task is out of date: an update must replace it. */
export type DirtyCheck = (task: Task) => boolean;

/**
 * True when two values of plain data are the same: same fields, whatever their order; a field that is
 * undefined counts as absent.
 */
export function sameData(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => sameData(item, right[index]))
    );
  }
  return everyField(left, right) && everyField(right, left);
}

function everyField(left: object, right: object): boolean {
  const other = right as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(left)) {
    if (value !== undefined && !(Object.hasOwn(right, name) && sameData(value, other[name]))) return false;
  }
  return true;
}

/**
 * Verdicts by the two specifications compared. Specifications are never changed in place, and those of tasks
 * that a rollback spared would otherwise be compared again in every pass.
 */
const verdicts = new WeakMap<TaskSpec, { readonly against: TaskSpec; readonly differs: boolean }>();

/** True when the task's specification differs from the service's in more than placement constraints. */
export function differsBeyondConstraints(service: Service, task: Task): boolean {
  const against = service.spec.task;
  if (task.specVersion === service.specVersion || task.spec === against) return false;
  const known = verdicts.get(task.spec);
  if (known !== undefined && known.against === against) return known.differs;
  const differs = !sameData(withoutConstraints(task.spec), withoutConstraints(against));
  verdicts.set(task.spec, { against, differs });
  return differs;
}

function withoutConstraints(spec: TaskSpec): TaskSpec {
  return { ...spec, placement: { ...spec.placement, constraints: [] } };
}

/**
 * The check for one service's tasks. A task is out of date when its specification differs, unless the
 * difference is only in placement constraints that its node satisfies (swarmkit `orchestrator/task.go`).
 */
export function createDirtyCheck(view: StoreView, service: Service, placement: PlacementCheck): DirtyCheck {
  const { constraints } = service.spec.task.placement;
  return (task) => {
    if (task.specVersion === service.specVersion || task.spec === service.spec.task) return false;
    if (differsBeyondConstraints(service, task)) return true;
    if (sameData(task.spec.placement.constraints, constraints)) return false;
    const node = view.nodes.get(task.nodeId);
    return node === undefined || placement(constraints, node) !== undefined;
  };
}
