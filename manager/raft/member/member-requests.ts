import { SkepError } from '../../../lib/errors.ts';
import { type MemberId, NO_DATA, NO_MEMBER } from '../core/entry.ts';
import type { MemoryStorage } from '../core/log/memory-storage.ts';
import { lastIndex } from '../core/log/raft-log.ts';
import type { RawNode } from '../core/raw-node.ts';
import type { RaftState } from '../core/state.ts';
import type { MemberAddress } from '../snapshot-envelope.ts';
import { bestTransferee, planChange } from './change-rules.ts';
import type { PendingProposals } from './pending-proposals.ts';
import { notProposed, transferFailed } from './refusals.ts';
import {
  type EventLoopDelay,
  type FromConsensus,
  type MemberRequest,
  type MembershipRequest,
  toPlainError,
} from './thread-messages.ts';

export interface MemberRequestsOptions {
  readonly state: RaftState;
  readonly node: RawNode;
  readonly storage: MemoryStorage;
  readonly pending: PendingProposals;
  readonly addresses: ReadonlyMap<MemberId, MemberAddress>;
  readonly eventLoopDelay: () => EventLoopDelay;
  readonly post: (message: FromConsensus) => void;
}

/** Beside a change of the members: where the member is reached. */
export interface ChangeContext {
  readonly memberId: MemberId;
  readonly address: MemberAddress;
}

/** What is asked of the consensus one by one: changes of the members, transfers, the status. */
export interface MemberRequests {
  handle(requestId: number, request: MemberRequest): void;
  answer(requestId: number, thrown?: unknown): void;
  /** Answers the transfers that are over. To be called when roles may have changed, and now and then. */
  settleTransfers(): void;
}

/** Nothing is asked yet. */
export function createMemberRequests(options: MemberRequestsOptions): MemberRequests {
  const { state, node, post } = options;
  let transfers: { readonly requestId: number; readonly to: MemberId }[] = [];

  const answer = (requestId: number, thrown?: unknown): void => {
    post({ kind: 'answer', requestId, ...(thrown === undefined ? {} : { error: toPlainError(thrown) }) });
  };

  const transfer = (requestId: number, wanted: MemberId | undefined): void => {
    if (state.role !== 'StateLeader') throw notProposed('no-leader');
    const status = node.status();
    const to = wanted ?? bestTransferee(status);
    if (to === undefined || !status.confState.voters.includes(to)) throw transferFailed(to ?? NO_MEMBER);
    if (to === status.id) {
      answer(requestId);
      return;
    }
    node.transferLeader(to);
    transfers.push({ requestId, to });
  };

  const handle = (requestId: number, request: MemberRequest): void => {
    if (request.kind === 'change') proposeChange(options, requestId, request.change);
    else if (request.kind === 'transfer') transfer(requestId, request.to);
    else if (request.kind === 'status') {
      const addresses = [...options.addresses].map(([id, address]) => [String(id), address]);
      post({
        kind: 'answer',
        requestId,
        status: {
          ...node.status(),
          addresses: Object.fromEntries(addresses),
          eventLoopDelayMs: options.eventLoopDelay(),
        },
      });
    }
  };

  return {
    answer,
    handle: (requestId, request) => {
      try {
        handle(requestId, request);
      } catch (thrown) {
        // Refusals are for whoever asked; anything else is a fault of this member.
        if (!(thrown instanceof SkepError) || thrown.code === 'INTERNAL') throw thrown;
        answer(requestId, thrown);
      }
    },
    settleTransfers: () => {
      const isLeader = state.role === 'StateLeader';
      const isOver = (to: MemberId): boolean =>
        isLeader ? state.leadTransferee !== to : state.lead !== NO_MEMBER;
      const over = transfers.filter(({ to }) => isOver(to));
      transfers = transfers.filter(({ to }) => !isOver(to));
      for (const { requestId, to } of over) {
        answer(requestId, !isLeader && state.lead === to ? undefined : transferFailed(to));
      }
    },
  };
}

function proposeChange(
  { state, node, storage, pending }: MemberRequestsOptions,
  requestId: number,
  request: MembershipRequest,
): void {
  if (state.role !== 'StateLeader') throw notProposed('no-leader');
  if (storage.snapshot()?.index === 0) {
    throw new SkepError('UNAVAILABLE', 'this manager has no snapshot yet that a member could begin with', {
      help: 'try again in a moment',
    });
  }
  const planned = planChange(node.status(), request);
  const context: ChangeContext | undefined =
    'address' in request ? { memberId: request.memberId, address: request.address } : undefined;
  const index = lastIndex(state.log) + 1;
  const outcome = node.proposeConfChange({
    transition: 'auto',
    changes: [planned],
    context: context === undefined ? NO_DATA : Buffer.from(JSON.stringify(context)),
  });
  if (outcome === 'conf-change-ignored') {
    throw new SkepError('UNAVAILABLE', 'another change of the members is under way', {
      help: 'try again in a moment',
    });
  }
  if (outcome !== 'accepted') throw notProposed(outcome);
  pending.add({ index, term: state.term }, { kind: 'change', requestId });
}
