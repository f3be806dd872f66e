import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Containers, type Elsewhere, routeContainers } from '../../daemon/container-router.ts';
import { mergeStats } from '../../daemon/container-stats.ts';
import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import { stateFromObjects, viewOfState } from '../../manager/store/memory-state.ts';
import type { Store } from '../../manager/store/store.ts';
import type {
  ContainerStatsMessage,
  ContainerUsage,
  LocalContainerMessage,
  StreamInput,
} from '../../proto/container-messages.ts';
import { containerMethods } from '../../proto/container-services.ts';
import type { Call } from '../../proto/rpc.ts';
import { sampleTask } from '../manager/store/store-samples.ts';

const CALL: Call = {
  peerCertificate: null,
  peerAddress: 'unix',
  signal: new AbortController().signal,
  header: () => undefined,
};

/** A node whose containers are these; it says which one a call was for, and under which reference it came. */
function nodeWith(node: string, ...names: readonly string[]): Containers {
  const find = (reference: string): string => {
    if (names.includes(reference)) return `${reference} on ${node}`;
    throw new SkepError('NOT_FOUND', `no such container: ${reference}`, { help: 'look' });
  };
  const none = () => assert.fail('not part of the test');
  const talk: Containers['exec'] = async function* (requests) {
    let reference = '';
    for await (const { exec, data } of requests) {
      reference ||= find(exec?.reference ?? '');
      yield { open: false, stream: reference, data, closed: false };
    }
    yield { open: false, stream: reference, data: new Uint8Array(), closed: true, exitCode: 7 };
  };
  const known: Partial<Containers> = {
    inspect: async ({ reference }) => ({ name: find(reference) }) as LocalContainerMessage,
    wait: async ({ reference }) => ({ exitCode: 3, error: find(reference) }),
    statPath: async ({ reference, path }) => {
      const container = find(reference);
      throw new SkepError('NOT_FOUND', `${container} has no ${path}`);
    },
    list: async () => ({ containers: names.map((name) => ({ name }) as LocalContainerMessage) }),
    async *logs({ reference }) {
      const data = Buffer.from(find(reference));
      yield { lines: [{ stream: 'stdout', timestampMs: 1, time: '', data }] };
    },
    async *stats({ references }) {
      yield { containers: references.map((reference) => usage(find(reference))) };
    },
    copyTo: async (requests) => {
      const all = await gather(requests);
      find(all[0]?.header?.reference ?? '');
      assert.equal(Buffer.concat(all.map(({ data }) => data)).toString(), 'abc');
      return {};
    },
    exec: talk,
  };
  const all = Object.keys(containerMethods).map((name) => [name, known[name as keyof Containers] ?? none]);
  return Object.fromEntries(all) as Containers;
}

function usage(name: string, sampledAtMs = 0): ContainerUsage {
  return { name, sampledAtMs } as ContainerUsage;
}

/** Makes calls of another node's handlers as a tunnel does: over encoded messages. */
function nodesBehind(
  nodes: Readonly<Record<string, Containers>>,
): Extract<Elsewhere, { kind: 'tasks' }>['callNode'] {
  return async function* ({ nodeId, method: path }, requests) {
    const [name, method] = Object.entries(containerMethods).find(([, one]) => one.path === path) ?? [];
    const handlers = nodes[nodeId];
    assert.ok(name !== undefined && method !== undefined && handlers !== undefined);
    const handler = handlers[name as keyof Containers] as (request: unknown, call: Call) => unknown;
    const decoded = (async function* () {
      for await (const request of requests) yield method.request.decode(request);
    })();
    const isMany = method.kind === 'bidi' || method.kind === 'clientStream';
    const request = isMany ? decoded : (await decoded.next()).value;
    const encode = method.response.encode as (answer: unknown) => Uint8Array;
    if (method.kind === 'unary' || method.kind === 'clientStream') yield encode(await handler(request, CALL));
    else for await (const answer of handler(request, CALL) as AsyncIterable<unknown>) yield encode(answer);
  };
}

function task(id: string, nodeId: string, slot: number): Task {
  return {
    ...sampleTask(id, 's', nodeId, slot),
    serviceName: 'web',
    status: { state: 'RUNNING', timestampMs: 0, message: '' },
  };
}

/** A manager n1 with a container of its own and a task, and tasks on n2 and n3. */
function manager(): Containers {
  const tasks = [task('t1', 'n1', 1), task('t2', 'n2', 2), task('t3', 'n3', 3)];
  const service = { ...sampleTask('s', '', ''), kind: 'service', spec: { name: 'web' } } as never;
  const view = viewOfState(stateFromObjects([...tasks, service], 1));
  const elsewhere: Elsewhere = {
    kind: 'tasks',
    nodeId: 'n1',
    replica: { readBarrier: async () => undefined, store: { view: () => view } as Store },
    callNode: nodesBehind({ n2: nodeWith('n2', 't2'), n3: nodeWith('n3', 't3') }),
  };
  return routeContainers(nodeWith('n1', 'own', 't1'), () => elsewhere);
}

async function gather<T>(answers: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const answer of answers) all.push(answer);
  return all;
}

async function* of<T>(...all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

function isError(code: string, message: RegExp, help = /(?:)/) {
  return (thrown: unknown): boolean => {
    assert.ok(thrown instanceof SkepError, String(thrown));
    assert.deepEqual(
      [thrown.code, message.test(thrown.message), help.test(thrown.help)],
      [code, true, true],
      String(thrown),
    );
    return true;
  };
}

const EXEC = {
  argv: [],
  env: [],
  workdir: '',
  user: '',
  tty: false,
  stdin: false,
  privileged: false,
  detach: false,
};

describe('calls about containers', () => {
  it('are answered here for what is here, and on its node for a task elsewhere', async () => {
    const calls = manager();
    const wait = async (reference: string) => (await calls.wait({ reference, condition: '' }, CALL)).error;
    assert.equal(await wait('own'), 'own on n1');
    assert.equal(await wait('web.1'), 't1 on n1');
    assert.equal(await wait('web.2'), 't2 on n2');
    assert.equal(await wait('web.3.t3'), 't3 on n3');
    assert.equal((await calls.inspect({ reference: 't2', size: false }, CALL)).name, 't2 on n2');
  });

  it('stream from where the container is', async () => {
    const calls = manager();
    for (const [reference, said] of [
      ['own', 'own on n1'],
      ['web.1', 't1 on n1'],
      ['web.2', 't2 on n2'],
    ] as const) {
      const request = { reference, follow: false, tail: -1 };
      const [message] = await gather(calls.logs(request, CALL));
      assert.equal(Buffer.from(message?.lines[0]?.data ?? []).toString(), said);
    }
  });

  it('carry their requests to where the container is, with the reference that holds there', async () => {
    const calls = manager();
    for (const [reference, said] of [
      ['own', 'own on n1'],
      ['web.1', 't1 on n1'],
      ['web.3', 't3 on n3'],
    ] as const) {
      const more = ['a', 'b'].map((word) => ({ data: Buffer.from(word), end: false }));
      const first = { exec: { ...EXEC, reference }, data: new Uint8Array(), end: false };
      const answers = await gather(calls.exec(of<StreamInput>(first, ...more), CALL));
      assert.deepEqual(
        answers.map(({ stream, data }) => `${stream}: ${Buffer.from(data)}`),
        [`${said}: `, `${said}: a`, `${said}: b`, `${said}: `],
      );
      assert.deepEqual([answers.at(-1)?.closed, answers.at(-1)?.exitCode], [true, 7]);
      const header = { reference, path: '/', keepOwner: false };
      await calls.copyTo(
        of({ header, data: new Uint8Array() }, { data: Buffer.from('a') }, { data: Buffer.from('bc') }),
        CALL,
      );
    }
  });

  it('say what is missing inside a container, not that the container is', async () => {
    const calls = manager();
    for (const [reference, where] of [
      ['own', /own on n1 has no \/x/],
      ['web.1', /t1 on n1 has no \/x/],
      ['web.2', /t2 on n2 has no \/x/],
    ] as const) {
      await assert.rejects(calls.statPath({ reference, path: '/x' }, CALL), isError('NOT_FOUND', where));
    }
  });

  it('are refused for what nobody knows and for what fits several, with the choices', async () => {
    const calls = manager();
    const wait = (reference: string) => calls.wait({ reference, condition: '' }, CALL);
    await assert.rejects(wait('zzz'), isError('NOT_FOUND', /no such container: zzz/, /look/));
    await assert.rejects(wait('web'), isError('INVALID_ARGUMENT', /3 tasks/, /web\.1\.t1, web\.2\.t2/));
    const first = { exec: { ...EXEC, reference: 'zzz' }, data: new Uint8Array(), end: false };
    await assert.rejects(gather(calls.exec(of(first), CALL)), isError('NOT_FOUND', /zzz/));
  });

  it('tell on a worker that managers know the tasks of all nodes, and where they are', async () => {
    const worker = routeContainers(nodeWith('n1', 'own'), () => ({
      kind: 'nothing',
      help: 'managers know the tasks of all nodes: 10.0.0.1:2377',
    }));
    await assert.rejects(
      worker.wait({ reference: 'web.1', condition: '' }, CALL),
      isError('NOT_FOUND', /no such container: web.1/, /10\.0\.0\.1:2377/),
    );
    const alone = routeContainers(nodeWith('n1', 'own'), () => ({ kind: 'nothing', help: '' }));
    await assert.rejects(
      alone.wait({ reference: 'web.1', condition: '' }, CALL),
      isError('NOT_FOUND', /no such container: web.1/, /^look$/),
    );
  });

  it('show the figures of containers on several nodes as one stream', async () => {
    const calls = manager();
    const names = async (...references: string[]) =>
      (await gather(calls.stats({ references, stream: false }, CALL))).map(({ containers }) =>
        containers.map(({ name }) => name),
      );
    assert.deepEqual(await names('own', 'web.1'), [['own on n1', 't1 on n1']]);
    assert.deepEqual(await names('web.2'), [['t2 on n2']]);
    assert.deepEqual(await names('web.3', 'own', 'web.2'), [['t3 on n3', 'own on n1', 't2 on n2']]);
    await assert.rejects(names('own', 'zzz'), isError('NOT_FOUND', /zzz/));
  });
});

describe('the figures of several nodes', () => {
  const message = (name: string, at: number): ContainerStatsMessage => ({ containers: [usage(name, at)] });
  const times = (messages: readonly ContainerStatsMessage[]) =>
    messages.map(({ containers }) =>
      containers.map(({ name, sampledAtMs }) => `${name}${sampledAtMs}`).join(' '),
    );

  it('come in rounds; a node that is done is shown once more and then left out', async () => {
    const left = of(message('a', 1), message('a', 2), message('a', 3));
    const right = of(message('b', 1));
    assert.deepEqual(times(await gather(mergeStats([left, right]))), ['a1 b1', 'a2', 'a3']);
  });

  it('are not held back by a slow node', async () => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = (async function* () {
      yield message('slow', 1);
      await held;
      yield message('slow', 2);
    })();
    const fast = (async function* () {
      for (const at of [1, 2, 3]) yield message('fast', at);
      goOn();
    })();
    assert.deepEqual(times(await gather(mergeStats([slow, fast]))), [
      'slow1 fast1',
      'slow1 fast2',
      'slow2 fast3',
    ]);
  });

  it('end with the failure of one', async () => {
    const broken = (async function* () {
      yield message('a', 1);
      throw new SkepError('UNAVAILABLE', 'the node is lost');
    })();
    await assert.rejects(
      gather(mergeStats([broken, of(message('b', 1))])),
      isError('UNAVAILABLE', /is lost/),
    );
  });
});
