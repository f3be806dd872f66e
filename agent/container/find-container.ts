import { taskName } from '../../lib/identifiers.ts';
import type { ContainerState } from '../executor/executor.ts';
import type { TaskContainer } from '../worker/worker.ts';
import type { LocalContext, LocalRecord } from './local-context.ts';
import { findReference } from './references.ts';

interface FoundBase {
  readonly id: string;
  readonly name: string;
  readonly container: ContainerState | undefined;
}

/** A container of this node: its own, or one of a task. */
export type FoundContainer =
  | (FoundBase & { readonly kind: 'local'; readonly record: LocalRecord })
  | (FoundBase & { readonly kind: 'task'; readonly entry: TaskContainer });

type Searched = Pick<LocalContext, 'records' | 'tasks'>;

function* everyContainer({ records, tasks }: Searched): Generator<FoundContainer> {
  for (const record of records.values()) {
    const { id, spec } = record.stored;
    yield { kind: 'local', id, name: spec.name, container: record.container, record };
  }
  for (const entry of tasks()) {
    const { task, container } = entry;
    yield { kind: 'task', id: task.id, name: taskName(task), container, entry };
  }
}

/** Finds a container of this node, a task's too. NOT_FOUND, or INVALID_ARGUMENT when the start of an id fits several. */
export function findOnNode(context: Searched, reference: string): FoundContainer {
  return findReference(everyContainer(context), reference);
}
