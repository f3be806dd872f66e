import { SkepError } from '../../../lib/errors.ts';
import type { MemberId } from '../core/entry.ts';
import {
  type FromConsensus,
  fromPlainError,
  type MemberRequest,
  type MemberStatus,
  type MembershipRequest,
  type ToConsensus,
} from './thread-messages.ts';
import type { MemberTls } from './transport-settings.ts';

/** Longer than any election; what is not answered by then has been lost with its leader. */
const TIMEOUT_MS = 15_000;
/** A snapshot, perhaps two, of whatever size there may be. */
const KEY_ROTATION_TIMEOUT_MS = 600_000;

type Answer = Extract<FromConsensus, { readonly kind: 'answer' }>;

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** What is asked of the consensus one by one. */
export interface Requests {
  change(change: MembershipRequest): Promise<void>;
  transfer(to?: MemberId): Promise<void>;
  status(): Promise<MemberStatus>;
  rotateKey(key: Uint8Array): Promise<void>;
  renew(tls: MemberTls): Promise<void>;
  close(): Promise<void>;
  answer(answer: Answer): void;
  rejectAll(error: SkepError): void;
}

/** Nothing is asked yet. */
export function createRequests(post: (message: ToConsensus) => void): Requests {
  const asked = new Map<number, Asked>();
  let nextId = 1;

  const ask = (request: MemberRequest, timeoutMs = TIMEOUT_MS): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const requestId = nextId++;
      const timer = setTimeout(() => {
        asked.delete(requestId);
        reject(unanswered(request));
      }, timeoutMs);
      asked.set(requestId, { resolve, reject, timer });
      post({ kind: 'request', requestId, request });
    });

  return {
    change: async (change) => void (await ask({ kind: 'change', change })),
    transfer: async (to) => void (await ask({ kind: 'transfer', ...(to === undefined ? {} : { to }) })),
    status: async () => {
      const { status } = await ask({ kind: 'status' });
      if (status === undefined) throw new SkepError('INTERNAL', 'the consensus answered without its status');
      return status;
    },
    renew: async (tls) => void (await ask({ kind: 'renew', tls })),
    rotateKey: async (key) => void (await ask({ kind: 'rotate-key', key }, KEY_ROTATION_TIMEOUT_MS)),
    close: async () => void (await ask({ kind: 'close' })),
    answer: (answer) => {
      const found = asked.get(answer.requestId);
      if (found === undefined) return;
      asked.delete(answer.requestId);
      clearTimeout(found.timer);
      if (answer.error === undefined) found.resolve(answer);
      else found.reject(fromPlainError(answer.error));
    },
    rejectAll: (error) => {
      for (const { reject, timer } of asked.values()) {
        clearTimeout(timer);
        reject(error);
      }
      asked.clear();
    },
  };
}

function unanswered(request: MemberRequest): SkepError {
  return new SkepError('UNAVAILABLE', `the managers did not finish "${request.kind}" in time`, {
    help: 'see that they are up and reach one another, and whether it was done',
  });
}
