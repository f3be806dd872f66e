import type { Operation, SequentialModel } from './history.ts';

/** What can be asked of a register. */
export type RegisterInput =
  | { readonly kind: 'read' }
  | { readonly kind: 'write'; readonly value: string }
  /** Writes if the register holds `expected`. */
  | { readonly kind: 'swap'; readonly expected: string; readonly value: string };

/** What a read saw; of a write and of a swap that was made, the value written. */
export type RegisterOutput = string;

export type RegisterOperation = Operation<RegisterInput, RegisterOutput>;

/** A register that begins empty. A swap that is not made leaves no operation behind, as it says nothing. */
export const REGISTER: SequentialModel<string, RegisterInput, RegisterOutput> = {
  initial: '',
  step: (state, input, output) => {
    switch (input.kind) {
      case 'read':
        return output === undefined || output === state ? state : undefined;
      case 'write':
        return input.value;
      case 'swap':
        if (state === input.expected) return input.value;
        return output === undefined ? state : undefined;
    }
  },
  keyOf: (state) => state,
};

/**
 * The history without the writes of unknown outcome whose value nobody ever saw. Every value must be written by one
 * operation only: then such a write explains nothing that could not be explained without it.
 */
export function withoutUnseen(history: readonly RegisterOperation[]): readonly RegisterOperation[] {
  let kept = history;
  for (;;) {
    const seen = new Set<string>();
    for (const { input, returned } of kept) {
      if (input.kind === 'swap') seen.add(input.expected);
      if (input.kind === 'read' && returned !== undefined) seen.add(returned.output);
    }
    const next = kept.filter(
      ({ input, returned }) => returned !== undefined || (input.kind !== 'read' && seen.has(input.value)),
    );
    if (next.length === kept.length) return kept;
    kept = next;
  }
}
