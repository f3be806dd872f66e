import { SkepError } from '../../../lib/errors.ts';
import type { MemberId } from './entry.ts';
import type { RaftEvent } from './events.ts';
import type { RaftStorage } from './log/storage.ts';
import type { ReadOnlyOption } from './read-only.ts';

/** What a member is started with. Times are in ticks; whoever calls `tick()` says how long one is. */
export interface RaftOptions {
  /** This member's own id: positive, and never given to another member, not even after its removal. */
  readonly id: MemberId;
  readonly storage: RaftStorage;
  /** A number in [0, 1): spreads the election timeouts, so that not all members campaign at once. */
  readonly random: () => number;
  /** A follower that hears nothing for this long, and up to twice as long by chance, campaigns. Above `heartbeatTicks`. */
  readonly electionTicks: number;
  /** A leader says that it still is one every so many ticks. */
  readonly heartbeatTicks: number;
  /** The last index that the application has applied, where that is above the storage's snapshot. */
  readonly applied?: number;
  /** Limit on the entries of one MsgApp, in bytes; a single larger entry still goes. Unlimited by default. */
  readonly maxMessageBytes?: number;
  /** Limit on committed entries handed out and not yet applied, in bytes; default: as `maxMessageBytes`. */
  readonly maxCommittedBytesPerReady?: number;
  /** A leader refuses proposals while so many payload bytes are not committed: without a quorum the log must not grow for ever. */
  readonly maxUncommittedBytes?: number;
  /** MsgApp messages on their way to one follower, and the bytes in them; 0 bytes for no limit. */
  readonly maxInflightMessages?: number;
  readonly maxInflightBytes?: number;
  /** A leader that has not heard from a quorum for an election timeout steps down; a follower that hears its leader grants no votes. */
  readonly checkQuorum?: boolean;
  /** Ask whether an election could be won before raising the term (Raft thesis, section 9.6). */
  readonly preVote?: boolean;
  readonly readOnly?: ReadOnlyOption;
  /** A follower drops proposals instead of forwarding them to the leader. */
  readonly disableProposalForwarding?: boolean;
  /** Takes every configuration change into the log: only for an application that checks them itself. */
  readonly disableConfChangeValidation?: boolean;
  /** A leader that is removed or demoted becomes a follower once that is applied. */
  readonly stepDownOnRemoval?: boolean;
  /** Hands out storage work as messages, so that several writes can be on their way: see raw-node.ts. */
  readonly asyncStorageWrites?: boolean;
  /** Told of what a person or a test may want to know. Must not call back into the core. */
  readonly trace?: (event: RaftEvent) => void;
}

/** The options with every default filled in. */
export type RaftSettings = Required<Omit<RaftOptions, 'storage' | 'applied'>>;

/** Fills in defaults. Throws INVALID_ARGUMENT for options that contradict each other. */
export function settleOptions(options: RaftOptions): RaftSettings {
  const maxMessageBytes = options.maxMessageBytes ?? Number.POSITIVE_INFINITY;
  const settings: RaftSettings = {
    id: options.id,
    random: options.random,
    electionTicks: options.electionTicks,
    heartbeatTicks: options.heartbeatTicks,
    maxMessageBytes,
    maxCommittedBytesPerReady: options.maxCommittedBytesPerReady ?? maxMessageBytes,
    maxUncommittedBytes: options.maxUncommittedBytes ?? Number.POSITIVE_INFINITY,
    maxInflightMessages: options.maxInflightMessages ?? 256,
    maxInflightBytes: options.maxInflightBytes ?? 0,
    checkQuorum: options.checkQuorum ?? false,
    preVote: options.preVote ?? false,
    readOnly: options.readOnly ?? 'safe',
    disableProposalForwarding: options.disableProposalForwarding ?? false,
    disableConfChangeValidation: options.disableConfChangeValidation ?? false,
    stepDownOnRemoval: options.stepDownOnRemoval ?? false,
    asyncStorageWrites: options.asyncStorageWrites ?? false,
    trace: options.trace ?? (() => undefined),
  };
  const fault = findFault(settings);
  if (fault !== undefined) throw new SkepError('INVALID_ARGUMENT', `a raft member cannot start: ${fault}`);
  return settings;
}

function findFault(settings: RaftSettings): string | undefined {
  const { id, heartbeatTicks, electionTicks, maxMessageBytes, maxInflightBytes } = settings;
  if (!Number.isSafeInteger(id) || id <= 0) return `its id ${id} is not a positive integer`;
  if (!Number.isSafeInteger(heartbeatTicks) || heartbeatTicks <= 0) return 'heartbeatTicks must be positive';
  if (!Number.isSafeInteger(electionTicks) || electionTicks <= heartbeatTicks) {
    return 'electionTicks must be above heartbeatTicks';
  }
  if (!(settings.maxInflightMessages > 0)) return 'maxInflightMessages must be positive';
  if (maxInflightBytes !== 0 && maxInflightBytes < maxMessageBytes) {
    return 'maxInflightBytes must not be below maxMessageBytes';
  }
  if (!(settings.maxCommittedBytesPerReady > 0)) return 'maxCommittedBytesPerReady must be positive';
  if (!(settings.maxUncommittedBytes > 0)) return 'maxUncommittedBytes must be positive';
  if (settings.readOnly === 'lease-based' && !settings.checkQuorum) return 'a lease needs checkQuorum';
  return undefined;
}
