/** One operation of one client, between its call and its return. `Input` is what was asked, `Output` what came of it. */
export interface Operation<Input, Output> {
  readonly input: Input;
  readonly calledAt: number;
  /** Undefined while nothing is known of the outcome: it may have happened, happen yet, or never. */
  readonly returned: { readonly at: number; readonly output: Output } | undefined;
}

/** What a thing does that serves one operation after the other. */
export interface SequentialModel<State, Input, Output> {
  readonly initial: State;
  /** The state after the operation; undefined when the output cannot be. An unknown output always can. */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  /** The same for states that are the same. */
  keyOf(state: State): string;
}
