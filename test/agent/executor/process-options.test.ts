import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const MEBIBYTE = 1024 * 1024;
const inside = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 10_000 };

const CAP_SYS_RESOURCE = 24n;

/** Why limits and scores cannot go beyond the test's own; false when they can. */
const mayNotRaise: string | false =
  (BigInt(`0x${/CapEff:\s(\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`) >>
    CAP_SYS_RESOURCE) &
  1n
    ? false
    : 'needs CAP_SYS_RESOURCE';

describe('what a container asks of the kernel', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('gives further groups by name and number, each once', async () => {
    const groups = ['wax', '4711', 'hive', '1600', '4711'];
    const bee = await node.run('bee', 'id -G', { user: 'bee', groups });
    assert.equal(bee.output, '1001 1500 1600 4711\n');
    const root = await node.run('root', 'id -G', { groups: ['wax'] });
    assert.equal(root.output, '0 1600\n');
    const grouped = await node.run('grouped', 'id -g; id -G', { user: 'bee:bees', groups: ['wax'] });
    assert.equal(grouped.output, '1001\n1001 1600\n');
  });

  it('takes a group whose name is a number by its name', async () => {
    const layer = join(node.folder, 'numbered');
    mkdirSync(join(layer, 'etc'), { recursive: true });
    writeFileSync(join(layer, 'etc/group'), 'root:x:0:\n77:x:1234:\n');
    const run = await node.run('numbered', 'id -G', { layers: [node.layer, layer], groups: ['77', '78'] });
    assert.equal(run.output, '0 78 1234\n');
  });

  it('does not start with a group that the image does not have', async () => {
    const start = node.executor.start(node.request('nogroup', ['true'], { groups: ['drones'] }));
    await assert.rejects(start, /unable to find group drones: no matching entries in group file/);
  });

  it('never follows a link of /etc/group out of the image', async () => {
    const layer = join(node.folder, 'linked-group');
    const outside = join(node.folder, 'outside-group');
    mkdirSync(join(layer, 'etc'), { recursive: true });
    writeFileSync(outside, 'intruders:x:0:\n');
    symlinkSync(outside, join(layer, 'etc/group'));
    const start = node.executor.start(
      node.request('linked', ['true'], { groups: ['intruders'], layers: [node.layer, layer] }),
    );
    await assert.rejects(start, /unable to find group intruders/);
  });

  it('sets resource limits, also for a user without rights, and -1 is unlimited', async () => {
    const run = await node.run('limits', 'ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc; ulimit -u', {
      user: 'bee',
      ulimits: [
        { name: 'nofile', soft: 1_024, hard: 2_048 },
        { name: 'core', soft: 0, hard: -1 },
        { name: 'nproc', soft: 77, hard: 77 },
      ],
    });
    assert.equal(run.output, '1024\n2048\n0\nunlimited\n77\n');
  });

  it('raises a limit above the keeper’s own for a user without rights', { skip: mayNotRaise }, async () => {
    const run = await node.run('raised', 'ulimit -Hn; ulimit -Hl', {
      user: 'bee',
      ulimits: [
        { name: 'nofile', soft: 1_024, hard: 100_001 },
        { name: 'memlock', soft: -1, hard: -1 },
      ],
    });
    assert.equal(run.output, '100001\nunlimited\n');
  });

  it('sets each limit that has a name', async () => {
    const rows: readonly (readonly [name: string, title: string])[] = [
      ['core', 'Max core file size'],
      ['cpu', 'Max cpu time'],
      ['data', 'Max data size'],
      ['fsize', 'Max file size'],
      ['locks', 'Max file locks'],
      ['memlock', 'Max locked memory'],
      ['msgqueue', 'Max msgqueue size'],
      ['nice', 'Max nice priority'],
      ['nofile', 'Max open files'],
      ['nproc', 'Max processes'],
      ['rss', 'Max resident set'],
      ['rtprio', 'Max realtime priority'],
      ['rttime', 'Max realtime timeout'],
      ['sigpending', 'Max pending signals'],
      ['stack', 'Max stack size'],
    ];
    const large = ['data', 'stack', 'rss', 'fsize', 'core'];
    const ulimits = rows.map(([name], index) => {
      // Whoever may not raise a limit can set those to 0 that are 0 already.
      if (name === 'nice' || name === 'rtprio') return { name, soft: 0, hard: 0 };
      const soft = large.includes(name) ? 6 * MEBIBYTE : 500;
      return { name, soft: soft + 4_096 * index, hard: soft + 4_096 * (index + 1) };
    });
    const lowered = ulimits.map((limit) =>
      limit.name === 'nofile' ? { ...limit, soft: 500, hard: 600 } : limit,
    );
    const run = await node.run('every', 'cat /proc/self/limits', { ulimits: lowered });
    for (const [index, [name, title]] of rows.entries()) {
      const { soft, hard } = lowered[index] ?? { soft: 0, hard: 0 };
      assert.match(run.output, new RegExp(`${title} +${soft} +${hard} `), name);
    }
  });

  it('says why the node cannot give a limit', async () => {
    const start = node.executor.start(
      node.request('toomany', ['true'], { ulimits: [{ name: 'nofile', soft: 1, hard: 2 ** 40 }] }),
    );
    await assert.rejects(start, /may not raise its own hard limit.*fs\.nr_open.*set ulimit nofile/);
  });

  it('writes settings of its own namespaces, and the node keeps its own', async () => {
    const files = [
      '/proc/sys/net/core/somaxconn',
      '/proc/sys/net/ipv4/ip_local_port_range',
      '/proc/sys/net/ipv4/conf/lo/forwarding',
      '/proc/sys/net/ipv4/ip_unprivileged_port_start',
      '/proc/sys/kernel/msgmax',
      '/proc/sys/kernel/sem',
      '/proc/sys/fs/mqueue/queues_max',
    ];
    const read = () => files.map((file) => readFileSync(file, 'utf8')).join('');
    const before = read();
    const run = await node.run('settings', `cat ${files.join(' ')}`, {
      sysctls: {
        'net.core.somaxconn': '1023',
        'net.ipv4.ip_local_port_range': '20000 30001',
        'net.ipv4.conf.lo.forwarding': '1',
        'net.ipv4.ip_unprivileged_port_start': '1000',
        'kernel.msgmax': '65536',
        'kernel.sem': '250 32000 100 200',
        'fs.mqueue.queues_max': '99',
      },
    });
    assert.equal(run.output, '1023\n20000\t30001\n1\n1000\n65536\n250\t32000\t100\t200\n99\n');
    assert.equal(read(), before);
  });

  it('says which setting the kernel has not, or refuses', async () => {
    const start = (id: string, name: string, value: string) =>
      node.executor.start(node.request(id, ['true'], { sysctls: { [name]: value } }));
    await assert.rejects(
      start('unknown', 'net.no.such', '1'),
      /no setting net\/no\/such.*set sysctl net\.no\.such/,
    );
    await assert.rejects(start('value', 'net.core.somaxconn', 'many'), /kernel refuses the value: Invalid/);
    await assert.rejects(start('folder', 'net.core', '1'), /set sysctl net\.core, EISDIR/);
    await assert.rejects(start('climb', 'net/../../../etc/passwd', '1'), /set sysctl/);
  });

  it('refuses settings of the network that it shares with the node', async () => {
    const start = node.executor.start(
      node.request('hostnet', ['true'], {
        network: { kind: 'host' },
        sysctls: { 'kernel.msgmax': '65536', 'net.core.somaxconn': '1' },
      }),
    );
    await assert.rejects(start, /sysctl net\.core\.somaxconn would change the node/);
    const run = await node.run('hostipc', 'cat /proc/sys/kernel/msgmax', {
      network: { kind: 'host' },
      sysctls: { 'kernel.msgmax': '65536' },
    });
    assert.equal(run.output, '65536\n');
  });

  it('lets nothing cover /proc/sys, where its settings would seem to land', async () => {
    const request = node.request('covered', ['true'], {
      sysctls: { 'net.core.somaxconn': '1023' },
      tmpfs: [{ target: '/proc/sys/net', readOnly: false, sizeBytes: null, mode: 0o777 }],
    });
    await assert.rejects(node.executor.start(request), /is in \/proc, which stays/);
  });

  it('has the OOM score asked for, and 0 unless asked', async () => {
    const score = 'cat /proc/self/oom_score_adj';
    assert.equal((await node.run('scored', score, { oomScoreAdj: 321, user: 'bee' })).output, '321\n');
    assert.equal((await node.run('unscored', score)).output, '0\n');
  });

  it('has a score below the keeper’s own when asked', { skip: mayNotRaise }, async () => {
    const run = await node.run('spared', 'cat /proc/self/oom_score_adj', { oomScoreAdj: -400 });
    assert.equal(run.output, '-400\n');
  });

  it('has the size of /dev/shm asked for, and 64 MiB unless asked', async () => {
    const size = 'df -k /dev/shm | tail -1 | awk "{print \\$2}"; mount | grep " /dev/shm "';
    const asked = await node.run('shm', size, { shmSizeBytes: 3 * MEBIBYTE });
    assert.match(asked.output, /^3072\n.*\(rw,nosuid,nodev,noexec,relatime,size=3072k/);
    const plain = await node.run('plainshm', size);
    assert.match(plain.output, /^65536\n/);
    const full = await node.run('fullshm', 'head -c 4000000 /dev/zero > /dev/shm/x; stat -c %s /dev/shm/x', {
      shmSizeBytes: 3 * MEBIBYTE,
    });
    assert.match(full.output, /3145728\n/);
  });

  it('gives programs that enter later the same groups, limits and OOM score', async () => {
    await node.executor.start(
      node.request('entered', ['sleep', '1000'], {
        groups: ['wax'],
        ulimits: [{ name: 'nofile', soft: 55, hard: 66 }],
        oomScoreAdj: 77,
      }),
    );
    const show = ['sh', '-c', 'id -G; ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj'];
    const entered = await node.executor.exec('entered', show, { ...inside, user: 'bee' });
    assert.equal(entered.output, '1001 1500 1600\n55\n66\n77\n');
    const other = await node.connect();
    try {
      const again = await other.exec('entered', show, { ...inside, user: 'bee' });
      assert.equal(again.output, entered.output);
    } finally {
      other.close();
    }
    await node.executor.kill('entered');
    await node.ended('entered');
  });
});
