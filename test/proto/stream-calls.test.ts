import assert from 'node:assert/strict';
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ChannelCredentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { SkepError } from '../../lib/errors.ts';
import type { Codec } from '../../proto/codec.ts';
import { bidi, clientStream, connect, type Handlers, serve } from '../../proto/rpc.ts';

const text: Codec<string> = {
  encode: (word) => Buffer.from(word),
  decode: (bytes) => Buffer.from(bytes).toString(),
};
const methods = {
  talk: bidi('/skep.test.Streams/Talk', text, text),
  send: clientStream('/skep.test.Streams/Send', text, text),
} as const;
type Served = Handlers<typeof methods>;
type Connected = ReturnType<typeof connect<typeof methods>>['call'];

/** Runs `body` with a caller of a server that answers so; both are gone afterwards. */
async function withServer(
  handlers: Partial<Served>,
  body: (call: Connected, port: number) => Promise<void>,
): Promise<void> {
  const server = new Server();
  const unused = () => assert.fail('not part of the test');
  serve(server, methods, { talk: unused, send: unused, ...handlers });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const { call, close } = connect(methods, `127.0.0.1:${port}`, ChannelCredentials.createInsecure());
  try {
    await body(call, port);
  } finally {
    close();
    server.forceShutdown();
  }
}

/** A promise that the test settles. */
function signalled(): { readonly promise: Promise<void>; readonly signal: () => void } {
  let signal: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    signal = resolve;
  });
  return { promise, signal };
}

/** For assert.rejects: an error of that code whose message matches. */
function isError(code: string, message: RegExp): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof SkepError, String(thrown));
    assert.equal(thrown.code, code);
    assert.match(thrown.message, message);
    return true;
  };
}

async function gather(answers: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const answer of answers) all.push(answer);
  return all;
}

/** Requests that say when they were let go of, and how many were taken. */
function watched(produce: () => AsyncGenerator<string>) {
  const letGo = signalled();
  let taken = 0;
  const requests = (async function* () {
    try {
      for await (const request of produce()) {
        taken++;
        yield request;
      }
    } finally {
      letGo.signal();
    }
  })();
  return { requests, isLetGo: letGo.promise, taken: () => taken };
}

const proxied: Socket[] = [];
const LARGE = 'x'.repeat(64 * 1024);

async function* endless(): AsyncGenerator<string> {
  for (;;) yield LARGE;
}

async function* words(...all: string[]): AsyncGenerator<string> {
  yield* all;
}

/** Resolves once a number has stayed the same for a while, with that number. */
async function settled(read: () => number): Promise<number> {
  let last = -1;
  for (let same = 0; same < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    same = read() === last ? same + 1 : 0;
    last = read();
  }
  return last;
}

const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown): void => void unhandled.push(reason);
before(() => process.on('unhandledRejection', noteUnhandled));
after(() => {
  process.off('unhandledRejection', noteUnhandled);
  assert.deepEqual(unhandled, [], 'a rejection was handled by nobody');
});

describe('a call in which both sides send', () => {
  it('carries each side at its own pace', () =>
    withServer(
      {
        async *talk(requests) {
          yield 'hello';
          for await (const request of requests) {
            yield `${request}?`;
            yield `${request}!`;
          }
        },
      },
      async (call) => {
        assert.deepEqual(await gather(call.talk(words('a', 'b'))), ['hello', 'a?', 'a!', 'b?', 'b!']);
      },
    ));

  it('can go on with answers after the last request', () =>
    withServer(
      {
        async *talk(requests) {
          let count = 0;
          for await (const _ of requests) count++;
          await new Promise((resolve) => setTimeout(resolve, 20));
          yield `${count} came`;
          yield 'bye';
        },
      },
      async (call) => {
        assert.deepEqual(await gather(call.talk(words('a', 'b', 'c'))), ['3 came', 'bye']);
        assert.deepEqual(await gather(call.talk(words())), ['0 came', 'bye']);
      },
    ));

  it('can go on with answers after the handler stopped reading, and lets go of the requests at its end', () =>
    withServer(
      {
        async *talk(requests) {
          for await (const request of requests) {
            yield `first: ${request.length}`;
            break;
          }
          yield 'bye';
        },
      },
      async (call) => {
        const { requests, isLetGo } = watched(endless);
        assert.deepEqual(await gather(call.talk(requests)), [`first: ${LARGE.length}`, 'bye']);
        await isLetGo;
      },
    ));

  it('lets go of requests that wait for somebody, and says nothing of what they throw then', () =>
    withServer(
      {
        async *talk() {
          yield 'bye';
        },
      },
      async (call) => {
        let fail: (reason: Error) => void = () => undefined;
        const requests: AsyncIterable<string> = {
          [Symbol.asyncIterator]: () => ({
            next: () =>
              new Promise((_resolve, reject) => {
                fail = reject;
              }),
            return: async () => {
              fail(new Error('nobody types any more'));
              throw new Error('nor can it be closed');
            },
          }),
        };
        assert.deepEqual(await gather(call.talk(requests)), ['bye']);
      },
    ));

  it('fails with the error that the handler threw, help and causes and all, after what it answered', () =>
    withServer(
      {
        async *talk() {
          yield 'one';
          throw new SkepError('CONFLICT', 'no more', { help: 'stop it', cause: new Error('tired') });
        },
      },
      async (call) => {
        const { requests, isLetGo } = watched(endless);
        const answers: string[] = [];
        await assert.rejects(
          async () => {
            for await (const answer of call.talk(requests)) answers.push(answer);
          },
          (thrown) => {
            isError('CONFLICT', /^no more$/)(thrown);
            assert.ok(thrown instanceof SkepError && thrown.cause instanceof Error);
            assert.deepEqual([thrown.help, thrown.cause.message], ['stop it', 'tired']);
            return true;
          },
        );
        assert.deepEqual(answers, ['one']);
        await isLetGo;
      },
    ));

  it('fails with what its requests threw, and breaks off on the other side', async () => {
    const ended = signalled();
    const brokenOff = signalled();
    await withServer(
      {
        async *talk(requests, { signal }) {
          signal.addEventListener('abort', brokenOff.signal);
          yield 'hello';
          try {
            for await (const _ of requests);
          } catch (thrown) {
            isError('CANCELLED', /broke the call off/)(thrown);
            ended.signal();
            throw thrown;
          }
        },
      },
      async (call) => {
        const isOpen = signalled();
        const requests = async function* () {
          yield 'a';
          await isOpen.promise;
          throw new Error('the keyboard is broken');
        };
        await assert.rejects(async () => {
          for await (const _ of call.talk(requests())) isOpen.signal();
        }, /the keyboard is broken/);
        await Promise.all([ended.promise, brokenOff.promise]);
      },
    );
  });

  for (const [how, reads] of [
    ['reads', true],
    ['waits for its signal', false],
  ] as const) {
    it(`ends on both sides when the caller's signal says so, while the handler ${how}`, async () => {
      const ended = signalled();
      await withServer(
        {
          async *talk(requests, { signal }) {
            try {
              yield 'hello';
              if (reads) for await (const _ of requests);
              else await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
            } finally {
              ended.signal();
            }
          },
        },
        async (call) => {
          const abort = new AbortController();
          const { requests, isLetGo } = watched(async function* () {
            yield 'a';
            await new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve()));
          });
          await assert.rejects(
            async () => {
              for await (const _ of call.talk(requests, { signal: abort.signal })) abort.abort();
            },
            isError('CANCELLED', /./),
          );
          await Promise.all([ended.promise, isLetGo]);
        },
      );
    });
  }

  it('ends on both sides when the caller reads no further', async () => {
    const ended = signalled();
    await withServer(
      {
        async *talk() {
          try {
            for (;;) yield LARGE;
          } finally {
            ended.signal();
          }
        },
      },
      async (call) => {
        const { requests, isLetGo } = watched(endless);
        for await (const _ of call.talk(requests)) break;
        await Promise.all([ended.promise, isLetGo]);
      },
    );
  });

  it('that takes longer than its bound ends on both sides', async () => {
    const ended = signalled();
    await withServer(
      {
        async *talk(requests) {
          try {
            yield* requests;
          } finally {
            ended.signal();
          }
        },
      },
      async (call) => {
        const { requests, isLetGo } = watched(endless);
        const first = call.talk(requests, { timeoutMs: 100 });
        await assert.rejects(gather(first), isError('DEADLINE_EXCEEDED', /no answer/));
        await Promise.all([ended.promise, isLetGo]);
      },
    );
  });

  it('does not take requests that a slow handler has not read', async () => {
    const goOn = signalled();
    await withServer(
      {
        async *talk(requests) {
          yield 'hello';
          await goOn.promise;
          let count = 0;
          for await (const _ of requests) count++;
          yield String(count);
        },
      },
      async (call) => {
        const { requests, taken } = watched(async function* () {
          for (let count = 0; count < 500; count++) yield LARGE;
        });
        const answers = gather(call.talk(requests));
        const ahead = await settled(taken);
        assert.ok(ahead > 0 && ahead < 100, `${ahead} of 500 requests were taken ahead`);
        goOn.signal();
        assert.deepEqual(await answers, ['hello', '500']);
      },
    );
  });

  it('does not take answers that a slow caller has not read', async () => {
    let made = 0;
    await withServer(
      {
        async *talk() {
          for (; made < 500; made++) yield LARGE;
        },
      },
      async (call) => {
        const answers = call.talk(words())[Symbol.asyncIterator]();
        await answers.next();
        const ahead = await settled(() => made);
        assert.ok(ahead > 0 && ahead < 100, `${ahead} of 500 answers were made ahead`);
        let rest = 1;
        while ((await answers.next()).done !== true) rest++;
        assert.equal(rest, 500);
      },
    );
  });

  it('that stands still does not hold others on the same connection back', async () => {
    const goOn = signalled();
    await withServer(
      {
        async *talk(requests) {
          const first = await requests[Symbol.asyncIterator]().next();
          if (first.value === LARGE) await goOn.promise;
          yield 'done';
        },
      },
      async (call) => {
        const stuck = Array.from({ length: 8 }, () => {
          const { requests, taken } = watched(endless);
          return { taken, answers: gather(call.talk(requests)) };
        });
        for (const { taken } of stuck) assert.ok((await settled(taken)) > 0);
        assert.deepEqual(await gather(call.talk(words('small'))), ['done']);
        goOn.signal();
        for (const { answers } of stuck) assert.deepEqual(await answers, ['done']);
      },
    );
  });
});

describe('a call with a stream of requests', () => {
  it('that the caller breaks off does not look complete to the handler', async () => {
    const ended = signalled();
    const begun = signalled();
    let count = 0;
    await withServer(
      {
        send: async (requests) => {
          try {
            for await (const _ of requests) if (count++ === 0) begun.signal();
            return 'all is there';
          } catch (thrown) {
            isError('CANCELLED', /broke the call off/)(thrown);
            ended.signal();
            throw thrown;
          }
        },
      },
      async (call) => {
        const abort = new AbortController();
        const requests = async function* () {
          yield 'a';
          await begun.promise;
          abort.abort();
        };
        await assert.rejects(call.send(requests(), { signal: abort.signal }), isError('CANCELLED', /./));
        await ended.promise;
      },
    );
  });

  it('whose connection breaks does not look complete to the handler', async () => {
    const ended = signalled();
    await withServer(
      {
        send: async (requests) => {
          try {
            for await (const _ of requests) for (const socket of proxied) socket.destroy();
            return 'all is there';
          } catch (thrown) {
            isError('CANCELLED', /broke the call off/)(thrown);
            ended.signal();
            throw thrown;
          }
        },
      },
      async (_call, port) => {
        const proxy = createServer((near) => {
          const far = connectSocket(port, '127.0.0.1');
          proxied.push(near, far);
          for (const socket of [near, far]) socket.on('error', () => undefined);
          near.pipe(far).pipe(near);
        });
        await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
        const { port: proxyPort } = proxy.address() as AddressInfo;
        const { call, close } = connect(
          methods,
          `127.0.0.1:${proxyPort}`,
          ChannelCredentials.createInsecure(),
        );
        const requests = async function* () {
          yield 'a';
          await ended.promise;
        };
        await assert.rejects(call.send(requests()), isError('UNAVAILABLE', /./));
        await ended.promise;
        close();
        proxy.close();
      },
    );
  });

  it('that is answered early ends at once, and lets go of the requests', () =>
    withServer(
      {
        send: async (requests) => {
          for await (const _ of requests) throw new SkepError('NOT_FOUND', 'there is no such folder');
          return 'done';
        },
      },
      async (call) => {
        const { requests, isLetGo } = watched(endless);
        await assert.rejects(call.send(requests), isError('NOT_FOUND', /no such folder/));
        await isLetGo;
      },
    ));

  it('fails with what its requests threw', () =>
    withServer(
      {
        send: async (requests) => {
          for await (const _ of requests);
          return 'done';
        },
      },
      async (call) => {
        const requests = async function* () {
          yield 'a';
          throw new Error('the disk is broken');
        };
        await assert.rejects(call.send(requests()), /the disk is broken/);
      },
    ));
});
