import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ContainerRequest, IdMap } from '../../../agent/executor/executor.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const execOptions = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 10_000 };
const SLEEP = ['sleep', '1000'];
const idMap: IdMap = {
  users: [
    { inside: 0, outside: 100_000, count: 1_000 },
    { inside: 1_000, outside: 300_000, count: 64_536 },
  ],
  groups: [{ inside: 0, outside: 200_000, count: 65_536 }],
};

describe('a container with mapped users', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  function start(id: string, extra: Partial<ContainerRequest> = {}, argv: readonly string[] = SLEEP) {
    return node.executor.start(node.request(id, argv, { idMap, ...extra }));
  }

  async function end(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await node.executor.kill(id);
      await node.ended(id);
      await node.executor.remove(id);
    }
  }

  function ownersOf(path: string): readonly number[] {
    const { uid, gid } = statSync(path);
    return [uid, gid];
  }

  it('is root inside and nobody of the node outside', async () => {
    const { pid } = await start('root');
    const command = 'id -u; id -g; touch /mine; stat -c %u:%g / /bin /etc/passwd /mine';
    const seen = await node.executor.exec('root', ['sh', '-c', command], execOptions);
    assert.equal(seen.output, '0\n0\n0:0\n0:0\n0:0\n0:0\n');
    assert.notEqual(readlinkSync(`/proc/${pid}/ns/user`), readlinkSync('/proc/self/ns/user'));
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    assert.match(status, /^Uid:\t100000\t100000\t100000\t100000$/m);
    assert.match(status, /^Gid:\t200000\t200000\t200000\t200000$/m);
    assert.deepEqual(ownersOf(join(node.stateFolder, 'root/upper/mine')), [100_000, 200_000]);
    await end('root');
  });

  it('has every kind of namespace below its own users, and its network, files and devices work', async () => {
    const command = [
      'for n in net pid uts ipc mnt cgroup; do readlink /proc/self/ns/$n > /dev/null || echo no $n; done',
      'hostname',
      'cat /proc/sys/net/ipv4/ip_local_port_range',
      'ping -c 1 127.0.0.1 > /dev/null && echo pong',
      'echo x > /dev/null; dd if=/dev/zero bs=4 count=1 2>/dev/null | wc -c',
      'echo a > /dev/shm/a; cat /dev/shm/a; stat -c %u /dev/shm/a',
      'echo to stderr > /dev/stderr',
      'stat -c %u:%g:%a /dev/null /dev/pts/ptmx; ls /sys/class/net',
      'cat /etc/hosts; stat -c %u /etc/hosts',
    ].join('; ');
    const run = await node.run('works', command, {
      idMap,
      sysctls: { 'net.ipv4.ip_local_port_range': '7000 7777' },
      files: [{ target: '/etc/hosts', content: 'names\n' }],
      ulimits: [{ name: 'nofile', soft: 64, hard: 128 }],
      readOnlyRoot: true,
      tmpfs: [{ target: '/tmp', readOnly: false, sizeBytes: null, mode: 0o1777 }],
    });
    assert.equal(run.exitCode, 0);
    const printed = (stream: string) =>
      node
        .records('works')
        .flatMap((record) => (record.stream === stream ? [record.log] : []))
        .join('');
    assert.equal(printed('stdout'), 'box\n7000\t7777\npong\n4\na\n0\n0:0:666\n0:0:666\nlo\nnames\n0\n');
    assert.equal(printed('stderr'), 'to stderr\n');
    await node.executor.remove('works');
  });

  it('runs as other users, whose output is their own, with init and by exec', async () => {
    await start('users', { user: 'bee', groups: ['wax'], init: true }, [
      'sh',
      '-c',
      'id; touch /tmp/f; echo w > /dev/stdout; exec sleep 1000',
    ]);
    const expected = 'uid=1000(bee) gid=1001(bees) groups=1001(bees),1500(hive),1600(wax)\nw\n';
    for (let round = 0; round < 200 && node.output('users') !== expected; round++)
      await new Promise((resolve) => void setTimeout(resolve, 10));
    assert.equal(node.output('users'), expected);
    assert.deepEqual(ownersOf(join(node.stateFolder, 'users/upper/tmp/f')), [300_000, 201_001]);
    const bee = await node.executor.exec('users', ['sh', '-c', 'id -u; echo w > /dev/stdout'], {
      ...execOptions,
      user: 'bee',
    });
    assert.deepEqual(bee, { exitCode: 0, timedOut: false, output: '1000\nw\n' });
    const root = await node.executor.exec(
      'users',
      ['sh', '-c', 'id -u; touch /by-root; cat /proc/self/uid_map | wc -l; kill -0 1 && echo sees'],
      execOptions,
    );
    assert.equal(root.output, '0\n2\nsees\n');
    assert.deepEqual(ownersOf(join(node.stateFolder, 'users/upper/by-root')), [100_000, 200_000]);
    const { pid } = (await node.executor.list()).find(({ id }) => id === 'users') ?? { pid: 0 };
    await node.executor.exec('users', ['sh', '-c', 'readlink /proc/self/ns/user > /ns'], execOptions);
    assert.equal(
      readFileSync(join(node.stateFolder, 'users/upper/ns'), 'utf8').trim(),
      readlinkSync(`/proc/${pid}/ns/user`),
    );
    await end('users');
  });

  it('cannot write the folders of the node that are bound into it, and owns its volumes', async () => {
    const folder = join(node.folder, 'of-the-node');
    const volume = join(node.folder, 'volume');
    for (const path of [folder, volume]) {
      mkdirSync(path);
      writeFileSync(join(path, 'file'), 'old\n', { mode: 0o644 });
      writeFileSync(join(path, 'secret'), 'secret\n', { mode: 0o600 });
    }
    chmodSync(node.folder, 0o755);
    const bind = { readOnly: false, propagation: 'rprivate' } as const;
    const run = await node.run(
      'binds',
      'exec 2>/dev/null; for d in /host /volume; do stat -c %u $d/file; cat $d/file; cat $d/secret || echo hidden; echo new > $d/file || echo kept; touch $d/made || echo not made; chown 0 $d/file || echo not mine; done; chown 1000:1000 /volume/made',
      {
        idMap,
        binds: [
          { ...bind, source: folder, target: '/host' },
          { ...bind, source: volume, target: '/volume', ofNode: true },
        ],
      },
    );
    assert.equal(run.output, '65534\nold\nhidden\nkept\nnot made\nnot mine\n0\nold\nsecret\n');
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'old\n');
    assert.equal(readFileSync(join(volume, 'file'), 'utf8'), 'new\n');
    assert.deepEqual(ownersOf(join(volume, 'made')), [1_000, 1_000]);
    await node.executor.remove('binds');
  });

  it('shares namespaces only with one that has the same users, and then those too', async () => {
    const donor = await start('giver', { ipcSharing: 'shareable', hostname: 'giver' });
    const choice = { kind: 'container', id: 'giver' } as const;
    const all: Partial<ContainerRequest> = { network: choice, pidNamespace: choice, ipcNamespace: choice };
    const guest = await start('guest', all);
    for (const name of ['user', 'net', 'pid', 'ipc'])
      assert.equal(
        readlinkSync(`/proc/${guest.pid}/ns/${name}`),
        readlinkSync(`/proc/${donor.pid}/ns/${name}`),
        name,
      );
    const run = await node.executor.exec(
      'guest',
      ['sh', '-c', 'id -u; hostname; echo s > /dev/shm/s; kill -0 1 && cat /proc/1/comm'],
      execOptions,
    );
    assert.equal(run.output, '0\ngiver\nsleep\n');
    assert.equal((await node.executor.exec('giver', ['cat', '/dev/shm/s'], execOptions)).output, 's\n');
    await node.executor.start(node.request('plain', SLEEP, { ipcSharing: 'shareable' }));
    for (const [id, other, extra] of [
      ['unmapped', 'giver', { idMap: undefined, network: choice }],
      ['mapped', 'plain', { network: { kind: 'container', id: 'plain' } }],
    ] as const) {
      const { idMap: none, ...rest } = { idMap, ...extra };
      const request = node.request(id, SLEEP, none === undefined ? rest : { ...rest, idMap: none });
      await assert.rejects(node.executor.start(request), {
        code: 'FAILED_PRECONDITION',
        message: new RegExp(`cannot join container ${other}`),
      });
    }
    await start('second', { ipcSharing: 'shareable' });
    await assert.rejects(
      start('both', { network: choice, ipcNamespace: { kind: 'container', id: 'second' } }),
      /can have only one/,
    );
    await end('giver', 'plain', 'second');
    assert.equal((await node.ended('guest')).exit?.signal, 9);
    await node.executor.remove('guest');
  });

  it("is refused what is the node's", async () => {
    const host = { kind: 'host' } as const;
    for (const [extra, what] of [
      [{ privileged: true }, /privileged container cannot have mapped users/],
      [{ network: host }, /cannot share the node's network/],
      [{ pidNamespace: host }, /cannot share the node's pid namespace/],
      [{ ipcNamespace: host }, /cannot share the node's IPC namespace/],
    ] as const) {
      await assert.rejects(start('refused', extra), { code: 'FAILED_PRECONDITION', message: what });
    }
  });

  it('tells why a start failed, before and behind its user namespace, and leaves nothing', async () => {
    await assert.rejects(start('missing', {}, ['no-such-program']), /executable file not found in \$PATH/);
    await assert.rejects(start('user', { user: 'nobody-here' }), /unable to find user nobody-here/);
    const wrong: IdMap = { ...idMap, users: [...idMap.users, { inside: 0, outside: 1, count: 5 }] };
    await assert.rejects(start('overlap', { idMap: wrong }), /the kernel refuses the map of users/);
    assert.deepEqual(await node.executor.list(), []);
    for (const id of ['missing', 'user', 'overlap']) assert.deepEqual(node.cgroups(id), []);
  });
});
