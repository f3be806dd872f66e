import type { Network } from '../../lib/domain/network.ts';
import type { Node } from '../../lib/domain/node.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import { taskName } from '../../lib/identifiers.ts';
import type { StoreView } from '../store/store.ts';

interface Kind<T> {
  readonly word: string;
  readonly objects: ReadonlyMap<string, T>;
  readonly nameOf: (object: T) => string | undefined;
  /** Where the user sees what there is. */
  readonly help: string;
}

function ambiguous(word: string, reference: string, count: number, what: string, shown: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', `${word} "${reference}" is ambiguous: ${count} ${what}`, {
    help: `give more of the id, one of: ${shown}`,
  });
}

/** Most ids that an error lists. */
const MAX_LISTED = 5;

function listIds(objects: readonly { readonly id: string }[]): string {
  const ids = objects.slice(0, MAX_LISTED).map(({ id }) => id);
  return objects.length > MAX_LISTED ? `${ids.join(', ')}, …` : ids.join(', ');
}

function find<T extends { readonly id: string }>(kind: Kind<T>, reference: string): T {
  const { word, objects, nameOf, help } = kind;
  if (reference === '') throw new SkepError('INVALID_ARGUMENT', `a ${word} id or name is missing`, { help });
  const exact = objects.get(reference);
  if (exact !== undefined) return exact;
  const named = [...objects.values()].filter((object) => nameOf(object) === reference);
  if (named.length > 1) {
    throw ambiguous(word, reference, named.length, `${word}s have this name`, listIds(named));
  }
  const prefixed =
    named.length === 1 ? named : [...objects.values()].filter(({ id }) => id.startsWith(reference));
  if (prefixed.length > 1) {
    throw ambiguous(word, reference, prefixed.length, 'ids begin with it', listIds(prefixed));
  }
  const [found] = prefixed;
  if (found === undefined) throw new SkepError('NOT_FOUND', `No such ${word}: ${reference}`, { help });
  return found;
}

/** The service with this id, name or unique id prefix. Throws NOT_FOUND, or INVALID_ARGUMENT when ambiguous. */
export function findService(view: StoreView, reference: string): Service {
  const help = 'skep service ls shows the services';
  return find(
    { word: 'service', objects: view.services, nameOf: (service) => service.spec.name, help },
    reference,
  );
}

/** The node with this id, hostname or unique id prefix. Throws as {@link findService}. */
export function findNode(view: StoreView, reference: string): Node {
  const help = 'skep node ls shows the nodes';
  return find(
    { word: 'node', objects: view.nodes, nameOf: (node) => node.description?.hostname, help },
    reference,
  );
}

/** The network with this id, name or unique id prefix. Throws as {@link findService}. */
export function findNetwork(view: StoreView, reference: string): Network {
  const help = 'skep network ls shows the networks';
  return find(
    { word: 'network', objects: view.networks, nameOf: (network) => network.spec.name, help },
    reference,
  );
}

/** The task with this id, name (`web.3.<id>`) or unique id prefix. Throws as {@link findService}. */
export function findTask(view: StoreView, reference: string): Task {
  const help = 'skep service ps SERVICE shows the tasks of a service';
  return find({ word: 'task', objects: view.tasks, nameOf: taskName, help }, reference);
}

/** Throws CONFLICT when the caller read another version than the one stored; version 0 asks for no check. */
export function requireVersion(what: string, read: number, stored: number): void {
  if (read === 0 || read === stored) return;
  throw new SkepError(
    'CONFLICT',
    `${what}: update out of sequence: version ${read} was read, but ${stored} is stored now`,
    { help: 'someone changed it in between; read it again and repeat the change' },
  );
}
