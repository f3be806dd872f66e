import type { Service } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { hasReached, isTerminal } from '../../lib/domain/task-state.ts';
import { SkepError } from '../../lib/errors.ts';
import { taskName } from '../../lib/identifiers.ts';
import type { StoreView } from '../store/store.ts';

/** Most tasks that a refusal names. */
const MAX_NAMED = 8;

/**
 * The task whose container a user means: by id, unique start of an id, `web.1.<id>`, `web.1` or `web.<node id>` (the
 * newest running task there), or `web` when one task of the service runs. Undefined when nothing is called so. Throws
 * INVALID_ARGUMENT for what fits several tasks, with their names; FAILED_PRECONDITION for a task without a container.
 */
export function findTaskOfContainer(view: StoreView, text: string): Task | undefined {
  const reference = text.replace(/^\//, '');
  if (reference === '') return undefined;
  const exact = view.tasks.get(reference);
  if (exact !== undefined) return requireContainer(exact);
  const service = serviceOf(view, reference);
  if (service !== undefined) return onlyRunning(reference, view.tasksOfService(service.id));
  const [name = '', place, start] = reference.split('.');
  const owner = place === undefined ? undefined : serviceOf(view, name);
  if (owner !== undefined && place !== undefined) {
    const tasks = view.tasksOfService(owner.id).filter((task) => isAt(view, task, place));
    if (start === undefined) return newestRunning(reference, tasks);
    return onlyOne(
      reference,
      tasks.filter(({ id }) => start !== '' && id.startsWith(start)),
    );
  }
  return onlyOne(
    reference,
    [...view.tasks.values()].filter(({ id }) => id.startsWith(reference)),
  );
}

function serviceOf(view: StoreView, reference: string): Service | undefined {
  const exact = view.services.get(reference);
  if (exact !== undefined) return exact;
  return [...view.services.values()].find(({ spec }) => spec.name === reference);
}

/** The place of a task is its slot's number or, for a global service, its node: id, start of the id, or hostname. */
function isAt(view: StoreView, task: Task, place: string): boolean {
  if (task.slot > 0) return String(task.slot) === place;
  if (task.nodeId === '' || place === '') return false;
  return task.nodeId.startsWith(place) || view.nodes.get(task.nodeId)?.description?.hostname === place;
}

function isRunning(task: Task): boolean {
  return task.status.state === 'RUNNING';
}

/** The newest one last; tasks that were made together are told apart by their place in the store. */
function byAge(tasks: readonly Task[]): readonly Task[] {
  return [...tasks].sort((left, right) => left.createdAtMs - right.createdAtMs);
}

function onlyOne(reference: string, tasks: readonly Task[]): Task | undefined {
  if (tasks.length > 1) throw ambiguous(reference, tasks, 'fit it');
  const [found] = tasks;
  return found === undefined ? undefined : requireContainer(found);
}

function onlyRunning(reference: string, tasks: readonly Task[]): Task {
  const running = tasks.filter(isRunning);
  if (running.length > 1) throw ambiguous(reference, running, 'of this service run');
  const [found] = running;
  if (found === undefined) throw noneRuns(reference, tasks);
  return found;
}

function newestRunning(reference: string, tasks: readonly Task[]): Task | undefined {
  if (tasks.length === 0) return undefined;
  const running = byAge(tasks.filter(isRunning));
  const nodes = new Set(running.filter(({ slot }) => slot === 0).map(({ nodeId }) => nodeId));
  if (nodes.size > 1) throw ambiguous(reference, running, 'fit it');
  const found = running.at(-1);
  if (found === undefined) throw noneRuns(reference, tasks);
  return found;
}

function ambiguous(reference: string, tasks: readonly Task[], what: string): SkepError {
  const names = tasks.slice(0, MAX_NAMED).map(taskName);
  const listed = tasks.length > MAX_NAMED ? [...names, '…'] : names;
  return new SkepError('INVALID_ARGUMENT', `"${reference}" is ambiguous: ${tasks.length} tasks ${what}`, {
    help: `name one of them: ${listed.join(', ')}`,
  });
}

function noneRuns(reference: string, tasks: readonly Task[]): SkepError {
  const newest = byAge(tasks).at(-1);
  if (newest === undefined) {
    return new SkepError('FAILED_PRECONDITION', `"${reference}" has no tasks`, {
      help: 'skep service inspect shows what it is waiting for',
    });
  }
  return new SkepError(
    'FAILED_PRECONDITION',
    `no task of "${reference}" runs; the newest is ${saysState(newest)}`,
    {
      help: `what is left of its container can be reached by its full name: ${taskName(newest)}`,
    },
  );
}

/** Throws FAILED_PRECONDITION for a task that no node has made a container for yet. */
function requireContainer(task: Task): Task {
  const { state } = task.status;
  if (task.nodeId !== '' && (isTerminal(state) || hasReached(state, 'STARTING'))) return task;
  throw new SkepError(
    'FAILED_PRECONDITION',
    `task ${taskName(task)} has no container: it is ${saysState(task)}`,
  );
}

function saysState({ status }: Task): string {
  const why = status.error ?? status.message;
  return why === '' ? status.state : `${status.state} (${why})`;
}
