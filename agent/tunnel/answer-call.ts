import { SkepError } from '../../lib/errors.ts';
import type { Codec } from '../../proto/codec.ts';
import { type Call, letGo, type MethodTable } from '../../proto/rpc.ts';

type Method = MethodTable[string];
type AnyHandler = (request: unknown, call: Call) => unknown;

/**
 * Answers a call whose requests and answers are encoded messages, whatever the kind of its method. When the call's
 * signal says so, the handler's stream of answers is let go of. Throws what the handler throws.
 */
export async function* answerCall(
  method: Method,
  handler: AnyHandler,
  requests: AsyncIterable<Uint8Array>,
  call: Call,
): AsyncGenerator<Uint8Array> {
  const decoded = decodeAll(method.request, requests);
  const isManyRequests = method.kind === 'clientStream' || method.kind === 'bidi';
  const request = isManyRequests ? decoded : await onlyOne(decoded);
  if (method.kind === 'unary' || method.kind === 'clientStream') {
    yield method.response.encode(await handler(request, call));
    return;
  }
  const answers = (handler(request, call) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const release = () => letGo(answers);
  call.signal.addEventListener('abort', release, { once: true });
  try {
    for (;;) {
      const next = await answers.next();
      if (next.done === true || call.signal.aborted) return;
      yield method.response.encode(next.value);
    }
  } finally {
    call.signal.removeEventListener('abort', release);
    release();
  }
}

async function* decodeAll(
  codec: Codec<unknown>,
  messages: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown> {
  for await (const message of messages) yield decode(codec, message);
}

function decode(codec: Codec<unknown>, message: Uint8Array): unknown {
  try {
    return codec.decode(message);
  } catch (cause) {
    throw new SkepError('INVALID_ARGUMENT', 'the request cannot be read', { cause });
  }
}

/** The request of a call that has one; those that follow are not waited for. */
async function onlyOne(requests: AsyncGenerator<unknown>): Promise<unknown> {
  const first = await requests.next();
  await requests.return(undefined);
  if (first.done === true) throw new SkepError('INVALID_ARGUMENT', 'the call has no request');
  return first.value;
}
