import type { MemberId } from '../core/entry.ts';
import type { Message } from '../core/message.ts';

/** Empty MsgApps that wait, one for each member at most. */
export interface CommitNotices {
  readonly held: Map<MemberId, Message>;
}

/** Nothing waits. */
export function createCommitNotices(): CommitNotices {
  return { held: new Map() };
}

/**
 * What is to be sent now when the core sends `message`. A MsgApp without entries only tells how far is committed: it
 * waits, and a later MsgApp to the same member says the same, so that it need not go at all. Whatever else goes to that
 * member does not wait for it. Messages may be lost or overtake one another anyway (Raft paper, section 5.1).
 */
export function admitMessage({ held }: CommitNotices, message: Message): readonly Message[] {
  if (message.type !== 'MsgApp') return [message];
  const earlier = held.get(message.to);
  const isCovered = earlier === undefined || covers(message, earlier);
  held.delete(message.to);
  if (message.entries.length > 0) return isCovered ? [message] : [earlier, message];
  held.set(message.to, message);
  return isCovered ? [] : [earlier];
}

/** Takes out all that waits. */
export function takeHeld({ held }: CommitNotices): readonly Message[] {
  const all = [...held.values()];
  held.clear();
  return all;
}

function covers(message: Message, earlier: Message): boolean {
  return message.term === earlier.term && message.index >= earlier.index && message.commit >= earlier.commit;
}
