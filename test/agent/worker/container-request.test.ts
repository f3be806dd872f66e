import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResolvedImage } from '../../../agent/image/image-store.ts';
import { containerRequest } from '../../../agent/worker/container-request.ts';
import type { ContainerSpec } from '../../../lib/domain/container-spec.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { sampleTask } from './sample-task.ts';

const IMAGE: ResolvedImage = {
  image: {
    id: 'sha256:1',
    references: ['web:1'],
    createdAtMs: 0,
    sizeBytes: 0,
    architecture: 'amd64',
    os: 'linux',
    config: {
      entrypoint: ['/entry'],
      cmd: ['serve'],
      env: ['PATH=/bin', 'A=image'],
      workingDir: '/srv',
      user: 'nobody',
      exposedPorts: [],
      labels: {},
      volumes: [],
      stopSignal: '',
    },
    layers: [],
  },
  layerFolders: ['/layers/1'],
};
const FACTS = {
  hostname: 'h1',
  resolverAddress: '169.254.1.1',
  hostResolvConf: 'nameserver 9.9.9.9\n',
  logPath: '/log',
};

function withContainer(changes: Partial<ContainerSpec>, task: Partial<Task> = {}): Task {
  const base = sampleTask(task);
  return { ...base, spec: { ...base.spec, container: { ...base.spec.container, ...changes } } };
}

function request(task: Task) {
  return containerRequest(task, IMAGE, { kind: 'none' }, FACTS);
}

describe('the container of a task', () => {
  it('runs the image’s entrypoint with its default arguments', () => {
    assert.deepEqual(request(sampleTask()).argv, ['/entry', 'serve']);
  });

  it('replaces the arguments, or entrypoint and arguments together', () => {
    assert.deepEqual(request(withContainer({ args: ['once'] })).argv, ['/entry', 'once']);
    assert.deepEqual(request(withContainer({ command: ['/other'] })).argv, ['/other']);
  });

  it('is confined as the service asks, by the default filter when it asks for nothing', () => {
    const plain = request(sampleTask());
    assert.deepEqual([plain.seccompProfile, plain.noNewPrivileges], [undefined, false]);
    const asked = request(withContainer({ seccompProfile: 'unconfined', noNewPrivileges: true }));
    assert.deepEqual([asked.seccompProfile, asked.noNewPrivileges], ['unconfined', true]);
  });

  it('is refused when neither image nor service name a program', () => {
    const bare = {
      ...IMAGE,
      image: { ...IMAGE.image, config: { ...IMAGE.image.config, entrypoint: [], cmd: [] } },
    };
    assert.throws(
      () => containerRequest(sampleTask(), bare, { kind: 'none' }, FACTS),
      /no command specified/,
    );
  });

  it('lets the service’s environment win over the image’s, and expands templates', () => {
    const { env } = request(
      withContainer({ env: ['A=service', 'WHO={{.Task.Name}} on {{.Node.Hostname}}'] }),
    );
    assert.ok(env.includes('PATH=/bin'));
    assert.ok(env.includes('A=service'));
    assert.ok(env.includes('WHO=web.3.task1 on h1'));
  });

  it('is refused with the known names when a template does not exist', () => {
    assert.throws(
      () => request(withContainer({ env: ['A={{.Nothing}}'] })),
      /unknown template \{\{\.Nothing\}\}/,
    );
  });

  it('asks the node’s resolver, or on the host’s network the host’s', () => {
    const files = (task: Task, kind: 'none' | 'host') => containerRequest(task, IMAGE, { kind }, FACTS).files;
    const resolv = (kind: 'none' | 'host') =>
      files(sampleTask(), kind).find(({ target }) => target === '/etc/resolv.conf')?.content ?? '';
    assert.match(resolv('none'), /^nameserver 169\.254\.1\.1\n/);
    assert.equal(resolv('host'), FACTS.hostResolvConf);
  });

  it('asks the name servers that it names, after its node where that knows names of its networks', () => {
    const servers = (task: Task, kind: 'none' | 'host') =>
      containerRequest(task, IMAGE, { kind }, FACTS)
        .files.find(({ target }) => target === '/etc/resolv.conf')
        ?.content.match(/(?<=^nameserver ).+$/gm);
    const alone = withContainer({ dns: ['9.9.9.10', '9.9.9.11'] });
    const attached = { ...alone, attachments: [{ networkId: 'n', address: '10.0.0.9', aliases: [] }] };
    assert.deepEqual(servers(alone, 'none'), ['9.9.9.10', '9.9.9.11']);
    assert.deepEqual(servers(alone, 'host'), ['9.9.9.10', '9.9.9.11']);
    assert.deepEqual(servers(attached, 'none'), ['169.254.1.1', '9.9.9.10', '9.9.9.11']);
  });

  it('names itself in its hosts file by its own address', () => {
    const task = sampleTask({ attachments: [{ networkId: 'n', address: '10.0.0.9', aliases: [] }] });
    const hosts = request(task).files.find(({ target }) => target === '/etc/hosts')?.content ?? '';
    assert.match(hosts, /^10\.0\.0\.9 task1$/m);
  });

  it('asks for groups, limits, kernel settings, OOM score and /dev/shm as the service does', () => {
    const asked = {
      groups: ['wheel'],
      ulimits: [{ name: 'nofile', soft: 1, hard: 2 }],
      sysctls: { 'net.core.somaxconn': '1' },
      oomScoreAdj: -5,
      shmSizeBytes: 4_096,
    };
    const { groups, ulimits, sysctls, oomScoreAdj, shmSizeBytes } = request(withContainer(asked));
    assert.deepEqual({ groups, ulimits, sysctls, oomScoreAdj, shmSizeBytes }, asked);
  });

  it('sees the node’s folder of each volume at its target, and no volume that was not prepared', () => {
    const task = withContainer({
      mounts: [
        { kind: 'volume', source: 'db', target: '/db', readOnly: true },
        { kind: 'volume', source: '', target: '/own', readOnly: false },
      ],
    });
    const volumeFolders = new Map([
      ['/db', '/volumes/db/data'],
      ['/own', '/volumes/task1-1/data'],
    ]);
    const { binds } = containerRequest(task, IMAGE, { kind: 'none' }, { ...FACTS, volumeFolders });
    assert.deepEqual(binds, [
      { source: '/volumes/db/data', target: '/db', readOnly: true, propagation: 'rprivate', ofNode: true },
      {
        source: '/volumes/task1-1/data',
        target: '/own',
        readOnly: false,
        propagation: 'rprivate',
        ofNode: true,
      },
    ]);
    assert.throws(() => request(task), /volume at \/db was not prepared/);
  });

  it('has the node’s name where it shares that, and what the node says of every container', () => {
    const task = withContainer({ utsMode: 'host', ipcMode: 'none' });
    const defaults = { noNewPrivileges: true };
    const { hostname, env, files, utsNamespace, ipcSharing, noNewPrivileges } = containerRequest(
      task,
      IMAGE,
      { kind: 'none' },
      { ...FACTS, defaults },
    );
    assert.deepEqual(
      [hostname, utsNamespace, ipcSharing, noNewPrivileges],
      ['h1', { kind: 'host' }, 'none', true],
    );
    assert.ok(env.includes('HOSTNAME=h1'));
    assert.equal(files.find(({ target }) => target === '/etc/hostname')?.content, 'h1\n');
  });

  it('takes user and folder from the image unless the service says otherwise', () => {
    assert.equal(request(sampleTask()).user, 'nobody');
    assert.equal(request(sampleTask()).workdir, '/srv');
    assert.equal(request(withContainer({ user: 'root', workdir: '/' })).user, 'root');
  });

  it('gets the rights, devices and control group that its service asks for', () => {
    const controlGroup = {
      cpuShares: 512,
      readBytesPerSecond: [],
      writeBytesPerSecond: [],
      readOperationsPerSecond: [],
      writeOperationsPerSecond: [],
    };
    const mapping = { pathOnHost: '/dev/fuse', pathInContainer: '/dev/fuse', permissions: 'rw' };
    const devices = { mappings: [mapping], rules: ['c 10:* r'] };
    const asked = request(withContainer({ privileged: true, devices, controlGroup }));
    assert.equal(asked.privileged, true);
    assert.deepEqual([asked.devices, asked.deviceRules], [[mapping], ['c 10:* r']]);
    assert.deepEqual(asked.controlGroup, controlGroup);
    const plain = request(sampleTask());
    for (const key of ['privileged', 'devices', 'deviceRules', 'controlGroup'])
      assert.ok(!(key in plain), key);
  });

  it('is reserved the memory that its service reserves', () => {
    const { spec } = sampleTask();
    const task = sampleTask({ spec: { ...spec, reservations: { memoryBytes: 8 << 20 } } });
    assert.equal(request(task).memoryReservationBytes, 8 << 20);
    assert.equal(request(sampleTask()).memoryReservationBytes, null);
  });

  it('hears which generic resources it was given, and gets their devices', () => {
    const items = [
      { kind: 'GPU', name: 'B', count: 1 },
      { kind: 'SSD', count: 2 },
    ];
    const genericDevices = [
      { kind: 'GPU', name: 'A', paths: ['/dev/a'] },
      { kind: 'GPU', name: 'B', paths: ['/dev/b', '/dev/all'] },
    ];
    const task = withContainer({ env: ['DOCKER_RESOURCE_GPU=mine'] }, { assignedGeneric: { items } });
    const made = containerRequest(task, IMAGE, { kind: 'none' }, { ...FACTS, genericDevices });
    assert.deepEqual(
      made.devices?.map(({ pathOnHost, permissions }) => `${pathOnHost} ${permissions}`),
      ['/dev/b rwm', '/dev/all rwm'],
    );
    const told = made.env.filter((line) => line.startsWith('DOCKER_RESOURCE'));
    assert.deepEqual(told, ['DOCKER_RESOURCE_GPU=B', 'DOCKER_RESOURCE_SSD=2']);
  });

  it('has a volume where its image declares one, and a bind as recursive as asked', () => {
    const config = { ...IMAGE.image.config, volumes: ['/data', '/taken'] };
    const image = { ...IMAGE, image: { ...IMAGE.image, config } };
    const task = withContainer({
      mounts: [{ kind: 'bind', source: '/a', target: '/taken', readOnly: true, recursive: 'writable' }],
    });
    const volumeFolders = new Map([['/data', '/volumes/1']]);
    const { binds } = containerRequest(task, image, { kind: 'none' }, { ...FACTS, volumeFolders });
    assert.deepEqual(binds, [
      { source: '/a', target: '/taken', readOnly: true, propagation: 'rprivate', recursive: 'writable' },
      { source: '/volumes/1', target: '/data', readOnly: false, propagation: 'rprivate', ofNode: true },
    ]);
  });
});
