import { SkepError, unreachable } from '../../../lib/errors.ts';
import { type ConfChange, stepOfChange } from '../core/confchange/change.ts';
import { confChangeOf } from '../core/confchange/change-codec.ts';
import {
  applySimpleChange,
  type ChangeBase,
  enterJoint,
  leaveJoint,
  restoreConfig,
} from '../core/confchange/changer.ts';
import { type Entry, type MemberId, NO_DATA } from '../core/entry.ts';
import { type ConfState, EMPTY_CONF_STATE, namesMember } from '../core/message.ts';
import { confStateOf, createTracker, isJoint, type Tracker } from '../core/tracker/tracker.ts';

export interface RescueInput {
  /** Before the entries. */
  readonly confState: ConfState;
  /** All that will be applied. */
  readonly entries: readonly Entry[];
  /** The member that is to stay. */
  readonly id: MemberId;
}

export interface RescuePlan {
  /** To be applied one by one after the entries; at least one. */
  readonly changes: readonly ConfChange[];
  readonly removed: readonly MemberId[];
}

/**
 * The changes that leave one voter and nobody else. Each is one that any member can apply by itself. Throws
 * FAILED_PRECONDITION when the member was never one of this cluster.
 */
export function planSingleVoter({ confState, entries, id }: RescueInput): RescuePlan {
  let tracker = trackerOf(confState);
  let wasNamed = namesMember(confState, id);
  for (const entry of entries) {
    const change = confChangeOf(entry);
    if (change === undefined) continue;
    tracker = changed(tracker, change);
    wasNamed ||= namesMember(confStateOf(tracker.config), id);
  }
  if (!wasNamed) {
    throw new SkepError('FAILED_PRECONDITION', `the data is not that of member ${id}`, {
      help: 'use the data folder of this manager',
    });
  }
  const changes: ConfChange[] = [];
  const plan = (...one: ConfChange['changes']): void => {
    const change: ConfChange = { transition: 'auto', changes: one, context: NO_DATA };
    tracker = changed(tracker, change);
    changes.push(change);
  };
  if (isJoint(tracker.config)) plan();
  const { voters, learners } = confStateOf(tracker.config);
  if (!voters.includes(id)) plan({ kind: 'add-voter', memberId: id });
  const removed = [...voters, ...learners]
    .filter((member) => member !== id)
    .sort((one, other) => one - other);
  for (const memberId of removed) plan({ kind: 'remove', memberId });
  // One more at the end, for the address of the one that stays.
  plan({ kind: 'update', memberId: id });
  return { changes, removed };
}

/** The configuration of that voter and nobody else. */
export function singleVoter(id: MemberId): ConfState {
  return { ...EMPTY_CONF_STATE, voters: [id] };
}

function trackerOf(confState: ConfState): Tracker {
  const empty = createTracker(1, 0);
  const { config, progress } = restoreConfig({ tracker: empty, lastIndex: 0 }, confState);
  return { ...empty, config, progress };
}

function changed(tracker: Tracker, change: ConfChange): Tracker {
  const base: ChangeBase = { tracker, lastIndex: 0 };
  const step = stepOfChange(change);
  switch (step.kind) {
    case 'leave-joint':
      return { ...tracker, ...leaveJoint(base) };
    case 'enter-joint':
      return { ...tracker, ...enterJoint(base, step.autoLeave, change.changes) };
    case 'simple':
      return { ...tracker, ...applySimpleChange(base, change.changes) };
    default:
      return unreachable(step);
  }
}
