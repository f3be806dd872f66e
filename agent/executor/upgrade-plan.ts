import type { KeeperFailure } from './protocol.ts';

/** The first version of the keeper that lets another program take over. */
const FIRST_REPLACEABLE_VERSION = 2;
export const TAKEOVER_RETRY_MS = 10_000;
/** Streams may hold a takeover up for this long; then they are ended. */
export const TAKEOVER_PATIENCE_MS = 600_000;

export interface UpgradePatience {
  readonly retryMs: number;
  readonly forceAfterMs: number;
}

export const DEFAULT_UPGRADE_PATIENCE: UpgradePatience = {
  retryMs: TAKEOVER_RETRY_MS,
  forceAfterMs: TAKEOVER_PATIENCE_MS,
};

/** What the agent knows of its keeper. */
export interface RunningProgram {
  readonly version: number;
  /** Which build it is; empty before version 2. */
  readonly build: string;
}

export type UpgradePlan = 'same' | 'too-old' | 'came-back' | 'take-over';

/**
 * What is to be done about a keeper that answers as `running`, by an agent that brings the build `own`. `replacing`:
 * the connection before this one ended by a takeover.
 */
export function planUpgrade(running: RunningProgram, own: string, replacing: boolean): UpgradePlan {
  if (running.build === own) return 'same';
  if (running.version < FIRST_REPLACEABLE_VERSION) return 'too-old';
  return replacing ? 'came-back' : 'take-over';
}

/** How an attempt ended: the connection did, as it does when all is well, or the keeper said no. */
export type UpgradeAnswer =
  | { readonly kind: 'connection-ended' }
  | { readonly kind: 'refused'; readonly failure: KeeperFailure };

export type UpgradeStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'give-up'; readonly reason: string }
  | { readonly kind: 'again'; readonly afterMs: number; readonly force: boolean };

/** What follows on an answer, when the first attempt was made `waitedMs` ago. */
export function stepAfter(answer: UpgradeAnswer, waitedMs: number, patience: UpgradePatience): UpgradeStep {
  if (answer.kind === 'connection-ended') return { kind: 'done' };
  if (answer.failure.kind !== 'busy') return { kind: 'give-up', reason: answer.failure.text };
  const force = waitedMs + patience.retryMs >= patience.forceAfterMs;
  return { kind: 'again', afterMs: patience.retryMs, force };
}
