import { describeError, ensureError, SkepError } from '../../lib/errors.ts';
import type { Clock, Log, Random } from '../../lib/ports.ts';
import { createLateProposer } from '../store/late-proposer.ts';
import { createStore } from '../store/memory-store.ts';
import type { Replica } from '../store/replica.ts';
import { type Audit, startAudit } from './audit.ts';
import { type Campaign, startCampaign } from './campaign.ts';
import { startCompaction } from './compaction.ts';
import { createEtcdClient, type EtcdClient, type EtcdTls } from './etcd-client.ts';
import { loadNow, startFollower } from './follower.ts';
import { createJournal, type Journal } from './journal.ts';
import { createKeyLayout, DEFAULT_PREFIX, type KeyLayout } from './key-layout.ts';
import type { Outline } from './loader.ts';
import { pause } from './pause.ts';
import { createProposals } from './proposals.ts';
import { createReadBarrier } from './read-barrier.ts';
import { createSnapshots } from './snapshots.ts';
import { takeOver } from './take-over.ts';

/** A leader that dies is replaced when its lease ends: after 4 s, and up to half a second until etcd notices. */
const LEASE_SECONDS = 4;
const START_TIMEOUT_MS = 15_000;
const START_RETRY_MS = 200;
const DEFAULT_SNAPSHOT_EVERY_ENTRIES = 10_000;
const DEFAULT_SNAPSHOT_EVERY_BYTES = 64 * 1024 * 1024;
const DEFAULT_AUDIT_EVERY_MS = 60_000;
/** As often as an API server of Kubernetes does it. */
const DEFAULT_COMPACT_EVERY_MS = 5 * 60_000;

export interface EtcdReplicaOptions {
  /** `host:port` of each etcd member, see parseStoreAddress. */
  readonly endpoints: readonly string[];
  /** Of all keys of this cluster; `/skep/v1` unless it is said. */
  readonly prefix?: string;
  /** Absent = without TLS. */
  readonly tls?: EtcdTls;
  readonly nodeId: string;
  /** True on the first manager of a new cluster, which etcd must hold nothing of; every other start expects its log. */
  readonly isFirst: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Opens the connection; createEtcdClient unless a test stands between. */
  readonly connect?: typeof createEtcdClient;
  /** A clock that is never set, in milliseconds; leases are counted by it. */
  readonly monotonicMs?: () => number;
  readonly leaseSeconds?: number;
  /** The leader writes a snapshot after so many entries, or so many bytes of them, whichever comes first. */
  readonly snapshotEveryEntries?: number;
  readonly snapshotEveryBytes?: number;
  readonly auditEveryMs?: number;
  /** The leader has etcd forget what is older; 0 = never, for an etcd that is compacted by somebody else. */
  readonly compactEveryMs?: number;
}

/**
 * Starts a replica whose state is kept by an etcd cluster. Resolves once the whole state is read. Throws UNAVAILABLE
 * when etcd does not answer within 15 s, DATA_LOSS when what it holds is not whole or nothing at all,
 * ALREADY_EXISTS when a new cluster finds another one there, INVALID_ARGUMENT for a bad prefix.
 */
export async function createEtcdReplica(options: EtcdReplicaOptions): Promise<Replica> {
  const { endpoints, tls, clock, log } = options;
  const keys = createKeyLayout(options.prefix ?? DEFAULT_PREFIX);
  const client = await (options.connect ?? createEtcdClient)({
    endpoints,
    ...(tls === undefined ? {} : { tls }),
  });
  const proposer = createLateProposer();
  const store = createStore({ proposer, nowMs: clock.nowMs, log });
  const journal = createJournal(store, clock);
  const controller = new AbortController();
  const { signal } = controller;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const shared = { client, keys, journal, clock, monotonicMs, log, signal };
  let loaded: Outline;
  try {
    loaded = await loadFirst(shared, options.isFirst);
  } catch (thrown) {
    client.close();
    throw thrown;
  }

  const proposals = createProposals(shared);
  const snapshots = createSnapshots({
    ...shared,
    store,
    everyEntries: options.snapshotEveryEntries ?? DEFAULT_SNAPSHOT_EVERY_ENTRIES,
    everyBytes: options.snapshotEveryBytes ?? DEFAULT_SNAPSHOT_EVERY_BYTES,
  });
  const campaign: Campaign = startCampaign({
    ...shared,
    nodeId: options.nodeId,
    random: options.random,
    leaseSeconds: options.leaseSeconds ?? LEASE_SECONDS,
    takeOver: async (reign) => {
      // What an earlier reign had on its way is known before this one counts on where the log ends.
      await proposals.settled();
      proposals.begin(reign, await takeOver({ ...shared, snapshots }, reign));
    },
    stepDown: proposals.end,
  });
  campaign.noteLeader(loaded.leader, loaded.revision);
  let audit: Audit | undefined;
  const follower = startFollower(
    {
      ...shared,
      onLeader: campaign.noteLeader,
      onSuspicion: (what) => {
        log('error', 'Somebody else writes below the prefix of this cluster in etcd.', { what });
        audit?.suspect();
      },
    },
    loaded,
  );
  audit = startAudit({
    ...shared,
    campaign,
    follower,
    snapshots,
    everyMs: options.auditEveryMs ?? DEFAULT_AUDIT_EVERY_MS,
  });
  journal.onApplied(() => {
    const reign = campaign.reign();
    if (reign !== undefined) snapshots.writeWhenDue(reign);
  });
  startCompaction({ ...shared, campaign, everyMs: options.compactEveryMs ?? DEFAULT_COMPACT_EVERY_MS });
  const isLeader = (): boolean => campaign.leadership().isLeader;
  proposer.connect({ propose: proposals.propose, version: journal.index, isLeader });

  return {
    store,
    leadership: campaign.leadership,
    onLeadership: campaign.onLeadership,
    readBarrier: createReadBarrier(shared),
    close: async () => {
      if (signal.aborted) return;
      controller.abort();
      await campaign.stopped();
      await proposals.settled();
      journal.close();
      store.close();
      client.close();
    },
  };
}

interface FirstLoad {
  readonly client: EtcdClient;
  readonly keys: KeyLayout;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** An empty log is only believed on the first manager: on any other, somebody emptied etcd, or it is another one. */
async function loadFirst(options: FirstLoad, isFirst: boolean): Promise<Outline> {
  const { clock, monotonicMs, log, signal } = options;
  const untilMs = monotonicMs() + START_TIMEOUT_MS;
  for (;;) {
    try {
      const outline = await loadNow({ ...options, onLeader: () => undefined });
      const isEmpty = outline.headRevision === 0 && outline.lastIndex === 0;
      if (isEmpty === isFirst) return outline;
      if (isFirst) throw otherCluster();
      // A manager that still runs may be writing it back.
      if (monotonicMs() >= untilMs) throw nothingThere();
    } catch (thrown) {
      const error = ensureError(thrown);
      const isPassing = error instanceof SkepError && PASSING.has(error.code);
      if (!isPassing || monotonicMs() >= untilMs) throw error;
      log('warn', 'The state could not be read from etcd yet.', { error: describeError(error) });
    }
    await pause(clock, START_RETRY_MS, signal);
  }
}

/** No answer came, or the revision that was read is forgotten already. */
const PASSING: ReadonlySet<string> = new Set(['UNAVAILABLE', 'FAILED_PRECONDITION']);

function otherCluster(): SkepError {
  return new SkepError('ALREADY_EXISTS', 'etcd holds a cluster already, below the prefix of the new one', {
    help: 'join that one, or delete its keys if nobody needs them: etcdctl del --prefix',
  });
}

function nothingThere(): SkepError {
  return new SkepError('DATA_LOSS', 'etcd holds nothing of this cluster', {
    help: 'see that the store address is right; if etcd was emptied, restore it from a backup',
  });
}
