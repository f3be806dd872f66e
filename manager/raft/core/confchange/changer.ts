import { assert, SkepError, unreachable } from '../../../../lib/errors.ts';
import type { MemberId } from '../entry.ts';
import type { ConfState } from '../message.ts';
import { sortedIds } from '../quorum/joint.ts';
import { createProgress, type Progress } from '../tracker/progress.ts';
import { isJoint, type ProgressMap, type Tracker, type TrackerConfig } from '../tracker/tracker.ts';
import type { MemberChange } from './change.ts';

/** What a change makes of a tracker; the tracker itself is left as it was. */
export interface ChangedConfig {
  readonly config: TrackerConfig;
  readonly progress: ProgressMap;
}

/** What the changes start from. New members are probed from `lastIndex`, the end of the own log. */
export interface ChangeBase {
  readonly tracker: Tracker;
  readonly lastIndex: number;
}

/** A configuration while it is being changed. */
interface Draft {
  readonly base: ChangeBase;
  readonly incoming: Set<MemberId>;
  readonly outgoing: Set<MemberId>;
  readonly learners: Set<MemberId>;
  readonly learnersNext: Set<MemberId>;
  readonly progress: Map<MemberId, Progress>;
}

/** Applies changes that replace at most one voter. Throws FAILED_PRECONDITION for more, or in a joint configuration. */
export function applySimpleChange(base: ChangeBase, changes: readonly MemberChange[]): ChangedConfig {
  const { config } = base.tracker;
  if (isJoint(config)) throw refused("can't apply simple config change in joint config");
  const draft = openDraft(base);
  applyChanges(draft, changes);
  if (differenceSize(config.voters.incoming, draft.incoming) > 1) {
    throw refused('more than one voter changed without entering joint config');
  }
  return closeDraft(draft, false);
}

/** Enters a joint configuration: from now on the old and the new voters must both agree. */
export function enterJoint(
  base: ChangeBase,
  autoLeave: boolean,
  changes: readonly MemberChange[],
): ChangedConfig {
  const { config } = base.tracker;
  if (isJoint(config)) throw refused('config is already joint');
  if (config.voters.incoming.size === 0) throw refused("can't make a zero-voter config joint");
  const draft = openDraft(base);
  for (const id of draft.incoming) draft.outgoing.add(id);
  applyChanges(draft, changes);
  return closeDraft(draft, autoLeave);
}

/** Leaves a joint configuration: the new voters decide alone, and those demoted become learners. */
export function leaveJoint(base: ChangeBase): ChangedConfig {
  if (!isJoint(base.tracker.config)) throw refused("can't leave a non-joint config");
  const draft = openDraft(base);
  for (const id of draft.learnersNext) {
    draft.learners.add(id);
    setLearner(draft, id, true);
  }
  draft.learnersNext.clear();
  for (const id of draft.outgoing) {
    if (!draft.incoming.has(id) && !draft.learners.has(id)) draft.progress.delete(id);
  }
  draft.outgoing.clear();
  return closeDraft(draft, false);
}

/** The configuration that a snapshot or the storage names, with every member probed from `lastIndex`. */
export function restoreConfig(base: ChangeBase, state: ConfState): ChangedConfig {
  const draft: Draft = {
    base,
    incoming: new Set(state.voters),
    outgoing: new Set(state.votersOutgoing),
    learners: new Set(state.learners),
    learnersNext: new Set(state.learnersNext),
    progress: new Map(),
  };
  for (const id of [...draft.incoming, ...draft.outgoing, ...draft.learners]) {
    if (!draft.progress.has(id)) draft.progress.set(id, newProgress(base, draft.learners.has(id)));
  }
  return closeDraft(draft, state.autoLeave);
}

function openDraft(base: ChangeBase): Draft {
  const { config, progress } = base.tracker;
  return {
    base,
    incoming: new Set(config.voters.incoming),
    outgoing: new Set(config.voters.outgoing),
    learners: new Set(config.learners),
    learnersNext: new Set(config.learnersNext),
    progress: new Map(progress),
  };
}

function closeDraft(draft: Draft, autoLeave: boolean): ChangedConfig {
  const progress = new Map<MemberId, Progress>();
  for (const id of sortedIds(draft.progress.keys())) {
    const one = draft.progress.get(id);
    if (one !== undefined) progress.set(id, one);
  }
  const { incoming, outgoing, learners, learnersNext } = draft;
  const config = { voters: { incoming, outgoing }, learners, learnersNext, autoLeave };
  checkInvariants(config, progress);
  return { config, progress };
}

function applyChanges(draft: Draft, changes: readonly MemberChange[]): void {
  for (const { kind, memberId } of changes) {
    if (memberId === 0) continue;
    switch (kind) {
      case 'add-voter':
        makeVoter(draft, memberId);
        break;
      case 'add-learner':
        makeLearner(draft, memberId);
        break;
      case 'remove':
        removeMember(draft, memberId);
        break;
      case 'update':
        break;
      default:
        unreachable(kind);
    }
  }
  if (draft.incoming.size === 0) throw refused('removed all voters');
}

function makeVoter(draft: Draft, id: MemberId): void {
  if (draft.progress.has(id)) setLearner(draft, id, false);
  else draft.progress.set(id, newProgress(draft.base, false));
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  draft.incoming.add(id);
}

function makeLearner(draft: Draft, id: MemberId): void {
  const existing = draft.progress.get(id);
  if (existing?.isLearner === true) return;
  removeMember(draft, id);
  draft.progress.set(id, existing ?? newProgress(draft.base, true));
  // Who still votes in the outgoing configuration cannot be a learner before that one is left.
  if (draft.outgoing.has(id)) {
    draft.learnersNext.add(id);
  } else {
    draft.learners.add(id);
    setLearner(draft, id, true);
  }
}

function removeMember(draft: Draft, id: MemberId): void {
  draft.incoming.delete(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
  // An outgoing voter still counts, so it must still be replicated to.
  if (!draft.outgoing.has(id)) draft.progress.delete(id);
}

function setLearner(draft: Draft, id: MemberId, isLearner: boolean): void {
  const progress = draft.progress.get(id);
  assert(progress !== undefined, `member ${id} has a progress`);
  // A copy: the original belongs to the tracker that the change may still be refused for.
  if (progress.isLearner !== isLearner) draft.progress.set(id, { ...progress, isLearner });
}

function newProgress(base: ChangeBase, isLearner: boolean): Progress {
  return createProgress({
    match: 0,
    // At the end of the log rather than its start: the answer to the first probe says where to go on.
    next: Math.max(base.lastIndex, 1),
    isLearner,
    // Otherwise the next check of the quorum would miss a member that had no time to say anything.
    isRecentlyActive: true,
    maxInflightMessages: base.tracker.maxInflightMessages,
    maxInflightBytes: base.tracker.maxInflightBytes,
  });
}

function differenceSize(one: ReadonlySet<MemberId>, other: ReadonlySet<MemberId>): number {
  let size = 0;
  for (const id of one) if (!other.has(id)) size++;
  for (const id of other) if (!one.has(id)) size++;
  return size;
}

/** Throws INTERNAL unless the parts of a configuration and the members' progress fit together. */
export function checkInvariants(config: TrackerConfig, progress: ProgressMap): void {
  const { incoming, outgoing } = config.voters;
  for (const id of [...incoming, ...outgoing, ...config.learners, ...config.learnersNext]) {
    assert(progress.has(id), `member ${id} has a progress`);
  }
  for (const id of progress.keys()) {
    const isKnown = incoming.has(id) || outgoing.has(id) || config.learners.has(id);
    assert(isKnown, `member ${id} of the progress is in the configuration`);
  }
  for (const id of config.learnersNext) {
    assert(outgoing.has(id), `member ${id} is demoted from the outgoing configuration`);
    assert(!incoming.has(id), `member ${id} is not demoted and kept at once`);
    assert(progress.get(id)?.isLearner === false, `member ${id} is a voter until the demotion`);
  }
  for (const id of config.learners) {
    assert(!incoming.has(id) && !outgoing.has(id), `member ${id} is not learner and voter at once`);
    assert(progress.get(id)?.isLearner === true, `member ${id} is marked as a learner`);
  }
  if (!isJoint(config)) {
    assert(config.learnersNext.size === 0, 'nobody is to be demoted outside of a joint configuration');
    assert(!config.autoLeave, 'only a joint configuration can be left');
  }
}

function refused(message: string): SkepError {
  return new SkepError('FAILED_PRECONDITION', message, {
    help: 'wait for the change before it to be applied, then propose anew',
  });
}
