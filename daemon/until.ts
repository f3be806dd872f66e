import type { SkepError } from '../lib/errors.ts';
import type { Clock } from '../lib/ports.ts';

/** Resolves once `isSo`, which is looked at now and whenever `watch` calls; rejects with `error` after a while. */
export function until(
  clock: Clock,
  timeoutMs: number,
  wait: {
    readonly isSo: () => boolean;
    /** Returns the unsubscriber. */
    readonly watch: (look: () => void) => () => void;
    readonly error: () => SkepError;
  },
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (wait.isSo()) return resolve();
    const end = (): void => {
      cancel();
      unwatch();
    };
    const cancel = clock.schedule(timeoutMs, () => {
      end();
      reject(wait.error());
    });
    const unwatch = wait.watch(() => {
      if (!wait.isSo()) return;
      end();
      resolve();
    });
  });
}
