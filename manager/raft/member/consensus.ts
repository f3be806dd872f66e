import { ensureError, type SkepError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import type { RaftMessage } from '../../../proto/raft-messages.ts';
import { confChangeOf } from '../core/confchange/change-codec.ts';
import { type Entry, type MemberId, NO_DATA } from '../core/entry.ts';
import { lastIndex } from '../core/log/raft-log.ts';
import {
  type ConfState,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  makeMessage,
} from '../core/message.ts';
import { createRaft } from '../core/raft.ts';
import { type Ready, rawNodeOf } from '../core/raw-node.ts';
import type { RaftState } from '../core/state.ts';
import { keyRingOf } from '../keys/key-ring.ts';
import type { MemberAddress } from '../snapshot-envelope.ts';
import { openSnapshot, type SnapshotReader } from '../snapshot-file.ts';
import { admitMessage, createCommitNotices, takeHeld } from './commit-notices.ts';
import { type NumberedEntry, packBatch, unpackProposals } from './committed-batch.ts';
import { createKeyRotation } from './key-rotation.ts';
import type { MemberData } from './member-data.ts';
import { type ChangeContext, createMemberRequests } from './member-requests.ts';
import type { Outbox } from './outbox.ts';
import { createOwnSnapshots } from './own-snapshots.ts';
import { createPendingProposals, type Waiting } from './pending-proposals.ts';
import { createReadBatches } from './read-batches.ts';
import { leadershipLost, notProposed, replaced } from './refusals.ts';
import { createReceivedSnapshots, lowestMatch } from './snapshot-received.ts';
import { createRestoring } from './snapshot-restoring.ts';
import type { ReceivedSnapshot } from './snapshot-transfer.ts';
import {
  type EventLoopDelay,
  type FromConsensus,
  type MemberSettings,
  type ToConsensus,
  toPlainError,
} from './thread-messages.ts';
import { createTurnLoop } from './turn-loop.ts';
import { createWriteQueue } from './write-queue.ts';

/** Times in ticks: 10 to 20 without a leader make an election. */
const ELECTION_TICKS = 10;
const HEARTBEAT_TICKS = 1;
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_INFLIGHT_MESSAGES = 256;
const MAX_UNCOMMITTED_BYTES = 64 * 1024 * 1024;
const MAX_COMMITTED_BYTES_PER_READY = 4 * 1024 * 1024;
/** How long the others wait for the news of a commit, unless it can go with entries before that. */
const NOTICE_DELAY_MS = 10;

export interface ConsensusOptions {
  readonly settings: MemberSettings;
  readonly data: MemberData;
  readonly outbox: Outbox;
  readonly log: Log;
  /** Unique among all starts of all members. */
  readonly startId: string;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly eventLoopDelay: () => EventLoopDelay;
  readonly post: (message: FromConsensus, transfer?: readonly ArrayBuffer[]) => void;
  /** The member cannot go on. */
  readonly onFailure: (thrown: unknown) => void;
}

/** The core with everything around it but sockets and threads. All calls from one thread. */
export interface Consensus {
  tick(): void;
  receive(messages: readonly RaftMessage[]): void;
  /** Takes the snapshot over, also where it is no use. */
  receiveSnapshot(received: ReceivedSnapshot): void;
  /** Resolves once the application has the state that was in the folder. */
  restored(): Promise<void>;
  unreachable(id: MemberId): void;
  commonNameOf(id: MemberId): string | undefined;
  handle(message: ToConsensus): void;
  /** Resolves once all that was handed out is written. */
  stop(): Promise<void>;
}

/** Starts on the data of a member. */
export function createConsensus(options: ConsensusOptions): Consensus {
  const { settings, data, outbox, log } = options;
  const { id } = settings;
  const { storage, diskLog } = data;
  const addresses = new Map(data.addresses);
  const pending = createPendingProposals();
  const applying: (readonly Message[])[] = [];
  let confState: ConfState = data.confState;
  let applied = { index: data.appliedIndex, term: storage.term(data.appliedIndex) ?? 0 };
  /** The term that this member leads in; 0 when it does not. */
  let leaderTerm = 0;
  let isAnnounced = false;
  const notices = createCommitNotices();
  let noticeTimer: NodeJS.Timeout | undefined;
  /** Entries for other members leave in this turn. */
  let isSending = false;

  const state = createCore(options, () => snapshots.want());
  const node = rawNodeOf(state);

  const loop = createTurnLoop(() => turn(), options.onFailure);
  const { guarded } = loop;
  const restoring = createRestoring(options.post, loop.fail);
  const { post } = restoring;
  const deliver = (messages: readonly Message[]): void => {
    for (const message of messages) {
      if (message.to === id) node.step(message);
      else outbox.send(message as RaftMessage);
    }
  };
  const send = (message: Message): void => {
    isSending ||= message.entries.length > 0;
    for (const admitted of admitMessage(notices, message)) outbox.send(admitted as RaftMessage);
    if (notices.held.size > 0) noticeTimer ??= setTimeout(sendNotices, NOTICE_DELAY_MS);
  };
  const sendNotices = (): void => {
    noticeTimer = undefined;
    guarded(() => {
      for (const message of takeHeld(notices)) outbox.send(message as RaftMessage);
    });
  };

  const writes = createWriteQueue({
    diskLog,
    storage,
    isSending: () => isSending,
    saveSnapshot: async (snapshot) => {
      const saved = await received.save(snapshot);
      confState = snapshot.confState;
      applied = { index: snapshot.index, term: snapshot.term };
      const { description } = saved;
      const known = Object.entries(description?.addresses ?? {});
      setAddresses(known.map(([member, one]) => [Number(member), one]));
      restoring.begin(saved);
    },
    onDone: (work) => guarded(() => work.forEach(({ responses }) => void deliver(responses))),
    onFailure: loop.fail,
  });
  const snapshots = createOwnSnapshots({
    settings,
    diskLog,
    storage,
    log,
    take: () => post({ kind: 'take-snapshot' }),
    more: () => post({ kind: 'snapshot-more' }),
    startSegment: writes.startSegment,
    lowestMatch: () => lowestMatch(state),
  });
  const received = createReceivedSnapshots(settings, snapshots.saveReceived);
  const reads = createReadBatches({
    contextPrefix: `${id}.${options.startId}`,
    ask: (context) => void node.readIndex(context),
    onConfirmed: (readIds, index) => post({ kind: 'read-confirmed', readIds, index }),
  });

  const setAddresses = (changed: Iterable<readonly [MemberId, MemberAddress]>): void => {
    for (const [member, address] of changed) addresses.set(member, address);
    outbox.setAddresses(addresses);
  };
  const { eventLoopDelay } = options;
  const requests = createMemberRequests({ state, node, storage, pending, addresses, eventLoopDelay, post });
  const keyRotation = createKeyRotation({
    folder: settings.folder,
    keyRing: keyRingOf(settings.key),
    log,
    startSegment: writes.startSegment,
    wantSnapshot: snapshots.wantAgain,
    removeCovered: () => diskLog.removeThrough(storage.snapshot()?.index ?? 0),
    onDone: (requestId) => requests.answer(requestId),
  });
  const refuse = (waiting: readonly Waiting[], error: SkepError): void => {
    const proposals = waiting.flatMap((one) => (one.kind === 'proposal' ? [one.proposal] : []));
    if (proposals.length > 0) post({ kind: 'proposals-failed', proposals, error: toPlainError(error) });
    for (const one of waiting) if (one.kind === 'change') requests.answer(one.requestId, error);
  };

  const turn = (): void => {
    while (!loop.isStopped() && node.hasReady()) {
      const ready = node.ready();
      for (const message of ready.messages) route(message);
      noteRole(ready);
      reads.confirm(ready.readStates);
    }
    outbox.flush();
    isSending = false;
    beginSnapshotWhenDue();
  };

  const route = (message: Message): void => {
    if (message.to === LOCAL_APPEND_THREAD) writes.push(message);
    else if (message.to === LOCAL_APPLY_THREAD) apply(message);
    else if (message.type === 'MsgSnap') void sendSnapshot(message);
    else send(message);
  };

  const sendSnapshot = async (message: Message): Promise<void> => {
    let isDelivered = false;
    let snapshot: SnapshotReader | undefined;
    try {
      snapshot = await openSnapshot(settings.folder, settings.key, message.snapshot?.index ?? 0);
      if (snapshot !== undefined) {
        await outbox.sendSnapshot(message as RaftMessage, snapshot);
        isDelivered = true;
      }
    } catch (thrown) {
      const fields = { member: message.to, error: ensureError(thrown).message };
      log('warn', 'A snapshot could not be delivered to a member.', fields);
    }
    await snapshot?.close();
    guarded(() => node.reportSnapshot(message.to, isDelivered));
  };

  const apply = (message: Message): void => {
    const numbered: NumberedEntry[] = [];
    let bytes = 0;
    for (const entry of message.entries) {
      const settled = pending.settle(entry);
      if (settled?.isApplied === false) refuse([settled.waiting], replaced());
      const waiting = settled?.isApplied === true ? settled.waiting : undefined;
      if (entry.type !== 'EntryNormal') applyChange(entry);
      else if (entry.data.byteLength > 0) {
        numbered.push({ entry, proposal: waiting?.kind === 'proposal' ? waiting.proposal : 0 });
      }
      if (waiting?.kind === 'change') requests.answer(waiting.requestId);
      applied = entry;
      bytes += entry.data.byteLength;
    }
    snapshots.count(message.entries.length, bytes);
    applying.push(message.responses);
    const batch = packBatch(numbered, applied.index);
    post(batch, [batch.bytes.buffer as ArrayBuffer]);
    announce();
  };

  const applyChange = (entry: Entry): void => {
    confState = node.applyConfChange(entry) ?? confState;
    const change = confChangeOf(entry);
    for (const { kind, memberId } of change?.changes ?? []) {
      if (kind === 'remove') addresses.delete(memberId);
    }
    const text = Buffer.from(change?.context ?? NO_DATA).toString();
    const context = text === '' ? undefined : (JSON.parse(text) as ChangeContext);
    setAddresses(context === undefined ? [] : [[context.memberId, context.address]]);
  };

  /** A leader may act once an entry of its own term is applied: then it knows all that was committed before. */
  const announce = (): void => {
    if (isAnnounced || leaderTerm === 0 || applied.term !== leaderTerm) return;
    isAnnounced = true;
    post({ kind: 'leadership', isLeader: true, leader: id, term: leaderTerm });
  };

  const noteRole = ({ softState }: Ready): void => {
    const term = state.role === 'StateLeader' ? state.term : 0;
    if (term !== leaderTerm) {
      leaderTerm = term;
      isAnnounced = false;
      refuse(pending.takeAll(), leadershipLost());
      if (term === 0) post({ kind: 'leadership', isLeader: false, leader: state.lead, term: state.term });
      announce();
    } else if (softState !== undefined && term === 0) {
      post({ kind: 'leadership', isLeader: false, leader: state.lead, term: state.term });
    }
    requests.settleTransfers();
  };

  const beginSnapshotWhenDue = (): void => {
    // Without any state of its own, or with one from the leader on its way, there is nothing to be taken.
    if (applied.index === 0 || state.log.unstable.snapshot !== undefined || !snapshots.isDue()) return;
    const latest = storage.snapshot()?.index ?? 0;
    if (applied.index < latest || (applied.index === latest && !snapshots.mayRepeat())) return;
    snapshots.begin({ ...applied, confState, addresses: new Map(addresses) });
  };

  const propose = (firstProposal: number, datas: readonly Uint8Array[]): void => {
    const first = lastIndex(state.log) + 1;
    const outcome = node.propose(...datas);
    const waiting = datas.map((_, place): Waiting => ({ kind: 'proposal', proposal: firstProposal + place }));
    if (outcome !== 'accepted') refuse(waiting, notProposed(outcome));
    else waiting.forEach((one, place) => void pending.add({ index: first + place, term: state.term }, one));
  };

  outbox.setAddresses(addresses);
  if (data.snapshot !== undefined) restoring.begin(data.snapshot);
  // Other members cannot begin with what a single member or an earlier version wrote.
  if (data.isAdopted || data.snapshot?.isChunked === false) snapshots.want();
  // Nobody else could lead, so there is nothing to wait for.
  if (isOnlyVoter(confState, id)) guarded(() => node.campaign());

  return {
    tick: () =>
      guarded(() => {
        node.tick();
        reads.tick();
        requests.settleTransfers();
        keyRotation.tick();
      }),
    receive: (messages) => guarded(() => messages.forEach((message) => void node.step(toCore(message)))),
    receiveSnapshot: ({ message, staged }) => {
      const { snapshot } = message;
      guarded(() => {
        if (snapshot === undefined) return;
        node.step(makeMessage({ ...message, snapshot: { ...snapshot, data: NO_DATA } }));
      });
      received.keep(staged, loop.isStopped() ? undefined : state.log.unstable.snapshot);
    },
    restored: restoring.idle,
    unreachable: (member) => guarded(() => node.reportUnreachable(member)),
    commonNameOf: (member) => addresses.get(member)?.commonName,
    handle: (message) =>
      guarded(() => {
        if (message.kind === 'propose') propose(message.firstProposal, unpackProposals(message));
        else if (message.kind === 'read') reads.add(message.readId);
        else if (message.kind === 'applied') deliver(applying.splice(0, message.batches).flat());
        else if (message.kind === 'snapshot-part') snapshots.add(message.part);
        else if (message.kind === 'snapshot-end') snapshots.end();
        else if (message.kind === 'restored-part') restoring.taken();
        else if (message.request.kind === 'rotate-key') {
          keyRotation.begin(message.requestId, message.request.key);
        } else requests.handle(message.requestId, message.request);
      }),
    stop: async () => {
      loop.stop();
      clearTimeout(noticeTimer);
      restoring.stop();
      await writes.idle();
      await snapshots.stop();
      await keyRotation.stop();
    },
  };
}

function isOnlyVoter({ voters, votersOutgoing }: ConfState, id: MemberId): boolean {
  return voters.length === 1 && voters[0] === id && votersOutgoing.length === 0;
}

/** The core with the settings that every member has. */
function createCore({ settings, data, random }: ConsensusOptions, onOutdated: () => void): RaftState {
  return createRaft({
    id: settings.id,
    storage: data.storage,
    random,
    electionTicks: ELECTION_TICKS,
    heartbeatTicks: HEARTBEAT_TICKS,
    applied: data.appliedIndex,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    maxInflightMessages: MAX_INFLIGHT_MESSAGES,
    maxUncommittedBytes: MAX_UNCOMMITTED_BYTES,
    maxCommittedBytesPerReady: MAX_COMMITTED_BYTES_PER_READY,
    preVote: true,
    checkQuorum: true,
    stepDownOnRemoval: true,
    disableProposalForwarding: true,
    asyncStorageWrites: true,
    trace: (event) => {
      if (event.kind === 'snapshot-outdated') onOutdated();
    },
  });
}

/** Snapshots do not come this way, so that all but their data is all there is. */
function toCore(message: RaftMessage): Message {
  return makeMessage({ ...message, snapshot: undefined });
}
