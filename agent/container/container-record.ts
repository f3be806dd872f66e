import type {
  LocalContainerSpec,
  LocalContainerState,
  PortBinding,
} from '../../lib/domain/local-container.ts';

/**
 * What is wanted of a container: nothing yet, that it runs, that it stops, that it stops and runs again, that it goes.
 */
export type ContainerGoal = 'created' | 'running' | 'stopped' | 'cycled' | 'removed';

/** What is kept of a container on disk. */
export interface StoredContainer {
  readonly id: string;
  /** With the name that was made up, and the image pinned. */
  readonly spec: LocalContainerSpec;
  readonly imageId: string;
  readonly createdAtMs: number;
  readonly goal: ContainerGoal;
  /** With the goal `removed`: volumes without a name go too. */
  readonly removesVolumes: boolean;
  /** The keeper that was asked to start the present run; empty while there is none. */
  readonly runBy: string;
  /** The keeper that ran when this was written. */
  readonly seenBy: string;
  /** Of the present run. */
  readonly address: string;
  readonly ports: readonly PortBinding[];
  /** Of the present or the last run; null before the first. */
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** Why the last start failed; empty when it did not. */
  readonly error: string;
  /** Restarts by its rule since a user started it. */
  readonly restartCount: number;
  /** Pause between its last end and its next start. */
  readonly restartDelayMs: number;
}

/** How a run ended. */
export interface EndedRun {
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

/** Exit code of a run whose end nobody saw, as in Docker. */
const EXIT_CODE_UNKNOWN = 255;
const FIRST_RESTART_DELAY_MS = 100;
const MAX_RESTART_DELAY_MS = 60_000;
/** A run of this length makes the next pause the shortest again (moby, restartmanager). */
const STEADY_RUN_MS = 10_000;

/** A container that nobody has started yet. */
export function newContainer(
  made: Pick<StoredContainer, 'id' | 'spec' | 'imageId' | 'createdAtMs' | 'seenBy'>,
): StoredContainer {
  return {
    ...made,
    goal: 'created',
    removesVolumes: false,
    runBy: '',
    address: '',
    ports: [],
    startedAtMs: null,
    finishedAtMs: null,
    exitCode: 0,
    oomKilled: false,
    error: '',
    restartCount: 0,
    restartDelayMs: 0,
  };
}

/** A user wants it to run; what its rule counted begins anew. */
export function startedByUser(stored: StoredContainer, goal: 'running' | 'cycled'): StoredContainer {
  return { ...stored, goal, restartCount: 0, restartDelayMs: 0, error: '' };
}

/** A keeper is about to be asked. */
export function beginRun(
  stored: StoredContainer,
  run: { readonly keeper: string; readonly address: string; readonly ports: readonly PortBinding[] },
): StoredContainer {
  const { keeper, address, ports } = run;
  return { ...stored, runBy: keeper, seenBy: keeper, address, ports, error: '' };
}

function withoutRun(stored: StoredContainer): StoredContainer {
  return { ...stored, runBy: '', address: '', ports: [] };
}

function shouldRestart({ spec: { restart }, restartCount }: StoredContainer, exitCode: number): boolean {
  switch (restart.name) {
    case 'no':
      return false;
    case 'always':
    case 'unless-stopped':
      return true;
    case 'on-failure':
      return exitCode !== 0 && (restart.maxRetries === 0 || restartCount < restart.maxRetries);
  }
}

function nextDelay(delayMs: number, ranMs: number): number {
  if (delayMs === 0 || ranMs >= STEADY_RUN_MS) return FIRST_RESTART_DELAY_MS;
  return Math.min(delayMs * 2, MAX_RESTART_DELAY_MS);
}

/** After a run has ended: the goal that its rule, its user and `autoRemove` leave. */
export function afterExit(stored: StoredContainer, run: EndedRun): StoredContainer {
  const { startedAtMs, finishedAtMs, exitCode, oomKilled } = run;
  const ended = { ...withoutRun(stored), startedAtMs, finishedAtMs, exitCode, oomKilled };
  if (stored.goal === 'removed') return ended;
  if (stored.goal === 'cycled') return { ...ended, goal: 'running', restartDelayMs: 0 };
  if (stored.goal === 'running' && shouldRestart(stored, exitCode)) {
    return {
      ...ended,
      restartCount: stored.restartCount + 1,
      restartDelayMs: nextDelay(stored.restartDelayMs, finishedAtMs - startedAtMs),
    };
  }
  return atRest(ended);
}

function atRest(stored: StoredContainer): StoredContainer {
  if (stored.spec.autoRemove) return { ...stored, goal: 'removed', removesVolumes: true };
  return { ...stored, goal: stored.startedAtMs === null ? 'created' : 'stopped', restartDelayMs: 0 };
}

/** A start that failed: the user who waits for it is told, and it rests; else it counts as a run that failed. */
export function afterFailedStart(
  stored: StoredContainer,
  failure: {
    readonly exitCode: number;
    readonly error: string;
    readonly byUser: boolean;
    readonly nowMs: number;
  },
): StoredContainer {
  const { exitCode, error, byUser, nowMs } = failure;
  if (byUser && stored.goal !== 'removed') {
    return atRest({ ...withoutRun(stored), exitCode, oomKilled: false, error });
  }
  const run = { startedAtMs: stored.startedAtMs ?? nowMs, finishedAtMs: nowMs, exitCode, oomKilled: false };
  // Its first moment is long ago perhaps, but this run had no length.
  const ended = afterExit({ ...stored, startedAtMs: nowMs }, { ...run, startedAtMs: nowMs });
  return { ...ended, startedAtMs: stored.startedAtMs, error };
}

/** Its keeper is gone, and with it the container and the word of how it ended. */
export function afterLostRun(stored: StoredContainer, nowMs: number): StoredContainer {
  const startedAtMs = stored.startedAtMs ?? nowMs;
  return afterExit(stored, {
    startedAtMs,
    finishedAtMs: nowMs,
    exitCode: EXIT_CODE_UNKNOWN,
    oomKilled: false,
  });
}

/** The keeper was asked, and has no such container: the start never came to it. */
export function afterNoStart(stored: StoredContainer): StoredContainer {
  return withoutRun(stored);
}

/**
 * What a daemon that starts makes of what it finds. `always` outlives even a stop by its user when the machine starts
 * again (as in Docker), and what would be removed at its end does not come back.
 */
export function afterLoad(stored: StoredContainer, keeper: string): StoredContainer {
  if (stored.seenBy === keeper) return stored;
  const seen = { ...stored, seenBy: keeper };
  if (stored.runBy !== '') return seen;
  if (stored.spec.autoRemove) return { ...seen, goal: 'removed', removesVolumes: true };
  const comesBack = stored.spec.restart.name === 'always' && stored.startedAtMs !== null;
  return comesBack && stored.goal === 'stopped' ? { ...seen, goal: 'running', restartDelayMs: 0 } : seen;
}

/** The state as users know it. */
export function shownState(
  stored: StoredContainer,
  now: { readonly runs: boolean; readonly isPaused: boolean },
): LocalContainerState {
  if (stored.goal === 'removed') return 'removing';
  if (now.runs) return now.isPaused ? 'paused' : 'running';
  if ((stored.goal === 'running' && stored.restartCount > 0) || stored.goal === 'cycled') return 'restarting';
  return stored.startedAtMs === null ? 'created' : 'exited';
}
