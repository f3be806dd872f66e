import { assert, SkepError, unreachable } from '../../../lib/errors.ts';
import { type ConfChange, stepOfChange } from './confchange/change.ts';
import { confChangeOf } from './confchange/change-codec.ts';
import { applySimpleChange, type ChangedConfig, enterJoint, leaveJoint } from './confchange/changer.ts';
import { type Entry, NO_MEMBER } from './entry.ts';
import { releaseHeldReads } from './leader-reads.ts';
import { lastIndex } from './log/raft-log.ts';
import type { ConfState } from './message.ts';
import { broadcastAppend, maybeCommit, maybeSendAppend } from './replication.ts';
import { becomeFollower } from './role-change.ts';
import { type RaftState, trace } from './state.ts';
import { confStateOf, isVoter } from './tracker/tracker.ts';

/**
 * Carries out a committed change; returns the configuration to keep with the state, or undefined when a snapshot
 * has brought a later one already. Throws FAILED_PRECONDITION for a change that does not fit, which a validating
 * leader never lets into the log.
 */
export function applyConfChange(state: RaftState, entry: Entry): ConfState | undefined {
  const change = confChangeOf(entry);
  assert(change !== undefined, `entry ${entry.index} is a configuration change`);
  // The configuration of a snapshot holds at once, while entries before it may still wait to be applied.
  if (entry.index <= state.restoredIndex) return undefined;
  return switchToConfig(state, changedConfig(state, change));
}

/** Whether the configuration, as it is now, can be changed so. */
export function fitsConfig(state: RaftState, change: ConfChange): boolean {
  try {
    changedConfig(state, change);
    return true;
  } catch (thrown) {
    if (thrown instanceof SkepError && thrown.code === 'FAILED_PRECONDITION') return false;
    throw thrown;
  }
}

function changedConfig(state: RaftState, change: ConfChange): ChangedConfig {
  const base = { tracker: state.tracker, lastIndex: lastIndex(state.log) };
  const step = stepOfChange(change);
  switch (step.kind) {
    case 'leave-joint':
      return leaveJoint(base);
    case 'enter-joint':
      return enterJoint(base, step.autoLeave, change.changes);
    case 'simple':
      return applySimpleChange(base, change.changes);
    default:
      return unreachable(step);
  }
}

/** Makes a configuration the current one, with what follows from it for a leader. */
export function switchToConfig(state: RaftState, { config, progress }: ChangedConfig): ConfState {
  const { tracker, settings } = state;
  tracker.config = config;
  tracker.progress = progress;
  const confState = confStateOf(config);
  trace(state, { kind: 'config-changed', confState });
  const own = progress.get(settings.id);
  state.isLearner = own?.isLearner === true;
  if (state.role !== 'StateLeader') return confState;
  if (own === undefined || own.isLearner) {
    if (settings.stepDownOnRemoval) becomeFollower(state, state.term, NO_MEMBER);
    return confState;
  }
  if (confState.voters.length === 0) return confState;
  if (maybeCommit(state)) {
    // A smaller quorum may hold more.
    releaseHeldReads(state);
    broadcastAppend(state);
  } else {
    // New members need not wait for the next proposal or heartbeat.
    for (const id of progress.keys()) {
      if (id !== settings.id) maybeSendAppend(state, id, false);
    }
  }
  if (!isVoter(tracker, state.leadTransferee)) state.leadTransferee = NO_MEMBER;
  return confState;
}
