import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requireCommand } from '../../cli/playground/command.ts';
import { CLIENT_HOST } from '../../cli/playground/names.ts';
import { execInHost } from '../../cli/playground/playground.ts';
import { projectRoot } from '../../cli/project.ts';
import { bringUp, isUp, skip as needsRoot, requireSkep, type TestCluster, tasksOf } from './test-cluster.ts';

const hasPackages =
  spawnSync('apt-cache', ['show', 'nginx-light', 'redis-server', 'postgresql-15']).status === 0;
const skip = needsRoot || (hasPackages ? false : 'needs apt and its list of Debian packages');
const PSQL = ['/usr/lib/postgresql/15/bin/psql', '-U', 'postgres', '-tA'];

let cluster: TestCluster;

/** Builds an example as its README says and brings it to the only node. */
async function importExample(name: string, reference: string): Promise<void> {
  const folder = join(projectRoot(), 'cluster-examples', name);
  const archive = join(cluster.folder, `${name}.tar`);
  await requireCommand([join(folder, 'build-rootfs.sh'), archive], { timeoutMs: 120_000 });
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const changes = [...readme.matchAll(/--change '([^']+)'/g)].flatMap(([, change = '']) => [
    '--change',
    change,
  ]);
  assert.ok(changes.length >= 8, 'the README names the changes of the import');
  await requireSkep(cluster, 'h1', 'image', 'import', archive, reference, ...changes);
}

function service(...words: string[]): Promise<string> {
  return requireSkep(cluster, 'h1', 'service', 'create', '--quiet', ...words);
}

/** A program in the running task of a service. */
function inTask(task: string, ...words: readonly string[]): Promise<string> {
  return requireSkep(cluster, 'h1', 'exec', task, ...words);
}

async function runningTask(name: string): Promise<string> {
  const [task, ...others] = (await tasksOf(cluster, name)).filter(isUp);
  assert.ok(task !== undefined && others.length === 0, `one task of ${name} runs`);
  return task.id;
}

describe('servers from Debian packages', { skip }, () => {
  before(async () => {
    cluster = await bringUp('examples', { managers: 1, workers: 0 });
    await requireSkep(cluster, 'h1', 'network', 'create', '--driver', 'overlay', 'back');
  });
  after(async () => cluster?.close());

  it('nginx serves through the mesh and sees the client', async () => {
    await importExample('nginx', 'nginx:1');
    await service('--name', 'web', '--publish', '80:80', 'nginx:1');
    const [client, host] = [CLIENT_HOST, 'h1'].map((wanted) =>
      cluster.state.hosts.find((candidate) => candidate.host === wanted),
    );
    const answer = await execInHost(cluster.name, CLIENT_HOST, [
      'curl',
      '-s',
      `http://${host?.address}/whoami`,
    ]);
    assert.match(answer.stdout, new RegExp(`^client=${client?.address} server=`));
  });

  it('Redis keeps what it is told', async () => {
    await importExample('redis', 'redis:7');
    await service('--name', 'cache', '--network', 'back', 'redis:7');
    assert.equal((await inTask('cache.1', 'redis-cli', 'set', 'greeting', 'hello')).trim(), 'OK');
    assert.equal((await inTask('cache.1', 'redis-cli', 'get', 'greeting')).trim(), 'hello');
  });

  it('PostgreSQL keeps its data in a named volume over a restart', async () => {
    await importExample('postgresql', 'postgresql:15');
    await service(
      ...['--name', 'database', '--network', 'back', '--env', 'POSTGRES_PASSWORD=secret'],
      ...['--mount', 'type=volume,source=database,target=/var/lib/postgresql/data', 'postgresql:15'],
    );
    const first = await runningTask('database');
    await inTask(
      'database.1',
      ...PSQL,
      '-c',
      'create table kept (value int)',
      '-c',
      'insert into kept values (42)',
    );
    await requireSkep(cluster, 'h1', 'service', 'update', '--quiet', '--force', 'database');
    assert.notEqual(await runningTask('database'), first);
    assert.equal((await inTask('database.1', ...PSQL, '-c', 'select value from kept')).trim(), '42');
  });
});
