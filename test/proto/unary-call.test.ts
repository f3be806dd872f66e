import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChannelCredentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { SkepError } from '../../lib/errors.ts';
import type { Codec } from '../../proto/codec.ts';
import { connect, type Handlers, serve, unary } from '../../proto/rpc.ts';
import { wasNeverSent } from '../../proto/wire-error.ts';

interface Text {
  readonly word: string;
}

const text: Codec<Text> = {
  encode: ({ word }) => Buffer.from(word),
  decode: (bytes) => {
    const word = Buffer.from(bytes).toString();
    if (word === 'unreadable') throw new Error('this is not a text');
    return { word };
  },
};
const anything: Text = { word: 'anything' };
const methods = { say: unary('/skep.test.Text/Say', text, text) } as const;
type Connected = ReturnType<typeof connect<typeof methods>>['call'];

/** Runs `body` with a caller of a server that answers so; both are gone afterwards. */
async function withServer(
  say: Handlers<typeof methods>['say'],
  body: (call: Connected) => Promise<void>,
): Promise<void> {
  const server = new Server();
  serve(server, methods, { say });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const { call, close } = connect(methods, `127.0.0.1:${port}`, ChannelCredentials.createInsecure());
  try {
    await body(call);
  } finally {
    close();
    server.forceShutdown();
  }
}

/** For assert.rejects: an error of that code whose message matches. */
function isError(code: string, message: RegExp): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof SkepError && thrown.code === code && message.test(thrown.message);
}

describe('a call with one answer', () => {
  it('comes back with it, each with its own, also when it is empty', () =>
    withServer(
      async ({ word }) => ({ word: word === '' ? '' : `${word}!` }),
      async (call) => {
        const words = Array.from({ length: 50 }, (_, place) => `word ${place}`);
        assert.deepEqual(
          await Promise.all(words.map((word) => call.say({ word }))),
          words.map((word) => ({ word: `${word}!` })),
        );
        assert.deepEqual(await call.say({ word: '' }), { word: '' });
      },
    ));

  it('brings its headers along', () =>
    withServer(
      async (_text, { header }) => ({ word: header('skep-colour') ?? 'none' }),
      async (call) => {
        const headers = { 'skep-colour': 'blue' };
        assert.deepEqual(await call.say(anything, { headers }), { word: 'blue' });
        assert.deepEqual(await call.say(anything), { word: 'none' });
      },
    ));

  it('fails with the error that the other side threw, help and all', () =>
    withServer(
      async () => {
        throw new SkepError('CONFLICT', 'it changed meanwhile', { help: 'read it again' });
      },
      (call) =>
        assert.rejects(call.say(anything), (thrown) => {
          assert.ok(thrown instanceof SkepError);
          assert.deepEqual(
            [thrown.code, thrown.message, thrown.help],
            ['CONFLICT', 'it changed meanwhile', 'read it again'],
          );
          return true;
        }),
    ));

  it('fails when its answer cannot be read', () =>
    withServer(
      async () => ({ word: 'unreadable' }),
      (call) => assert.rejects(call.say(anything), isError('INTERNAL', /this is not a text/)),
    ));

  it('that is not answered in time ends, and is given up on the other side', async () => {
    let wasGivenUp: (() => void) | undefined;
    const givenUp = new Promise<void>((resolve) => {
      wasGivenUp = resolve;
    });
    await withServer(
      async (_text, { signal }) => {
        signal.addEventListener('abort', () => wasGivenUp?.());
        await givenUp;
        return { word: 'too late' };
      },
      async (call) => {
        await assert.rejects(
          call.say(anything, { timeoutMs: 50 }),
          isError('DEADLINE_EXCEEDED', /no answer/),
        );
        await givenUp;
      },
    );
  });

  it('ends when its signal says so, also when it said so before', async () => {
    const abort = new AbortController();
    await withServer(
      () => {
        abort.abort();
        return new Promise(() => undefined);
      },
      async (call) => {
        await assert.rejects(call.say(anything, { signal: abort.signal }), isError('CANCELLED', /./));
        await assert.rejects(call.say(anything, { signal: abort.signal }), isError('CANCELLED', /./));
      },
    );
  });

  it('to nobody fails with an error that says it was never sent', async () => {
    const { call, close } = connect(methods, '127.0.0.1:1', ChannelCredentials.createInsecure());
    try {
      await assert.rejects(call.say(anything), (thrown) => {
        assert.ok(thrown instanceof SkepError && thrown.cause instanceof Error);
        assert.equal(thrown.code, 'UNAVAILABLE');
        assert.equal(wasNeverSent(thrown), true);
        return true;
      });
    } finally {
      close();
    }
  });
});
