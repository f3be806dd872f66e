/** A binary heap in an array: the item that `compare` puts first is at index 0. */
export interface Heap<T> {
  readonly items: T[];
  readonly compare: (left: T, right: T) => number;
}

/** Makes the items a heap, in place and in time proportional to their number. */
export function heapOf<T>(items: T[], compare: (left: T, right: T) => number): Heap<T> {
  const heap = { items, compare };
  for (let index = (items.length >> 1) - 1; index >= 0; index--) siftDown(heap, index);
  return heap;
}

/** Moves the item at the index down until neither child comes before it. Call it with 0 when the first changed. */
export function siftDown<T>(heap: Heap<T>, start: number): void {
  const { items, compare } = heap;
  const item = items[start];
  if (item === undefined) return;
  let index = start;
  for (;;) {
    let child = 2 * index + 1;
    let smallest = items[child];
    if (smallest === undefined) break;
    const right = items[child + 1];
    if (right !== undefined && compare(right, smallest) < 0) {
      child += 1;
      smallest = right;
    }
    if (compare(item, smallest) <= 0) break;
    items[index] = smallest;
    index = child;
  }
  items[index] = item;
}

/** Takes the first item out. */
export function removeFirst<T>(heap: Heap<T>): T | undefined {
  const { items } = heap;
  const first = items[0];
  const last = items.pop();
  if (last !== undefined && items.length > 0) {
    items[0] = last;
    siftDown(heap, 0);
  }
  return first;
}
