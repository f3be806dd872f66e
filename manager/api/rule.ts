import type { Change } from '../../lib/domain/store-object.ts';
import type { StoreView } from '../store/store.ts';

/** What a request comes to: the changes to store, and what the caller is told. A refusal throws instead. */
export interface Outcome<T> {
  readonly changes: readonly Change[];
  readonly result: T;
}

/** A request, ready to be decided on the newest state. */
export type Rule<T> = (view: StoreView) => Outcome<T>;

/** Times and ids that a rule may use. */
export interface RuleContext {
  readonly nowMs: number;
  readonly newId: () => string;
}
