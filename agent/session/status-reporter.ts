import type { TaskStatus } from '../../lib/domain/task.ts';
import type { TaskStatusUpdate } from '../../proto/messages.ts';

/** More statuses than this go in several calls. */
const MAX_BATCH = 500;

export interface StatusReporter {
  /** Remembers the newest status of a task until a manager has taken it. */
  add(taskId: string, status: TaskStatus): void;
  /** Sends what waits through `send` until `signal`; rejects with the first failure, keeping what was not taken. */
  run(send: (updates: readonly TaskStatusUpdate[]) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** Collects statuses in one turn and sends them in batches, the newest of each task only. */
export function createStatusReporter(): StatusReporter {
  const waiting = new Map<string, TaskStatus>();
  let wake: () => void = () => undefined;

  function nextBatch(): readonly TaskStatusUpdate[] {
    const batch: TaskStatusUpdate[] = [];
    for (const [taskId, status] of waiting) {
      if (batch.length === MAX_BATCH) break;
      batch.push({ taskId, status });
    }
    return batch;
  }

  function somethingWaits(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        signal.removeEventListener('abort', settle);
        resolve();
      };
      wake = settle;
      signal.addEventListener('abort', settle);
    });
  }

  return {
    add(taskId, status) {
      waiting.set(taskId, status);
      wake();
    },
    async run(send, signal) {
      while (!signal.aborted) {
        if (waiting.size === 0) await somethingWaits(signal);
        // Whatever else changes in this turn goes along.
        await new Promise<void>((resolve) => setImmediate(resolve));
        const batch = nextBatch();
        if (batch.length === 0 || signal.aborted) continue;
        await send(batch);
        for (const { taskId, status } of batch) if (waiting.get(taskId) === status) waiting.delete(taskId);
      }
    },
  };
}
