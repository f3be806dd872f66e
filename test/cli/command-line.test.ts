import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import type { ServiceSpec } from '../../lib/domain/service.ts';
import { SkepError } from '../../lib/errors.ts';
import type { ImageMessage } from '../../proto/image-messages.ts';
import type { SwarmInitRequest, SwarmJoinRequest } from '../../proto/messages.ts';
import { runSkep, withDaemon } from './daemon-double.ts';
import { sampleInfo, sampleNode, sampleService, sampleTask, THEN_MS } from './sample-objects.ts';

const IMAGE: ImageMessage = {
  id: `sha256:${'ab'.repeat(32)}`,
  references: ['web:1'],
  createdAtMs: THEN_MS,
  sizeBytes: 5_590_000,
  architecture: 'amd64',
  os: 'linux',
  config: {
    entrypoint: [],
    cmd: ['/bin/web'],
    env: [],
    workingDir: '',
    user: '',
    exposedPorts: [],
    labels: {},
    volumes: [],
    stopSignal: '',
  },
  layers: [],
};

describe('a command line that cannot be understood', () => {
  const rows: readonly (readonly [line: string, pattern: RegExp])[] = [
    ['', /needs a command/],
    ['service', /skep service needs a command/],
    ['servise ls', /unknown command 'servise'/],
    ['service ls --bogus', /unknown option '--bogus'/],
    ['service create', /missing required argument/],
    ['service create --replicas', /argument missing/],
    ['service create --replicas x web', /--replicas/],
    ['service create --publish 99999:80 web', /99999/],
    ['service create --secret s web', /--secret is not supported/],
    ['service create --with-registry-auth web', /--with-registry-auth is not supported/],
    ['service create --mode replicated-job web', /not supported/],
    ['service scale web', /invalid scale/],
    ['service scale web=1 web=2', /named twice/],
    ['node ls extra', /too many arguments/],
    ['swarm join 10.0.0.1:2377', /--token is missing/],
    ['swarm init --autolock=maybe', /"maybe" for --autolock: expected true or false/],
    ['swarm init --store 10.0.0.1:2379', /--store \(write etcd:/],
    ['swarm init --store etcd://10.0.0.1:2379,,', /--store/],
    ['swarm init --force-new-cluster --task-history-limit 2', /--task-history-limit does not go with/],
    ['swarm init --force-new-cluster --autolock=false', /--autolock does not go with/],
    ['swarm update', /nothing to update/],
    ['swarm snapshot', /skep swarm snapshot needs a command/],
    ['swarm snapshot save', /missing required argument/],
    ['swarm snapshot restore -', /refusing to read a backup from a terminal/],
    ['node promote', /missing required argument/],
    ['swarm init --cert-expiry 5', /--cert-expiry/],
    ['swarm join-token boss', /unknown role "boss"/],
    ['network create --driver macvlan n', /macvlan/],
    ['network create --opt encrypted n', /encrypted is not supported/],
    ['image import a.tar web:1 extra', /too many arguments/],
    ['playground exec h1', /no command/],
    ['playground up --name Big', /cannot name a playground/],
    ['playground up --data-limit much', /"much" for --data-limit/],
    ['playground cut', /missing required argument/],
  ];
  for (const [line, pattern] of rows) {
    it(`gets one line and exit code 2: skep ${line}`, async () => {
      const argv = line === '' ? [] : line.split(' ');
      const { exitCode, stdout, stderr } = await runSkep(['-H', 'unix:///nowhere.sock', ...argv]);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /^Error: [^\n]+\n$/);
      assert.match(stderr, pattern);
    });
  }
});

describe('finding the daemon', () => {
  it('says where it looked when nobody answers', async () => {
    const { exitCode, stderr } = await runSkep(['-H', 'unix:///nowhere.sock', 'node', 'ls']);
    assert.equal(exitCode, 1);
    assert.equal(
      stderr,
      'Error: Cannot connect to the Skep daemon at unix:///nowhere.sock. Is skepd running?\n',
    );
  });

  it('takes SKEP_HOST when there is no -H', async () => {
    const environment = { SKEP_HOST: 'unix:///elsewhere.sock' };
    const { stderr } = await runSkep(['service', 'ls'], { environment });
    assert.match(stderr, /unix:\/\/\/elsewhere\.sock/);
  });

  it('refuses an address that is not a unix socket', async () => {
    const { exitCode, stderr } = await runSkep(['-H', 'tcp://10.0.0.1:2375', 'node', 'ls']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /is not the address of a Skep daemon/);
  });
});

describe('service create', () => {
  it('waits, shows each change as a line, and ends with 0 when the service has converged', async () => {
    let spec: ServiceSpec | undefined;
    let looks = 0;
    const service = sampleService({ replicas: '2' });
    await withDaemon(
      {
        control: {
          createService: async (request) => {
            spec = request.spec;
            return { service, warnings: ['take care'] };
          },
          getService: async () => service,
          listNodes: async () => ({ nodes: [] }),
          listTasks: async () => {
            looks++;
            const second = looks === 1 ? ({ state: 'PREPARING' } as const) : ({ state: 'RUNNING' } as const);
            return { tasks: [sampleTask(service, 1), sampleTask(service, 2, { status: second })] };
          },
          watch: async function* () {
            yield { index: 1 };
            yield { index: 2 };
          },
        },
      },
      async ({ run }) => {
        const line = 'service create --name web --replicas 2 -e A=1 -p 8080:80 web:1 httpd -f';
        const { exitCode, stdout, stderr } = await run(line.split(' '));
        assert.equal(exitCode, 0, stderr);
        assert.deepEqual(stdout.trim().split('\n'), [
          service.id,
          'overall progress: 1 out of 2 tasks',
          '1/2: running',
          '2/2: preparing',
          'overall progress: 2 out of 2 tasks',
          '2/2: running',
          'verify: Service web converged',
        ]);
        assert.equal(stderr, 'Warning: take care\n');
        assert.deepEqual(spec?.task.container.args, ['httpd', '-f']);
        assert.deepEqual(spec?.mode, { kind: 'replicated', replicas: 2 });
      },
    );
  });

  it('redraws in place on a terminal', async () => {
    const service = sampleService();
    await withDaemon(
      {
        control: {
          createService: async () => ({ service, warnings: [] }),
          getService: async () => service,
          listNodes: async () => ({ nodes: [] }),
          listTasks: async () => ({ tasks: [sampleTask(service, 1)] }),
          watch: async function* () {},
        },
      },
      async ({ run }) => {
        const { exitCode, stdout } = await run(['service', 'create', 'web:1'], { interactive: true });
        assert.equal(exitCode, 0);
        const lines = stdout.split('\n').slice(1);
        assert.equal(lines[0], '\x1b[Joverall progress: 1 out of 1 tasks');
        assert.match(lines[1] ?? '', /^1\/1: running +\[=+>\]$/);
        assert.ok(stdout.endsWith('\n\x1b[1A\x1b[Jverify: Service web converged\n'));
      },
    );
  });

  it('returns at once with -d, and prints only the id', async () => {
    const service = sampleService();
    const control = { createService: async () => ({ service, warnings: [] }) };
    await withDaemon({ control }, async ({ run }) => {
      for (const flag of ['-d', '--detach', '--detach=true']) {
        const { exitCode, stdout } = await run(['service', 'create', flag, 'web:1']);
        assert.deepEqual([exitCode, stdout], [0, `${service.id}\n`]);
      }
    });
  });

  it('shows why a replica waits, and leaves it alone when the user presses Ctrl-C', async () => {
    const service = sampleService();
    const reason = 'no suitable node (insufficient memory on 3 nodes)';
    const task = sampleTask(service, 1, { nodeId: '', status: { state: 'PENDING', message: reason } });
    await withDaemon(
      {
        control: {
          createService: async () => ({ service, warnings: [] }),
          getService: async () => service,
          listNodes: async () => ({ nodes: [] }),
          listTasks: async () => ({ tasks: [task] }),
          watch: async function* () {},
        },
      },
      async ({ run }) => {
        const { exitCode, stdout } = await run(['service', 'create', 'web:1'], {
          onOutput: (text, interrupt) => {
            if (text.includes(reason)) interrupt();
          },
        });
        assert.equal(exitCode, 130);
        assert.match(stdout, /1\/1: pending: no suitable node/);
        assert.match(stdout, /Operation continuing in background\.\nUse `skep service ps web`/);
      },
    );
  });

  it('passes the daemon’s refusal on in one line with exit code 1', async () => {
    const control = {
      createService: async () => {
        throw new SkepError('ALREADY_EXISTS', 'the name "web" is taken', { help: 'choose another' });
      },
    };
    await withDaemon({ control }, async ({ run }) => {
      const { exitCode, stdout, stderr } = await run(['service', 'create', '--name', 'web', 'web:1']);
      assert.deepEqual(
        [exitCode, stdout, stderr],
        [1, '', 'Error: the name "web" is taken (choose another)\n'],
      );
    });
  });

  it('reads environment files, and says which one it cannot read', async () => {
    let spec: ServiceSpec | undefined;
    const service = sampleService();
    const createService = async (request: { spec: ServiceSpec }) => {
      spec = request.spec;
      return { service, warnings: [] };
    };
    await withDaemon({ control: { createService } }, async ({ run, folder }) => {
      const file = join(folder, 'env');
      await writeFile(file, 'A=1\n#B=2\n');
      await run(['service', 'create', '-d', '--env-file', file, 'web:1']);
      assert.deepEqual(spec?.task.container.env, ['A=1']);
      const { exitCode, stderr } = await run([
        'service',
        'create',
        '-d',
        '--env-file',
        `${file}.no`,
        'web:1',
      ]);
      assert.equal(exitCode, 1);
      assert.match(stderr, /cannot read the environment file .*env\.no/);
    });
  });
});

describe('service update, scale and rollback', () => {
  it('ends with 1 and the reason when the update is paused', async () => {
    const before = sampleService();
    const updateStatus = { state: 'paused', startedAtMs: THEN_MS, message: 'task web.1 failed' } as const;
    let updated = false;
    await withDaemon(
      {
        control: {
          getService: async () => (updated ? { ...before, updateStatus } : before),
          updateService: async (request) => {
            updated = true;
            assert.equal(request.version, before.version);
            assert.equal(request.spec?.task.container.image, 'web:2');
            return { service: before, warnings: [] };
          },
          listNodes: async () => ({ nodes: [] }),
          listTasks: async () => ({ tasks: [sampleTask(before, 1)] }),
          watch: async function* () {},
        },
      },
      async ({ run }) => {
        const { exitCode, stderr } = await run(['service', 'update', '--image', 'web:2', 'web']);
        assert.equal(exitCode, 1);
        assert.equal(stderr, 'Error: service update paused: task web.1 failed\n');
      },
    );
  });

  it('scales several services, and tells of one that cannot be', async () => {
    const replicas: number[] = [];
    const control = {
      getService: async ({ reference }: { reference: string }) => {
        if (reference === 'gone') throw new SkepError('NOT_FOUND', 'no such service: gone');
        return sampleService();
      },
      updateService: async ({ spec }: { spec?: ServiceSpec }) => {
        if (spec?.mode.kind === 'replicated') replicas.push(spec.mode.replicas);
        return { service: sampleService(), warnings: [] };
      },
    };
    await withDaemon({ control }, async ({ run }) => {
      const { exitCode, stdout, stderr } = await run(['service', 'scale', '-d', 'web=4', 'gone=2']);
      assert.deepEqual([exitCode, stdout], [1, 'web scaled to 4\n']);
      assert.match(stderr, /no such service: gone/);
      assert.deepEqual(replicas, [4]);
    });
  });

  it('asks for a rollback by command and by flag, never together with a change', async () => {
    const rollbacks: boolean[] = [];
    const control = {
      getService: async () => sampleService(),
      updateService: async (request: { rollback: boolean; spec?: ServiceSpec }) => {
        assert.equal(request.spec, undefined);
        rollbacks.push(request.rollback);
        return { service: sampleService(), warnings: [] };
      },
    };
    await withDaemon({ control }, async ({ run }) => {
      assert.equal((await run(['service', 'rollback', '-d', 'web'])).exitCode, 0);
      assert.equal((await run(['service', 'update', '--rollback', '-d', 'web'])).exitCode, 0);
      assert.deepEqual(rollbacks, [true, true]);
      assert.equal((await run(['service', 'update', '--rollback', '--image', 'x', 'web'])).exitCode, 2);
    });
  });
});

describe('lists and logs', () => {
  const service = sampleService({ publish: ['8080:80'] });
  const control = {
    listServices: async () => ({
      services: [service],
      statuses: [{ serviceId: service.id, running: 1, desired: 1 }],
    }),
    listTasks: async () => ({ tasks: [sampleTask(service, 1)] }),
    listNodes: async () => ({ nodes: [sampleNode('node1', 'h1', true), sampleNode('node2', 'h2')] }),
    getService: async () => service,
    removeService: async () => ({}),
    logs: async function* () {
      const line = { taskId: 'task1xxxxxxxxxxxxxxxxxxxx', serviceId: service.id, nodeId: 'node1' } as const;
      const data = Buffer.from('hello\n');
      yield { warning: 'h2 is down', lines: [] };
      yield { warning: '', lines: [{ ...line, stream: 'stdout', timestampMs: THEN_MS, data } as const] };
      yield { warning: '', lines: [{ ...line, stream: 'stderr', timestampMs: THEN_MS, data } as const] };
    },
  };

  it('show services, tasks and nodes', async () => {
    await withDaemon({ control, local: { info: async () => sampleInfo() } }, async ({ run }) => {
      assert.match(
        (await run(['service', 'ls'])).stdout,
        /servicexxxxx +web +replicated +1\/1 +web:1 +\*:8080->80\/tcp/,
      );
      assert.equal((await run(['service', 'ls', '-q'])).stdout, `${service.id}\n`);
      assert.match(
        (await run(['service', 'ps', 'web'])).stdout,
        /task1xxxxxxx +web\.1 +web:1 +h1 +Running +Running/,
      );
      assert.match((await run(['node', 'ls'])).stdout, /node1 \* +h1 +Ready +Active +Leader +0\.1\.0/);
      assert.equal((await run(['node', 'ls', '--filter', 'role=worker', '-q'])).stdout, 'node2\n');
      const inspected = await run(['service', 'inspect', '--format', '{{.Spec.Name}}', 'web']);
      assert.equal(inspected.stdout, 'web\n');
      assert.equal((await run(['service', 'rm', 'a', 'b'])).stdout, 'a\nb\n');
      assert.match((await run(['info'])).stdout, /Name: h1\n.*\nSwarm: active\n {2}NodeID: node1\n/);
      assert.match((await run(['version'])).stdout, /Client:\n(.*\n)+Server:\n Version:\t0\.1\.0/);
    });
  });

  it('print log lines under task and node, errors to standard error', async () => {
    await withDaemon({ control }, async ({ run }) => {
      const { exitCode, stdout, stderr } = await run(['service', 'logs', 'web']);
      const line = 'web.1.task1xxxxxxx@h1    | hello\n';
      assert.deepEqual([exitCode, stdout, stderr], [0, line, `Warning: h2 is down\n${line}`]);
      assert.equal((await run(['service', 'logs', '--raw', 'web'])).stdout, 'hello\n');
      const stamped = await run(['service', 'logs', '--raw', '-t', 'web']);
      assert.equal(stamped.stdout, '2026-08-01T00:00:00.000Z hello\n');
    });
  });
});

describe('swarm commands', () => {
  it('init and join with the addresses given, and tell how to join', async () => {
    const inits: SwarmInitRequest[] = [];
    const joins: SwarmJoinRequest[] = [];
    const local = {
      swarmInit: async (request: SwarmInitRequest) => {
        inits.push(request);
        return {
          nodeId: 'node1',
          workerToken: 'SWMTKN-1-x-y',
          managerAddress: '10.0.0.1:2377',
          unlockKey: '',
        };
      },
      swarmJoin: async (request: SwarmJoinRequest) => {
        joins.push(request);
        return { nodeId: 'node2', role: 'worker' };
      },
    };
    await withDaemon({ local }, async ({ run }) => {
      const line =
        'swarm init --advertise-addr 10.0.0.1 --task-history-limit 2 --default-addr-pool 10.9.0.0/16';
      const { exitCode, stdout } = await run(line.split(' '));
      assert.equal(exitCode, 0);
      assert.match(stdout, /current node \(node1\) is now a manager/);
      assert.match(stdout, / {4}skep swarm join --token SWMTKN-1-x-y 10\.0\.0\.1:2377\n/);
      assert.equal(inits[0]?.advertiseAddress, '10.0.0.1');
      assert.equal(inits[0]?.spec.taskHistoryLimit, 2);
      assert.deepEqual(inits[0]?.spec.defaultAddressPools, ['10.9.0.0/16']);
      const joined = await run(['swarm', 'join', '--token', 'SWMTKN-1-x-y', '10.0.0.1']);
      assert.equal(joined.stdout, 'This node joined a swarm as a worker.\n');
      assert.equal(joins[0]?.remoteAddress, '10.0.0.1:2377');
    });
  });
});

describe('image commands', () => {
  it('send an archive whole, with its changes', async () => {
    const hash = createHash('sha256');
    let changes: readonly string[] = [];
    const local = {
      importImage: async (
        uploads: AsyncIterable<{ header?: { changes: readonly string[] }; data: Uint8Array }>,
      ) => {
        for await (const { header, data } of uploads) {
          if (header !== undefined) changes = header.changes;
          hash.update(data);
        }
        return { images: [IMAGE] };
      },
      listImages: async () => ({ images: [IMAGE] }),
      removeImage: async () => ({ untagged: ['web:1'], deleted: [IMAGE.id] }),
    };
    await withDaemon({ local }, async ({ run, folder }) => {
      const content = Buffer.alloc(5_000_000, 'skep');
      const path = join(folder, 'rootfs.tar');
      await writeFile(path, content);
      const imported = await run(['image', 'import', path, 'web:1', '--change', 'CMD x', 'ENV A=1']);
      assert.deepEqual([imported.exitCode, imported.stdout], [0, `${IMAGE.id}\n`]);
      assert.deepEqual(changes, ['CMD x', 'ENV A=1']);
      assert.equal(hash.digest('hex'), createHash('sha256').update(content).digest('hex'));
      assert.match(
        (await run(['image', 'ls'])).stdout,
        /web +1 +abababababab +less than a second ago +5\.59MB/,
      );
      assert.equal((await run(['image', 'ls', '-q'])).stdout, 'abababababab\n');
      assert.equal((await run(['image', 'rm', 'web:1'])).stdout, `Untagged: web:1\nDeleted: ${IMAGE.id}\n`);
      const missing = await run(['image', 'import', `${path}.no`, 'web:1']);
      assert.equal(missing.exitCode, 1);
      assert.match(missing.stderr, /^Error: cannot read .*rootfs\.tar\.no[^\n]*\n$/);
    });
  });
});
