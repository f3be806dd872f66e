import {
  afterExit,
  afterLoad,
  afterLostRun,
  afterNoStart,
  beginRun,
  newContainer,
  type StoredContainer,
  startedByUser,
} from '../../../agent/container/container-record.ts';
import { type ContainerStop, nextStep } from '../../../agent/container/container-step.ts';
import type { ContainerState } from '../../../agent/executor/executor.ts';
import { blankTaskSpec } from '../../../lib/blank-service.ts';
import type { LocalContainerSpec, RestartRule } from '../../../lib/domain/local-container.ts';

/** A container of nothing but its restart rule. */
export function specOf(restart: RestartRule, autoRemove = false): LocalContainerSpec {
  return {
    name: 'box',
    container: blankTaskSpec('box').container,
    limits: {},
    reservations: {},
    restart,
    network: 'none',
    ports: [],
    publishAll: false,
    autoRemove,
  };
}

/** A container that was made and never started. */
export function madeContainer(restart: RestartRule, autoRemove = false): StoredContainer {
  const made = { id: 'c', imageId: 'sha256:1', createdAtMs: 0, seenBy: 'keeper0' };
  return newContainer({ ...made, spec: specOf(restart, autoRemove) });
}

/** Far more steps than any container makes before it waits. */
const MAX_STEPS = 20;

/**
 * One container with its disk, its keeper and its daemon, each of which can be lost. It carries out the steps as the
 * daemon does, in the same order: what is written first is written first here too.
 */
export class ContainerWorld {
  /** What the daemon knows, and what is on disk; null once removed. */
  stored: StoredContainer;
  disk: StoredContainer | null;
  kept: ContainerState | undefined = undefined;
  stop: ContainerStop | null = null;
  keeper = 0;
  nowMs = 1_000;
  starts = 0;
  startedAt: number[] = [];
  /** What must never be. */
  faults: string[] = [];
  isGone = false;
  #dieAfter: number | null = null;

  constructor(stored: StoredContainer) {
    this.stored = stored;
    this.disk = stored;
  }

  get runs(): boolean {
    return this.kept !== undefined && this.kept.exit === null;
  }

  /** The daemon dies after so many more steps, in the middle of what it does. */
  dieAfter(steps: number): void {
    this.#dieAfter = steps;
  }

  /** Does what there is to do now, until it waits; a daemon that dies on the way is started again. */
  settle(): void {
    for (let count = 0; !this.isGone; count++) {
      if (count > MAX_STEPS) {
        this.faults.push('does not come to rest');
        return;
      }
      const step = nextStep({
        stored: this.stored,
        container: this.kept,
        stop: this.stop,
        keeperInstance: `keeper${this.keeper}`,
        nowMs: this.nowMs,
      });
      if (step.kind === 'wait') return;
      this.#perform(step.kind, step.kind === 'signal' ? step.signal : 0);
      if (this.#dieAfter !== null && this.#dieAfter-- <= 0) this.crash();
    }
  }

  /** A new daemon finds what is on disk and in the keeper. */
  crash(): void {
    this.#dieAfter = null;
    this.stop = null;
    if (this.disk === null) {
      // Cleared away as a container without a record.
      this.kept = undefined;
      this.isGone = true;
    } else this.stored = afterLoad(this.disk, `keeper${this.keeper}`);
  }

  reboot(): void {
    this.keeper++;
    this.kept = undefined;
    this.crash();
  }

  exit(exitCode: number, ranMs: number): void {
    if (this.kept === undefined || this.kept.exit !== null) return;
    this.nowMs += ranMs;
    this.kept = {
      ...this.kept,
      exit: { exitCode, signal: null, oomKilled: false, finishedAtMs: this.nowMs },
    };
  }

  want(goal: 'running' | 'stopped' | 'cycled' | 'removed'): void {
    if (this.stored.goal === 'removed') return;
    if (goal === 'running' || goal === 'cycled') {
      this.stored = startedByUser(this.stored, this.runs ? 'cycled' : 'running');
      if (this.runs) this.#save();
    } else {
      if (goal === 'stopped' && this.stored.goal === 'created') return;
      this.stored = { ...this.stored, goal };
      this.#save();
    }
  }

  #save(): void {
    this.disk = this.stored;
  }

  #finish(next: StoredContainer): void {
    this.stored = next;
    this.stop = null;
    if (next.goal !== 'removed') this.#save();
  }

  #perform(kind: string, signal: number): void {
    switch (kind) {
      case 'start': {
        if (this.kept !== undefined) this.faults.push('started while there is one');
        this.stored = beginRun(this.stored, { keeper: `keeper${this.keeper}`, address: '', ports: [] });
        this.#save();
        if (this.#dieAfter === 0) {
          this.crash();
          return;
        }
        this.starts++;
        this.startedAt.push(this.nowMs);
        this.kept = { id: 'c', pid: this.starts, startedAtMs: this.nowMs, exit: null };
        this.stored = { ...this.stored, startedAtMs: this.nowMs };
        return;
      }
      case 'beginStop':
        this.stop = { signal: 15, graceMs: 10_000, signalledAtMs: null, killedAtMs: null };
        return;
      case 'signal':
        if (this.stop !== null) this.stop = { ...this.stop, signalledAtMs: this.nowMs };
        if (signal === 15) this.exit(143, 1);
        return;
      case 'kill':
        if (this.stop !== null) this.stop = { ...this.stop, killedAtMs: this.nowMs };
        this.exit(137, 1);
        return;
      case 'noteExit': {
        const exit = this.kept?.exit;
        if (this.kept === undefined || exit === undefined || exit === null) return;
        this.#finish(afterExit(this.stored, { ...exit, startedAtMs: this.kept.startedAtMs }));
        return;
      }
      case 'noteLoss':
        this.#finish(afterLostRun(this.stored, this.nowMs));
        return;
      case 'noteNoStart':
        this.stored = afterNoStart(this.stored);
        return;
      case 'clear':
        this.kept = undefined;
        return;
      case 'forget':
        this.disk = null;
        if (this.#dieAfter === 0) {
          this.crash();
          return;
        }
        this.kept = undefined;
        this.isGone = true;
    }
  }
}
