import { SkepError } from '../../../../lib/errors.ts';
import { type Entry, type EntryType, NO_DATA } from '../entry.ts';
import type { ChangeKind, ChangeTransition, ConfChange, MemberChange } from './change.ts';

/*
 * A change in an entry, integers little-endian:
 *   transition u8 | number of changes u16 | per change: kind u8, member id as f64 | context to the end
 * No bytes at all stand for the empty change, so that leaving a joint configuration never meets a size limit.
 */

const TRANSITIONS: readonly ChangeTransition[] = ['auto', 'joint-implicit', 'joint-explicit'];
const KINDS: readonly ChangeKind[] = ['add-voter', 'remove', 'update', 'add-learner'];
const HEADER_BYTES = 3;
const CHANGE_BYTES = 9;
/** Far more members than any cluster has. */
const MAX_CHANGES = 1_024;
/** The context names a member and its address; anything large belongs in an ordinary entry. */
export const MAX_CONTEXT_BYTES = 64 * 1_024;

/** Entry data for a change; throws INVALID_ARGUMENT when it is too large. */
export function encodeConfChange(change: ConfChange): Uint8Array {
  const { changes, context } = change;
  if (changes.length > MAX_CHANGES || context.byteLength > MAX_CONTEXT_BYTES) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `a change of ${changes.length} members with ${context.byteLength} bytes of context is too large`,
      { help: `at most ${MAX_CHANGES} members and ${MAX_CONTEXT_BYTES} bytes` },
    );
  }
  if (change.transition === 'auto' && changes.length === 0 && context.byteLength === 0) return NO_DATA;
  const bytes = new Uint8Array(HEADER_BYTES + changes.length * CHANGE_BYTES + context.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, TRANSITIONS.indexOf(change.transition));
  view.setUint16(1, changes.length, true);
  for (const [place, { kind, memberId }] of changes.entries()) {
    const at = HEADER_BYTES + place * CHANGE_BYTES;
    view.setUint8(at, KINDS.indexOf(kind));
    view.setFloat64(at + 1, memberId, true);
  }
  bytes.set(context, HEADER_BYTES + changes.length * CHANGE_BYTES);
  return bytes;
}

/** The change in an entry's data; throws DATA_LOSS for bytes that `encodeConfChange` never makes. */
export function decodeConfChange(data: Uint8Array): ConfChange {
  if (data.byteLength === 0) return { transition: 'auto', changes: [], context: NO_DATA };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = data.byteLength < HEADER_BYTES ? MAX_CHANGES + 1 : view.getUint16(1, true);
  const contextAt = HEADER_BYTES + count * CHANGE_BYTES;
  const transition = TRANSITIONS[view.getUint8(0)];
  if (transition === undefined || count > MAX_CHANGES || contextAt > data.byteLength) throw unreadable();
  const changes: MemberChange[] = [];
  for (let place = 0; place < count; place++) {
    const at = HEADER_BYTES + place * CHANGE_BYTES;
    const kind = KINDS[view.getUint8(at)];
    const memberId = view.getFloat64(at + 1, true);
    if (kind === undefined || !Number.isSafeInteger(memberId) || memberId < 0) throw unreadable();
    changes.push({ kind, memberId });
  }
  return { transition, changes, context: data.subarray(contextAt) };
}

/** True for both types of entry that hold a change. */
export function isConfChangeType(type: EntryType): boolean {
  return type !== 'EntryNormal';
}

/** The change that an entry holds, undefined for an ordinary entry. Throws as `decodeConfChange`. */
export function confChangeOf(entry: Pick<Entry, 'type' | 'data'>): ConfChange | undefined {
  return isConfChangeType(entry.type) ? decodeConfChange(entry.data) : undefined;
}

function unreadable(): SkepError {
  return new SkepError('DATA_LOSS', 'a change of the configuration in the log cannot be read', {
    help: 'see that all managers run versions that belong together',
  });
}
