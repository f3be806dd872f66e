import { describeError, SkepError } from '../../lib/errors.ts';
import { heartbeatPeriodMs, judgeNodes } from './liveness.ts';
import { type DispatcherOptions, endSession, type OpenSessions } from './open-sessions.ts';

/**
 * Looks, at least once in each heartbeat period, whether nodes have gone silent or have come back. Returns what
 * stops it. `startedAtMs` is when this leader began to listen.
 */
export function startLivenessCheck(
  sessions: OpenSessions,
  options: DispatcherOptions,
  startedAtMs: number,
): () => void {
  const { store, clock, log } = options;
  let cancel: () => void = () => undefined;

  const check = (): void => {
    const nowMs = clock.nowMs();
    const verdict = judgeNodes(store.view(), sessions.table, startedAtMs, nowMs);
    for (const nodeId of verdict.expired) {
      log('warn', 'A node has missed its heartbeats.', { nodeId });
      const session = sessions.byNode.get(nodeId);
      if (session === undefined) continue;
      endSession(
        sessions,
        session,
        new SkepError('DEADLINE_EXCEEDED', `node ${nodeId} missed its heartbeats`),
      );
    }
    if (verdict.changes.length > 0) {
      store
        .update((view) => judgeNodes(view, sessions.table, startedAtMs, nowMs).changes)
        .catch((thrown: unknown) => {
          log('warn', 'The state of nodes could not be written.', { reason: describeError(thrown) });
        });
    }
    schedule(verdict.nextAtMs);
  };

  const schedule = (nextAtMs: number | undefined): void => {
    const periodMs = heartbeatPeriodMs(store.view());
    const nowMs = clock.nowMs();
    const delayMs = Math.max(1, Math.min(periodMs, (nextAtMs ?? Number.POSITIVE_INFINITY) - nowMs));
    cancel = clock.schedule(delayMs, () => {
      const lateByMs = clock.nowMs() - (nowMs + delayMs);
      // When this process itself was held up, heartbeats are still waiting to be read: hear them first.
      if (lateByMs > periodMs) schedule(undefined);
      else check();
    });
  };

  schedule(undefined);
  return () => cancel();
}
