import os from 'node:os';

/** Ahead of what the manager itself and its containers do, behind what the kernel holds to be urgent. */
const NICE = -10;

/**
 * Lets the calling thread run before others that want the processor too: heartbeats must not wait for a scheduling pass
 * or a busy container. On Linux a priority belongs to a thread, and 0 names the one that calls (setpriority(2), under
 * "C library/kernel differences"). Returns false where that is not allowed; nothing depends on it but latency.
 */
export function preferThisThread(): boolean {
  try {
    os.setPriority(0, NICE);
    return true;
  } catch {
    return false;
  }
}
