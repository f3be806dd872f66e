import { decodeConfChange } from '../../../../../manager/raft/core/confchange/change-codec.ts';
import type { Entry, MemberId } from '../../../../../manager/raft/core/entry.ts';
import type { RaftEvent } from '../../../../../manager/raft/core/events.ts';
import {
  type ConfState,
  type HardState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  type Snapshot,
} from '../../../../../manager/raft/core/message.ts';
import type { Ready } from '../../../../../manager/raft/core/raw-node.ts';
import type { ProgressStatus } from '../../../../../manager/raft/core/status.ts';
import type { TrackerConfig } from '../../../../../manager/raft/core/tracker/tracker.ts';
import { describeChanges } from './describe-changes.ts';

/* The textual forms of the case files. */

function list(ids: Iterable<MemberId>): string {
  return [...ids].sort((one, other) => one - other).join(' ');
}

/** `voters=(1 2)&&(1) learners=(3)`. */
export function describeConfig(config: TrackerConfig): string {
  const { incoming, outgoing } = config.voters;
  const parts = [`voters=(${list(incoming)})${outgoing.size > 0 ? `&&(${list(outgoing)})` : ''}`];
  if (config.learners.size > 0) parts.push(`learners=(${list(config.learners)})`);
  if (config.learnersNext.size > 0) parts.push(`learners_next=(${list(config.learnersNext)})`);
  if (config.autoLeave) parts.push('autoleave');
  return parts.join(' ');
}

/** One line per member. */
export function describeProgressMap(progress: ReadonlyMap<MemberId, ProgressStatus>): string {
  return [...progress].map(([id, one]) => `${id}: ${describeProgress(one)}\n`).join('');
}

function describeProgress(one: ProgressStatus): string {
  const parts = [`${one.state} match=${one.match} next=${one.next}`];
  if (one.isLearner) parts.push('learner');
  if (one.isPaused) parts.push('paused');
  if (one.pendingSnapshot > 0) parts.push(`pendingSnap=${one.pendingSnapshot}`);
  if (!one.isRecentlyActive) parts.push('inactive');
  if (one.inflightMessages > 0) {
    parts.push(`inflight=${one.inflightMessages}${one.isInflightFull ? '[full]' : ''}`);
  }
  return parts.join(' ');
}

/** `1/4 EntryNormal "foo"`. */
export function describeEntry(entry: Entry): string {
  const data =
    entry.type === 'EntryNormal'
      ? JSON.stringify(new TextDecoder().decode(entry.data))
      : describeChanges(decodeConfChange(entry.data).changes);
  return `${entry.term}/${entry.index} ${entry.type} ${data}`.trimEnd();
}

function describeTarget(id: MemberId): string {
  if (id === LOCAL_APPEND_THREAD) return 'AppendThread';
  if (id === LOCAL_APPLY_THREAD) return 'ApplyThread';
  return id === 0 ? 'None' : id.toString(16);
}

function describeConfState(state: ConfState): string {
  return (
    `Voters:[${list(state.voters)}] VotersOutgoing:[${list(state.votersOutgoing)}] ` +
    `Learners:[${list(state.learners)}] LearnersNext:[${list(state.learnersNext)}] AutoLeave:${state.autoLeave}`
  );
}

function describeSnapshot(snapshot: Snapshot): string {
  return `Index:${snapshot.index} Term:${snapshot.term} ConfState:${describeConfState(snapshot.confState)}`;
}

/** One message, on several lines where it carries a lot. */
export function describeMessage(message: Message, indent = ''): string {
  const { entries, snapshot, responses } = message;
  const route = `${describeTarget(message.from)}->${describeTarget(message.to)}`;
  let text = `${indent}${route} ${message.type} Term:${message.term} Log:${message.logTerm}/${message.index}`;
  if (message.reject) text += ` Rejected (Hint: ${message.rejectHint})`;
  if (message.commit !== 0) text += ` Commit:${message.commit}`;
  if (message.vote !== 0) text += ` Vote:${message.vote}`;
  const [first] = entries;
  if (first !== undefined && entries.length === 1) {
    text += ` Entries:[${describeEntry(first)}]`;
  } else if (first !== undefined) {
    const lines = entries.map((entry) => `\n${indent}  ${describeEntry(entry)}`);
    text += ` Entries:[${lines.join('')}\n${indent}]`;
  }
  if (snapshot !== undefined) text += `\n${indent}  Snapshot: ${describeSnapshot(snapshot)}`;
  if (responses.length > 0) {
    const lines = responses.map((response) => `\n${describeMessage(response, `${indent}  `)}`);
    text += ` Responses:[${lines.join('')}\n${indent}]`;
  }
  return text;
}

function describeHardState(state: HardState): string {
  return `Term:${state.term}${state.vote === 0 ? '' : ` Vote:${state.vote}`} Commit:${state.commit}`;
}

/** Everything in a Ready that is not empty. */
export function describeReady(ready: Ready): string {
  const lines: string[] = [];
  const { softState, hardState, readStates, entries, snapshot, committedEntries, messages } = ready;
  if (softState !== undefined) lines.push(`Lead:${softState.lead} State:${softState.role}`);
  if (hardState !== undefined) lines.push(`HardState ${describeHardState(hardState)}`);
  if (readStates.length > 0) {
    const reads = readStates.map(({ index, context }) => `{${index} ${context}}`);
    lines.push(`ReadStates [${reads.join(' ')}]`);
  }
  if (entries.length > 0) lines.push('Entries:', ...entries.map(describeEntry));
  if (snapshot !== undefined) lines.push(`Snapshot ${describeSnapshot(snapshot)}`);
  if (committedEntries.length > 0) lines.push('CommittedEntries:', ...committedEntries.map(describeEntry));
  if (messages.length > 0) lines.push('Messages:', ...messages.map((message) => describeMessage(message)));
  return lines.length === 0 ? '<empty Ready>' : `Ready MustSync=${ready.mustSync}:\n${lines.join('\n')}`;
}

/** Events that the case files show as a line, with the level of that line. */
export function describeEvent(
  id: MemberId,
  event: RaftEvent,
): { readonly level: 'WARN' | 'ERROR'; readonly text: string } | undefined {
  const who = id.toString(16);
  switch (event.kind) {
    case 'election-refused':
      return event.reason === 'unpromotable'
        ? { level: 'WARN', text: `${who} is unpromotable and can not campaign` }
        : {
            level: 'WARN',
            text: `${who} cannot campaign at term ${event.term} since there are still pending configuration changes to apply`,
          };
    case 'quorum-lost':
      return { level: 'WARN', text: `${who} stepped down to follower since quorum is not active` };
    case 'snapshot-refused':
      return event.reason === 'not-follower'
        ? { level: 'WARN', text: `${who} attempted to restore snapshot as leader; should never happen` }
        : {
            level: 'WARN',
            text: `${who} attempted to restore snapshot but it is not in the ConfState; should never happen`,
          };
    case 'forget-leader-refused':
      return { level: 'ERROR', text: 'ignoring MsgForgetLeader due to ReadOnlyLeaseBased' };
    default:
      return undefined;
  }
}
