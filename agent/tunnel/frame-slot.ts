/** A place for one value between someone who is given values and someone who asks for them. */
export interface Slot<T> {
  /** Resolves once the value was taken, or once nobody wants more. */
  put(value: T): Promise<void>;
  /** After what is there, there is nothing more; or `failure`, when it is given. */
  end(failure?: unknown): void;
  /** Nobody wants more: what is put from now on is gone at once. */
  discard(): void;
  /** For one reader, who asks for one value after another. */
  readonly values: AsyncIterable<T>;
}

/** An empty {@link Slot}. */
export function createSlot<T>(): Slot<T> {
  let held: { readonly value: T; readonly taken: () => void } | undefined;
  let ended: { readonly failure: unknown } | undefined;
  let isDiscarding = false;
  let wakeReader = (): void => undefined;

  const discard = (): void => {
    isDiscarding = true;
    held?.taken();
    held = undefined;
  };
  const take = async (): Promise<IteratorResult<T>> => {
    while (held === undefined && ended === undefined) {
      await new Promise<void>((resolve) => {
        wakeReader = resolve;
      });
    }
    if (held !== undefined) {
      const { value, taken } = held;
      held = undefined;
      taken();
      return { done: false, value };
    }
    if (ended?.failure !== undefined) throw ended.failure;
    return { done: true, value: undefined };
  };
  return {
    put: (value) =>
      new Promise((taken) => {
        if (isDiscarding || ended !== undefined) return taken();
        held = { value, taken };
        wakeReader();
      }),
    end(failure) {
      ended ??= { failure };
      wakeReader();
    },
    discard,
    values: {
      [Symbol.asyncIterator]: () => ({
        next: take,
        return: async () => {
          discard();
          return { done: true, value: undefined };
        },
      }),
    },
  };
}
