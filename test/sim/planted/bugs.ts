/** A text that stands in the source of a module, as written and as compiled, and what is put in its place. */
export interface Replacement {
  /** End of the module's path, without its extension. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

/** A fault that the simulation must find. */
export interface PlantedBug {
  readonly name: string;
  readonly replacements: readonly Replacement[];
  readonly hasLyingDisks?: boolean;
}

const RAFT = 'manager/raft/core/raft';
const RAFT_LOG = 'manager/raft/core/log/raft-log';
const TRACKER = 'manager/raft/core/tracker/tracker';
const OLD_TERM = 'message.term !== 0 && message.term < state.term';

/** Five in the consensus, and some around it, that the simulation is known to find. They exist in copies of the text only, made while a module loads. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  { name: 'skips a sync', replacements: [], hasLyingDisks: true },
  {
    name: 'counts a stale vote',
    replacements: [
      { module: RAFT, from: OLD_TERM, to: `${OLD_TERM} && message.type !== 'MsgVoteResp'` },
      // Nor are the votes of the round before forgotten.
      { module: TRACKER, from: 'tracker.votes.clear()', to: 'tracker.votes.size' },
    ],
  },
  {
    name: 'forgets the term check',
    replacements: [{ module: RAFT, from: OLD_TERM, to: `${OLD_TERM} && message.type !== 'MsgApp'` }],
  },
  {
    name: 'applies before commit',
    replacements: [
      {
        module: RAFT_LOG,
        from: 'allowUnstable ? log.committed : Math.min(log.committed, log.unstable.offset - 1)',
        to: 'log.unstable.offset - 1',
      },
      // Of course the core itself would notice.
      {
        module: RAFT_LOG,
        from: 'assert(index <= log.committed,',
        to: 'assert(true,',
      },
      {
        module: RAFT_LOG,
        from: 'index <= log.committed && index >= log.applied',
        to: 'index >= log.applied',
      },
    ],
  },
  {
    name: 'lets a learner vote',
    replacements: [
      {
        module: TRACKER,
        from: 'return jointVoters(tracker.config.voters)',
        to: 'return [...jointVoters(tracker.config.voters), ...tracker.config.learners]',
      },
      {
        module: TRACKER,
        from: 'return jointVoteResult(tracker.config.voters, tracker.votes)',
        to: "return 2 * [...tracker.votes.values()].filter(Boolean).length > tracker.config.voters.incoming.size ? 'VoteWon' : jointVoteResult(tracker.config.voters, tracker.votes)",
      },
    ],
  },
  {
    name: 'reads without asking the others',
    replacements: [
      {
        module: 'manager/raft/core/leader-reads',
        from: "decidesAlone || state.readOnly.option === 'lease-based'",
        to: "decidesAlone || state.readOnly.option !== 'none'",
      },
    ],
  },
  {
    name: 'gives an address twice',
    replacements: [
      {
        module: 'manager/allocator/address-space',
        from: 'findFree(space, true) ?? findFree(space, false)',
        to: 'space.block.first + FIRST_OFFSET',
      },
    ],
  },
  {
    name: 'updates more at a time than it may',
    replacements: [
      {
        module: 'manager/orchestrator/update',
        from: 'Math.max(0, parallelism - changing.length)',
        to: 'dirty.length',
      },
    ],
  },
];
