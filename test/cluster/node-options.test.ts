import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { hostPaths } from '../../cli/playground/names.ts';
import { projectRoot } from '../../cli/project.ts';
import {
  bringUpBare,
  eventually,
  requireSkep,
  sayTask,
  skip,
  type TestCluster,
  tasksOf,
} from './test-cluster.ts';

const HOST = 'h1';
const IMAGE = 'volumes:1';

describe('what a service takes of its node', { skip }, () => {
  let cluster: TestCluster;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skep-node-options-'));
    for (const [name, minor] of [
      ['gpu0', '229'],
      ['gpu1', '200'],
    ] as const)
      execFileSync('mknod', [join(folder, name), 'c', '10', minor]);
    cluster = await bringUpBare('node-options', (name) => [
      join(projectRoot(), 'bin', 'skepd'),
      ...['--hostname', '{host}', '--cgroup-parent', `/${hostPaths(name, HOST).cgroup}/containers`],
      ...['--node-generic-resource', 'GPU=A', '--node-generic-resource', 'GPU=B,SSD=3'],
      ...[
        '--generic-device',
        `GPU=A:${join(folder, 'gpu0')}`,
        '--generic-device',
        `GPU=B:${join(folder, 'gpu1')}`,
      ],
    ]);
    const archive = join(folder, 'image.tar');
    execFileSync('sh', [join(projectRoot(), 'cluster-examples/hello-web/build-rootfs.sh'), archive, '1']);
    const changes = ['--change', 'CMD ["/bin/hello-web"]', '--change', 'VOLUME /srv/data'];
    await manage('image', 'import', archive, IMAGE, ...changes);
    await manage('swarm', 'init', '--advertise-addr', cluster.state.hosts[0]?.address ?? '');
  });
  after(async () => {
    await cluster?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const manage = (...words: string[]) => requireSkep(cluster, HOST, ...words);
  const create = (name: string, ...words: string[]) =>
    manage('service', 'create', '--quiet', '--detach', '--name', name, '--stop-grace-period', '0s', ...words);
  const shows = (name: string, wanted: RegExp) =>
    eventually(`${name} shows ${wanted}`, async () => {
      const text = await manage('service', 'logs', '--raw', name);
      return wanted.test(text) ? '' : `${text}; ${(await tasksOf(cluster, name)).map(sayTask).join('; ')}`;
    });

  it('are generic resources that the node names, with their devices, one task for each', async () => {
    assert.match(
      await manage('node', 'inspect', '--pretty', 'self'),
      / Generic Resources:\tGPU=A, GPU=B, SSD=3\n/,
    );
    const show = `env | grep DOCKER_RESOURCE | sort; stat -c "%n %t:%T" ${folder}/*; exec sleep 100000`;
    await create(
      'both',
      '--generic-resource',
      'GPU=2',
      '--generic-resource',
      'SSD=1',
      IMAGE,
      'sh',
      '-c',
      show,
    );
    const devices = `${folder}/gpu0 a:e5\\n${folder}/gpu1 a:c8\\n`;
    await shows('both', new RegExp(`^DOCKER_RESOURCE_GPU=A,B\\nDOCKER_RESOURCE_SSD=1\\n${devices}$`));
    await create('late', '--generic-resource', 'GPU=1', IMAGE, 'sh', '-c', show);
    await eventually('the second service waits', async () => {
      const [task] = await tasksOf(cluster, 'late');
      return task?.status.message.includes('insufficient GPU: 1 asked for, 0 free on 1 node') === true
        ? ''
        : JSON.stringify(task?.status);
    });
    await manage('service', 'rm', 'both');
    await shows('late', new RegExp(`^DOCKER_RESOURCE_GPU=A\\n${folder}/gpu0 a:e5\\n$`));
    await manage('service', 'rm', 'late');
  });

  it('are rights, devices, shares and a volume that its image declares', async () => {
    const show =
      'grep CapEff /proc/self/status; grep -o "Cpus_allowed_list.*" /proc/self/status; stat -c "%t:%T" /dev/own; mount | grep -o " /srv/data type"; ' +
      'cat /sys/fs/cgroup/cpu*/cpu.shares /sys/fs/cgroup/cpu.weight 2>/dev/null; echo shown; exec sleep 100000';
    const flags = [
      '--privileged',
      '--device',
      `${join(folder, 'gpu1')}:/dev/own`,
      '--cpu-shares',
      '512',
      '--cpuset-cpus',
      '0',
    ];
    await create('rights', ...flags, '--reserve-memory', '8m', IMAGE, 'sh', '-c', show);
    await shows(
      'rights',
      /^CapEff:\t0*1[0-9a-f]{10}\nCpus_allowed_list:\t0\na:c8\n \/srv\/data type\n(512|20)\nshown\n$/,
    );
    assert.equal((await manage('volume', 'ls', '--quiet')).trim().split('\n').length, 1);
    await manage('service', 'rm', 'rights');
    await eventually('the volume goes with its task', async () => manage('volume', 'ls', '--quiet'));
  });
});
