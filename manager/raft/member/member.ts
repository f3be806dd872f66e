import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ensureError, SkepError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import type { Restoration } from '../../store/snapshot-parts.ts';
import type { Proposer } from '../../store/store.ts';
import type { MemberId } from '../core/entry.ts';
import type { MemberAddress } from '../snapshot-envelope.ts';
import { type AppliedReports, createAppliedReports } from './applied-reports.ts';
import { createProposals, type Proposals } from './proposals.ts';
import { createReads, type Reads } from './reads.ts';
import { createRequests, type Requests } from './requests.ts';
import { createStateExchange, type StateExchange } from './snapshot-exchange.ts';
import {
  type CommittedBatch,
  type DataKeys,
  type FromConsensus,
  fromPlainError,
  type MemberStatus,
  type ThreadData,
  type ToConsensus,
} from './thread-messages.ts';
import type { MemberTls, TransportSettings } from './transport-settings.ts';

const DEFAULT_TICK_MS = 100;
const DEFAULT_SNAPSHOT_EVERY_ENTRIES = 10_000;
const DEFAULT_SNAPSHOT_EVERY_BYTES = 64 * 1024 * 1024;
const DEFAULT_RETAIN_ENTRIES = 5_000;
/** A promotion waits so long for the member to catch up, and looks so often. */
const PROMOTION_TIMEOUT_MS = 30_000;
const PROMOTION_RETRY_MS = 100;
/** A leader that stops hands over first, but does not wait longer than this for it. */
const HAND_OVER_TIMEOUT_MS = 1_000;

/** Who leads, as far as this member knows. */
export interface Leadership {
  readonly isLeader: boolean;
  /** 0 while nobody is known to lead. */
  readonly leader: MemberId;
  readonly term: number;
}

export interface MemberOptions {
  /** Holds the log and the snapshots; made when it is missing. One process at a time. */
  readonly folder: string;
  /** 32 bytes; or several keys, newest first, where old files are still under older ones. See keys/. */
  readonly key: Uint8Array | DataKeys;
  /** Positive, and never used by another member of this cluster, not even after a removal. */
  readonly id: MemberId;
  /** Addresses by member id, this one's too. They replace what the folder knows of these members. */
  readonly peers: Readonly<Record<string, MemberAddress>>;
  /** The voters of a new cluster, the same on each of them. Absent on a member that joins. */
  readonly bootstrapVoters?: readonly MemberId[];
  readonly transport: TransportSettings;
  /** Called in order with every committed entry, from the snapshot on. */
  readonly apply: (entry: Uint8Array, index: number) => void;
  /**
   * The whole state as of the last entry applied before the call, in parts of at most 8 MiB that nobody else uses. They
   * are read later, a few milliseconds at a time, while entries go on being applied.
   */
  readonly snapshot: () => Iterable<Uint8Array>;
  /**
   * Begins to replace the state, by the same parts; called at the start, and whenever this member was too far behind.
   * Entries may be applied to the old state until the new one is finished.
   */
  readonly restore: (index: number) => Restoration;
  /** Called when this member begins to lead or ceases to, and when it hears of another leader. */
  readonly onLeadership?: (leadership: Leadership) => void;
  /** The member has stopped by itself: its data or its disk is damaged. */
  readonly onFailure?: (error: SkepError) => void;
  readonly log: Log;
  readonly tickMs?: number;
  readonly snapshotEveryEntries?: number;
  readonly snapshotEveryBytes?: number;
  /** Entries kept in memory behind a snapshot for members that are a little behind. */
  readonly retainEntries?: number;
  readonly segmentBytes?: number;
}

/** One running member of the consensus. */
export interface Member extends Proposer {
  /** The port that it listens on. */
  readonly port: number;
  leadership(): Leadership;
  /**
   * Resolves with an index once everything acknowledged before the call, anywhere, is applied here. On any member.
   * Rejects with UNAVAILABLE when no leader confirms it in time.
   */
  readIndex(): Promise<number>;
  status(): Promise<MemberStatus>;
  /** Adds a learner. This and the following on the leader only; they resolve once the change is applied. */
  addMember(id: MemberId, address: MemberAddress): Promise<void>;
  /** Makes a learner a voter, once it has caught up. */
  promote(id: MemberId): Promise<void>;
  /** Makes a voter a learner. */
  demote(id: MemberId): Promise<void>;
  removeMember(id: MemberId): Promise<void>;
  /** Tells all where that member is reached from now on. */
  announceAddress(id: MemberId, address: MemberAddress): Promise<void>;
  transferLeadership(to: MemberId): Promise<void>;
  /**
   * Seals new files under that key, which may be the one in use, and resolves once no file is under another one: a
   * snapshot is taken for that. UNAVAILABLE when that is not so in time.
   */
  rotateDataKey(key: Uint8Array): Promise<void>;
  /**
   * Uses another certificate from now on, on any member: the listener shows it to new connections, and those to the
   * other members are opened anew. Nothing is lost and nobody is elected by that.
   */
  renew(tls: MemberTls): Promise<void>;
  /** Hands over leadership if there is somebody to take it, and stops. */
  close(): Promise<void>;
}

interface MemberState {
  readonly options: MemberOptions;
  readonly worker: Worker;
  readonly post: (message: ToConsensus) => void;
  readonly proposals: Proposals;
  readonly reads: Reads;
  readonly requests: Requests;
  readonly appliedReports: AppliedReports;
  readonly exchange: StateExchange;
  leadership: Leadership;
  appliedIndex: number;
  failure: SkepError | undefined;
  isClosed: boolean;
}

/**
 * Starts a member and resolves once its snapshot is restored and it listens. Throws what openDiskLog and loadSnapshot
 * throw, and UNAVAILABLE when it cannot listen.
 */
export async function startMember(options: MemberOptions): Promise<Member> {
  const here = fileURLToPath(import.meta.url);
  const file = path.join(path.dirname(here), `thread${path.extname(here)}`);
  const worker = new Worker(file, { workerData: settingsOf(options), name: 'consensus' });
  const post = (message: ToConsensus, transfer: readonly ArrayBuffer[] = []): void =>
    worker.postMessage(message, transfer);
  const { snapshot, restore } = options;
  const exchange = createStateExchange({
    post,
    snapshot,
    restore,
    onFailure: (thrown) => fail(state, thrown),
  });
  const state: MemberState = {
    options,
    worker,
    post,
    proposals: createProposals(post),
    reads: createReads(post),
    requests: createRequests(post),
    appliedReports: createAppliedReports(post),
    exchange,
    leadership: { isLeader: false, leader: 0, term: 0 },
    appliedIndex: 0,
    failure: undefined,
    isClosed: false,
  };
  const port = await new Promise<number>((resolve, reject) => {
    const stop = (thrown: unknown): void => {
      reject(ensureError(thrown));
      fail(state, thrown);
    };
    worker.on('message', (message: FromConsensus) => {
      try {
        if (message.kind === 'started') resolve(message.port);
        else if (message.kind === 'failed') stop(fromPlainError(message.error));
        else receive(state, message);
      } catch (thrown) {
        // What the application cannot apply here it cannot apply anywhere: going on would make it differ.
        stop(thrown);
      }
    });
    worker.on('error', stop);
    worker.on('exit', () => stop(new SkepError('UNAVAILABLE', 'the consensus thread has ended')));
  });
  return runningMember(state, port);
}

function settingsOf(options: MemberOptions): ThreadData {
  const { folder, key, id, peers, bootstrapVoters, transport, segmentBytes } = options;
  return {
    folder,
    keys: key instanceof Uint8Array ? [key] : key,
    id,
    peers,
    ...(bootstrapVoters === undefined ? {} : { bootstrapVoters }),
    transport,
    tickMs: options.tickMs ?? DEFAULT_TICK_MS,
    snapshotEveryEntries: options.snapshotEveryEntries ?? DEFAULT_SNAPSHOT_EVERY_ENTRIES,
    snapshotEveryBytes: options.snapshotEveryBytes ?? DEFAULT_SNAPSHOT_EVERY_BYTES,
    retainEntries: options.retainEntries ?? DEFAULT_RETAIN_ENTRIES,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  };
}

function runningMember(state: MemberState, port: number): Member {
  const { requests } = state;
  const refuseWhenStopped = (): void => {
    if (state.failure !== undefined) throw state.failure;
    if (state.isClosed) throw new SkepError('UNAVAILABLE', 'this manager is stopping');
  };
  const change = async (request: Parameters<Requests['change']>[0]): Promise<void> => {
    refuseWhenStopped();
    await requests.change(request);
  };
  return {
    port,
    leadership: () => state.leadership,
    isLeader: () => state.leadership.isLeader && state.failure === undefined && !state.isClosed,
    version: () => state.appliedIndex,
    propose: async (entry) => {
      refuseWhenStopped();
      if (state.leadership.isLeader) return state.proposals.propose(entry);
      throw new SkepError('NOT_LEADER', 'this manager does not lead now, and nothing was changed', {
        help: 'try again in a moment',
      });
    },
    readIndex: async () => {
      refuseWhenStopped();
      return state.reads.read();
    },
    status: async () => {
      refuseWhenStopped();
      return requests.status();
    },
    addMember: (memberId, address) => change({ kind: 'add', memberId, address }),
    removeMember: (memberId) => change({ kind: 'remove', memberId }),
    demote: (memberId) => change({ kind: 'demote', memberId }),
    announceAddress: (memberId, address) => change({ kind: 'announce', memberId, address }),
    promote: (memberId) => promoteWhenCaughtUp(() => change({ kind: 'promote', memberId })),
    transferLeadership: async (to) => {
      refuseWhenStopped();
      await requests.transfer(to);
    },
    rotateDataKey: async (key) => {
      refuseWhenStopped();
      await requests.rotateKey(key);
    },
    renew: async (tls) => {
      refuseWhenStopped();
      await requests.renew(tls);
    },
    close: () => closeMember(state),
  };
}

/** Tries until the member has caught up, or there was time enough for it. */
async function promoteWhenCaughtUp(promote: () => Promise<void>): Promise<void> {
  const untilMs = Date.now() + PROMOTION_TIMEOUT_MS;
  for (;;) {
    try {
      return await promote();
    } catch (thrown) {
      const isBehind = thrown instanceof SkepError && thrown.code === 'FAILED_PRECONDITION';
      if (!isBehind || Date.now() > untilMs) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, PROMOTION_RETRY_MS));
    }
  }
}

async function closeMember(state: MemberState): Promise<void> {
  if (state.isClosed) return;
  const { requests, worker } = state;
  if (state.leadership.isLeader && state.failure === undefined) {
    const timer = new Promise((resolve) => setTimeout(resolve, HAND_OVER_TIMEOUT_MS).unref());
    // Alone, or without anybody to take over, it stops as it is.
    await Promise.race([requests.transfer().catch(() => undefined), timer]);
  }
  state.isClosed = true;
  if (state.failure === undefined) await requests.close().catch(() => undefined);
  fail(state, new SkepError('UNAVAILABLE', 'this manager is stopping'));
  await worker.terminate();
}

function receive(
  state: MemberState,
  message: Exclude<FromConsensus, { readonly kind: 'started' | 'failed' }>,
): void {
  const { options } = state;
  if (state.failure !== undefined) return;
  switch (message.kind) {
    case 'committed':
      applyBatch(state, message);
      return;
    case 'restore-end':
      state.exchange.receive(message);
      state.appliedIndex = message.index;
      state.reads.applied(state.appliedIndex);
      return;
    case 'restore-begin':
    case 'restore-part':
    case 'take-snapshot':
    case 'snapshot-more':
      state.exchange.receive(message);
      return;
    case 'leadership': {
      const { isLeader, leader, term } = message;
      state.leadership = { isLeader, leader, term };
      options.onLeadership?.(state.leadership);
      return;
    }
    case 'proposals-failed':
      state.proposals.reject(message.proposals, fromPlainError(message.error));
      return;
    case 'read-confirmed':
      state.reads.confirmed(message.readIds, message.index, state.appliedIndex);
      return;
    case 'answer':
      state.requests.answer(message);
      return;
    case 'log':
      options.log(message.level, message.message, message.fields);
  }
}

function applyBatch(state: MemberState, batch: CommittedBatch): void {
  const { bytes, indexes, ends, proposals, lastIndex } = batch;
  let start = 0;
  for (const [place, index] of indexes.entries()) {
    const end = ends[place] ?? start;
    // A snapshot of the leader may have overtaken what was on its way here.
    if (index > state.appliedIndex) {
      state.options.apply(bytes.subarray(start, end), index);
      state.appliedIndex = index;
    }
    state.proposals.resolve(proposals[place] ?? 0, index);
    start = end;
  }
  state.appliedIndex = Math.max(state.appliedIndex, lastIndex);
  state.appliedReports.add(bytes.byteLength);
  state.reads.applied(state.appliedIndex);
}

/** Whatever waits is told, once; nothing is taken any more. */
function fail(state: MemberState, thrown: unknown): void {
  if (state.failure !== undefined) return;
  const isClosing = state.isClosed;
  const failure = new SkepError('UNAVAILABLE', 'this manager stopped changing the cluster after an error', {
    help: 'see to its disk and its data, then restart this manager',
    cause: thrown,
  });
  state.failure = failure;
  state.exchange.stop();
  const wasLeader = state.leadership.isLeader;
  state.leadership = { ...state.leadership, isLeader: false };
  state.proposals.rejectAll(failure);
  state.reads.rejectAll(failure);
  state.requests.rejectAll(failure);
  state.appliedReports.stop();
  if (isClosing) return;
  state.options.log('error', 'The consensus stopped; this manager takes no more changes.', {
    error: ensureError(thrown).message,
  });
  if (wasLeader) state.options.onLeadership?.(state.leadership);
  state.options.onFailure?.(failure);
  void state.worker.terminate();
}
