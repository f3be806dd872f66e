import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requireCommand } from '../../cli/playground/command.ts';
import { CGROUP_ROOT, hostPaths } from '../../cli/playground/names.ts';
import { down, execInHost, up } from '../../cli/playground/playground.ts';
import { buildLayer } from '../agent/executor/test-node.ts';
import { skip } from './version-2.ts';

/** Everything takes twenty times as long in an emulator. */
const WAIT_TIMEOUT_MS = 120_000;
const WAIT_POLL_MS = 250;
const WORKER = 'h2';

describe('a playground on a machine with control groups of version 2 only', { skip }, () => {
  const name = `t-v2-${process.pid}`;
  let folder: string;

  async function skep(host: string, ...words: string[]): Promise<string> {
    const argv = ['skep', ...words];
    const { exitCode, stdout, stderr } = await execInHost(name, host, argv, { timeoutMs: WAIT_TIMEOUT_MS });
    assert.equal(exitCode, 0, `skep ${words.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  }

  const groupOf = (host: string): string => join('/sys/fs/cgroup', hostPaths(name, host).cgroup);
  const containersOf = (host: string): readonly string[] => {
    const parent = join(groupOf(host), 'containers');
    if (!existsSync(parent)) return [];
    const groups = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return groups.map((entry) => join(parent, entry.name));
  };
  const read = (group: string, file: string): string => readFileSync(join(group, file), 'utf8').trim();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skep-v2-'));
    await up({ name, managers: 1, workers: 1 });
  });
  after(async () => {
    await down(name);
    rmSync(folder, { recursive: true, force: true });
  });

  it('has its daemons in a group beside the containers', () => {
    for (const host of ['h1', WORKER]) {
      assert.ok(read(join(groupOf(host), 'init'), 'cgroup.procs').split('\n').length >= 2);
      assert.equal(read(groupOf(host), 'cgroup.procs'), '');
      assert.match(read(groupOf(host), 'cgroup.subtree_control'), /cpu.*memory.*pids/);
    }
  });

  it('runs a service with limits, in a group that has them', async () => {
    const layer = join(folder, 'layer');
    buildLayer(layer);
    const archive = join(folder, 'busybox.tar');
    await requireCommand(['tar', '-C', layer, '-cf', archive, '.']);
    await skep(WORKER, 'image', 'import', archive, 'busybox:test', '--change', 'CMD ["/bin/sleep", "1000"]');
    const limits = ['--limit-memory', '32M', '--limit-cpu', '0.5', '--limit-pids', '20'];
    const place = ['--constraint', `node.hostname==${WORKER}`, '--detach'];
    await skep('h1', 'service', 'create', '--name', 'limited', ...limits, ...place, 'busybox:test');
    const deadlineMs = Date.now() + WAIT_TIMEOUT_MS;
    while (!containersOf(WORKER).some((group) => read(group, 'cgroup.procs') !== '')) {
      assert.ok(Date.now() < deadlineMs, await skep('h1', 'service', 'ps', '--no-trunc', 'limited'));
      await new Promise((resolve) => setTimeout(resolve, WAIT_POLL_MS));
    }
    const [group = ''] = containersOf(WORKER);
    assert.equal(read(group, 'memory.max'), String(32 * 1024 * 1024));
    assert.equal(read(group, 'cpu.max'), '50000 100000');
    assert.equal(read(group, 'pids.max'), '20');
    await skep('h1', 'service', 'rm', 'limited');
    while (containersOf(WORKER).length > 0) {
      assert.ok(Date.now() < deadlineMs, 'the group of the removed service is still there');
      await new Promise((resolve) => setTimeout(resolve, WAIT_POLL_MS));
    }
  });

  it('leaves no group behind when it is taken down', async () => {
    await down(name);
    assert.equal(existsSync(join('/sys/fs/cgroup', CGROUP_ROOT, name)), false);
  });
});
