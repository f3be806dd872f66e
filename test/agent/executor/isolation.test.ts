import assert from 'node:assert/strict';
import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { capabilityMask, DEFAULT_CAPABILITIES } from '../../../agent/executor/capabilities.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

function hex(names: readonly string[]): string {
  return capabilityMask(names).toString(16).padStart(16, '0');
}

describe('isolation of a container', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('gives exactly the capabilities asked for, none of them inheritable', async () => {
    const run = await node.run('caps', 'grep Cap /proc/self/status');
    const mask = hex(DEFAULT_CAPABILITIES);
    assert.match(
      run.output,
      new RegExp(`CapInh:\\s0+\\nCapPrm:\\s${mask}\\nCapEff:\\s${mask}\\nCapBnd:\\s${mask}\\nCapAmb:\\s0+`),
    );
    const none = await node.run('nocaps', 'grep Cap /proc/self/status', { capabilities: [] });
    assert.match(none.output, /CapPrm:\s0{16}\nCapEff:\s0{16}\nCapBnd:\s0{16}/);
    const user = await node.run('usercaps', 'grep Cap /proc/self/status', { user: 'bee' });
    assert.match(user.output, new RegExp(`CapPrm:\\s0{16}\\nCapEff:\\s0{16}\\nCapBnd:\\s${mask}`));
  });

  it('looks users and groups up in the image', async () => {
    const named = await node.run('bee', 'id; echo $HOME', { user: 'bee' });
    assert.match(
      named.output,
      /uid=1000\(bee\) gid=1001\(bees\) groups=1001\(bees\),1500\(hive\)\n\/home\/bee\n/,
    );
    const grouped = await node.run('grouped', 'id -u; id -g; id -G', { user: 'bee:wax' });
    assert.equal(grouped.output, '1000\n1600\n1600\n');
    const numeric = await node.run('numeric', 'id -u; id -g; echo $HOME', { user: '4242:4243' });
    assert.equal(numeric.output, '4242\n4243\n/\n');
  });

  it('never follows a link of /etc/passwd out of the image', async () => {
    const layer = join(node.folder, 'linked-passwd');
    const outside = join(node.folder, 'outside-passwd');
    mkdirSync(join(layer, 'etc'), { recursive: true });
    writeFileSync(outside, 'intruder:x:0:0::/:/bin/sh\n');
    symlinkSync(outside, join(layer, 'etc/passwd'));
    const start = node.executor.start(
      node.request('intruder', ['true'], { user: 'intruder', layers: [node.layer, layer] }),
    );
    await assert.rejects(start, /unable to find user intruder/);
  });

  it('has a host name, processes, network and control groups of its own', async () => {
    const run = await node.run(
      'names',
      'hostname; echo $$; ls /proc/self/ns -l; cat /proc/self/cgroup; ls /sys/class/net',
      {
        hostname: 'hive-1',
      },
    );
    assert.match(run.output, /^hive-1\n1\n/);
    for (const kind of ['mnt', 'pid', 'uts', 'ipc', 'net', 'cgroup']) {
      const own = readlinkSync(`/proc/self/ns/${kind}`);
      assert.match(run.output, new RegExp(`${kind}:\\[\\d+\\]`));
      assert.equal(run.output.includes(own), false, `${kind} is shared`);
    }
    assert.match(run.output, /(:memory:|\n0::)\/\n/);
    assert.match(run.output, /\nlo\n/);
  });

  it('shares the network of the node only when asked', async () => {
    const run = await node.run('hostnet', 'readlink /proc/self/ns/net', { network: { kind: 'host' } });
    assert.equal(run.output.trim(), readlinkSync('/proc/self/ns/net'));
  });

  it('masks what tells about the node and keeps the kernel read-only', async () => {
    const run = await node.run(
      'masked',
      'wc -c < /proc/keys; ls /sys/firmware | wc -l; ls /proc/acpi | wc -l; ' +
        'echo 1 > /proc/sys/kernel/printk; mount | grep " /proc/irq "; mkdir /sys/x; mkdir /sys/fs/cgroup/x; mkdir /sys/fs/cgroup/memory/x; ' +
        'mount -t tmpfs x /tmp; umount /proc/keys; mknod /tmp/disk b 254 0 && cat /tmp/disk',
    );
    assert.match(run.output, /^0\n0\n0\n/);
    for (const refused of [
      /printk: Read-only file system/,
      /proc on \/proc\/irq type proc \(ro,/,
      /'\/sys\/x': Read-only file system/,
      /'\/sys\/fs\/cgroup\/x': Read-only file system/,
      /'\/sys\/fs\/cgroup\/memory\/x': (Read-only file system|No such file or directory)/,
      /mount: permission denied/,
      /can't unmount \/proc\/keys: Operation not permitted/,
      /disk': Operation not permitted/,
    ]) {
      assert.match(run.output, refused);
    }
  });

  it('has a private /dev', async () => {
    const run = await node.run(
      'dev',
      'ls /dev | tr "\\n" " "; stat -c "%a %t:%T" /dev/null /dev/shm /dev/mqueue; readlink /dev/ptmx; mount | grep " /dev"',
    );
    assert.match(
      run.output,
      /^fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero /,
    );
    assert.match(run.output, /666 1:3\n1777 0:0\n1777 0:0\npts\/ptmx\n/);
    assert.match(
      run.output,
      /devpts on \/dev\/pts type devpts \(rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666\)/,
    );
    assert.match(run.output, /on \/dev\/shm type tmpfs \(rw,nosuid,nodev,noexec,relatime,size=65536k/);
  });

  it('passes no descriptor of the node, and its own /dev/null as input', async () => {
    const run = await node.run(
      'descriptors',
      'ls /proc/self/fd; stat -c %d /dev/null; stat -L -c %d /proc/self/fd/0',
      {
        init: true,
      },
    );
    // The fourth is the folder that ls itself reads.
    assert.match(run.output, /^0\n1\n2\n3\n\d+\n\d+\n$/);
    const devices = run.output.trim().split('\n').slice(-2);
    assert.equal(devices[0], devices[1]);
  });

  it('shows no mount of the node', async () => {
    const run = await node.run('mounts', 'cut -d" " -f5 /proc/self/mountinfo | sort -u');
    assert.equal(run.output.includes(node.folder), false);
    assert.match(run.output, /^\/\n\/dev\n/);
  });

  it("writes nothing into the keeper's program", async () => {
    const run = await node.run('exe', 'ls -l /proc/1/exe; echo x > /proc/1/exe; echo done', { init: true });
    assert.match(run.output, /can't create \/proc\/1\/exe/);
  });

  it('lets any user open low ports and send pings in its own network', async () => {
    const run = await node.run(
      'ports',
      'cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range; ip addr show lo | grep -c "UP,LOWER_UP"',
      { user: 'bee' },
    );
    assert.match(run.output, /^0\n0\s2147483647\n1\n$/);
  });
});
