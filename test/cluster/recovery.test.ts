import assert from 'node:assert/strict';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { hostPaths } from '../../cli/playground/names.ts';
import { killDaemon, releaseDaemon, spawnInHost, stopHost } from '../../cli/playground/playground.ts';
import {
  awaitUp,
  bringUp,
  containersOn,
  eventually,
  requireSkep,
  sayContainer,
  skep,
  skip,
  type TestCluster,
} from './test-cluster.ts';

const WORKER = 'h4';
/** The data root as the host sees it; backups are written there. */
const DATA = '/var/lib/skep';

describe('a swarm that was locked, saved, and lost', { skip }, () => {
  let cluster: TestCluster;
  let unlockKey = '';

  before(async () => {
    cluster = await bringUp('recovery', { managers: 3, workers: 1 });
    await requireSkep(
      cluster,
      'h1',
      'service',
      'create',
      '-d',
      '--name',
      'web',
      '--replicas',
      '4',
      'hello-web:1',
    );
    await awaitUp(cluster, 'web', 4);
  });

  after(() => cluster?.close());

  const restart = async (host: string) => {
    await killDaemon(cluster.name, host, { hold: true });
    await releaseDaemon(cluster.name, host);
  };
  const dataOf = (host: string, file: string) => join(hostPaths(cluster.name, host).data, file);

  /** Gives the key on standard input, as a script would. */
  async function unlock(host: string, key: string): Promise<{ exitCode: number; stderr: string }> {
    const child = await spawnInHost(cluster.name, host, ['sh', '-c', 'echo "$0" | skep swarm unlock', key]);
    let stderr = '';
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    const exitCode = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
    return { exitCode, stderr };
  }

  it('keeps a restarted manager locked until it is given the key', async () => {
    await requireSkep(cluster, 'h2', 'swarm', 'update', '--autolock=true');
    unlockKey = (await requireSkep(cluster, 'h1', 'swarm', 'unlock-key', '-q')).trim();
    assert.match(unlockKey, /^SWMKEY-1-/);
    await eventually('the keys on the disk of h3 are sealed', async () => {
      const [keys, identity] = await Promise.all([
        readFile(dataOf('h3', 'manager/log.key'), 'utf8'),
        readFile(dataOf('h3', 'certificates/node.pem'), 'utf8'),
      ]);
      return keys.includes('dataKeys') || identity.includes('BEGIN PRIVATE KEY') ? 'they are not' : '';
    });
    const containers = (await containersOn(cluster, 'h3')).map(sayContainer);
    await restart('h3');
    assert.match(await requireSkep(cluster, 'h3', 'info'), /Swarm: locked/);
    const refused = await skep(cluster, 'h3', 'node', 'ls');
    assert.match(refused.stderr, /locked/);
    assert.deepEqual((await containersOn(cluster, 'h3')).map(sayContainer), containers);
    const wrong = await unlock('h3', `SWMKEY-1-${'A'.repeat(43)}`);
    assert.equal(wrong.exitCode, 1);
    assert.match(wrong.stderr, /invalid key/);
    const right = await unlock('h3', unlockKey);
    assert.equal(right.exitCode, 0, right.stderr);
    await eventually('h3 answers again', async () => {
      const { exitCode, stderr } = await skep(cluster, 'h3', 'node', 'ls');
      return exitCode === 0 ? '' : stderr;
    });
  });

  it('takes the old key once from a manager that was down while the key was changed', async () => {
    await killDaemon(cluster.name, 'h3', { hold: true });
    await requireSkep(cluster, 'h1', 'swarm', 'unlock-key', '--rotate', '-q');
    const fresh = (await requireSkep(cluster, 'h1', 'swarm', 'unlock-key', '-q')).trim();
    assert.notEqual(fresh, unlockKey);
    await releaseDaemon(cluster.name, 'h3');
    const keysBefore = await readFile(dataOf('h3', 'manager/log.key'), 'utf8');
    assert.equal((await unlock('h3', unlockKey)).exitCode, 0);
    await eventually('h3 follows the new key', async () => {
      const keys = await readFile(dataOf('h3', 'manager/log.key'), 'utf8');
      return keys === keysBefore ? 'its keys are sealed as before' : '';
    });
    await restart('h3');
    assert.equal((await unlock('h3', unlockKey)).exitCode, 1);
    assert.equal((await unlock('h3', fresh)).exitCode, 0);
    await requireSkep(cluster, 'h1', 'swarm', 'update', '--autolock=false');
    await eventually('the keys of h3 are open', async () => {
      const keys = await readFile(dataOf('h3', 'manager/log.key'), 'utf8');
      return keys.includes('dataKeys') ? '' : 'they are sealed';
    });
    await restart('h3');
    assert.doesNotMatch(await requireSkep(cluster, 'h3', 'info'), /locked/);
  });

  it('saves what it knows into a file that only its owner reads', async () => {
    const path = `${DATA}/swarm.backup`;
    await requireSkep(cluster, 'h2', 'swarm', 'snapshot', 'save', path);
    const { mode } = await stat(dataOf('h2', 'swarm.backup'));
    assert.equal(mode & 0o777, 0o600);
    const again = await skep(cluster, 'h2', 'swarm', 'snapshot', 'save', path);
    assert.equal(again.exitCode, 1);
  });

  it('goes on with the one manager that is left, by force, without touching its containers', async () => {
    await Promise.all(['h2', 'h3'].map((host) => killDaemon(cluster.name, host, { hold: true })));
    const refused = await skep(cluster, 'h1', 'network', 'create', 'never');
    assert.equal(refused.exitCode, 1);
    const containers = [...(await containersOn(cluster, 'h1')), ...(await containersOn(cluster, WORKER))];
    await requireSkep(cluster, 'h1', 'swarm', 'init', '--force-new-cluster');
    await requireSkep(cluster, 'h1', 'network', 'create', 'alone');
    const nodes = await requireSkep(cluster, 'h1', 'node', 'ls');
    assert.equal((nodes.match(/Leader|Reachable/g) ?? []).length, 1, nodes);
    await eventually('the worker is back', async () => {
      const listed = await requireSkep(cluster, 'h1', 'node', 'ls');
      return /h4 +Ready/.test(listed) ? '' : listed;
    });
    const now = [...(await containersOn(cluster, 'h1')), ...(await containersOn(cluster, WORKER))];
    const running = now.map(sayContainer);
    assert.deepEqual(
      containers.map(sayContainer).filter((one) => !running.includes(one)),
      [],
    );
  });

  it('lets a former manager join anew once it has forgotten', async () => {
    await releaseDaemon(cluster.name, 'h2');
    await requireSkep(cluster, 'h2', 'swarm', 'leave', '--force');
    const token = (await requireSkep(cluster, 'h1', 'swarm', 'join-token', '-q', 'manager')).trim();
    const info = await requireSkep(cluster, 'h1', 'info');
    const address = /Node Address: (\S+)/.exec(info)?.[1] ?? '';
    await requireSkep(cluster, 'h2', 'swarm', 'join', '--token', token, address);
    await eventually('two managers', async () => {
      const listed = await requireSkep(cluster, 'h2', 'node', 'ls');
      return (listed.match(/Leader|Reachable/g) ?? []).length === 2 ? '' : listed;
    });
    assert.match(await requireSkep(cluster, 'h2', 'network', 'ls'), /alone/);
  });

  it('is restored from its backup on a node that is in no swarm, but not from a damaged one', async () => {
    await copyFile(dataOf('h2', 'swarm.backup'), dataOf('h1', 'swarm.backup'));
    const whole = await readFile(dataOf('h2', 'swarm.backup'));
    await writeFile(dataOf('h1', 'cut.backup'), whole.subarray(0, whole.length - 40));
    await stopHost(cluster.name, 'h2');
    await stopHost(cluster.name, 'h3');
    await requireSkep(cluster, 'h1', 'swarm', 'leave', '--force');
    const refused = await skep(cluster, 'h1', 'swarm', 'snapshot', 'restore', `${DATA}/cut.backup`);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /cut off at byte/);
    assert.match(await requireSkep(cluster, 'h1', 'info'), /Swarm: inactive/);
    await requireSkep(cluster, 'h1', 'swarm', 'snapshot', 'restore', `${DATA}/swarm.backup`);
    await eventually('the worker finds the swarm again', async () => {
      const listed = await requireSkep(cluster, 'h1', 'node', 'ls');
      return /h4 +Ready/.test(listed) ? '' : listed;
    });
    await awaitUp(cluster, 'web', 4);
    await eventually('all of it on the two hosts that are there', async () => {
      const listed = await requireSkep(cluster, 'h1', 'service', 'ps', 'web');
      const elsewhere = listed.split('\n').filter((line) => /h[23] .*Running +Running/.test(line));
      return elsewhere.join('\n');
    });
  });
});
