import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTestNode, type TestNode } from '../test-node.ts';
import { addAttacker, attackSkipReason, endContainer, startAttack, until } from './hostile-image.ts';

const version1 = existsSync('/sys/fs/cgroup/memory');

describe('the control groups of a container', { skip: attackSkipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
    addAttacker(node);
  });
  after(async () => {
    await node.close();
  });

  // CVE-2022-0492, CVE-2023-25809.
  it('take no write, no new group and no release agent from inside', async () => {
    const run = await node.run(
      'writes',
      'find /sys/fs/cgroup -type f | while read -r f; do (echo 1 > "$f") 2>/dev/null && echo "wrote $f"; done; ' +
        'find /sys/fs/cgroup -type d | while read -r d; do mkdir "$d/mine" 2>/dev/null && echo "made $d/mine"; done; ' +
        'find /sys/fs/cgroup -type f | wc -l',
    );
    assert.doesNotMatch(run.output, /wrote|made/);
    assert.ok(Number(run.output.trim()) > 10, `files were tried: ${run.output}`);
  });

  it('cannot be mounted again by root of the container', async () => {
    const type = version1 ? 'cgroup -o memory' : 'cgroup2';
    const run = await node.run(
      'remount',
      `exec 2>&1; mkdir /tmp/g; mount -t ${type} none /tmp/g; mount -o remount,rw /sys/fs/cgroup; mount -o remount,rw /proc/sys; umount /sys/fs/cgroup; mount --bind /tmp /proc/sys; mount --move /proc /tmp/g; echo end`,
    );
    assert.equal(run.output.match(/[Pp]ermission denied|not permitted/g)?.length, 6, run.output);
    assert.match(run.output, /end\n$/);
  });

  it('keep their limits when a program inside makes a user namespace of its own', async () => {
    const limit = version1 ? 'memory.limit_in_bytes' : 'memory.max';
    const [type, options] = version1 ? ['cgroup', 'memory'] : ['cgroup2', ''];
    const run = async (id: string, file: string, value: string): Promise<string> => {
      const argv = ['attacker', 'mount-groups', type ?? '', options ?? '', file, value];
      await node.executor.start(node.request(id, argv, { memoryBytes: 64 * 1024 * 1024 }));
      await node.ended(id);
      return node.output(id);
    };
    assert.match(await run('raise', limit, '999999488'), /^held: /);
    assert.match(await run('agent', version1 ? 'release_agent' : 'cgroup.kill', '/tmp/x'), /^held: /);
  });

  it('hold a fork bomb, and the node and its neighbours go on', async () => {
    await startAttack(node, 'bomb', ['attacker', 'fork-bomb'], { pids: 64, nanoCpus: 300_000_000 });
    await startAttack(node, 'neighbour', ['sleep', '1000']);
    await until('the limit', () => node.output('bomb').includes('stopped after'));
    assert.match(node.output('bomb'), /^stopped after 6[0-4]\n$/);
    const pids = node.cgroups('bomb').find((path) => existsSync(join(path, 'pids.current')));
    assert.ok(Number(readFileSync(join(pids ?? '', 'pids.current'), 'utf8')) <= 64);
    const run = await node.run('beside', 'echo runs');
    assert.equal(run.output, 'runs\n');
    await endContainer(node, 'bomb');
    await endContainer(node, 'neighbour');
    assert.deepEqual(node.cgroups('bomb'), []);
    assert.equal(readdirSync(node.stateFolder).includes('bomb'), false);
  });
});
