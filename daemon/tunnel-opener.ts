import { SkepError } from '../lib/errors.ts';
import type { Replica } from '../manager/store/replica.ts';
import { letGo } from '../proto/rpc.ts';
import { BLANK_FRAME, END_FRAME, framesOf, messagesOf, piecesOf } from '../proto/tunnel-frames.ts';
import type { TunnelFrame, TunnelTarget } from '../proto/tunnel-messages.ts';
import { wasCutOff } from '../proto/wire-error.ts';
import type { ToLeader } from './to-leader.ts';

export interface TunnelOpenerDependencies {
  readonly toLeader: ToLeader;
  readonly replica: Replica;
}

type Open = (frames: AsyncIterable<TunnelFrame>) => AsyncIterable<TunnelFrame>;

/**
 * Calls a method of a node through the leader: encoded requests go in, encoded answers come out. While there is no
 * leader it waits, as every request does; what was begun is never begun anew. Throws what the node answered, or
 * UNAVAILABLE when the leader or the node is lost.
 */
export async function* openTunnel(
  { toLeader, replica }: TunnelOpenerDependencies,
  target: TunnelTarget,
  requests: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const source = watchFailure(requests);
  const abort = new AbortController();
  const giveUp = () => abort.abort();
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  let unwatch = (): void => undefined;
  try {
    const first = await source.next();
    const begin = (open: Open) => beginTunnel(target, first, source, abort.signal, open);
    const { leaderId } = replica.leadership();
    const answers = await toLeader.run(
      (leading) => begin((frames) => leading.tunnels.open(frames, abort.signal)),
      (calls) => begin((frames) => calls.openTunnel(frames, { signal: abort.signal })),
    );
    const followed = leaderId ?? replica.leadership().leaderId;
    // A machine that dies says nothing on its connections; the other managers notice it first.
    unwatch = replica.onLeadership((now) => {
      if (now.leaderId !== followed) abort.abort();
    });
    yield* messagesOf(answers);
  } catch (thrown) {
    const failure = source.failure();
    if (failure !== undefined) throw failure.thrown;
    if (signal.aborted) throw thrown;
    if (abort.signal.aborted || (thrown instanceof SkepError && wasCutOff(thrown))) throw leaderLost(thrown);
    throw thrown;
  } finally {
    unwatch();
    signal.removeEventListener('abort', giveUp);
    abort.abort();
    letGo(source);
  }
}

function leaderLost(cause: unknown): SkepError {
  return new SkepError('UNAVAILABLE', 'the leader was lost, and with it the connection to the container', {
    help: 'look whether it was done, then try again',
    cause,
  });
}

/** A source of requests that remembers what it threw: the other end only hears that the caller is gone. */
function watchFailure(requests: AsyncIterable<Uint8Array>) {
  const source = requests[Symbol.asyncIterator]();
  let failure: { readonly thrown: unknown } | undefined;
  return {
    next: async () => {
      try {
        return await source.next();
      } catch (thrown) {
        failure = { thrown };
        throw thrown;
      }
    },
    return: async () => (await source.return?.()) ?? { done: true as const, value: undefined },
    failure: () => failure,
  };
}

/**
 * Opens one tunnel; resolves with its answers once the node is there. Only the first request is sent before that, so
 * that a leader which refuses has taken nothing that the next one would miss.
 */
async function beginTunnel(
  target: TunnelTarget,
  first: IteratorResult<Uint8Array>,
  source: AsyncIterator<Uint8Array>,
  signal: AbortSignal,
  open: Open,
): Promise<AsyncIterable<TunnelFrame>> {
  let decide: (isAccepted: boolean) => void = () => undefined;
  const accepted = new Promise<boolean>((resolve) => {
    decide = resolve;
  });
  const frames = async function* (): AsyncGenerator<TunnelFrame> {
    yield { ...BLANK_FRAME, target };
    if (first.done === true) {
      yield END_FRAME;
      return;
    }
    yield* piecesOf(first.value);
    // Letting go of these frames must not end the source: another leader may be asked.
    if (await accepted) yield* framesOf({ [Symbol.asyncIterator]: () => ({ next: () => source.next() }) });
  };
  if (signal.aborted) throw new SkepError('CANCELLED', 'the call was given up');
  const answers = open(frames())[Symbol.asyncIterator]();
  try {
    const head = await answers.next();
    if (head.done === true || !head.value.accepted) {
      throw new SkepError('UNAVAILABLE', 'the leader did not say that the node is there');
    }
    decide(true);
  } finally {
    decide(false);
  }
  return { [Symbol.asyncIterator]: () => answers };
}
