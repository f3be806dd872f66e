import { SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { Call, Handlers, MethodTable, RpcClient } from '../../proto/rpc.ts';
import { BLANK_FRAME, errorFrame, framesOf, messagesOf } from '../../proto/tunnel-frames.ts';
import type { TunnelFrame, TunnelOpening } from '../../proto/tunnel-messages.ts';
import type { tunnelAgentMethods } from '../../proto/tunnel-services.ts';
import { answerCall } from './answer-call.ts';
import { createSlot } from './frame-slot.ts';

/** Calls through tunnels that a node answers at once; further ones are refused. */
export const MAX_CALLS = 64;

type Client = RpcClient<typeof tunnelAgentMethods>;

/** What callers of this node may ask for. */
export interface TunnelService<Table extends MethodTable> {
  readonly table: Table;
  readonly handlers: Handlers<Table>;
  readonly log: Log;
}

type Answer = (requests: AsyncIterable<Uint8Array>, call: Call) => AsyncIterable<Uint8Array>;

/**
 * Takes up this node's end of the tunnels that the leader pushes to it, and answers the calls that come through them,
 * until `signal`. Throws when the leader ends the stream, and then every call has ended.
 */
export async function serveTunnels<Table extends MethodTable>(
  client: Client,
  sessionId: string,
  service: TunnelService<Table>,
  signal: AbortSignal,
): Promise<void> {
  const calls = new Map<string, AbortController>();
  const endAll = (): void => {
    for (const abort of calls.values()) abort.abort();
  };
  signal.addEventListener('abort', endAll, { once: true });
  try {
    for await (const opening of client.listen({ sessionId }, { signal })) {
      if (opening.close) {
        calls.get(opening.id)?.abort();
        continue;
      }
      const answer = calls.size < MAX_CALLS ? answerTo(service, opening) : refuse;
      const abort = new AbortController();
      calls.set(opening.id, abort);
      void serveOne(client, opening.id, answer, abort).finally(() => calls.delete(opening.id));
    }
    throw new SkepError('UNAVAILABLE', 'the manager ended the stream of tunnels');
  } catch (thrown) {
    if (!(thrown instanceof SkepError) || thrown.code !== 'UNIMPLEMENTED') throw thrown;
    // A leader of an older version: the node does all the rest.
    service.log('info', 'The leader knows no tunnels: containers of this node are reached from here only.');
    await ended(signal);
  } finally {
    signal.removeEventListener('abort', endAll);
    endAll();
  }
}

function answerTo<Table extends MethodTable>(
  { table, handlers }: TunnelService<Table>,
  opening: TunnelOpening,
): Answer {
  const found = Object.entries(table).find(([, { path }]) => path === opening.method);
  if (found === undefined) {
    return () => {
      throw new SkepError('UNIMPLEMENTED', `this node does not know how to do ${opening.method}`, {
        help: 'it may run an older version',
      });
    };
  }
  const [name, method] = found;
  const handler = handlers[name] as (request: unknown, call: Call) => unknown;
  return (requests, call) => answerCall(method, handler, requests, call);
}

function refuse(): never {
  throw new SkepError('RESOURCE_EXHAUSTED', `the node is already answering ${MAX_CALLS} calls from others`, {
    help: 'end one of them first, or go to the node itself',
  });
}

/** Answers one call, to its end. Never throws: what goes wrong is told to the caller. */
async function serveOne(client: Client, id: string, answer: Answer, abort: AbortController): Promise<void> {
  const { signal } = abort;
  // Frames are taken from the stream as they come, one ahead of the handler: so its end is noticed even while the
  // handler reads nothing.
  const requests = createSlot<TunnelFrame>();
  signal.addEventListener('abort', requests.discard, { once: true });
  const call: Call = { peerCertificate: null, peerAddress: 'tunnel', signal, header: () => undefined };
  const answers = async function* (): AsyncGenerator<TunnelFrame> {
    yield { ...BLANK_FRAME, id };
    try {
      yield* framesOf(answer(messagesOf(requests.values), call));
    } catch (thrown) {
      yield errorFrame(thrown);
    } finally {
      requests.discard();
    }
  };
  try {
    for await (const frame of client.serve(answers(), { signal })) await requests.put(frame);
    requests.end();
  } catch (thrown) {
    requests.end(thrown);
  } finally {
    abort.abort();
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
