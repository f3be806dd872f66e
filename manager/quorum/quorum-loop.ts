import { describeError, SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { Store } from '../store/store.ts';
import {
  decideQuorum,
  decideWithoutQuorum,
  type QuorumAction,
  type QuorumDecision,
} from './decide-quorum.ts';
import { observeMembers, type Sightings } from './members.ts';
import type { QuorumControl } from './quorum-control.ts';
import { createRetryPlan, type RetryPlan } from './retry-plan.ts';

/**
 * Between looks. Raft forgets every second whom it heard of, and knows again a moment later; a period that is no
 * divisor of it never meets that moment again and again.
 */
const LOOK_EVERY_MS = 700;
/** Changes that come in quick succession are looked at together. */
const COALESCE_MS = 10;

export interface QuorumLoopDependencies {
  readonly store: Store;
  /** Null where etcd keeps the state: then only the managers' status in the store is kept. */
  readonly quorum: QuorumControl | null;
  /** This manager's node, which leads. */
  readonly nodeId: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface QuorumLoop {
  /** The step under way is the last one. */
  close(): void;
}

/**
 * Keeps the members of the quorum the managers that the store names, one step at a time, and the store's picture
 * of the managers up to date. For the leader only. It looks after each change of a node, and again and again.
 */
export function startQuorumLoop(dependencies: QuorumLoopDependencies): QuorumLoop {
  const { store, clock } = dependencies;
  const look = createLook(dependencies);
  let isClosed = false;
  let isLooking = false;
  let isDue = false;
  let cancelTimer: () => void = () => undefined;

  function wakeIn(delayMs: number): void {
    cancelTimer();
    if (!isClosed) cancelTimer = clock.schedule(delayMs, () => void run());
  }

  async function run(): Promise<void> {
    isDue = false;
    isLooking = true;
    const result = await look(() => isClosed);
    isLooking = false;
    const isUrgent = result === 'tried' || (result === 'idle' && isDue);
    wakeIn(isUrgent ? COALESCE_MS : LOOK_EVERY_MS);
  }

  const unwatch = store.watch((changes) => {
    // A snapshot that replaced everything comes without changes.
    const matters =
      changes.length === 0 ||
      changes.some((change) => (change.kind === 'put' ? change.object.kind : change.objectKind) === 'node');
    if (!matters || isDue) return;
    isDue = true;
    if (!isLooking) wakeIn(COALESCE_MS);
  });
  wakeIn(0);
  return {
    close() {
      isClosed = true;
      unwatch();
      cancelTimer();
    },
  };
}

/** One look, with at most one step taken. It never rejects. */
function createLook({ store, quorum, nodeId, clock, log }: QuorumLoopDependencies) {
  let sightings: Sightings = new Map();
  let told: readonly string[] = [];
  const retries = createRetryPlan();

  async function decide(): Promise<QuorumDecision> {
    if (quorum === null) {
      await store.update((view) => decideWithoutQuorum(view, nodeId));
      return { changes: [], actions: [], blocked: [] };
    }
    const observed = observeMembers(sightings, await quorum.members(), clock.nowMs());
    sightings = observed.sightings;
    let decision: QuorumDecision | undefined;
    await store.update((view) => {
      decision = decideQuorum(view, observed.members, { nodeId, raftId: quorum.raftId });
      return decision.changes;
    });
    if (decision === undefined) throw new SkepError('INTERNAL', 'the store did not run the decision');
    return decision;
  }

  return async (isClosed: () => boolean): Promise<'tried' | 'idle' | 'failed'> => {
    let decision: QuorumDecision;
    try {
      decision = await decide();
      retries.succeeded(LOOKING, clock.nowMs());
    } catch (thrown) {
      reportFailure(log, retries, LOOKING, thrown, clock.nowMs());
      return 'failed';
    }
    for (const sentence of decision.blocked) if (!told.includes(sentence)) log('warn', sentence);
    told = decision.blocked;
    retries.keepOnly([LOOKING, ...decision.actions.map(keyOf)]);
    const action = decision.actions.find((candidate) => retries.mayTry(keyOf(candidate), clock.nowMs()));
    if (action === undefined || quorum === null || isClosed()) return 'idle';
    try {
      await perform(quorum, action);
      retries.succeeded(keyOf(action), clock.nowMs());
      log('info', DONE[action.kind], { ...action });
      return 'tried';
    } catch (thrown) {
      reportFailure(log, retries, keyOf(action), thrown, clock.nowMs());
      // Others need not wait for it, but they are decided anew: it may have been done all the same.
      return 'tried';
    }
  };
}

const LOOKING = 'look';

const DONE: Readonly<Record<QuorumAction['kind'], string>> = {
  announce: 'The address of a member was changed.',
  promote: 'A member of the quorum votes now.',
  remove: 'A member was removed from the quorum.',
  transfer: 'This manager, which is to leave the quorum, handed over the lead.',
};

function keyOf(action: QuorumAction): string {
  return `${action.kind} ${action.raftId}`;
}

async function perform(quorum: QuorumControl, action: QuorumAction): Promise<void> {
  switch (action.kind) {
    case 'announce':
      return quorum.announce(action.raftId, action.raftAddress);
    case 'promote':
      return quorum.promote(action.raftId);
    case 'transfer':
      return quorum.transfer(action.raftId);
    case 'remove':
      return removeMember(quorum, action.raftId);
  }
}

/** Removes a member; one that is gone already is as good. */
export async function removeMember(quorum: QuorumControl, raftId: number): Promise<void> {
  try {
    await quorum.remove(raftId);
  } catch (thrown) {
    if (!(thrown instanceof SkepError && thrown.code === 'NOT_FOUND')) throw thrown;
  }
}

/** What happens whenever leadership moves, or two changes meet. */
const EXPECTED: ReadonlySet<string> = new Set(['UNAVAILABLE', 'NOT_LEADER']);
/** Raft may refuse a step once or twice because it has just forgotten whom it heard of. */
const WARN_AFTER_FAILURES = 3;

/** A failure that stays is a line once, until it changes or what failed succeeds. */
function reportFailure(log: Log, retries: RetryPlan, key: string, thrown: unknown, nowMs: number): void {
  const isExpected = thrown instanceof SkepError && EXPECTED.has(thrown.code);
  const error = describeError(thrown);
  const { count, isNews } = retries.failed(key, error, nowMs);
  const isSerious = !isExpected && (count === WARN_AFTER_FAILURES || (isNews && count > WARN_AFTER_FAILURES));
  if (!isNews && !isSerious) return;
  const message = 'A step of keeping the quorum failed and is tried again.';
  log(isSerious ? 'warn' : 'debug', message, { step: key, error });
}
