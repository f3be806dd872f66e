import { SkepError } from '../../lib/errors.ts';
import type { Proposer } from './store.ts';

/**
 * A proposer that a store can be made with before consensus runs: consensus needs the store to replay its log
 * into. Until `connect` it is no leader, and rejects with UNAVAILABLE.
 */
export function createLateProposer(): Proposer & { connect(proposer: Proposer): void } {
  let connected: Proposer | undefined;
  return {
    connect(proposer) {
      connected = proposer;
    },
    propose(entry) {
      if (connected !== undefined) return connected.propose(entry);
      return Promise.reject(
        new SkepError('NOT_LEADER', 'this manager is still reading its log, and nothing was changed'),
      );
    },
    version: () => connected?.version() ?? 0,
    isLeader: () => connected?.isLeader() ?? false,
  };
}
