/** Chance under a seed: the same seed draws the same. */
export interface Chance {
  /** In [0, 1). */
  fraction(): number;
  /** An integer from 0 up to and without `limit`. */
  below(limit: number): number;
  /** True with that probability. */
  happens(probability: number): boolean;
  /** One of several; throws when there is none. */
  pick<T>(items: readonly T[]): T;
}

/** Draws from a 32-bit state that is stepped and mixed (the "mulberry32" generator). */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    happens: (probability) => fraction() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
  };
}
