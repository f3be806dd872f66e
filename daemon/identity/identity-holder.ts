import type { NodeIdentity } from './node-identity.ts';

/** The identity in use. Credentials made from it follow when it is replaced. */
export interface IdentityHolder {
  current(): NodeIdentity;
  /** Takes effect for every connection that is opened from now on. */
  replace(next: NodeIdentity): void;
  /**
   * Called after each replacement. Connections that are open keep the certificate they began with, which
   * managers refuse once it has expired: reopen them. Returns the unsubscriber.
   */
  watch(listener: (identity: NodeIdentity) => void): () => void;
}

/** Holds `identity` until it is replaced. */
export function createIdentityHolder(identity: NodeIdentity): IdentityHolder {
  let current = identity;
  const listeners = new Set<(identity: NodeIdentity) => void>();
  return {
    current: () => current,
    replace: (next) => {
      current = next;
      for (const listener of [...listeners]) listener(next);
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
