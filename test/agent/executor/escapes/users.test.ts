import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { applyCapabilities, capabilityMask } from '../../../../agent/executor/capabilities.ts';
import type { ContainerRequest, IdMap } from '../../../../agent/executor/executor.ts';
import { startTestNode, type TestNode } from '../test-node.ts';
import {
  addAttacker,
  attackSkipReason,
  changesOf,
  endContainer,
  execOptions,
  hostileLayers,
  startAttack,
  until,
} from './hostile-image.ts';

const idMap: IdMap = {
  users: [{ inside: 0, outside: 100_000, count: 65_536 }],
  groups: [{ inside: 0, outside: 100_000, count: 65_536 }],
};
const ALL = applyCapabilities(['ALL'], []);
/** Root with everything that a container can be given, but for being privileged. */
const mighty: Partial<ContainerRequest> = { idMap, capabilities: ALL, seccompProfile: 'unconfined' };

function membersOf(node: TestNode, id: string): string[] {
  return node.cgroups(id).flatMap((path) => {
    return readFileSync(join(path, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  });
}

describe('root of a container with mapped users and every capability', { skip: attackSkipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
    addAttacker(node);
  });
  after(async () => {
    await node.close();
  });

  it('has the capabilities, over its own namespaces', async () => {
    const command =
      'grep CapEff /proc/self/status; hostname mine && hostname; ip link set lo down && ip link set lo up && echo linked';
    const run = await node.run('has', command, mighty);
    assert.equal(
      run.output,
      `CapEff:\t${capabilityMask(ALL).toString(16).padStart(16, '0')}\nmine\nlinked\n`,
    );
    await node.executor.remove('has');
  });

  it('cannot make a device, set the clock, or load what the node would run', async () => {
    const device = statSync('/dev/null').rdev;
    const attacks = [
      'mknod /tmp/disk b 8 0',
      'mknod /dev/disk b 8 0',
      `mknod /tmp/null c ${device >> 8} ${device & 0xff}`,
      'swapon /tmp/swap',
      'dmesg',
    ];
    const command = attacks
      .map((attack) => `(${attack}) >/dev/null 2>&1 && echo "done: ${attack}"`)
      .join('; ');
    const clock = 'date -s @$(date +%s) 2>&1 | grep -c "not permitted"';
    const run = await node.run(
      'devices',
      `dd if=/dev/zero of=/tmp/swap bs=4096 count=10 2>/dev/null; ${command}; ${clock}; echo end`,
      mighty,
    );
    assert.equal(run.output, '1\nend\n');
    await node.executor.remove('devices');
  });

  it('cannot write the settings of the node, with /proc/sys writable again or another /proc', async () => {
    // Each would be given the value that it has: an attack that gets through does no harm.
    const command =
      'umount /proc/sys; mount -o remount,rw /proc/sys; mount -o remount,rw /sys; umount /proc/timer_list; ' +
      'mkdir -p /tmp/p; mount -t proc proc /tmp/p; ' +
      'for p in /proc /tmp/p; do for f in sys/kernel/core_pattern sys/vm/swappiness sys/kernel/modprobe; do ' +
      '(v=$(cat $p/$f) && echo "$v" > $p/$f) && echo "wrote $p/$f"; done; ' +
      '(echo h > $p/sysrq-trigger) && echo "wrote $p/sysrq-trigger"; done; ' +
      '(echo > /sys/kernel/uevent_helper) && echo wrote helper; head -c 1 /proc/kcore | wc -c; echo end';
    const run = await node.run('settings', `exec 2>/dev/null; ${command}`, mighty);
    assert.equal(run.output, '0\nend\n');
    await node.executor.remove('settings');
  });

  // CVE-2022-0492, CVE-2023-25809.
  it('cannot write control groups that it mounts itself, nor a release agent', async () => {
    const version1 = existsSync('/sys/fs/cgroup/memory');
    const type = version1 ? '-t cgroup -o memory' : '-t cgroup2';
    const command =
      `mkdir /tmp/g; mount ${type} none /tmp/g && echo mounted; mount -o remount,rw /sys/fs/cgroup; ` +
      'find /tmp/g /sys/fs/cgroup -type f | while read -r f; do (echo 1 > "$f") && echo "wrote $f"; done; ' +
      'find /tmp/g /sys/fs/cgroup -type d | while read -r d; do mkdir "$d/mine" && echo "made $d/mine"; done; echo end';
    const run = await node.run('groups', `exec 2>/dev/null; ${command}`, {
      ...mighty,
      memoryBytes: 64 * 1024 * 1024,
    });
    assert.doesNotMatch(run.output, /wrote \/.*(?:limit|max|release_agent|kill)|made/);
    assert.match(run.output, /^mounted\n[\s\S]*end\n$/);
    await node.executor.remove('groups');
  });

  it('leaves no set-id program of the node behind in a folder that everyone may write', async () => {
    const folder = join(node.folder, 'open-to-all');
    mkdirSync(folder);
    chmodSync(folder, 0o1777);
    writeFileSync(join(folder, 'sh'), 'x', { mode: 0o755 });
    const run = await node.run(
      'set-id',
      'exec 2>/dev/null; cp /bin/busybox /host/root && chmod 4755 /host/root && echo made; chmod 4755 /host/sh; chown 0:0 /host/sh; rm /host/sh; echo end',
      { ...mighty, binds: [{ source: folder, target: '/host', readOnly: false, propagation: 'rprivate' }] },
    );
    assert.equal(run.output, 'made\nend\n');
    assert.equal(statSync(join(folder, 'root')).uid, 100_000);
    assert.equal(statSync(join(folder, 'sh')).mode & 0o7777, 0o755);
    assert.equal(statSync(join(folder, 'sh')).uid, 0);
    await node.executor.remove('set-id');
  });

  // CVE-2016-9962: a process that joins is the node's until it has joined.
  it('sees nothing of the node in a process that joins it, by exec or to share its namespaces', async () => {
    const layers = hostileLayers(node, 'waiting', (layer) => {
      mkdirSync(join(layer, 'etc'));
      const bulk = 'x:x:2000:2000::/:/bin/sh\n'.repeat(140_000);
      writeFileSync(join(layer, 'etc/passwd'), `${bulk}root:x:0:0::/:/bin/sh\n`);
    });
    await startAttack(node, 'waiting', ['attacker', 'catch-joining'], { ...mighty, layers });
    const seen = join(changesOf(node, 'waiting'), 'seen');
    for (let round = 0; round < 300 && (round < 20 || !existsSync(seen)); round++) {
      const joined = await node.executor.exec('waiting', ['true'], execOptions);
      assert.equal(joined.exitCode, 0);
    }
    for (let round = 0; round < 5; round++) {
      const sharing: Partial<ContainerRequest> = {
        idMap,
        pidNamespace: { kind: 'container', id: 'waiting' },
      };
      const id = `sharing-${round}`;
      await node.executor.start(node.request(id, ['true'], sharing));
      await node.ended(id);
      await node.executor.remove(id);
    }
    await node.executor.exec('waiting', ['touch', '/stop'], execOptions);
    await until('the end of the attack', () => node.output('waiting') !== '');
    await node.ended('waiting');
    assert.equal(node.output('waiting'), 'held\n');
    await node.executor.remove('waiting');
  });

  it('is outrun when it shares the pids of the node and its processes never stay where they are', async () => {
    const request: Partial<ContainerRequest> = {
      pidNamespace: { kind: 'host' },
      pids: 64,
      nanoCpus: 300_000_000,
    };
    await startAttack(node, 'runner', ['attacker', 'run-away'], request);
    await until('the first steps', () => node.output('runner') === 'running\n');
    await node.executor.kill('runner');
    await node.ended('runner');
    assert.deepEqual(membersOf(node, 'runner'), []);
    await node.executor.remove('runner');
    assert.deepEqual(node.cgroups('runner'), []);
  });

  it("cannot lead the other container's shared memory elsewhere", async () => {
    // It may unmount, as it has CAP_SYS_ADMIN; what lies there instead must not be followed out of it.
    const command = 'umount /dev/shm; rmdir /dev/shm; ln -s /etc /dev/shm; echo ready; exec sleep 1000';
    await startAttack(node, 'liar', ['sh', '-c', command], { ...mighty, ipcSharing: 'shareable' });
    await until('the link', () => node.output('liar') === 'ready\n');
    const guest = node.request('guest', ['ls', '/dev/shm'], {
      idMap,
      ipcNamespace: { kind: 'container', id: 'liar' },
    });
    await assert.rejects(node.executor.start(guest), /\/dev\/shm of the other container/);
    await endContainer(node, 'liar');
  });
});
