import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CAPABILITY_NAMES } from '../../../agent/executor/capabilities.ts';
import { readCgroupLayout } from '../../../agent/executor/cgroup-plan.ts';
import type { ContainerRequest } from '../../../agent/executor/executor.ts';
import type { ControlGroupSettings } from '../../../lib/domain/container-spec.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const MEBIBYTE = 1024 * 1024;
const NO_RATES = {
  readBytesPerSecond: [],
  writeBytesPerSecond: [],
  readOperationsPerSecond: [],
  writeOperationsPerSecond: [],
};
const inside = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 60_000 };

const layout = readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
const notVersion1 = layout.version === 1 ? false : 'control groups are of version 2';
/** A whole disk of the node, as the kernel limits no parts of one. */
const disk = existsSync('/sys/block')
  ? readdirSync('/sys/block').find(
      (name) => !/^(?:loop|ram|zram|sr)/.test(name) && existsSync(`/dev/${name}`),
    )
  : undefined;

/** What the node itself reads in the files of a container's groups. */
function read(node: TestNode, id: string, file: string): string | undefined {
  const folder = node.cgroups(id).find((path) => existsSync(join(path, file)));
  return folder === undefined ? undefined : readFileSync(join(folder, file), 'utf8').trim();
}

describe('a container’s control group', { skip: skipReason || notVersion1 }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(() => node.close());

  async function hold(
    id: string,
    settings: Partial<ControlGroupSettings>,
    more: Partial<ContainerRequest> = {},
  ): Promise<(file: string) => string | undefined> {
    const controlGroup = { ...NO_RATES, ...settings };
    await node.executor.start(node.request(id, ['sleep', '1000'], { controlGroup, ...more }));
    return (file) => read(node, id, file);
  }

  it('holds shares, quota and sets of processors', async () => {
    const file = await hold('cpus', {
      cpuShares: 512,
      cpuPeriodUs: 50_000,
      cpuQuotaUs: 20_000,
      cpusetCpus: '0',
      cpusetMems: '0',
    });
    assert.equal(file('cpu.shares'), '512');
    assert.equal(file('cpu.cfs_period_us'), '50000');
    assert.equal(file('cpu.cfs_quota_us'), '20000');
    assert.equal(file('cpuset.cpus'), '0');
    assert.equal(file('cpuset.mems'), '0');
    const status = await node.executor.exec(
      'cpus',
      ['grep', 'Cpus_allowed_list', '/proc/self/status'],
      inside,
    );
    assert.match(status.output, /Cpus_allowed_list:\s0\n/);
  });

  it('leaves the groups above it as narrow as they are', {
    skip: cpus().length < 2 && 'needs two processors',
  }, async () => {
    const above = join('/sys/fs/cgroup/cpuset', node.cgroupParent, 'cpuset.cpus');
    await hold('wide', { cpusetMems: '0' });
    const whole = readFileSync('/sys/fs/cgroup/cpuset/cpuset.cpus', 'utf8');
    assert.equal(readFileSync(above, 'utf8'), whole);
    await node.executor.kill('wide');
    await node.ended('wide');
    await node.executor.remove('wide');
    writeFileSync(above, '0');
    const file = await hold('narrow', { cpusetMems: '0' });
    assert.deepEqual([readFileSync(above, 'utf8').trim(), file('cpuset.cpus')], ['0', '0']);
  });

  it('enters no hierarchy that it does not need', async () => {
    await node.executor.start(node.request('plain', ['sleep', '1000']));
    assert.equal(read(node, 'plain', 'cpuset.cpus'), undefined);
    assert.equal(read(node, 'plain', 'cpu.shares'), '1024');
  });

  it('holds memory with as much swap again unless told otherwise, and a reservation', async () => {
    const memoryBytes = 64 * MEBIBYTE;
    const swapOf = async (id: string, settings: Partial<ControlGroupSettings>) =>
      (await hold(id, settings, { memoryBytes }))('memory.memsw.limit_in_bytes');
    assert.equal(await swapOf('twice', {}), String(2 * memoryBytes));
    assert.equal(await swapOf('none', { memorySwapBytes: memoryBytes }), String(memoryBytes));
    assert.equal(await swapOf('some', { memorySwapBytes: memoryBytes + 4096 }), String(memoryBytes + 4096));
    assert.ok(Number(await swapOf('any', { memorySwapBytes: -1 })) > 2 ** 60);
    const file = await hold(
      'memory',
      { memorySwappiness: 7, oomKillDisable: true },
      { memoryBytes, memoryReservationBytes: 32 * MEBIBYTE },
    );
    assert.equal(file('memory.soft_limit_in_bytes'), String(32 * MEBIBYTE));
    assert.equal(file('memory.swappiness'), '7');
    assert.match(file('memory.oom_control') ?? '', /oom_kill_disable 1/);
  });

  it('holds the rates of block devices', {
    skip: disk === undefined ? 'the node has no disk' : false,
  }, async () => {
    const path = `/dev/${disk}`;
    const number = readFileSync(`/sys/block/${disk}/dev`, 'utf8').trim();
    const rate = [{ path, rate: 1_048_576 }];
    const file = await hold('rates', {
      readBytesPerSecond: rate,
      writeBytesPerSecond: rate,
      readOperationsPerSecond: [{ path, rate: 100 }],
      writeOperationsPerSecond: [{ path, rate: 200 }],
    });
    assert.equal(file('blkio.throttle.read_bps_device'), `${number} 1048576`);
    assert.equal(file('blkio.throttle.write_bps_device'), `${number} 1048576`);
    assert.equal(file('blkio.throttle.read_iops_device'), `${number} 100`);
    assert.equal(file('blkio.throttle.write_iops_device'), `${number} 200`);
  });

  it('says which limit the node cannot hold, and leaves nothing behind', async () => {
    const start = (id: string, settings: Partial<ControlGroupSettings>) => hold(id, settings);
    await assert.rejects(
      start('nocpu', { cpusetCpus: '4000' }),
      /refuses the value for cpuset\.cpus.*--cpuset-cpus to 4000/,
    );
    const characters = { readBytesPerSecond: [{ path: '/dev/null', rate: 1 }] };
    await assert.rejects(
      start('nodisk', characters),
      /\/dev\/null whose rate is to be limited is no block device/,
    );
    const missing = { readBytesPerSecond: [{ path: '/dev/no-such', rate: 1 }] };
    await assert.rejects(start('missing', missing), /\/dev\/no-such .* does not exist on the node/);
    for (const id of ['nocpu', 'nodisk', 'missing']) assert.deepEqual(node.cgroups(id), []);
  });

  it('holds a weight of block devices, or says that this kernel has none', async () => {
    const weighed = await hold('weight', { blockWeight: 300 }).catch((error: unknown) => String(error));
    if (typeof weighed === 'string') {
      assert.match(
        weighed,
        /the node cannot hold this limit: its kernel has no blkio\.weight .*--blkio-weight to 300/,
      );
      return;
    }
    assert.match(`${weighed('blkio.weight')} ${weighed('blkio.bfq.weight')}`, /\b300\b/);
  });
});

describe('devices of the node', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(() => node.close());

  const device = (pathOnHost: string, pathInContainer = pathOnHost, permissions = 'rwm') => ({
    pathOnHost,
    pathInContainer,
    permissions,
  });

  /** The kernel's log under another name: every machine has it, and no container may use it unasked. */
  function kernelLog(name: string): string {
    const path = join(node.folder, name);
    execFileSync('mknod', [path, 'c', '1', '11']);
    chownSync(path, 7, 8);
    chmodSync(path, 0o620);
    return path;
  }

  it('are made with their numbers, owners and modes, and may be used as allowed', async () => {
    const path = kernelLog('log');
    const run = await node.run(
      'log',
      'stat -c "%t:%T %a %u:%g" /dev/log0 /dev/in/side; (: >> /dev/log0) && echo opened; (: >> /dev/in/side) && echo too',
      { devices: [device(path, '/dev/log0'), device(path, '/dev/in/side')] },
    );
    assert.equal(run.output, '1:b 620 7:8\n1:b 620 7:8\nopened\ntoo\n');
  });

  it('may only be written where only that is allowed', async () => {
    const run = await node.run('written', '(: >> /dev/log0) && echo opened; (: < /dev/log0) 2>&1', {
      devices: [device(kernelLog('written'), '/dev/log0', 'w')],
    });
    assert.match(run.output, /^opened\n[^\n]*can't open \/dev\/log0: Operation not permitted\n$/);
  });

  it('take the place of one that every container has', async () => {
    const run = await node.run('instead', 'stat -c %t:%T /dev/full /dev/zero', {
      devices: [device('/dev/zero', '/dev/full')],
    });
    assert.equal(run.output, '1:5\n1:5\n');
  });

  it('come with a folder of them, and behind a link', async () => {
    const folder = join(node.folder, 'set');
    mkdirSync(join(folder, 'deep'), { recursive: true });
    execFileSync('mknod', [join(folder, 'one'), 'c', '10', '229']);
    execFileSync('mknod', [join(folder, 'deep/two'), 'b', '7', '7']);
    execFileSync('ln', ['-s', folder, join(node.folder, 'link')]);
    writeFileSync(join(folder, 'plain'), 'no device');
    const run = await node.run('folder', 'cd /dev/set; find . | sort; stat -c "%F %t:%T" one deep/two', {
      devices: [device(join(node.folder, 'link'), '/dev/set')],
    });
    const types = 'character special file a:e5\nblock special file 7:7\n';
    assert.equal(run.output, `.\n./deep\n./deep/two\n./one\n${types}`);
  });

  it('are all of them with /dev, but for what a container has of its own', async () => {
    const run = await node.run('whole', 'readlink /dev/ptmx; ls /dev/pts /dev/shm; stat -c %t:%T /dev/kmsg', {
      devices: [device('/dev')],
    });
    assert.equal(run.output, 'pts/ptmx\n/dev/pts:\nptmx\n\n/dev/shm:\n1:b\n');
  });

  it('are allowed by rules without being made', async () => {
    const script = 'mknod /tmp/log c 1 11 && (: >> /tmp/log) 2>&1 && echo opened';
    const allowed = await node.run('ruled', script, { deviceRules: ['c 1:11 w'] });
    assert.equal(allowed.output, 'opened\n');
    const both = `${script}; mknod /tmp/other c 250 250; (: >> /tmp/other) 2>&1`;
    const any = await node.run('anyruled', both, { deviceRules: ['a 1:* w'] });
    assert.match(any.output, /^opened\n[^\n]*Operation not permitted\n$/);
    const refused = await node.run('unruled', script);
    assert.match(refused.output, /Operation not permitted/);
  });

  it('are refused by name when they are none', async () => {
    const start = (id: string, path: string) =>
      node.executor.start(node.request(id, ['true'], { devices: [device(path)] }));
    writeFileSync(join(node.folder, 'file'), '');
    await assert.rejects(start('file', join(node.folder, 'file')), /device \S+\/file is no device/);
    await assert.rejects(start('gone', '/dev/gone'), /device \/dev\/gone does not exist on the node/);
    mkdirSync(join(node.folder, 'empty'));
    await assert.rejects(start('empty', join(node.folder, 'empty')), /is a folder without devices/);
  });

  it('take no place of something else in the image', async () => {
    const layer = join(node.folder, 'taken');
    mkdirSync(join(layer, 'opt'), { recursive: true });
    writeFileSync(join(layer, 'opt/null'), 'a file');
    const start = node.executor.start(
      node.request('taken', ['true'], {
        layers: [node.layer, layer],
        devices: [device('/dev/null', '/opt/null')],
      }),
    );
    await assert.rejects(start, /the image has something else at \/opt\/null/);
  });
});

describe('a privileged container', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(() => node.close());

  const own = BigInt(
    `0x${/CapPrm:\s(\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`,
  ).toString(16);

  it('has every capability of the node and no filter, also in programs that enter', async () => {
    const show = 'grep -E "CapEff|CapBnd|^Seccomp:" /proc/self/status';
    await node.executor.start(node.request('all', ['sleep', '1000'], { privileged: true, capabilities: [] }));
    const entered = await node.executor.exec('all', ['sh', '-c', show], inside);
    const run = await node.run('first', show, { privileged: true, capabilities: [] });
    assert.ok(CAPABILITY_NAMES.length <= own.length * 4);
    for (const output of [entered.output, run.output]) {
      assert.match(output, new RegExp(`CapEff:\\s0*${own}\\nCapBnd:\\s0*${own}\\nSeccomp:\\s0\\n`));
    }
    const filtered = await node.run('filtered', show, {
      privileged: true,
      seccompProfile: '{"defaultAction":"SCMP_ACT_ALLOW"}',
    });
    assert.match(filtered.output, /Seccomp:\s2\n/);
  });

  it('sees /proc and /sys as they are, and may write there', async () => {
    const script =
      'mount | grep -E " (/proc|/sys)[ /]"; cat /proc/keys > /tmp/keys; stat -c %s /tmp/keys; ' +
      'cd /sys/fs/cgroup/; test -d memory && cd memory; mkdir inner inner/deep && echo made';
    const run = await node.run('open', script, { privileged: true });
    const lines = run.output.split('\n').filter((line) => / on \//.test(line));
    assert.ok(lines.length >= 2, run.output);
    for (const line of lines) assert.match(line, /\(rw,/);
    assert.match(run.output, /\n[1-9]\d*\nmade\n$/);
    await node.executor.remove('open');
    assert.deepEqual(node.cgroups('open'), []);
    const closed = await node.run('closed', script);
    assert.match(closed.output, /Read-only file system/);
    assert.doesNotMatch(closed.output, /\n[1-9]\d*\n|made/);
  });

  it('has the devices of the node, and may use all', async () => {
    const names = readdirSync('/dev', { withFileTypes: true })
      .filter((entry) => entry.isBlockDevice() || entry.isCharacterDevice())
      .map(({ name }) => name)
      .filter((name) => name !== 'console' && name !== 'ptmx');
    const run = await node.run(
      'devices',
      'ls /dev; readlink /dev/ptmx; mknod /tmp/none c 250 250; (: < /tmp/none) 2>&1; mount | grep -c " /dev/shm "',
      { privileged: true },
    );
    const shown = run.output.split('\n');
    for (const name of names) assert.ok(shown.includes(name), name);
    assert.ok(/\npts\/ptmx\n[^\n]*: No such device or address\n1\n$/.test(run.output), run.output);
  });
});
