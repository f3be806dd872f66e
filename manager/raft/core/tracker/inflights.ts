import { assert } from '../../../../lib/errors.ts';

/**
 * The window of MsgApp messages sent to a follower and not yet answered, oldest first. A ring that grows with
 * use up to the limit, so that a thousand idle followers cost nothing.
 */
export interface Inflights {
  readonly maxMessages: number;
  /** 0 for no limit. The last message may go beyond it. */
  readonly maxBytes: number;
  /** Ring of the last index in each message, and its bytes. */
  indexes: number[];
  sizes: number[];
  start: number;
  count: number;
  bytes: number;
}

const FIRST_CAPACITY = 4;

/** An empty window for at most so many messages and, unless 0, about so many bytes. */
export function createInflights(maxMessages: number, maxBytes: number): Inflights {
  return { maxMessages, maxBytes, indexes: [], sizes: [], start: 0, count: 0, bytes: 0 };
}

/** True when no further message may be sent before an answer. */
export function isInflightsFull(inflights: Inflights): boolean {
  return (
    inflights.count >= inflights.maxMessages ||
    (inflights.maxBytes !== 0 && inflights.bytes >= inflights.maxBytes)
  );
}

/** Notes a message whose last entry is `index`; the window must not be full, and indexes must not go back. */
export function addInflight(inflights: Inflights, index: number, bytes: number): void {
  assert(!isInflightsFull(inflights), 'no message is sent while the window is full');
  if (inflights.count === inflights.indexes.length) grow(inflights);
  const at = (inflights.start + inflights.count) % inflights.indexes.length;
  inflights.indexes[at] = index;
  inflights.sizes[at] = bytes;
  inflights.count++;
  inflights.bytes += bytes;
}

/** Forgets the messages that an answer for `index` covers. */
export function freeInflights(inflights: Inflights, index: number): void {
  while (inflights.count > 0 && (inflights.indexes[inflights.start] ?? 0) <= index) {
    inflights.bytes -= inflights.sizes[inflights.start] ?? 0;
    inflights.start = (inflights.start + 1) % inflights.indexes.length;
    inflights.count--;
  }
}

/** Forgets all messages. */
export function resetInflights(inflights: Inflights): void {
  inflights.start = 0;
  inflights.count = 0;
  inflights.bytes = 0;
}

/** Doubles the ring and lays it out from its start. */
function grow(inflights: Inflights): void {
  const old = inflights.indexes.length;
  const capacity = Math.min(Math.max(old * 2, FIRST_CAPACITY), inflights.maxMessages);
  const indexes = new Array<number>(capacity).fill(0);
  const sizes = new Array<number>(capacity).fill(0);
  for (let place = 0; place < inflights.count; place++) {
    const at = (inflights.start + place) % old;
    indexes[place] = inflights.indexes[at] ?? 0;
    sizes[place] = inflights.sizes[at] ?? 0;
  }
  inflights.indexes = indexes;
  inflights.sizes = sizes;
  inflights.start = 0;
}
