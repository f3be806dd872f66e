import type { Operation, SequentialModel } from './history.ts';

/** A call or a return. Those that have not been put in order yet form a list; a call knows its return. */
interface Moment {
  readonly operation: number;
  /** Of a call: its return; undefined for a return itself. */
  readonly match: Moment | undefined;
  previous: Moment | undefined;
  next: Moment | undefined;
}

/** What came of a check. `longest` operations could be put in order at most. */
export interface LinearizabilityResult {
  readonly isLinearizable: boolean;
  readonly longest: number;
}

/**
 * Whether some order of the operations that agrees with time explains all that was returned. An operation whose outcome
 * is not known may stand anywhere after its call, or nowhere.
 *
 * Wing and Gong's search ("Testing and verifying concurrent objects", 1993), which tries each operation that may come
 * next, with Lowe's memory of what was tried ("Testing for linearizability", 2017): the same set of operations that led
 * to the same state before leads nowhere again.
 */
export function checkLinearizable<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): LinearizabilityResult {
  const head = listMoments(operations);
  const done = new Uint8Array(operations.length);
  const tried = new Set<string>();
  const stack: { readonly call: Moment; readonly state: State }[] = [];
  let state = model.initial;
  let missing = operations.filter(({ returned }) => returned !== undefined).length;
  let longest = 0;
  let at = head.next;

  while (missing > 0) {
    if (at === undefined || at.match === undefined) {
      // A return whose call is not in order yet, or the end: the last choice was wrong.
      const last = stack.pop();
      if (last === undefined) return { isLinearizable: false, longest };
      const { operation } = last.call;
      restore(last.call);
      done[operation] = 0;
      if (operations[operation]?.returned !== undefined) missing++;
      state = last.state;
      at = last.call.next;
      continue;
    }
    const { operation } = at;
    const { input, returned } = operations[operation] as Operation<Input, Output>;
    const after = model.step(state, input, returned?.output);
    if (after !== undefined) {
      done[operation] = 1;
      const key = `${Buffer.from(done).toString('latin1')} ${model.keyOf(after)}`;
      if (!tried.has(key)) {
        tried.add(key);
        stack.push({ call: at, state });
        longest = Math.max(longest, stack.length);
        state = after;
        if (returned !== undefined) missing--;
        remove(at);
        at = head.next;
        continue;
      }
      done[operation] = 0;
    }
    at = at.next;
  }
  return { isLinearizable: true, longest };
}

/** All calls and returns in the order of time; an unknown return comes after everything. Returns what stands before. */
function listMoments(operations: readonly Operation<unknown, unknown>[]): Moment {
  const moments: { readonly at: number; readonly isReturn: boolean; readonly moment: Moment }[] = [];
  for (const [operation, { calledAt, returned }] of operations.entries()) {
    const end: Moment = { operation, match: undefined, previous: undefined, next: undefined };
    const call: Moment = { operation, match: end, previous: undefined, next: undefined };
    moments.push({ at: calledAt, isReturn: false, moment: call });
    moments.push({ at: returned?.at ?? Number.POSITIVE_INFINITY, isReturn: true, moment: end });
  }
  // What happened at the same moment overlaps.
  moments.sort((one, other) =>
    one.at < other.at ? -1 : one.at > other.at ? 1 : Number(one.isReturn) - Number(other.isReturn),
  );
  const head: Moment = { operation: -1, match: undefined, previous: undefined, next: undefined };
  let last = head;
  for (const { moment } of moments) {
    last.next = moment;
    moment.previous = last;
    last = moment;
  }
  return head;
}

/** Takes a call and its return out of the list. */
function remove(call: Moment): void {
  unlink(call);
  if (call.match !== undefined) unlink(call.match);
}

/** Puts a call and its return back where they were; the last one removed first. */
function restore(call: Moment): void {
  if (call.match !== undefined) link(call.match);
  link(call);
}

function unlink({ previous, next }: Moment): void {
  if (previous !== undefined) previous.next = next;
  if (next !== undefined) next.previous = previous;
}

function link(moment: Moment): void {
  if (moment.previous !== undefined) moment.previous.next = moment;
  if (moment.next !== undefined) moment.next.previous = moment;
}
