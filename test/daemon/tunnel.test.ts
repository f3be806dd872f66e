import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ChannelCredentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { MAX_CALLS, serveTunnels } from '../../agent/tunnel/serve-tunnels.ts';
import type { Leading } from '../../daemon/leading.ts';
import type { LeaderCalls, ToLeader } from '../../daemon/to-leader.ts';
import { openTunnel } from '../../daemon/tunnel-opener.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Replica, ReplicaLeadership } from '../../manager/store/replica.ts';
import { createTunnelBroker, type TunnelBroker } from '../../manager/tunnel/tunnel-broker.ts';
import type { Codec } from '../../proto/codec.ts';
import { bidi, clientStream, connect, type Handlers, serve, serverStream, unary } from '../../proto/rpc.ts';
import { tunnelAgentMethods, tunnelMethods } from '../../proto/tunnel-services.ts';
import {
  createTestStore,
  descriptionOf,
  nextId,
  nodeObject,
  put,
  settle,
  systemClock,
} from '../manager/dispatcher/cluster-fixture.ts';

const text: Codec<string> = {
  encode: (word) => Buffer.from(word),
  decode: (bytes) => Buffer.from(bytes).toString(),
};
const toys = {
  echo: unary('/toy/Echo', text, text),
  count: serverStream('/toy/Count', text, text),
  join: clientStream('/toy/Join', text, text),
  talk: bidi('/toy/Talk', text, text),
} as const;

type Toys = Handlers<typeof toys>;
type ToyName = keyof typeof toys;

const unused = () => assert.fail('not part of the test');
const NO_TOYS: Toys = { echo: unused, count: unused, join: unused, talk: unused };

/** A leader, a node with a session, and a manager that calls the node, each over connections of its own. */
interface World {
  readonly broker: TunnelBroker;
  call(
    name: ToyName | 'unknown',
    requests: AsyncIterable<string>,
    signal?: AbortSignal,
  ): AsyncIterable<string>;
  setLeader(leaderId: string | null): void;
  disconnectNode(): void;
}

async function listenOn(server: Server): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return `127.0.0.1:${port}`;
}

async function withWorld(handlers: Partial<Toys>, body: (world: World) => Promise<void>): Promise<void> {
  const store = createTestStore();
  const status = { state: 'ready', message: '', address: '' } as const;
  await put(store, nodeObject('n1', { status, description: descriptionOf('host-n1') }));
  const broker = createTunnelBroker({ store, clock: systemClock, newId: nextId });
  const server = new Server();
  serve(server, tunnelAgentMethods, {
    listen: (_request, { signal }) => broker.listen({ nodeId: 'n1', signal }),
    serve: (answers, { signal }) => broker.serve(answers, { nodeId: 'n1', signal }),
  });
  serve(server, tunnelMethods, { openTunnel: (requests, { signal }) => broker.open(requests, signal) });
  const address = await listenOn(server);
  const node = connect(tunnelAgentMethods, address, ChannelCredentials.createInsecure());
  const manager = connect(tunnelMethods, address, ChannelCredentials.createInsecure());
  const session = new AbortController();
  const service = { table: toys, handlers: { ...NO_TOYS, ...handlers }, log: () => undefined };
  const serving = serveTunnels(node.call, 's1', service, session.signal).catch((thrown: unknown) => thrown);
  let leadership: ReplicaLeadership = { isLeader: false, leaderId: 'n9', term: 1 };
  const followers = new Set<(now: ReplicaLeadership) => void>();
  const replica = {
    leadership: () => leadership,
    onLeadership: (listener: (now: ReplicaLeadership) => void) => {
      followers.add(listener);
      return () => followers.delete(listener);
    },
  } as unknown as Replica;
  const toLeader = {
    run: (_local: unknown, remote: (calls: LeaderCalls) => Promise<unknown>) =>
      remote(manager.call as unknown as LeaderCalls),
  } as unknown as ToLeader;
  const never = new AbortController().signal;
  try {
    await body({
      broker,
      async *call(name, requests, signal = never) {
        const path = name === 'unknown' ? '/toy/Unknown' : toys[name].path;
        const encoded = async function* () {
          for await (const request of requests) yield text.encode(request);
        };
        const answers = openTunnel({ toLeader, replica }, { nodeId: 'n1', method: path }, encoded(), signal);
        for await (const answer of answers) yield text.decode(answer);
      },
      setLeader(leaderId) {
        leadership = { isLeader: false, leaderId, term: leadership.term + 1 };
        for (const follower of [...followers]) follower(leadership);
      },
      disconnectNode: () => session.abort(),
    });
    assert.equal(followers.size, 0, 'nobody watches who leads any more');
  } finally {
    session.abort();
    await serving;
    node.close();
    manager.close();
    broker.stop();
    server.forceShutdown();
  }
}

async function* words(...all: string[]): AsyncGenerator<string> {
  yield* all;
}

async function gather(answers: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const answer of answers) all.push(answer);
  return all;
}

function isError(code: string, message: RegExp): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof SkepError, String(thrown));
    assert.deepEqual([thrown.code, message.test(thrown.message)], [code, true], thrown.message);
    return true;
  };
}

/** Settles as soon as the signal does. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function noTunnels(broker: TunnelBroker): Promise<void> {
  for (let turn = 0; broker.load().tunnels > 0 && turn < 500; turn++) await settle();
  assert.equal(broker.load().tunnels, 0);
}

const LARGE = 'x'.repeat(64 * 1024);
const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown): void => void unhandled.push(reason);

describe('a call to a node through the leader', () => {
  before(() => process.on('unhandledRejection', noteUnhandled));
  after(() => {
    process.off('unhandledRejection', noteUnhandled);
    assert.deepEqual(unhandled, []);
  });

  it('can be of any kind', () =>
    withWorld(
      {
        echo: async (request) => `${request}!`,
        async *count(request) {
          for (let at = 0; at < Number(request); at++) yield String(at);
        },
        join: async (requests) => (await gather(requests)).join('+'),
        async *talk(requests) {
          yield 'hello';
          for await (const request of requests) yield `${request}?`;
          yield 'bye';
        },
      },
      async ({ call, broker }) => {
        assert.deepEqual(await gather(call('echo', words('a'))), ['a!']);
        assert.deepEqual(await gather(call('echo', words(''))), ['!'], 'an empty message is a message');
        assert.deepEqual(await gather(call('count', words('3'))), ['0', '1', '2']);
        assert.deepEqual(await gather(call('count', words('0'))), []);
        assert.deepEqual(await gather(call('join', words('a', 'b'))), ['a+b']);
        assert.deepEqual(await gather(call('join', words())), ['']);
        assert.deepEqual(await gather(call('talk', words('a', 'b'))), ['hello', 'a?', 'b?', 'bye']);
        await noTunnels(broker);
      },
    ));

  it('carries messages that are larger than a frame', () =>
    withWorld({ echo: async (request) => request + request }, async ({ call }) => {
      const large = LARGE.repeat(20);
      const [answer] = await gather(call('echo', words(large)));
      assert.ok(answer === large + large);
    }));

  it('fails with what the handler threw, help and causes and all', () =>
    withWorld(
      {
        async *talk() {
          yield 'one';
          throw new SkepError('CONFLICT', 'no more', {
            help: 'stop',
            cause: new Error('tired', { cause: new Error('late') }),
          });
        },
        echo: () => {
          throw new Error('plain');
        },
      },
      async ({ call, broker }) => {
        await assert.rejects(gather(call('talk', words())), (thrown) => {
          isError('CONFLICT', /^no more$/)(thrown);
          assert.ok(thrown instanceof SkepError && thrown.cause instanceof Error);
          const { cause } = thrown;
          assert.deepEqual(
            [thrown.help, cause.message, (cause.cause as Error).message],
            ['stop', 'tired', 'late'],
          );
          return true;
        });
        await assert.rejects(gather(call('echo', words('a'))), isError('INTERNAL', /^plain$/));
        await noTunnels(broker);
      },
    ));

  it('fails with what its requests threw', () =>
    withWorld({ join: async (requests) => (await gather(requests)).join() }, async ({ call, broker }) => {
      const requests = async function* () {
        yield 'a';
        throw new Error('the disk is broken');
      };
      await assert.rejects(gather(call('join', requests())), /the disk is broken/);
      await noTunnels(broker);
    }));

  it('ends on the node when the caller gives up, while the handler waits or reads nothing', async () => {
    const seen: string[] = [];
    await withWorld(
      {
        echo: async (_request, { signal }) => {
          await aborted(signal);
          seen.push('echo');
          return '';
        },
        async *talk(_requests, { signal }) {
          yield 'hello';
          await aborted(signal);
          seen.push('talk');
        },
      },
      async ({ call, broker }) => {
        for (const name of ['echo', 'talk'] as const) {
          const abort = new AbortController();
          const endless = async function* () {
            for (;;) yield LARGE;
          };
          const answers = gather(call(name, name === 'echo' ? words('a') : endless(), abort.signal));
          for (let turn = 0; turn < 20; turn++) await settle();
          abort.abort();
          await assert.rejects(answers, isError('CANCELLED', /./));
          while (!seen.includes(name)) await settle();
        }
        await noTunnels(broker);
      },
    );
  });

  it('is read only as fast as the other side reads', async () => {
    let made = 0;
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await withWorld(
      {
        async *count() {
          for (; made < 1_000; made++) yield LARGE;
        },
        join: async (requests) => {
          await held;
          return String((await gather(requests)).length);
        },
      },
      async ({ call }) => {
        const rest = async (read: () => number): Promise<number> => {
          for (let last = -1, same = 0; same < 10; ) {
            await new Promise((resolve) => setTimeout(resolve, 10));
            same = read() === last ? same + 1 : 0;
            last = read();
          }
          return read();
        };
        const answers = call('count', words(''))[Symbol.asyncIterator]();
        await answers.next();
        const ahead = await rest(() => made);
        assert.ok(ahead < 250, `${ahead} answers were made ahead`);
        let taken = 1;
        while ((await answers.next()).done !== true) taken++;
        assert.equal(taken, 1_000);
        let sent = 0;
        const many = async function* () {
          for (; sent < 1_000; sent++) yield LARGE;
        };
        const answer = gather(call('join', many()));
        const sentAhead = await rest(() => sent);
        assert.ok(sentAhead < 250, `${sentAhead} requests were taken ahead`);
        goOn();
        assert.deepEqual(await answer, ['1000']);
      },
    );
  });

  it('ends with an error when the node is lost, the leader changes, or the leader does not lead any more', async () => {
    const lose = {
      node: (world: World) => world.disconnectNode(),
      leader: (world: World) => world.setLeader('n8'),
      nobody: (world: World) => world.setLeader(null),
      lead: (world: World) => world.broker.stop(),
    };
    const messages = {
      node: /connection to node host-n1 was lost/,
      leader: /the leader was lost/,
      nobody: /the leader was lost/,
      lead: /the leader changed/,
    };
    for (const what of ['node', 'leader', 'nobody', 'lead'] as const) {
      let isAborted = false;
      await withWorld(
        {
          async *talk(_requests, { signal }) {
            yield 'hello';
            await aborted(signal);
            isAborted = true;
          },
        },
        async (world) => {
          await assert.rejects(
            async () => {
              for await (const _ of world.call('talk', words('a'))) lose[what](world);
            },
            isError('UNAVAILABLE', messages[what]),
          );
          while (!isAborted) await settle();
          await noTunnels(world.broker);
        },
      );
    }
  });

  it('is refused by a node that answers as many as it can, and by one that does not know the method', () =>
    withWorld(
      {
        async *talk(_requests, { signal }) {
          yield 'hello';
          await aborted(signal);
        },
        echo: async (request) => request,
      },
      async ({ call, broker }) => {
        const aborts = Array.from({ length: MAX_CALLS }, () => new AbortController());
        let open = 0;
        const all = aborts.map(async (abort) => {
          for await (const _ of call('talk', words(), abort.signal)) open++;
        });
        while (open < MAX_CALLS) await settle();
        await assert.rejects(
          gather(call('echo', words('a'))),
          isError('RESOURCE_EXHAUSTED', /already answering 64/),
        );
        for (const abort of aborts) abort.abort();
        await Promise.allSettled(all);
        await noTunnels(broker);
        const unknown = gather(call('unknown', words('a')));
        await assert.rejects(unknown, isError('UNIMPLEMENTED', /does not know how to do \/toy\/Unknown/));
        await noTunnels(broker);
      },
    ));
});

describe('a call to a node while the lead changes', () => {
  it('is begun anew at the next leader with its first request, as long as no node has taken it', async () => {
    const store = createTestStore();
    await put(store, nodeObject('n1', { description: descriptionOf('host-n1') }));
    const replica = {
      leadership: () => ({ isLeader: true, leaderId: 'n9', term: 1 }),
      onLeadership: () => () => undefined,
    } as unknown as Replica;
    const brokers = [1, 2].map(() => createTunnelBroker({ store, clock: systemClock, newId: nextId }));
    const [former, present] = brokers;
    assert.ok(former !== undefined && present !== undefined);
    const toLeader = {
      async run(local: (leading: Leading) => Promise<unknown>) {
        const first = local({ tunnels: former } as unknown as Leading);
        await settle();
        former.stop();
        await assert.rejects(first, isError('NOT_LEADER', /./));
        return local({ tunnels: present } as unknown as Leading);
      },
    } as unknown as ToLeader;
    const session = new AbortController();
    const wire = {
      listen: () => present.listen({ nodeId: 'n1', signal: session.signal }),
      serve: (answers: Parameters<TunnelBroker['serve']>[0]) =>
        present.serve(answers, { nodeId: 'n1', signal: session.signal }),
    };
    const handlers = {
      ...NO_TOYS,
      join: async (requests: AsyncIterable<string>) => (await gather(requests)).join('+'),
    };
    const service = { table: toys, handlers, log: () => undefined };
    const serving = serveTunnels(wire, 's1', service, session.signal).catch(() => undefined);
    const requests = async function* () {
      yield text.encode('a');
      yield text.encode('b');
    };
    const target = { nodeId: 'n1', method: '/toy/Join' };
    const answers: string[] = [];
    for await (const answer of openTunnel(
      { toLeader, replica },
      target,
      requests(),
      new AbortController().signal,
    )) {
      answers.push(text.decode(answer));
    }
    assert.deepEqual(answers, ['a+b']);
    // A leader that calls a node itself is told what its own requests threw, as others are.
    const here = {
      ...toLeader,
      run: (local: (leading: Leading) => unknown) => local({ tunnels: present } as never),
    };
    const broken = async function* () {
      yield text.encode('a');
      throw new Error('the disk is broken');
    };
    const failing = openTunnel(
      { toLeader: here as unknown as ToLeader, replica },
      target,
      broken(),
      new AbortController().signal,
    );
    await assert.rejects(failing.next(), /the disk is broken/);
    session.abort();
    await serving;
    for (const broker of brokers) assert.equal(broker.load().tunnels, 0);
  });
});
