import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname as nodeHostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerRequest } from '../../../agent/executor/executor.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const execOptions = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 10_000 };
const SLEEP = ['sleep', '1000'];

function ofNode(name: string): string {
  return readlinkSync(`/proc/self/ns/${name}`);
}

/** A zombie, which the node's own first process has yet to reap, is not. */
function isAlive(pid: string | number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until something is so, at most ten seconds. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 500; round++) {
    if (isSo()) return;
    await sleep(20);
  }
  assert.fail(`never came: ${what}`);
}

describe('the namespaces of a container', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  async function start(id: string, extra: Partial<ContainerRequest> = {}, argv: readonly string[] = SLEEP) {
    return node.executor.start(node.request(id, argv, extra));
  }

  async function end(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await node.executor.kill(id);
      await node.ended(id);
      await node.executor.remove(id);
    }
  }

  async function inside(id: string, command: string): Promise<string> {
    return (await node.executor.exec(id, ['sh', '-c', command], execOptions)).output.trim();
  }

  function namespaceOf(pid: number, name: string): string {
    return readlinkSync(`/proc/${pid}/ns/${name}`);
  }

  it('are its own unless it is asked otherwise', async () => {
    const { pid } = await start('own');
    for (const name of ['pid', 'ipc', 'uts', 'net', 'mnt', 'cgroup'])
      assert.notEqual(namespaceOf(pid, name), ofNode(name), name);
    assert.equal(namespaceOf(pid, 'user'), ofNode('user'));
    await end('own');
  });

  describe('with the processes of the node', () => {
    const host: Partial<ContainerRequest> = { pidNamespace: { kind: 'host' } };

    it('sees them, and keeps what is masked and read-only', async () => {
      const { pid } = await start('sees', host);
      assert.equal(namespaceOf(pid, 'pid'), ofNode('pid'));
      const comm = await inside('sees', `cat /proc/${process.pid}/comm`);
      assert.equal(comm, readFileSync('/proc/self/comm', 'utf8').trim());
      const readOnly = "sh: can't create /proc/sys/vm/swappiness: Read-only file system";
      assert.equal(
        await inside('sees', 'cat /proc/timer_list /proc/keys; (echo 1 > /proc/sys/vm/swappiness) 2>&1'),
        readOnly,
      );
      assert.equal(await inside('sees', `cat /proc/${pid}/environ`), 'PATH=/bin\u0000HOME=/root\u0000');
      await end('sees');
    });

    const family =
      'for n in 1 2 3; do (trap "" TERM; setsid sleep 1000 & sleep 1000) & done; echo up; sleep 1000';

    function membersOf(id: string): string[] {
      return node.cgroups(id).flatMap((path) => {
        return readFileSync(join(path, 'cgroup.procs'), 'utf8')
          .split('\n')
          .filter((line) => line !== '');
      });
    }

    for (const init of [false, true]) {
      it(`leaves none of its own behind when it is killed${init ? ', with a reaper too' : ''}`, async () => {
        const id = `family-${init}`;
        await start(id, { ...host, init }, ['sh', '-c', family]);
        await until('its processes', () => new Set(membersOf(id)).size >= 7);
        const pids = new Set(membersOf(id));
        await node.executor.kill(id);
        const { exit } = await node.ended(id);
        assert.equal(exit?.signal, 9);
        for (const pid of pids) assert.equal(isAlive(pid), false, pid);
        await node.executor.remove(id);
        assert.deepEqual(node.cgroups(id), []);
      });
    }

    it('leaves none behind when its first process ends by itself, and its output is whole', async () => {
      const run = await node.run('first', '(sleep 1000; echo late) & (sleep 1000) & echo done; exit 3', host);
      assert.equal(run.exitCode, 3);
      assert.equal(run.output, 'done\n');
      assert.deepEqual(membersOf('first'), []);
      await node.executor.remove('first');
    });
  });

  it('can hold the processes of another container, which signal each other and end with it', async () => {
    const donor = await start('donor', {}, [
      'sh',
      '-c',
      'trap "echo got; exit 7" USR1; echo ready; while :; do sleep 0.02; done',
    ]);
    const guest = await start('guest', { pidNamespace: { kind: 'container', id: 'donor' } });
    assert.equal(namespaceOf(guest.pid, 'pid'), namespaceOf(donor.pid, 'pid'));
    assert.notEqual(namespaceOf(guest.pid, 'mnt'), namespaceOf(donor.pid, 'mnt'));
    assert.match(await inside('guest', 'cat /proc/1/cmdline'), /trap/);
    assert.match(await inside('donor', 'ps'), /sleep 1000/);
    const last = await start('last', { pidNamespace: { kind: 'container', id: 'donor' } });
    await end('last');
    assert.equal(isAlive(last.pid), false);
    await until('the trap', () => node.output('donor') !== '');
    await inside('guest', 'kill -USR1 1');
    assert.equal((await node.ended('donor')).exit?.exitCode, 7);
    assert.equal((await node.ended('guest')).exit?.signal, 9);
    await node.executor.remove('guest');
    await node.executor.remove('donor');
  });

  it('share memory with another container that is shareable, and go on when it ends', async () => {
    const donor = await start('memory', { ipcSharing: 'shareable', shmSizeBytes: 1024 * 1024 });
    await inside('memory', 'echo shared > /dev/shm/a');
    const guest = await start('reader', { ipcNamespace: { kind: 'container', id: 'memory' } });
    assert.equal(namespaceOf(guest.pid, 'ipc'), namespaceOf(donor.pid, 'ipc'));
    assert.equal(await inside('reader', 'cat /dev/shm/a; echo back > /dev/shm/b'), 'shared');
    assert.equal(await inside('memory', 'cat /dev/shm/b'), 'back');
    assert.match(await inside('reader', 'grep " /dev/shm " /proc/mounts'), /nosuid,nodev,noexec.*size=1024k/);
    const third = await start('third', { ipcNamespace: { kind: 'container', id: 'reader' } });
    assert.equal(namespaceOf(third.pid, 'ipc'), namespaceOf(donor.pid, 'ipc'));
    await end('memory');
    assert.equal(await inside('reader', 'cat /dev/shm/b'), 'back');
    assert.equal(await inside('third', 'cat /dev/shm/a'), 'shared');
    await end('reader', 'third');
  });

  it('keep the shared memory of a private one to itself', async () => {
    await start('private');
    const join: Partial<ContainerRequest> = { ipcNamespace: { kind: 'container', id: 'private' } };
    await assert.rejects(start('intruder', join), {
      code: 'FAILED_PRECONDITION',
      message:
        'container intruder: it cannot join the IPC namespace of container private, which is not shareable',
    });
    await end('private');
  });

  it('have no /dev/shm where it was asked to have none', async () => {
    const run = await node.run('none', 'ls /dev; grep -c /dev/shm /proc/mounts', { ipcSharing: 'none' });
    assert.doesNotMatch(run.output, /shm/);
    assert.match(run.output, /mqueue/);
    assert.match(run.output, /\n0\n$/);
    await node.executor.remove('none');
  });

  it("can be the node's for IPC and name, which the container does not change", async () => {
    const name = `/dev/shm/skep-${process.pid}`;
    writeFileSync(name, 'of the node\n');
    const request: Partial<ContainerRequest> = {
      ipcNamespace: { kind: 'host' },
      utsNamespace: { kind: 'host' },
      hostname: 'other',
    };
    const { pid } = await start('node', request);
    assert.equal(namespaceOf(pid, 'ipc'), ofNode('ipc'));
    assert.equal(namespaceOf(pid, 'uts'), ofNode('uts'));
    assert.equal(await inside('node', `cat ${name}; hostname`), `of the node\n${nodeHostname()}`);
    assert.notEqual(nodeHostname(), 'other');
    await end('node');
    rmSync(name);
  });

  it('can be the network of another container, with its names', async () => {
    const file = (content: string) => ({ target: '/etc/hosts', content });
    const donor = await start('net', { hostname: 'giver', files: [file('127.0.0.1 giver\n')] });
    const guest = await start('net-guest', {
      network: { kind: 'container', id: 'net' },
      hostname: 'taker',
      env: ['PATH=/bin', 'HOSTNAME=taker'],
      files: [file('127.0.0.1 taker\n'), { target: '/etc/own', content: 'own\n' }],
    });
    assert.equal(namespaceOf(guest.pid, 'net'), namespaceOf(donor.pid, 'net'));
    assert.notEqual(namespaceOf(guest.pid, 'uts'), namespaceOf(donor.pid, 'uts'));
    assert.equal(await inside('net-guest', 'hostname; cat /etc/own'), 'giver\nown');
    const environment = readFileSync(`/proc/${guest.pid}/environ`, 'utf8');
    assert.match(environment, /HOSTNAME=giver/);
    await inside('net', 'echo 10.0.0.9 new >> /etc/hosts');
    assert.equal(await inside('net-guest', 'cat /etc/hosts'), '127.0.0.1 giver\n10.0.0.9 new');
    assert.equal(await inside('net-guest', 'cat /sys/class/net/lo/flags'), '0x9');
    await end('net');
    assert.equal(
      await inside('net-guest', 'ping -c 1 127.0.0.1 > /dev/null; echo $?; tail -1 /etc/hosts'),
      '0\n10.0.0.9 new',
    );
    await end('net-guest');
  });

  it('cannot be those of a container that does not run, is unknown, or is itself', async () => {
    await node.run('over', 'true');
    for (const id of ['over', 'nobody', 'circle']) {
      const choice = { kind: 'container', id } as const;
      for (const extra of [{ network: choice }, { pidNamespace: choice }, { ipcNamespace: choice }]) {
        await assert.rejects(start('circle', extra), {
          code: 'FAILED_PRECONDITION',
          message: `container circle: it cannot join container ${id}, which is not running`,
        });
      }
    }
    await node.executor.remove('over');
    assert.equal(readdirSync(node.stateFolder).includes('circle'), false);
  });

  it('of the node and of others are not changed by a sysctl', async () => {
    await start('giver');
    const giver = { kind: 'container', id: 'giver' } as const;
    const node = { kind: 'host' } as const;
    const memory = { 'kernel.msgmax': '9000' };
    const network = { 'net.core.somaxconn': '77' };
    for (const [extra, what] of [
      [{ ipcNamespace: node, sysctls: memory }, /sysctl kernel.msgmax would change the node/],
      [{ network: node, sysctls: network }, /sysctl net.core.somaxconn would change the node/],
      [{ network: giver, sysctls: network }, /sysctl net.core.somaxconn would change another container/],
    ] as const) {
      await assert.rejects(start('sysctl', extra), what);
    }
    await end('giver');
    const both = { ipcNamespace: node, sysctls: network };
    await start('own-network', both);
    await end('own-network');
  });
});
