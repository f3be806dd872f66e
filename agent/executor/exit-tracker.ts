import { describeError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { ContainerNote } from './container-plan.ts';
import type { ContainerState } from './executor.ts';
import type { KeptContainer } from './protocol.ts';

/** Who is told of exits, and which containers ran when the keeper was last heard. */
export interface ExitTracker {
  readonly listeners: Set<(state: ContainerState) => void>;
  readonly running: Map<string, ContainerState>;
  /** Of running containers, as far as they were needed. */
  readonly notes: Map<string, ContainerNote>;
  /** Tells the listeners, once per container that was known to run. */
  exited(state: ContainerState): void;
  /**
   * Compares with what the keeper lists. A container in `known` that it does not list was killed with its keeper, and
   * counts as ended by SIGKILL at `nowMs`.
   */
  reconcile(kept: readonly KeptContainer[], known: readonly string[], nowMs: number): void;
}

const SIGKILL = 9;

/** A tracker that knows of nothing yet. */
export function trackExits(log: Log): ExitTracker {
  const listeners = new Set<(state: ContainerState) => void>();
  const running = new Map<string, ContainerState>();
  const notes = new Map<string, ContainerNote>();

  const exited = (state: ContainerState): void => {
    if (!running.delete(state.id)) return;
    notes.delete(state.id);
    for (const listener of listeners) {
      try {
        listener(state);
      } catch (error) {
        log('error', 'A listener for ended containers failed.', {
          id: state.id,
          reason: describeError(error),
        });
      }
    }
  };

  const reconcile = (kept: readonly KeptContainer[], known: readonly string[], nowMs: number): void => {
    const listed = new Set(kept.map((container) => container.state.id));
    for (const { state } of kept) {
      if (state.exit === null) running.set(state.id, state);
      else exited(state);
    }
    for (const id of known) {
      const state = running.get(id);
      if (state === undefined || listed.has(id)) continue;
      exited({
        ...state,
        exit: { exitCode: 128 + SIGKILL, signal: SIGKILL, oomKilled: false, finishedAtMs: nowMs },
      });
    }
  };

  return { listeners, running, notes, exited, reconcile };
}
