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
import { decodeEnvelope, type MemberAddress } from '../snapshot-envelope.ts';
import { readSnapshot } from '../snapshot-file.ts';
import { type NumberedEntry, packBatch } from './committed-batch.ts';
import type { MemberData } from './member-data.ts';
import { type ChangeContext, createMemberRequests } from './member-requests.ts';
import type { Outbox } from './outbox.ts';
import { createOwnSnapshots } from './own-snapshots.ts';
import { createPendingProposals, type Waiting } from './pending-proposals.ts';
import { createReadBatches } from './read-batches.ts';
import { leadershipLost, notProposed, replaced } from './refusals.ts';
import {
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

export interface ConsensusOptions {
  readonly settings: MemberSettings;
  readonly data: MemberData;
  readonly outbox: Outbox;
  readonly log: Log;
  /** Unique among all starts of all members. */
  readonly startId: string;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly post: (message: FromConsensus, transfer?: readonly ArrayBuffer[]) => void;
  /** The member cannot go on. */
  readonly onFailure: (thrown: unknown) => void;
}

/** The core with everything around it but sockets and threads. All calls from one thread. */
export interface Consensus {
  tick(): void;
  receive(messages: readonly RaftMessage[]): void;
  receiveSnapshot(message: RaftMessage, payload: Uint8Array): void;
  unreachable(id: MemberId): void;
  commonNameOf(id: MemberId): string | undefined;
  handle(message: ToConsensus): void;
  /** Resolves once all that was handed out is written. */
  stop(): Promise<void>;
}

/** Starts on the data of a member. */
export function createConsensus(options: ConsensusOptions): Consensus {
  const { settings, data, outbox, post, log } = options;
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

  const state = createCore(options, () => snapshots.want());
  const node = rawNodeOf(state);

  const loop = createTurnLoop(() => turn(), options.onFailure);
  const { guarded } = loop;
  const deliver = (messages: readonly Message[]): void => {
    for (const message of messages) {
      if (message.to === id) node.step(message);
      else outbox.send(message as RaftMessage);
    }
  };

  const writes = createWriteQueue({
    diskLog,
    storage,
    saveSnapshot: async (snapshot) => {
      await snapshots.saveReceived(snapshot);
      const envelope = decodeEnvelope(snapshot.data);
      confState = snapshot.confState;
      applied = { index: snapshot.index, term: snapshot.term };
      setAddresses(Object.entries(envelope.addresses).map(([member, one]) => [Number(member), one]));
      postState(snapshot.index, envelope.hasState ? envelope.state : undefined);
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
    startSegment: writes.startSegment,
  });
  const reads = createReadBatches({
    contextPrefix: `${id}.${options.startId}`,
    ask: (context) => void node.readIndex(context),
    onConfirmed: (readIds, index) => post({ kind: 'read-confirmed', readIds, index }),
  });

  const postState = (index: number, bytes: Uint8Array | undefined): void => {
    const copy = new Uint8Array(bytes ?? NO_DATA);
    post({ kind: 'restore', index, state: copy, hasState: bytes !== undefined }, [copy.buffer]);
  };
  const setAddresses = (changed: Iterable<readonly [MemberId, MemberAddress]>): void => {
    for (const [member, address] of changed) addresses.set(member, address);
    outbox.setAddresses(addresses);
  };
  const requests = createMemberRequests({ state, node, storage, pending, addresses, post });
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
    beginSnapshotWhenDue();
  };

  const route = (message: Message): void => {
    if (message.to === LOCAL_APPEND_THREAD) writes.push(message);
    else if (message.to === LOCAL_APPLY_THREAD) apply(message);
    else if (message.type === 'MsgSnap') void sendSnapshot(message);
    else outbox.send(message as RaftMessage);
  };

  const sendSnapshot = async (message: Message): Promise<void> => {
    let isDelivered = false;
    try {
      const index = message.snapshot?.index ?? 0;
      const snapshot = await readSnapshot(settings.folder, settings.key, index);
      if (snapshot !== undefined) {
        await outbox.sendSnapshot(message as RaftMessage, snapshot.payload);
        isDelivered = true;
      }
    } catch (thrown) {
      const fields = { member: message.to, error: ensureError(thrown).message };
      log('warn', 'A snapshot could not be delivered to a member.', fields);
    }
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
    if (applied.index <= (storage.snapshot()?.index ?? 0)) return;
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
  postState(data.appliedIndex, data.state);
  if (data.isAdopted) snapshots.want();

  return {
    tick: () =>
      guarded(() => {
        node.tick();
        reads.tick();
        requests.settleTransfers();
      }),
    receive: (messages) => guarded(() => messages.forEach((message) => void node.step(toCore(message)))),
    receiveSnapshot: (message, payload) =>
      guarded(() => {
        const { snapshot } = message;
        if (snapshot === undefined) return;
        node.step(makeMessage({ ...message, snapshot: { ...snapshot, data: payload } }));
      }),
    unreachable: (member) => guarded(() => node.reportUnreachable(member)),
    commonNameOf: (member) => addresses.get(member)?.commonName,
    handle: (message) =>
      guarded(() => {
        if (message.kind === 'propose') propose(message.firstProposal, message.datas);
        else if (message.kind === 'read') reads.add(message.readId);
        else if (message.kind === 'applied') deliver(applying.shift() ?? []);
        else if (message.kind === 'snapshot') snapshots.save(message.state);
        else requests.handle(message.requestId, message.request);
      }),
    stop: async () => {
      loop.stop();
      await writes.idle();
      await snapshots.idle();
    },
  };
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
