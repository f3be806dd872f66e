import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { containerStatus, formatPorts } from '../../../../cli/format/container-list.ts';
import type { PortBinding } from '../../../../lib/domain/local-container.ts';
import { SkepError } from '../../../../lib/errors.ts';
import type { ContainerUsage, LocalContainerMessage } from '../../../../proto/container-messages.ts';
import type { containerMethods } from '../../../../proto/container-services.ts';
import type { Handlers } from '../../../../proto/rpc.ts';
import { type CommandOutcome, type RunOptions, withDaemon } from '../../daemon-double.ts';
import { THEN_MS } from '../../sample-objects.ts';
import { CONTAINER_ID, sampleContainer } from './sample-containers.ts';

type ContainerHandlers = Partial<Handlers<typeof containerMethods>>;

async function outcomeOf(
  words: string | readonly string[],
  containers: ContainerHandlers,
  options: RunOptions = {},
): Promise<CommandOutcome> {
  const outcomes: CommandOutcome[] = [];
  await withDaemon({ containers }, async ({ run }) => {
    outcomes.push(await run(typeof words === 'string' ? words.split(' ') : words, options));
  });
  const [outcome] = outcomes;
  assert.ok(outcome !== undefined);
  return outcome;
}

function port(hostPort: number, containerPort: number, fields: Partial<PortBinding> = {}): PortBinding {
  return { protocol: 'tcp', hostAddress: '', hostPort, containerPort, ...fields };
}

const WEB = sampleContainer({ ports: [port(8080, 80)], health: 'healthy' }, { label: ['tier=gold'] });
const DB = sampleContainer({
  id: 'd'.repeat(64),
  name: 'db',
  state: 'exited',
  exitCode: 3,
  createdAtMs: THEN_MS - 3_600_000,
  finishedAtMs: THEN_MS - 1_800_000,
  argv: ['a-very-long-program-name', '--with', 'arguments'],
  writableBytes: 1_500,
});
const TASK = sampleContainer({
  id: 'e'.repeat(64),
  name: 'api.1.taskid',
  taskId: 'taskid',
  serviceName: 'api',
  state: 'paused',
  createdAtMs: THEN_MS - 60_000,
});

/** A daemon with these containers, which answers a list as it was asked. */
function listDouble(containers: readonly LocalContainerMessage[] = [DB, WEB, TASK]): ContainerHandlers {
  const find = (reference: string) => {
    const found = containers.find(({ id, name }) => name === reference || id.startsWith(reference));
    if (found === undefined) throw new SkepError('NOT_FOUND', `no such container: ${reference}`);
    return found;
  };
  return {
    list: async ({ all }) => ({ containers: containers.filter(({ state }) => all || state !== 'exited') }),
    inspect: async ({ reference }) => find(reference),
  };
}

async function names(line: string): Promise<string> {
  const { stdout, stderr, exitCode } = await outcomeOf(
    [...line.split(' '), '--format', '{{.Names}}'],
    listDouble(),
  );
  assert.equal(exitCode, 0, stderr);
  return stdout.trim().split('\n').join(' ');
}

describe('skep ps', () => {
  it('lists running containers in Docker’s columns, those of tasks too, newest first', async () => {
    const { stdout } = await outcomeOf('ps', listDouble());
    const [heading = '', first = '', second = ''] = stdout.split('\n');
    assert.match(heading, /^CONTAINER ID {3}IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$/);
    assert.match(
      first,
      /^e{12} {3}web:1 +"\/bin\/web --port 80" +about a minute ago +Up About a minute \(Paused\) +api\.1\.taskid$/,
    );
    assert.match(
      second,
      /^c0ffee000000 {3}web:1 +"\/bin\/web --port 80" +2 minutes ago +Up About a minute \(healthy\) +0\.0\.0\.0:8080->80\/tcp +web$/,
    );
  });

  it('lists those that ended with -a, the last ones with -n and -l', async () => {
    assert.equal(await names('ps'), 'api.1.taskid web');
    assert.equal(await names('ps -a'), 'api.1.taskid web db');
    assert.equal(await names('ps -n 2'), 'api.1.taskid web');
    assert.equal(await names('ps --last 3'), 'api.1.taskid web db');
    assert.equal(await names('ps -l'), 'api.1.taskid');
    assert.equal(await names('container ls -a'), 'api.1.taskid web db');
    assert.equal(await names('container ps'), 'api.1.taskid web');
  });

  const filters: Readonly<Record<string, string>> = {
    'name=we': 'web',
    'id=ccc': '',
    'id=c0ffee': 'web',
    'label=tier': 'web',
    'label=tier=silver': '',
    'status=exited': 'db',
    'status=paused': 'api.1.taskid',
    'exited=3': 'db',
    'exited=0': '',
    'health=healthy': 'web',
    'health=none': 'api.1.taskid',
    'ancestor=web:1': 'api.1.taskid web',
    'ancestor=web': '',
    'ancestor=abab': 'api.1.taskid web',
    'network=bridge': 'api.1.taskid web',
    'publish=8080': 'web',
    'publish=8000-8100/tcp': 'web',
    'publish=8080/udp': '',
    'expose=80': 'web',
    'is-task=true': 'api.1.taskid',
    'before=web': '',
    'since=db': 'api.1.taskid web',
    'since=web': 'api.1.taskid',
  };
  for (const [filter, kept] of Object.entries(filters)) {
    it(`keeps with ${filter}: ${kept || 'nothing'}`, async () => {
      assert.equal(await names(`ps --filter ${filter}`), kept);
    });
  }

  it('shows whole ids with --no-trunc, ids alone with -q, and sizes with -s', async () => {
    assert.equal((await outcomeOf('ps -q', listDouble([WEB]))).stdout, 'c0ffee000000\n');
    assert.equal((await outcomeOf('ps -q --no-trunc', listDouble([WEB]))).stdout, `${CONTAINER_ID}\n`);
    const cut = await outcomeOf('ps -a -s', listDouble([DB]));
    assert.match(cut.stdout, /NAMES +SIZE\n/);
    assert.match(cut.stdout, /"a-very-long-program…" .* db +1\.5kB\n/);
    assert.match(
      (await outcomeOf('ps -a --no-trunc', listDouble([DB]))).stdout,
      /"a-very-long-program-name --with arguments"/,
    );
  });

  it('knows more fields in templates, and refuses a filter that it does not know', async () => {
    const format = '{{.ID}} {{.State}} {{.Labels}} {{.Networks}} {{.Task}}.';
    const { stdout } = await outcomeOf(['ps', '--format', format], listDouble([WEB]));
    assert.equal(stdout, 'c0ffee000000 running tier=gold bridge .\n');
    assert.equal((await outcomeOf('ps --filter colour=red', listDouble())).exitCode, 2);
  });
});

describe('the status of a container', () => {
  const rows: readonly (readonly [fields: Partial<LocalContainerMessage>, text: string])[] = [
    [{ state: 'running', startedAtMs: THEN_MS - 5_000 }, 'Up 5 seconds'],
    [{ state: 'running', health: 'starting' }, 'Up About a minute (health: starting)'],
    [{ state: 'running', health: 'unhealthy' }, 'Up About a minute (unhealthy)'],
    [{ state: 'exited', exitCode: 137, finishedAtMs: THEN_MS - 180_000 }, 'Exited (137) 3 minutes ago'],
    [{ state: 'restarting', exitCode: 1, finishedAtMs: THEN_MS - 2_000 }, 'Restarting (1) 2 seconds ago'],
    [{ state: 'created' }, 'Created'],
    [{ state: 'removing' }, 'Removal In Progress'],
    [{ state: 'dead' }, 'Dead'],
  ];
  for (const [fields, text] of rows) {
    it(`is ${text}`, () => {
      assert.equal(containerStatus(sampleContainer(fields), THEN_MS), text);
    });
  }
});

describe('published ports', () => {
  it('are ranges where they stand in a row, each address and protocol by itself', () => {
    const ports = [
      port(9001, 81),
      port(9000, 80),
      port(53, 53, { protocol: 'udp' }),
      port(9003, 83),
      port(9005, 84),
    ];
    assert.equal(
      formatPorts(ports),
      '0.0.0.0:9000-9001->80-81/tcp, 0.0.0.0:9003->83/tcp, 0.0.0.0:9005->84/tcp, 0.0.0.0:53->53/udp',
    );
    assert.equal(formatPorts([port(80, 80, { hostAddress: '::1' })]), '[::1]:80->80/tcp');
    assert.equal(formatPorts([]), '');
  });

  it('are told by skep port', async () => {
    const containers = listDouble([
      sampleContainer({ ports: [port(8080, 80), port(53, 53, { protocol: 'udp' })] }),
    ]);
    assert.equal(
      (await outcomeOf('port web', containers)).stdout,
      '80/tcp -> 0.0.0.0:8080\n53/udp -> 0.0.0.0:53\n',
    );
    assert.equal((await outcomeOf('port web 80', containers)).stdout, '0.0.0.0:8080\n');
    assert.equal((await outcomeOf('port web 53/udp', containers)).stdout, '0.0.0.0:53\n');
    const missing = await outcomeOf('port web 53', containers);
    assert.equal(missing.exitCode, 1);
    assert.match(missing.stderr, /port 53\/tcp of web is not published/);
  });
});

describe('skep inspect', () => {
  const probe = { startedAtMs: THEN_MS, endedAtMs: THEN_MS + 10, exitCode: 1, output: 'no' };
  const container = sampleContainer(
    {
      ports: [port(8080, 80)],
      health: 'unhealthy',
      healthLog: [{ ...probe, exitCode: 0 }, probe, probe],
      volumeFolders: { '/data': '/var/lib/skep/volumes/db/data' },
    },
    { volume: ['db:/data:ro', '/src:/dst'], memory: '64m', restart: 'on-failure:3', env: ['A=1'], tty: true },
  );

  it('has Docker’s names', async () => {
    const { stdout } = await outcomeOf('inspect web', listDouble([container]));
    const [shown] = JSON.parse(stdout);
    assert.equal(shown.Id, CONTAINER_ID);
    assert.equal(shown.Name, '/web');
    assert.equal(shown.Path, '/bin/web');
    assert.deepEqual(shown.Args, ['--port', '80']);
    assert.equal(shown.Created, new Date(THEN_MS - 120_000).toISOString());
    const { Health, ...state } = shown.State;
    assert.deepEqual(state, {
      Status: 'running',
      Running: true,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: 4_711,
      ExitCode: 0,
      Error: '',
      StartedAt: new Date(THEN_MS - 60_000).toISOString(),
      FinishedAt: '0001-01-01T00:00:00Z',
    });
    assert.equal(Health.Status, 'unhealthy');
    assert.equal(Health.FailingStreak, 2);
    assert.equal(Health.Log.length, 3);
    assert.deepEqual(shown.HostConfig.RestartPolicy, { Name: 'on-failure', MaximumRetryCount: 3 });
    assert.equal(shown.HostConfig.Memory, 67_108_864);
    assert.deepEqual(shown.NetworkSettings.Ports, { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] });
    assert.equal(shown.NetworkSettings.IPAddress, '10.88.0.2');
    assert.deepEqual(shown.Config.Env, ['A=1']);
    assert.equal(shown.Config.Tty, true);
    assert.deepEqual(shown.Mounts[0], {
      Type: 'volume',
      Name: 'db',
      Source: '/var/lib/skep/volumes/db/data',
      Destination: '/data',
      RW: false,
      Driver: 'local',
      Propagation: '',
    });
    assert.equal(shown.Mounts[1].Source, '/src');
  });

  it('fills templates, and goes on after one that is not there', async () => {
    const containers = listDouble([container]);
    const format = ['inspect', '-f', '{{.State.Status}} {{json .Config.Env}}', 'web'];
    assert.equal((await outcomeOf(format, containers)).stdout, 'running ["A=1"]\n');
    const both = await outcomeOf('container inspect --format {{.Name}} nobody web', containers);
    assert.equal(both.stdout, '/web\n');
    assert.equal(both.exitCode, 1);
    assert.match(both.stderr, /no such container: nobody/);
  });
});

describe('skep logs', () => {
  const line = (stream: 'stdout' | 'stderr', text: string) => ({
    stream,
    timestampMs: THEN_MS,
    time: '2026-08-01T00:00:00.123456789Z',
    data: Buffer.from(text),
  });

  it('writes the bytes of each stream to its own, with times when they are asked for', async () => {
    const requests: unknown[] = [];
    const containers: ContainerHandlers = {
      logs: async function* (request) {
        requests.push(request);
        yield { lines: [line('stdout', 'one\n'), line('stderr', 'two\r\n')] };
        yield { lines: [line('stdout', 'no end')] };
      },
    };
    const plain = await outcomeOf('logs web', containers);
    assert.equal(plain.bytes.toString(), 'one\nno end');
    assert.equal(plain.errorBytes.toString(), 'two\r\n');
    const timed = await outcomeOf('logs -f -t -n 5 --since 1970-01-01T00:00:01Z --until 2 web', containers);
    assert.match(timed.bytes.toString(), /^2026-08-01T00:00:00\.123456789Z one\n2026/);
    assert.deepEqual(requests, [
      { reference: 'web', follow: false, tail: -1 },
      { reference: 'web', follow: true, tail: 5, sinceMs: 1_000, untilMs: 2_000 },
    ]);
    assert.match((await outcomeOf('logs --until x web', containers)).stderr, /"x" for --until/);
  });

  it('ends at Ctrl-C', async () => {
    const containers: ContainerHandlers = {
      logs: async function* () {
        yield { lines: [line('stdout', 'one\n')] };
        await new Promise(() => undefined);
      },
    };
    let interrupt: () => void = () => undefined;
    const outcome = await outcomeOf('logs -f web', containers, {
      onListen: (callback) => {
        interrupt = callback;
      },
      takeBytes: async () => interrupt(),
    });
    assert.equal(outcome.exitCode, 130);
  });
});

describe('skep stats', () => {
  const usage: ContainerUsage = {
    id: CONTAINER_ID,
    name: 'web',
    sampledAtMs: THEN_MS,
    cpuRatio: 1.5,
    cpuTimeMs: 1,
    memoryBytes: 1_048_576,
    memoryLimitBytes: 4_194_304,
    receivedBytes: 1_500,
    sentBytes: 2_000_000,
    readBytes: 0,
    writtenBytes: 999,
    processes: 3,
  };
  const containers: ContainerHandlers = {
    ...listDouble(),
    stats: async function* ({ stream }) {
      const { cpuRatio: _cpuRatio, ...first } = usage;
      if (stream) yield { containers: [first] };
      yield { containers: [usage] };
    },
  };

  it('shows one sample with --no-stream', async () => {
    const { bytes } = await outcomeOf('stats --no-stream', containers);
    const [heading = '', row = ''] = bytes.toString().split('\n');
    assert.match(
      heading,
      /^CONTAINER ID {3}NAME +CPU % +MEM USAGE \/ LIMIT +MEM % +NET I\/O +BLOCK I\/O +PIDS$/,
    );
    assert.match(row, /^c0ffee000000 {3}web +150\.00% +1MiB \/ 4MiB +25\.00% +1\.5kB \/ 2MB +0B \/ 999B +3$/);
  });

  it('draws anew on a terminal, and has no share of the processor in the first sample', async () => {
    const { bytes } = await outcomeOf('stats', containers, { interactive: true });
    const screens = bytes.toString().split('\x1b[2J\x1b[H');
    assert.equal(screens.length, 3);
    assert.match(screens[1] ?? '', /web +-- /);
    assert.match(screens[2] ?? '', /web +150\.00% /);
    const plain = await outcomeOf('stats', containers);
    assert.equal(plain.bytes.includes('\x1b'), false);
  });

  it('shows containers that do not run with -a, and templates', async () => {
    const all = await outcomeOf('stats -a --no-stream', containers);
    assert.match(all.bytes.toString(), /d{12} {3}db +-- +-- \/ -- +-- /);
    const format = ['stats', '--no-stream', '--format', '{{.Name}}={{.CPUPerc}}'];
    assert.equal((await outcomeOf(format, containers)).bytes.toString(), 'web=150.00%\n');
  });
});

describe('other looks at a container', () => {
  it('top aligns columns, and passes everything after the name on', async () => {
    const asked: (readonly string[])[] = [];
    const containers: ContainerHandlers = {
      top: async ({ psArguments }) => {
        asked.push(psArguments);
        return { titles: ['UID', 'PID', 'CMD'], processes: [{ fields: ['root', '1', 'sleep 9'] }] };
      },
    };
    const { stdout } = await outcomeOf('top web -o pid,cmd', containers);
    assert.equal(
      stdout,
      `${'UID'.padEnd(20)}${'PID'.padEnd(20)}CMD\n${'root'.padEnd(20)}${'1'.padEnd(20)}sleep 9\n`,
    );
    assert.deepEqual(asked, [['-o', 'pid,cmd']]);
  });

  it('diff names what changed', async () => {
    const containers: ContainerHandlers = {
      diff: async () => ({
        changes: [
          { kind: 'changed', path: '/etc' },
          { kind: 'added', path: '/etc/new' },
          { kind: 'deleted', path: '/old' },
        ],
      }),
    };
    assert.equal((await outcomeOf('diff web', containers)).stdout, 'C /etc\nA /etc/new\nD /old\n');
  });

  it('commit prints the image, and pauses unless it is told not to', async () => {
    const asked: unknown[] = [];
    const containers: ContainerHandlers = {
      commit: async (request) => {
        asked.push(request);
        return { imageId: 'sha256:1' };
      },
    };
    const words = ['commit', '-a', 'me', '-m', 'why', '-c', 'CMD x', '--pause=false', 'web', 'new:1'];
    assert.equal((await outcomeOf(words, containers)).stdout, 'sha256:1\n');
    await outcomeOf('commit web', containers);
    await outcomeOf('commit -p web', containers);
    const nothing = { reference: 'web', image: '', message: '', author: '', changes: [], pause: true };
    assert.deepEqual(asked, [
      { reference: 'web', image: 'new:1', message: 'why', author: 'me', changes: ['CMD x'], pause: false },
      nothing,
      nothing,
    ]);
  });
});
