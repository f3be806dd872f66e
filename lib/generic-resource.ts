import type { GenericResource } from './domain/service.ts';
import { SkepError } from './errors.ts';

/** What environment variables, tables and messages can hold as a name. */
const WORD_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
/** Kinds and named resources of one node, or kinds in one reservation. */
export const MAX_GENERIC_RESOURCES = 256;
const MOST = 1_000_000_000;

function bad(text: string, why: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', `generic resource "${text}": ${why}`, {
    help: 'for example GPU=2, or GPU=UUID1 for one that a node knows by its name',
  });
}

/** True for what can be the kind or the name of a generic resource. */
export function isGenericWord(text: string): boolean {
  return WORD_PATTERN.test(text);
}

/** `GPU=2` is two of a kind, `GPU=UUID1` one by its name. INVALID_ARGUMENT. */
export function parseGenericResource(text: string): GenericResource {
  const [kind = '', value = '', ...rest] = text.split('=');
  if (!isGenericWord(kind) || rest.length > 0)
    throw bad(text, 'it is not of the form KIND=COUNT or KIND=NAME');
  if (/^-?\d+$/.test(value)) {
    const count = Number(value);
    if (count < 1 || count > MOST) throw bad(text, `the count is not between 1 and ${MOST}`);
    return { kind, count };
  }
  if (!isGenericWord(value)) throw bad(text, `"${value}" is neither a count nor a name`);
  return { kind, name: value, count: 1 };
}

/**
 * What a node is told to have (`skepd --node-generic-resource`, each text perhaps several with commas). Throws
 * INVALID_ARGUMENT for one that comes twice, and for a kind that is both counted and named.
 */
export function parseNodeResources(texts: readonly string[]): readonly GenericResource[] {
  const found = texts.flatMap((text) => text.split(',')).map(parseGenericResource);
  const seen = new Map<string, GenericResource>();
  for (const resource of found) {
    const shown = formatGenericResource(resource);
    const first = [...seen.values()].find(({ kind }) => kind === resource.kind);
    if (first !== undefined && (first.name === undefined) !== (resource.name === undefined)) {
      throw bad(shown, `the node has ${resource.kind} both by count and by name`);
    }
    const key = resource.name === undefined ? resource.kind : shown;
    if (seen.has(key)) throw bad(shown, 'it is given twice');
    seen.set(key, resource);
  }
  if (found.length > MAX_GENERIC_RESOURCES) {
    throw bad(texts[0] ?? '', `a node has at most ${MAX_GENERIC_RESOURCES} of them`);
  }
  return found;
}

/** `GPU=2` or `GPU=UUID1`. */
export function formatGenericResource({ kind, name, count }: GenericResource): string {
  return `${kind}=${name ?? count}`;
}

/** What was assigned to a task as its environment, in Docker's form: `DOCKER_RESOURCE_GPU=UUID1,UUID2`. */
export function genericEnvironment(items: readonly GenericResource[]): readonly string[] {
  const values = new Map<string, string[]>();
  for (const { kind, name, count } of items) {
    values.set(kind, [...(values.get(kind) ?? []), name ?? String(count)]);
  }
  return [...values].map(([kind, list]) => `DOCKER_RESOURCE_${kind}=${list.join(',')}`);
}
