import { describeError } from '../../lib/errors.ts';
import type { Random } from '../../lib/ports.ts';
import type { ReplicaLeadership } from '../store/replica.ts';
import type { KeyValue } from './etcd-request.ts';
import type { KeyLayout } from './key-layout.ts';
import { pause } from './pause.ts';
import { beginReign, grantLease, type Reign, type ReignOptions, revokeLease } from './reign.ts';

const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

export interface CampaignOptions extends ReignOptions {
  readonly keys: KeyLayout;
  readonly nodeId: string;
  readonly random: Random;
  readonly leaseSeconds: number;
  /** Aborted when the replica closes. */
  readonly signal: AbortSignal;
  /** Makes the winner fit to lead; when it rejects, the reign is over before anybody heard of it. */
  readonly takeOver: (reign: Reign) => Promise<void>;
  /** Nothing more may be written; called before anybody is told that the reign is over. */
  readonly stepDown: () => void;
}

export interface Campaign {
  leadership(): ReplicaLeadership;
  onLeadership(listener: (leadership: ReplicaLeadership) => void): () => void;
  /** The present reign of this manager, announced or not. */
  reign(): Reign | undefined;
  /** What etcd says of the leader's key as of `revision`; undefined = it is not there. */
  noteLeader(key: KeyValue | undefined, revision: number): void;
  /** Resolves when the reign is over and its lease given back, after `signal` was aborted. */
  stopped(): Promise<void>;
}

/** Runs for the leader's key whenever nobody holds it. */
export function startCampaign(options: CampaignOptions): Campaign {
  const { client, keys, nodeId, clock, random, log, signal } = options;
  const listeners = new Set<(leadership: ReplicaLeadership) => void>();
  let holder: { readonly nodeId: string; readonly term: number } | undefined;
  let knownRevision = -1;
  let lastTerm = 0;
  let reign: Reign | undefined;
  let isAnnounced = false;
  let wake = (): void => undefined;

  const leadership = (): ReplicaLeadership => {
    const isLeader = isAnnounced && reign?.isLeading() === true;
    if (isLeader) return { isLeader, leaderId: nodeId, term: lastTerm };
    return {
      isLeader,
      leaderId: holder === undefined || holder.nodeId === nodeId ? null : holder.nodeId,
      term: lastTerm,
    };
  };
  let told = leadership();
  const tell = (): void => {
    const now = leadership();
    if (now.isLeader === told.isLeader && now.leaderId === told.leaderId && now.term === told.term) return;
    told = now;
    for (const listener of [...listeners]) {
      try {
        listener(now);
      } catch (thrown) {
        log('error', 'A listener of the leadership failed.', { error: describeError(thrown) });
      }
    }
  };

  const noteLeader = (key: KeyValue | undefined, revision: number): void => {
    if (revision < knownRevision) return;
    knownRevision = revision;
    holder =
      key === undefined ? undefined : { nodeId: Buffer.from(key.value).toString(), term: key.createRevision };
    lastTerm = Math.max(lastTerm, holder?.term ?? 0);
    if (reign !== undefined && revision >= reign.term && holder?.term !== reign.term) {
      reign.lose('the leader key is not its own any more');
    }
    tell();
    if (holder === undefined) wake();
  };

  /** Until the key is free, as far as this manager knows. */
  const vacancy = (): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted || (holder === undefined && knownRevision >= 0)) resolve();
      else wake = resolve;
    });
  signal.addEventListener('abort', () => {
    wake();
    reign?.lose('this manager stops');
  });

  const run = async (): Promise<void> => {
    let retryMs = MIN_RETRY_MS;
    for (;;) {
      await vacancy();
      if (signal.aborted) return;
      try {
        const hasLed = await campaign();
        if (hasLed) retryMs = MIN_RETRY_MS;
        else await pause(clock, MIN_RETRY_MS, signal);
      } catch (thrown) {
        // An etcd that is down is told of once.
        if (retryMs === MIN_RETRY_MS) {
          log('warn', 'A campaign for the lead failed; it is tried again.', { error: describeError(thrown) });
        }
        // Managers that fail together do not try again together.
        await pause(clock, retryMs * (0.5 + random.fraction()), signal);
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
      }
    }
  };

  /** True when this manager led meanwhile. */
  const campaign = async (): Promise<boolean> => {
    const lease = await grantLease(options, options.leaseSeconds);
    try {
      const answer = await client.transact({
        conditions: [{ what: 'created', key: keys.leader, revision: 0 }],
        steps: [{ kind: 'put', key: keys.leader, value: Buffer.from(nodeId), lease: lease.id }],
        otherwise: [{ kind: 'get', key: keys.leader }],
      });
      if (!answer.isDone) {
        noteLeader(answer.found[0], answer.revision);
        return false;
      }
      await lead(beginReign(options, lease, answer.revision));
      return true;
    } finally {
      // Also when it is not known whether the key was won: without the lease it goes.
      await revokeLease(client, lease.id);
    }
  };

  const lead = async (own: Reign): Promise<void> => {
    reign = own;
    if (signal.aborted) own.lose('this manager stops');
    const over = new Promise<void>((resolve) => {
      if (own.over.aborted) resolve();
      else own.over.addEventListener('abort', () => resolve());
    });
    own.over.addEventListener('abort', () => {
      options.stepDown();
      if (isAnnounced)
        log('info', 'This manager does not lead any more.', { term: own.term, because: own.reason() });
      isAnnounced = false;
      tell();
    });
    try {
      noteLeader({ ...WON, value: Buffer.from(nodeId), createRevision: own.term }, own.term);
      await options.takeOver(own);
      if (own.isLeading()) {
        isAnnounced = true;
        log('info', 'This manager leads.', { term: own.term });
        tell();
      }
      await over;
    } finally {
      own.lose('it could not take over');
      reign = undefined;
    }
  };

  const running = run();
  return {
    leadership,
    onLeadership: (listener) => {
      const own = (now: ReplicaLeadership): void => listener(now);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    reign: () => reign,
    noteLeader,
    stopped: () => running,
  };
}

const WON: KeyValue = {
  key: '',
  value: new Uint8Array(),
  createRevision: 0,
  modRevision: 0,
  version: 1,
  lease: '',
};
