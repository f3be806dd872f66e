import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { CommandResult } from '../../cli/playground/command.ts';
import { connectLocal } from '../../cli/playground/form.ts';
import { hostPaths } from '../../cli/playground/names.ts';
import { execInHost, killDaemon, releaseDaemon } from '../../cli/playground/playground.ts';
import { type TarEntry, tarOf } from '../agent/image/tar-writer.ts';
import {
  ask,
  awaitUp,
  bringUp,
  eventually,
  nodeOf,
  requireSkep,
  skep,
  skip,
  type TestCluster,
} from './test-cluster.ts';

const MANAGER = 'h1';
const WORKER = 'h2';
/** Leaves the swarm before the tests, and tries to join it. */
const STRANGER = 'h3';

/** What a user typed, the exit code that it deserves, and what the one line must speak of. */
interface Row {
  readonly what: string;
  readonly words: readonly string[];
  readonly exitCode: 1 | 2;
  readonly says: RegExp;
  readonly host?: string;
}

const create = (...words: string[]) => ['service', 'create', '--detach', '--name', 'bad', ...words];

const ROWS: readonly Row[] = [
  { what: 'an unknown image', words: create('nobody/has:this'), exitCode: 1, says: /nobody\/has:this/ },
  { what: 'a malformed image', words: create('UPPER CASE'), exitCode: 1, says: /UPPER CASE/ },
  {
    what: 'a published port that another service has',
    words: create('--publish', '8080:80', 'hello-web:1'),
    exitCode: 1,
    says: /8080/,
  },
  {
    what: 'a port that is no number',
    words: create('--publish', 'http:80', 'hello-web:1'),
    exitCode: 2,
    says: /http/,
  },
  {
    what: 'a malformed constraint',
    words: create('--constraint', 'node.labels.zone=a', 'hello-web:1'),
    exitCode: 1,
    says: /node\.labels\.zone=a/,
  },
  {
    what: 'a constraint on nothing that exists',
    words: create('--constraint', 'moon.phase==full', 'hello-web:1'),
    exitCode: 1,
    says: /moon\.phase/,
  },
  { what: 'an unknown flag', words: create('--replica', '2', 'hello-web:1'), exitCode: 2, says: /--replica/ },
  { what: 'an unknown command', words: ['service', 'crate', 'hello-web:1'], exitCode: 2, says: /crate/ },
  { what: 'a missing argument', words: ['service', 'create', '--name', 'bad'], exitCode: 2, says: /image/i },
  {
    what: 'a name that is taken',
    words: ['service', 'create', '--detach', '--name', 'good', 'hello-web:1'],
    exitCode: 1,
    says: /good/,
  },
  {
    what: 'a reservation that no node can ever meet',
    words: create('--reserve-memory', '900T', 'hello-web:1'),
    exitCode: 1,
    says: /reserv|memory/i,
  },
  {
    what: 'a reservation above the limit',
    words: create('--reserve-memory', '64M', '--limit-memory', '32M', 'hello-web:1'),
    exitCode: 1,
    says: /reserv|limit/i,
  },
  {
    what: 'a negative number of replicas',
    words: create('--replicas=-1', 'hello-web:1'),
    exitCode: 2,
    says: /replicas/,
  },
  {
    what: 'an unknown network',
    words: create('--network', 'nowhere', 'hello-web:1'),
    exitCode: 1,
    says: /nowhere/,
  },
  {
    what: 'a name that DNS cannot hold',
    words: ['service', 'create', '--detach', '--name', 'no_good!', 'hello-web:1'],
    exitCode: 1,
    says: /no_good!/,
  },
  {
    what: 'the scale of an unknown service',
    words: ['service', 'scale', 'ghost=2'],
    exitCode: 1,
    says: /ghost/,
  },
  { what: 'a scale without a number', words: ['service', 'scale', 'good=many'], exitCode: 2, says: /many/ },
  {
    what: 'an update of an unknown service',
    words: ['service', 'update', '--replicas', '2', 'ghost'],
    exitCode: 1,
    says: /ghost/,
  },
  {
    what: 'an update to an unknown image',
    words: ['service', 'update', '--detach', '--image', 'nobody/has:this', 'good'],
    exitCode: 1,
    says: /nobody\/has:this/,
  },
  {
    what: 'a rollback of what was never updated',
    words: ['service', 'rollback', 'good'],
    exitCode: 1,
    says: /good/,
  },
  {
    what: 'the removal of an unknown service',
    words: ['service', 'rm', 'ghost'],
    exitCode: 1,
    says: /ghost/,
  },
  {
    what: 'an availability that there is not',
    words: ['node', 'update', '--availability', 'asleep', WORKER],
    exitCode: 2,
    says: /asleep/,
  },
  {
    what: 'the removal of a node that is ready',
    words: ['node', 'rm', WORKER],
    exitCode: 1,
    says: /h2|ready|down/,
  },
  {
    what: 'a subnet that is none',
    words: ['network', 'create', '--driver', 'overlay', '--subnet', '10.0.0.0/99', 'bad'],
    exitCode: 1,
    says: /10\.0\.0\.0\/99/,
  },
  { what: 'a second init', words: ['swarm', 'init'], exitCode: 1, says: /swarm/ },
  {
    what: "a worker that is asked for a manager's command",
    words: ['node', 'ls'],
    exitCode: 1,
    says: /manager/,
    host: WORKER,
  },
  {
    what: 'a node that is in no swarm',
    words: ['service', 'ls'],
    exitCode: 1,
    says: /swarm/,
    host: STRANGER,
  },
];

/** Archives that try to write outside of the image. */
const ESCAPES: Readonly<Record<string, readonly TarEntry[]>> = {
  'climbs out with ..': [{ name: '../../../escaped', data: 'x' }],
  'climbs out from below': [{ name: 'etc/../../../../escaped', data: 'x' }],
  'goes through a link to a folder outside': [
    { name: 'way', type: '2', link: '/tmp' },
    { name: 'way/../../escaped', data: 'x' },
  ],
  'is a hard link to a file outside': [{ name: 'escaped', type: '1', link: '../../../../etc/passwd' }],
};

/** One line, and the exit code that was promised. */
function requireRefusal(result: CommandResult, exitCode: number, says: RegExp): void {
  const said = result.stderr.trim();
  assert.match(said, says);
  assert.equal(said.split('\n').length, 1, `more than one line: ${said}`);
  assert.equal(result.exitCode, exitCode, said);
  assert.ok(!/\bat .*\.js:\d+|undefined|\[object/.test(said), `not for a person: ${said}`);
}

describe('bad input', { skip }, () => {
  let cluster: TestCluster;
  let token = '';
  let managerAddress = '';

  before(async () => {
    cluster = await bringUp('bad', { managers: 1, workers: 2 });
    await requireSkep(cluster, STRANGER, 'swarm', 'leave');
    const stranger = await nodeOf(cluster, STRANGER);
    await eventually('the node that left is down', async () => {
      const { status } = await nodeOf(cluster, STRANGER);
      return status.state === 'down' ? '' : status.state;
    });
    await requireSkep(cluster, MANAGER, 'node', 'rm', stranger.id);
    const publish = ['--publish', '8080:8080'];
    await requireSkep(
      cluster,
      MANAGER,
      'service',
      'create',
      '-q',
      '--name',
      'good',
      ...publish,
      'hello-web:1',
    );
    await awaitUp(cluster, 'good', 1);
    token = (await requireSkep(cluster, MANAGER, 'swarm', 'join-token', '-q', 'worker')).trim();
    managerAddress = `${cluster.state.hosts[0]?.address}:2377`;
  });

  after(() => cluster?.close());

  /** Bytes in the managers' log: whatever is stored makes it grow. */
  async function logBytes(): Promise<number> {
    const folder = join(hostPaths(cluster.name, MANAGER).data, 'manager', 'raft');
    const files = await readdir(folder, { recursive: true });
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  async function imagesOf(host: string): Promise<unknown> {
    const connection = connectLocal(cluster.name, host);
    try {
      return (await connection.call.listImages({})).images;
    } finally {
      connection.close();
    }
  }

  /** Everything that bad input could have left its mark on. */
  async function everything(): Promise<unknown> {
    const objects = await ask(cluster, async (call) => ({
      services: (await call.listServices({})).services,
      tasks: (await call.listTasks({ serviceReferences: [], nodeReferences: [], desiredRunning: false }))
        .tasks,
      nodes: (await call.listNodes({})).nodes,
      networks: (await call.listNetworks({})).networks,
    }));
    return {
      ...objects,
      images: await Promise.all(cluster.hosts.map(imagesOf)),
      logBytes: await logBytes(),
    };
  }

  async function leavesNoTrace(act: () => Promise<void>): Promise<void> {
    const before = await everything();
    await act();
    assert.deepEqual(await everything(), before);
  }

  for (const { what, words, exitCode, says, host = MANAGER } of ROWS) {
    it(`refuses ${what}`, () =>
      leavesNoTrace(async () => requireRefusal(await skep(cluster, host, ...words), exitCode, says)));
  }

  it('lets nobody in with a bad token', () =>
    leavesNoTrace(async () => {
      const [prefix, version, hash = '', secret = ''] = token.split('-');
      const other = (text: string) => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
      const tokens: readonly (readonly [string, RegExp])[] = [
        ['let-me-in', /token/],
        [token.slice(0, -3), /token/],
        [`${prefix}-${version}-${hash}-${other(secret)}`, /token|secret/],
        [`${prefix}-${version}-${other(hash)}-${secret}`, /root|hash|certificate/],
      ];
      for (const [bad, says] of tokens) {
        const join = await skep(cluster, STRANGER, 'swarm', 'join', '--token', bad, managerAddress);
        requireRefusal(join, 1, says);
        assert.ok(!join.stderr.includes(secret), 'the secret is not repeated');
      }
      requireRefusal(await skep(cluster, STRANGER, 'swarm', 'join', managerAddress), 2, /--token/);
      const info = connectLocal(cluster.name, STRANGER);
      try {
        assert.equal((await info.call.info({})).swarmState, 'inactive');
      } finally {
        info.close();
      }
    }));

  it('unpacks no archive that leaves its own folder', () =>
    leavesNoTrace(async () => {
      for (const [how, entries] of Object.entries(ESCAPES)) {
        const archive = join(cluster.folder, 'escape.tar');
        await writeFile(archive, tarOf([{ name: 'bin/', type: '5' }, ...entries]));
        requireRefusal(
          await skep(cluster, WORKER, 'image', 'import', archive, `escape:1`),
          1,
          /escape|etc|way|passwd/,
        );
        for (const path of ['/escaped', '/tmp/escaped', '/var/lib/escaped']) {
          const look = await execInHost(cluster.name, WORKER, ['ls', path]);
          assert.notEqual(look.exitCode, 0, `an archive that ${how} made ${path}`);
        }
      }
    }));

  it('keeps an absolute path and an absolute link of an archive inside the image', async () => {
    const archive = join(cluster.folder, 'absolute.tar');
    const outside = join(cluster.folder, 'outside');
    await mkdir(outside);
    await writeFile(
      archive,
      tarOf([
        { name: join(outside, 'absolute'), data: 'x' },
        { name: 'way', type: '2', link: outside },
        { name: 'way/linked', data: 'x' },
      ]),
    );
    const result = await skep(cluster, WORKER, 'image', 'import', archive, 'absolute:1');
    if (result.exitCode === 0) await requireSkep(cluster, WORKER, 'image', 'rm', 'absolute:1');
    else requireRefusal(result, 1, /absolute|way/);
    assert.deepEqual(await readdir(outside), []);
  });

  it('refuses an archive that is none, is cut short, or is not there', () =>
    leavesNoTrace(async () => {
      const noise = join(cluster.folder, 'noise.tar');
      await writeFile(noise, 'this is not an archive'.repeat(100));
      requireRefusal(await skep(cluster, WORKER, 'image', 'import', noise, 'noise:1'), 1, /archive|tar/i);
      const short = join(cluster.folder, 'short.tar');
      await writeFile(short, (await readFile(join(cluster.folder, 'hello-web-1.tar'))).subarray(0, 100_000));
      requireRefusal(await skep(cluster, WORKER, 'image', 'import', short, 'short:1'), 1, /archive|tar|end/i);
      const absent = join(cluster.folder, 'absent.tar');
      requireRefusal(await skep(cluster, WORKER, 'image', 'import', absent, 'absent:1'), 1, /absent\.tar/);
    }));

  it('keeps a second daemon off the same data root', () =>
    leavesNoTrace(async () => {
      const second = ['timeout', '20', 'skepd', '--run-root', '/run/playground/second'];
      requireRefusal(await execInHost(cluster.name, MANAGER, second), 1, /\/var\/lib\/skep/);
      requireRefusal(await execInHost(cluster.name, MANAGER, ['skepd', '--data-rot', '/x']), 2, /--data-rot/);
    }));

  it('keeps a second daemon off a served socket, and replaces one that nobody serves', async () => {
    const second = ['timeout', '20', 'skepd', '--data-root', '/run/playground/data'];
    requireRefusal(await execInHost(cluster.name, STRANGER, second), 1, /skep\.sock/);
    await killDaemon(cluster.name, STRANGER, { hold: true });
    assert.ok((await stat(hostPaths(cluster.name, STRANGER).socket)).isSocket());
    requireRefusal(await skep(cluster, STRANGER, 'info'), 1, /skep\.sock|daemon/);
    await releaseDaemon(cluster.name, STRANGER);
  });
});
