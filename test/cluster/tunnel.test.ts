import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentials } from '@grpc/grpc-js';

import { hostPaths } from '../../cli/playground/names.ts';
import { killDaemon } from '../../cli/playground/playground.ts';
import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import type { StreamInput, StreamOutput } from '../../proto/container-messages.ts';
import { containerMethods } from '../../proto/container-services.ts';
import { type Connection, connect } from '../../proto/rpc.ts';
import {
  ask,
  awaitUp,
  bringUp,
  eventually,
  pause,
  requireSkep,
  skip,
  type TestCluster,
} from './test-cluster.ts';

const MANAGERS = ['h1', 'h2', 'h3'] as const;
const WORKER = 'h4';
const IMAGE = 'hello-web:1';

type Calls = Connection<typeof containerMethods>['call'];

/** Asks the daemon of a host about containers. */
async function containersAt<Answer>(
  cluster: TestCluster,
  host: string,
  question: (calls: Calls) => Promise<Answer>,
): Promise<Answer> {
  const { socket } = hostPaths(cluster.name, host);
  const connection = connect(containerMethods, `unix:${socket}`, credentials.createInsecure());
  try {
    return await question(connection.call);
  } finally {
    connection.close();
  }
}

function run(reference: string, script: string): StreamInput {
  const argv = ['sh', '-c', script];
  const modes = { tty: false, stdin: true, privileged: false, detach: false };
  return {
    exec: { reference, argv, env: [], workdir: '', user: '', ...modes },
    data: new Uint8Array(),
    end: false,
  };
}

function type(words: string): StreamInput {
  return { data: Buffer.from(words), end: false };
}

const END: StreamInput = { data: new Uint8Array(), end: true };

/** Runs a script to its end; answers with what it wrote to standard output and how it ended. */
async function exec(
  calls: Calls,
  reference: string,
  script: string,
  input = '',
): Promise<readonly unknown[]> {
  const requests = async function* () {
    yield* [run(reference, script), type(input), END];
  };
  let text = '';
  let last: StreamOutput | undefined;
  for await (const output of calls.exec(requests())) {
    if (output.stream === 'stdout') text += Buffer.from(output.data).toString();
    last = output;
  }
  return [text, last?.exitCode];
}

describe('calls about containers of other nodes', { skip }, () => {
  let cluster: TestCluster;
  let task: Task | undefined;
  let leader = '';
  let follower = '';
  before(async () => {
    cluster = await bringUp('tunnel', { managers: 3, workers: 1 });
    const flags = ['--quiet', '--detach', '--name', 'web', '--constraint', 'node.role==worker'];
    const script = 'echo started; exec sleep 100000';
    await requireSkep(cluster, 'h1', 'service', 'create', ...flags, IMAGE, 'sh', '-c', script);
    [task] = await awaitUp(cluster, 'web', 1);
    const { nodes } = await ask(cluster, (call) => call.listNodes({}));
    const hostOf = (isLeader: boolean) =>
      nodes.find(({ manager }) => manager?.leader === isLeader)?.description?.hostname ?? '';
    [leader, follower] = [hostOf(true), hostOf(false)];
  });
  after(() => cluster?.close());

  it('reach a task on a worker from every manager, under each of its names', async () => {
    const id = task?.id ?? '';
    for (const host of MANAGERS) {
      await containersAt(cluster, host, async (calls) => {
        for (const reference of [id, 'web', 'web.1', `web.1.${id}`]) {
          const { taskId, state } = await calls.inspect({ reference, size: false });
          assert.deepEqual([taskId, state], [id, 'running'], `${reference} from ${host}`);
        }
      });
    }
  });

  it('carry input, output and the exit code of a program', () =>
    containersAt(cluster, follower, async (calls) => {
      const script = 'read a; echo "got $a"; cat; exit 7';
      assert.deepEqual(await exec(calls, 'web.1', script, 'one\ntwo\n'), ['got one\ntwo\n', 7]);
      const bytes = 4_000_000;
      assert.deepEqual(await exec(calls, 'web', 'wc -c', 'x'.repeat(bytes)), [`${bytes}\n`, 0]);
    }));

  it('read the log of a task', () =>
    containersAt(cluster, follower, async (calls) => {
      const lines: string[] = [];
      for await (const message of calls.logs({ reference: 'web.1', follow: false, tail: -1 })) {
        lines.push(...message.lines.map(({ data }) => Buffer.from(data).toString()));
      }
      assert.match(lines.join(''), /^started/);
    }));

  it('are refused on a worker with a word on who would know, and everywhere for what nobody knows', async () => {
    const refusal = async (host: string, reference: string): Promise<SkepError> => {
      const thrown: unknown = await containersAt(cluster, host, (calls) =>
        calls.inspect({ reference, size: false }),
      ).catch((error: unknown) => error);
      assert.ok(thrown instanceof SkepError, `${reference} was found on ${host}`);
      return thrown;
    };
    const onWorker = await refusal(WORKER, 'nothing.1');
    assert.deepEqual(
      [onWorker.code, /this node is a worker.*:2377/.test(onWorker.help)],
      ['NOT_FOUND', true],
    );
    assert.equal((await refusal(follower, 'nothing.1')).code, 'NOT_FOUND');
    assert.equal((await refusal(follower, 'web.2')).code, 'NOT_FOUND');
  });

  it('end with a clear error when the leader is killed meanwhile, and work again after that', async () => {
    let isOpen = false;
    const held = containersAt(cluster, follower, async (calls) => {
      const requests = async function* () {
        yield run('web.1', 'cat');
        yield type('hello');
        await new Promise<void>(() => undefined);
      };
      for await (const output of calls.exec(requests())) {
        if (output.data.byteLength > 0) isOpen = true;
      }
    });
    const outcome = held.catch((thrown: unknown) => thrown);
    while (!isOpen) await pause(20);
    await killDaemon(cluster.name, leader);
    const thrown = await outcome;
    assert.ok(thrown instanceof SkepError, String(thrown));
    assert.deepEqual([thrown.code, /leader/.test(thrown.message)], ['UNAVAILABLE', true], thrown.message);
    await eventually('the container is reached through the next leader', () =>
      containersAt(cluster, follower, async (calls) => {
        const said = await exec(calls, 'web.1', 'echo again');
        return said[0] === 'again\n' ? '' : String(said);
      }),
    );
  });
});
