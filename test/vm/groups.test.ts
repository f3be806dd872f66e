import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { applyCapabilities } from '../../agent/executor/capabilities.ts';
import { startTestNode, type TestNode } from '../agent/executor/test-node.ts';
import { skip } from './version-2.ts';

const MEBIBYTE = 1024 * 1024;

describe('a container on a node with control groups of version 2 only', { skip }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(() => node.close());

  const groupOf = (id: string): string => node.cgroups(id)[0] ?? assert.fail(`${id} has no group`);
  const read = (id: string, file: string): string => readFileSync(join(groupOf(id), file), 'utf8').trim();

  it('has its limits in the kernel, and as much swap as memory', async () => {
    const limits = { nanoCpus: 1_500_000_000, memoryBytes: 64 * MEBIBYTE, pids: 17 };
    await node.executor.start(node.request('limited', ['sleep', '1000'], limits));
    assert.equal(read('limited', 'cpu.max'), '150000 100000');
    assert.equal(read('limited', 'memory.max'), String(64 * MEBIBYTE));
    assert.equal(read('limited', 'memory.swap.max'), String(64 * MEBIBYTE));
    assert.equal(read('limited', 'pids.max'), '17');
    await node.executor.kill('limited');
  });

  it('without limits has none, and its processes are counted all the same', async () => {
    const state = await node.executor.start(node.request('free', ['sleep', '1000']));
    for (const file of ['memory.max', 'pids.max']) assert.equal(read('free', file), 'max');
    assert.equal(read('free', 'pids.current'), '1');
    assert.equal(read('free', 'cgroup.procs'), String(state.pid));
    assert.ok(Number(read('free', 'memory.current')) > 0);
    await node.executor.kill('free');
  });

  it('takes programs that are run in it into its group and its limits', async () => {
    await node.executor.start(node.request('entered', ['sleep', '1000'], { memoryBytes: 24 * MEBIBYTE }));
    const big = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=200M', 'count=1'];
    const options = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 60_000 };
    const { exitCode } = await node.executor.exec('entered', big, options);
    assert.equal(exitCode, 137);
    assert.match(read('entered', 'memory.events'), /^oom_kill 1$/m);
    await node.executor.kill('entered');
  });

  it('leaves the options of the whole machine as they were', async () => {
    const optionsOf = (): string | undefined =>
      /- cgroup2 \S+ (\S+)/.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1];
    const before = optionsOf();
    const { output } = await node.run(
      'mounted',
      'mount | grep cgroup2; ls /sys/fs/cgroup | grep -c cgroup.procs',
    );
    assert.match(output, /^cgroup2 on \/sys\/fs\/cgroup type cgroup2 \(ro,nosuid,nodev,noexec/);
    assert.match(output, /\n1\n$/);
    assert.equal(optionsOf(), before);
  });

  it('is removed whole when it made groups of its own', async () => {
    const capabilities = applyCapabilities(['SYS_ADMIN'], []);
    const script =
      'mount -o remount,rw /sys/fs/cgroup; mkdir -p /sys/fs/cgroup/a/b /sys/fs/cgroup/c; ' +
      'sleep 1000 & echo $! > /sys/fs/cgroup/a/b/cgroup.procs; echo made; wait';
    await node.executor.start(node.request('nested', ['sh', '-c', script], { capabilities }));
    const group = groupOf('nested');
    while (!node.output('nested').includes('made')) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(existsSync(join(group, 'a/b')), node.output('nested'));
    await node.executor.kill('nested');
    await node.ended('nested');
    await node.executor.remove('nested');
    assert.equal(existsSync(group), false);
  });

  it('cannot undo its filter of devices in a group below its own', async () => {
    const script =
      'mount -o remount,rw /sys/fs/cgroup; mkdir /sys/fs/cgroup/a; echo 0 > /sys/fs/cgroup/a/cgroup.procs; ' +
      'cat /proc/self/cgroup; mknod /tmp/kmsg c 1 11; (: < /tmp/kmsg) 2>&1';
    const capabilities = applyCapabilities(['SYS_ADMIN'], []);
    const { output } = await node.run('climber', script, { capabilities });
    assert.match(output, /^0::\/a\n.*Operation not permitted/);
    await node.executor.remove('climber');
  });

  it('that its keeper lost is ended and removed with the groups below it', async () => {
    const group = join('/sys/fs/cgroup', node.cgroupParent, 'orphan');
    await node.run('first', 'true');
    mkdirSync(join(group, 'below'), { recursive: true });
    mkdirSync(join(node.stateFolder, 'orphan'));
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    writeFileSync(join(group, 'below/cgroup.procs'), String(child.pid));
    await node.executor.cleanLeftovers([]);
    assert.equal(await ended, 'SIGKILL');
    assert.equal(existsSync(group), false);
  });
});
