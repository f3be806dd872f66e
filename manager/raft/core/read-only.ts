import type { MemberId } from './entry.ts';
import type { Message } from './message.ts';

/**
 * `safe`: a read is answered once a quorum has confirmed that the leader still is one. `lease-based`: at once,
 * trusting that no clock runs away; needs check-quorum (Raft thesis, section 6.4).
 */
export type ReadOnlyOption = 'safe' | 'lease-based';

/** One read that waits for the quorum. */
interface PendingRead {
  readonly request: Message;
  /** The commit index when it came in. */
  readonly index: number;
  readonly acks: Map<MemberId, boolean>;
}

/** The reads that wait, in the order in which they came. */
export interface ReadOnly {
  readonly option: ReadOnlyOption;
  readonly pending: Map<string, PendingRead>;
}

/** No reads. */
export function createReadOnly(option: ReadOnlyOption): ReadOnly {
  return { option, pending: new Map() };
}

/** Notes a read at the commit index; a context that waits already is the same read. */
export function addRead(readOnly: ReadOnly, index: number, request: Message): void {
  if (readOnly.pending.has(request.context)) return;
  readOnly.pending.set(request.context, { request, index, acks: new Map() });
}

/** A member confirmed the leader for this context: who did so far. Undefined when no such read waits. */
export function acknowledgeRead(
  readOnly: ReadOnly,
  from: MemberId,
  context: string,
): ReadonlyMap<MemberId, boolean> | undefined {
  const read = readOnly.pending.get(context);
  read?.acks.set(from, true);
  return read?.acks;
}

/** Takes out the read of this context, and all before it: who is confirmed now was so for them too. */
export function takeReadsThrough(
  readOnly: ReadOnly,
  context: string,
): readonly { readonly request: Message; readonly index: number }[] {
  if (!readOnly.pending.has(context)) return [];
  const taken: { request: Message; index: number }[] = [];
  for (const [key, { request, index }] of readOnly.pending) {
    readOnly.pending.delete(key);
    taken.push({ request, index });
    if (key === context) break;
  }
  return taken;
}

/** The context of the newest read that waits, which every heartbeat repeats; '' without one. */
export function lastPendingContext(readOnly: ReadOnly): string {
  let last = '';
  for (const key of readOnly.pending.keys()) last = key;
  return last;
}
