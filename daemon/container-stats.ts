import type { ContainerStatsMessage } from '../proto/container-messages.ts';
import { letGo } from '../proto/rpc.ts';

type Source = AsyncIterable<ContainerStatsMessage>;

/** What is known of one node's stream: its newest message, and whether that was passed on. */
interface Part {
  latest: ContainerStatsMessage | undefined;
  isFresh: boolean;
}

/**
 * The figures of several nodes as one stream: a message whenever every node that still answers has said something new,
 * or one has twice, so that a slow node does not hold the others back. Ends with the last of them; throws what the
 * first one throws.
 */
export async function* mergeStats(sources: readonly Source[]): AsyncGenerator<ContainerStatsMessage> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const parts = new Map<number, Part>(
    iterators.map((_, place) => [place, { latest: undefined, isFresh: false }]),
  );
  const take = (place: number) => {
    const taken = (async () => ({ place, result: await iterators[place]?.next() }))();
    // It may come after everybody has left.
    taken.catch(() => undefined);
    return taken;
  };
  const pending = new Map(iterators.map((_, place) => [place, take(place)]));
  try {
    while (pending.size > 0) {
      const { place, result } = await Promise.race(pending.values());
      if (result === undefined || result.done === true) {
        pending.delete(place);
        const part = parts.get(place);
        // Its last figures are shown once, and then no more.
        if (part?.isFresh !== true) parts.delete(place);
        if (isRoundComplete(parts, pending)) yield closeRound(parts, pending);
        continue;
      }
      const part = parts.get(place);
      if (part?.isFresh === true) yield closeRound(parts, pending);
      parts.set(place, { latest: result.value, isFresh: true });
      pending.set(place, take(place));
      if (isRoundComplete(parts, pending)) yield closeRound(parts, pending);
    }
  } finally {
    for (const iterator of iterators) letGo(iterator);
  }
}

type Pending = ReadonlyMap<number, unknown>;

/** True once every node that still answers, and at least one, has something new. */
function isRoundComplete(parts: ReadonlyMap<number, Part>, pending: Pending): boolean {
  const isAnyFresh = [...parts.values()].some(({ isFresh }) => isFresh);
  return isAnyFresh && [...pending.keys()].every((place) => parts.get(place)?.isFresh === true);
}

function closeRound(parts: Map<number, Part>, pending: Pending): ContainerStatsMessage {
  const containers = [...parts.values()].flatMap(({ latest }) => latest?.containers ?? []);
  for (const [place, part] of [...parts]) {
    part.isFresh = false;
    if (!pending.has(place)) parts.delete(place);
  }
  return { containers };
}
