import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkLinearizable } from './linearizability.ts';
import { REGISTER, type RegisterInput, type RegisterOperation, withoutUnseen } from './register.ts';

const NEVER = undefined;

function operation(input: RegisterInput, calledAt: number, at?: number, output = ''): RegisterOperation {
  return { input, calledAt, returned: at === undefined ? NEVER : { at, output } };
}

const write = (value: string, from: number, to?: number): RegisterOperation =>
  operation({ kind: 'write', value }, from, to, value);
const swap = (expected: string, value: string, from: number, to?: number): RegisterOperation =>
  operation({ kind: 'swap', expected, value }, from, to, value);
const read = (output: string, from: number, to: number): RegisterOperation =>
  operation({ kind: 'read' }, from, to, output);

const isLinearizable = (history: readonly RegisterOperation[]): boolean =>
  checkLinearizable(REGISTER, history).isLinearizable;

const GOOD: readonly (readonly [string, readonly RegisterOperation[]])[] = [
  ['nothing at all', []],
  ['a read of what was written before', [write('a', 1, 2), read('a', 3, 4)]],
  ['a read during a write that sees the old value', [write('a', 1, 4), read('', 2, 3)]],
  ['a read during a write that sees the new value', [write('a', 1, 4), read('a', 2, 3)]],
  ['overlapping writes seen in either order', [write('a', 1, 6), write('b', 2, 5), read('a', 7, 8)]],
  ['an unknown write that was made much later', [write('a', 1), read('', 2, 3), read('a', 4, 5)]],
  ['an unknown write that was never made', [write('a', 1), read('', 2, 3), read('', 4, 5)]],
  ['swaps one on top of the other', [swap('', 'a', 1, 2), swap('a', 'b', 3, 4), read('b', 5, 6)]],
  ['an unknown swap in between', [swap('', 'a', 1), swap('a', 'b', 2, 3), read('b', 4, 5)]],
  [
    'three clients that overlap all the time',
    [write('a', 1, 10), write('b', 2, 9), read('a', 3, 5), read('b', 6, 8), read('b', 11, 12)],
  ],
];

const BAD: readonly (readonly [string, readonly RegisterOperation[]])[] = [
  ['a lost write', [write('a', 1, 2), read('', 3, 4)]],
  ['a stale read', [write('a', 1, 2), write('b', 3, 4), read('a', 5, 6)]],
  ['a value out of nowhere', [write('a', 1, 2), read('z', 3, 4)]],
  ['a value that comes back', [write('a', 1, 2), write('b', 3, 4), read('b', 5, 6), read('a', 7, 8)]],
  ['a read from the future', [read('a', 1, 2), write('a', 3, 4)]],
  [
    'two readers that disagree on the order',
    [write('a', 1, 4), write('b', 2, 3), read('a', 5, 6), read('b', 7, 8), read('a', 9, 10)],
  ],
  ['a swap that succeeded on a value long gone', [write('a', 1, 2), write('b', 3, 4), swap('a', 'c', 5, 6)]],
  ['the same swap made by two', [swap('', 'a', 1, 4), swap('', 'b', 2, 3)]],
  ['an unknown write that was made, and then was not', [write('a', 1), read('a', 2, 3), read('', 4, 5)]],
];

/** Tries every order: slow, and without anything that could be wrong. */
function isLinearizableByTrying(history: readonly RegisterOperation[], state = REGISTER.initial): boolean {
  if (history.every(({ returned }) => returned === undefined)) return true;
  const firstReturn = Math.min(...history.map(({ returned }) => returned?.at ?? Number.POSITIVE_INFINITY));
  return history.some((next, place) => {
    if (next.calledAt > firstReturn) return false;
    const after = REGISTER.step(state, next.input, next.returned?.output);
    return after !== undefined && isLinearizableByTrying(history.toSpliced(place, 1), after);
  });
}

const historyArbitrary: fc.Arbitrary<readonly RegisterOperation[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('read' as const, 'write' as const, 'swap' as const),
      from: fc.integer({ min: 0, max: 30 }),
      length: fc.integer({ min: 1, max: 15 }),
      value: fc.constantFrom('', 'a', 'b'),
      expected: fc.constantFrom('', 'a', 'b'),
      isUnknown: fc.boolean(),
    }),
    { maxLength: 7 },
  )
  .map((wishes) =>
    wishes.flatMap(({ kind, from, length, value, expected, isUnknown }, place): RegisterOperation[] => {
      // No two moments are the same.
      const calledAt = from + place / 100;
      const to = isUnknown ? undefined : calledAt + length + 0.001;
      if (kind === 'read') return to === undefined ? [] : [read(value, calledAt, to)];
      return [kind === 'write' ? write(value, calledAt, to) : swap(expected, value, calledAt, to)];
    }),
  );

describe('the linearizability checker', () => {
  for (const [title, history] of GOOD) it(`accepts ${title}`, () => assert.ok(isLinearizable(history)));
  for (const [title, history] of BAD) it(`rejects ${title}`, () => assert.ok(!isLinearizable(history)));

  it('agrees with trying every order, on histories of all kinds', (t) => {
    const seen = { good: 0, bad: 0 };
    fc.assert(
      fc.property(historyArbitrary, (history) => {
        const expected = isLinearizableByTrying(history);
        seen[expected ? 'good' : 'bad']++;
        assert.equal(isLinearizable(history), expected);
      }),
      { numRuns: 3_000, seed: 5 },
    );
    t.diagnostic(JSON.stringify(seen));
    assert.ok(seen.good > 300 && seen.bad > 300, 'there were enough histories of both kinds');
  });

  it('gives the same answer without writes that nobody saw, when no value is written twice', () => {
    fc.assert(
      fc.property(historyArbitrary, (history) => {
        const distinct = history.map((one, place): RegisterOperation => {
          if (one.input.kind === 'read') return one;
          const value = `${one.input.value}${place}`;
          const { returned } = one;
          return {
            ...one,
            input: { ...one.input, value },
            returned: returned && { ...returned, output: value },
          };
        });
        const seen = distinct.map((one, place): RegisterOperation => {
          const source = distinct[(place * 7) % distinct.length]?.input;
          const value = source?.kind === 'write' ? source.value : '';
          if (one.input.kind === 'swap') return { ...one, input: { ...one.input, expected: value } };
          if (one.input.kind === 'read' && one.returned)
            return { ...one, returned: { ...one.returned, output: value } };
          return one;
        });
        assert.equal(isLinearizable(withoutUnseen(seen)), isLinearizable(seen));
      }),
      { numRuns: 2_000, seed: 6 },
    );
  });

  it('finds its way through hundreds of operations of many clients', () => {
    const history: RegisterOperation[] = [];
    for (let round = 0; round < 100; round++) {
      const at = round * 10;
      for (let client = 0; client < 5; client++)
        history.push(write(`${round}.${client}`, at + client / 10, at + 5));
      history.push(read(`${round}.2`, at + 6, at + 7));
    }
    assert.ok(isLinearizable(history));
    assert.ok(!isLinearizable([...history, read('50.2', 2_000, 2_001)]));
  });
});
