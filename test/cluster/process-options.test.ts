import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { execInHost } from '../../cli/playground/playground.ts';
import { bringUp, eventually, requireSkep, skep, skip, type TestCluster } from './test-cluster.ts';

const HOST = 'h1';
const IMAGE = 'hello-web:1';
const SHOW =
  'id -G; ulimit -Sn; ulimit -Hn; cat /proc/sys/net/core/somaxconn /proc/self/oom_score_adj; ' +
  'mount | grep -o " /dev/shm .*size=[0-9]*k" | grep -o "size=.*"; echo shown; exec sleep 100000';

describe('what a service asks of the kernel', { skip }, () => {
  let cluster: TestCluster;
  before(async () => {
    cluster = await bringUp('options', { managers: 1, workers: 0 });
  });
  after(() => cluster?.close());

  const manage = (...words: string[]) => requireSkep(cluster, HOST, ...words);

  it('holds in its tasks, and a change replaces them', async () => {
    const create = ['--quiet', '--detach', '--name', 'asking', '--stop-grace-period', '0s'];
    const asked = ['--group', '4711', '--ulimit', 'nofile=512:1024', '--sysctl', 'net.core.somaxconn=77'];
    const sizes = ['--oom-score-adj', '50', '--shm-size', '2m', '--init'];
    await manage('service', 'create', ...create, ...asked, ...sizes, IMAGE, 'sh', '-c', SHOW);
    const lines = async (): Promise<string> => manage('service', 'logs', '--raw', 'asking');
    await eventually('the task shows what it has', async () => {
      const text = await lines();
      return text === '0 4711\n512\n1024\n77\n50\nsize=2048k\nshown\n' ? '' : text;
    });
    await manage(
      ...['service', 'update', '--quiet', '--detach', '--group-rm', '4711', '--ulimit-rm', 'nofile'],
      ...['--ulimit-add', 'nofile=300', '--sysctl-add', 'net.core.somaxconn=78', '--oom-score-adj', '60'],
      ...['--shm-size', '3m', 'asking'],
    );
    await eventually('another task shows what it has', async () => {
      const text = await lines();
      return text.includes('0\n300\n300\n78\n60\nsize=3072k\nshown\n') ? '' : text;
    });
    const pretty = await manage('service', 'inspect', '--pretty', 'asking');
    assert.match(pretty, /Ulimits:\n nofile:\t300:300\n/);
    await manage('service', 'rm', 'asking');
  });

  it('holds for namespaces, which the daemon knows how to share', async () => {
    const create = ['service', 'create', '--quiet', '--detach', '--stop-grace-period', '0s'];
    const each = 'for n in pid uts; do readlink /proc/self/ns/$n; done; hostname; ls /dev | grep -c shm; ';
    const modes = ['--pid', 'host', '--uts', 'host', '--ipc', 'none'];
    await manage(...create, '--name', 'sharing', ...modes, IMAGE, 'sh', '-c', `${each}exec sleep 100000`);
    const own = ['readlink', '/proc/1/ns/pid', '/proc/1/ns/uts'];
    const { stdout } = await execInHost(cluster.name, HOST, own);
    const [pid, uts] = stdout.split('\n');
    await eventually('the task shows whose namespaces it has', async () => {
      const text = await manage('service', 'logs', '--raw', 'sharing');
      return text === `${pid}\n${uts}\n${HOST}\n0\n` ? '' : text;
    });
    assert.match(await manage('service', 'inspect', '--pretty', 'sharing'), /Pid mode:\thost\n/);
    await manage('service', 'rm', 'sharing');
    const other = await skep(cluster, HOST, ...create, '--pid', 'container:a', IMAGE);
    assert.match(other.stderr, /a task may run on any node/);
  });

  it('is refused where it would change the node', async () => {
    const create = ['service', 'create', '--detach', '--name', 'wide', '--network', 'host'];
    const wide = await skep(cluster, HOST, ...create, '--sysctl', 'net.core.somaxconn=1', IMAGE);
    assert.notEqual(wide.exitCode, 0);
    assert.match(wide.stderr, /sysctl net\.core\.somaxconn cannot be set on the network "host"/);
    const node = await skep(cluster, HOST, 'service', 'create', '--sysctl', 'vm.swappiness=1', IMAGE);
    assert.notEqual(node.exitCode, 0);
    assert.match(node.stderr, /sysctl "vm\.swappiness" is not a setting that a container has for itself/);
  });
});
