import { SkepError } from '../../lib/errors.ts';

/** What a reference can name. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * Finds one of `items` by name, id or unique start of an id, in this order. NOT_FOUND when none fits,
 * INVALID_ARGUMENT when several ids begin so.
 */
export function findReference<Item extends Named>(items: Iterable<Item>, reference: string): Item {
  // Docker shows names with a slash before them in places, and takes them so.
  const text = reference.replace(/^\//, '');
  let byId: Item | undefined;
  const starting: Item[] = [];
  for (const item of items) {
    if (item.name === text) return item;
    if (item.id === text) byId = item;
    else if (text !== '' && item.id.startsWith(text)) starting.push(item);
  }
  if (byId !== undefined) return byId;
  const [only, another] = starting;
  if (only === undefined) {
    throw new SkepError('NOT_FOUND', `no such container: ${reference}`, {
      help: 'skep ps -a lists those of this node',
    });
  }
  if (another !== undefined) {
    throw new SkepError('INVALID_ARGUMENT', `the ids of ${starting.length} containers begin with ${text}`, {
      help: 'give more of the id, or the name',
    });
  }
  return only;
}
