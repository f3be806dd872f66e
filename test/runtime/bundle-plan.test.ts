import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CgroupLayout } from '../../agent/executor/cgroup-plan.ts';
import type { Step } from '../../agent/executor/protocol.ts';
import { SkepError } from '../../lib/errors.ts';
import { readBundle } from '../../runtime/bundle-reader.ts';
import { numberOption, readOptions, readSignal, textOption } from '../../runtime/command-line.ts';
import { checkId, decodeRecord, encodeRecord, readProcessStat } from '../../runtime/container-record.ts';
import { groupsPath, planGroups, planLimits } from '../../runtime/groups-plan.ts';
import { readMountWords } from '../../runtime/mount-words.ts';
import { withOpenFiles } from '../../runtime/program-plan.ts';
import { readResources } from '../../runtime/resources-reader.ts';
import { planBundle } from '../../runtime/start-plan.ts';
import { type ConfigChange, plainConfig } from './test-bundle.ts';

const VERSION_1: CgroupLayout = {
  version: 1,
  hierarchies: ['cpu', 'cpuset', 'memory', 'pids', 'devices', 'blkio'].map((name) => ({
    mountPoint: `/sys/fs/cgroup/${name}`,
    controllers: [name],
  })),
};
const VERSION_2: CgroupLayout = { version: 2, mountPoint: '/sys/fs/cgroup' };
const CPUSET = { cpus: '0-1', mems: '0' };
const PLACE = { bundlePath: '/bundle', rootFolder: '/bundle/rootfs', path: '/docker/c' };

function configText(change: ConfigChange = {}): string {
  return JSON.stringify(plainConfig(['true'], '/docker/c', change));
}

function plan(change: ConfigChange = {}, layout = VERSION_1, gated = false): ReturnType<typeof planBundle> {
  return planBundle(
    readBundle(configText(change)),
    PLACE,
    { layout, cpuset: CPUSET },
    new Uint8Array(8),
    gated,
  );
}

function kinds(steps: readonly Step[]): readonly string[] {
  return steps.map(({ kind }) => kind);
}

function writes(value: object, layout: CgroupLayout): readonly string[] {
  return planLimits(layout, '/g', readResources('resources', value)).map(
    ({ path, text }) => `${path.replace('/sys/fs/cgroup', '')}=${text}`,
  );
}

describe('reading a bundle', () => {
  const cases: readonly (readonly [title: string, text: string, error: RegExp])[] = [
    [
      'a mount by user mapping',
      configText({ linux: { uidMappings: [{ containerID: 0, hostID: 1, size: 1 }] } }),
      /linux\.uidMappings is not supported/,
    ],
    [
      'a user namespace',
      configText({ linux: { namespaces: [{ type: 'mount' }, { type: 'user' }] } }),
      /namespaces\[1\]: a namespace of the type "user"/,
    ],
    [
      'a time namespace',
      configText({ linux: { namespaces: [{ type: 'time' }, { type: 'mount' }] } }),
      /type "time"/,
    ],
    [
      'no mount namespace',
      configText({ linux: { namespaces: [{ type: 'pid' }] } }),
      /without a mount namespace/,
    ],
    [
      'a label of SELinux',
      configText({ process: { selinuxLabel: 'a:b' } }),
      /process\.selinuxLabel is not supported/,
    ],
    [
      'a scheduler',
      configText({ process: { scheduler: { policy: 'SCHED_FIFO' } } }),
      /process\.scheduler is not supported/,
    ],
    [
      'hooks inside the container',
      configText({ hooks: { startContainer: [{ path: '/x' }] } }),
      /hooks\.startContainer is not supported/,
    ],
    [
      'rdma',
      configText({ linux: { resources: { rdma: { a: { hcaHandles: 1 } } } } }),
      /linux\.resources\.rdma is not supported/,
    ],
    [
      'cache allocation',
      configText({ linux: { intelRdt: { closID: 'x' } } }),
      /linux\.intelRdt is not supported/,
    ],
    [
      'a flag of seccomp',
      configText({
        linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW', flags: ['SECCOMP_FILTER_FLAG_LOG'] } },
      }),
      /flags: SECCOMP_FILTER_FLAG_LOG/,
    ],
    [
      'a file system',
      configText({ mounts: [{ destination: '/x', type: 'ext4', source: '/dev/x' }] }),
      /mounts\[6\]: a mount of the type "ext4"/,
    ],
    [
      'a copy into a tmpfs',
      configText({ mounts: [{ destination: '/x', type: 'tmpfs', options: ['tmpcopyup'] }] }),
      /the option tmpcopyup/,
    ],
    [
      'an option of a bind that is none',
      configText({ mounts: [{ destination: '/x', source: '/y', options: ['bind', 'size=1'] }] }),
      /the option size=1 of a bind/,
    ],
    [
      'systemd’s groups',
      JSON.stringify(plainConfig(['true'], 'a.slice:b:c')),
      /cgroupsPath a\.slice:b:c is not supported/,
    ],
    [
      'a limit that no kernel has',
      configText({ process: { rlimits: [{ type: 'RLIMIT_X', soft: 1, hard: 1 }] } }),
      /there is no limit RLIMIT_X/,
    ],
    [
      'a relative working directory',
      configText({ process: { cwd: 'tmp' } }),
      /process\.cwd must be an absolute path/,
    ],
    [
      'a text where a number belongs',
      configText({ process: { user: { uid: 'root' } } }),
      /process\.user\.uid must be a whole number, not "root"/,
    ],
    [
      'a setting of the node',
      configText({ linux: { namespaces: [{ type: 'mount' }, { type: 'uts' }], sysctl: { 'net.a': '1' } } }),
      /net\.a would change the host/,
    ],
    ['another version', JSON.stringify({ ociVersion: '2.0.0' }), /ociVersion "2\.0\.0" is not supported/],
    ['something else than JSON', '{', /config\.json is not JSON/],
  ];
  for (const [title, text, error] of cases) {
    it(`refuses ${title}, by name`, () => {
      assert.throws(
        () => {
          const bundle = readBundle(text);
          groupsPath(bundle.cgroupsPath, 'c');
          planBundle(bundle, PLACE, { layout: VERSION_1, cpuset: CPUSET }, null, false);
        },
        (thrown) => thrown instanceof SkepError && error.test(thrown.message),
      );
    });
  }

  it('takes empty values of unsupported fields, as Go writes them', () => {
    const change = {
      linux: {
        mountLabel: '',
        intelRdt: null,
        uidMappings: [],
        resources: { rdma: {}, memory: { useHierarchy: true, kernel: 0 } },
      },
    };
    assert.equal(readBundle(configText(change)).rootPath, 'rootfs');
  });
});

describe('the plan of a bundle', () => {
  it('enters its groups and joins namespaces before anything is mounted, and drops rights last', () => {
    const namespaces = [
      { type: 'mount' },
      { type: 'pid' },
      { type: 'uts' },
      { type: 'network', path: '/proc/7/ns/net' },
    ];
    const order = kinds(plan({ linux: { namespaces } }).steps);
    const places = [
      'cgroup',
      'joinPath',
      'propagation',
      'bindRoot',
      'pivot',
      'workdir',
      'bounding',
      'user',
      'capabilities',
      'filterSyscalls',
      'exec',
    ].map((kind) => order.indexOf(kind as Step['kind']));
    assert.deepEqual(
      places,
      [...places].sort((left, right) => left - right),
    );
    assert.ok(places.every((place) => place >= 0));
    assert.equal(order.includes('netlink'), false, 'lo of another is left alone');
  });

  it('makes only the namespaces that are new, and the one of control groups by unshare', () => {
    const namespaces = ['mount', 'pid', 'cgroup', 'ipc', 'uts'].map((type) => ({ type }));
    const { namespaces: flags, steps } = plan({ linux: { namespaces } });
    assert.equal(flags, 0x2c02_0000);
    assert.deepEqual(
      steps.filter(({ kind }) => kind === 'unshare').map(({ flags: bits }) => bits),
      [0x0200_0000n],
    );
  });

  it('waits at the gate after it is known that the program can run, and before the filter', () => {
    const gated = plan({}, VERSION_1, true).steps;
    const order = kinds(gated);
    assert.ok(order.indexOf('capabilities') < order.indexOf('awaitStart'));
    assert.ok(order.indexOf('awaitStart') < order.indexOf('filterSyscalls'));
    assert.deepEqual(gated.find(({ kind }) => kind === 'awaitStart')?.env, ['PATH=/bin']);
    assert.equal(kinds(plan().steps).includes('awaitStart'), false);
  });

  it('waits for hooks before the pivot', () => {
    const order = kinds(plan({ hooks: { prestart: [{ path: '/bin/true' }] } }).steps);
    assert.equal(order.indexOf('awaitStart') + 1, order.indexOf('hostname'));
    assert.ok(order.indexOf('awaitStart') < order.indexOf('pivot'));
  });

  it('leaves /dev alone when it is the node’s', () => {
    const { steps } = plan({ mounts: [{ destination: '/dev', source: '/dev', options: ['rbind'] }] });
    assert.equal(kinds(steps).includes('device'), false);
  });

  it('keeps the node’s mounts from following a root that is to be shared', () => {
    const { steps } = plan({
      linux: { namespaces: [{ type: 'mount' }, { type: 'uts' }], rootfsPropagation: 'rshared' },
    });
    const flags = steps.filter(({ kind }) => kind === 'propagation').map((step) => step.flags);
    assert.deepEqual(flags, [(1n << 19n) | (1n << 14n), (1n << 20n) | (1n << 14n)]);
    assert.ok(kinds(steps).lastIndexOf('propagation') > kinds(steps).indexOf('pivot'));
  });
});

describe('options of a mount', () => {
  it('become bits, the last of two that disagree counting', () => {
    const words = readMountWords('m', [
      'rbind',
      'ro',
      'rw',
      'nosuid',
      'noatime',
      'rro',
      'rslave',
      'size=1m',
      'mode=755',
    ]);
    assert.deepEqual(words, {
      set: 0x12n,
      // The kernel wants all bits of access times cleared where one of them is set.
      clear: 0x71n,
      setAll: 0x1n,
      clearAll: 0n,
      propagation: (1n << 19n) | (1n << 14n),
      recursive: true,
      data: 'size=1m,mode=755',
    });
  });
});

describe('control groups of a bundle', () => {
  const all = {
    memory: { limit: 100, swap: 300, reservation: 50 },
    cpu: { shares: 1024, quota: 5000, period: 10_000, cpus: '0', mems: '0' },
    pids: { limit: 7 },
    blockIO: { weight: 300, throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 9 }] },
  };

  it('are written as version 1 names them', () => {
    assert.deepEqual(writes(all, VERSION_1), [
      '/cpu/g/cpu.shares=1024',
      '/cpu/g/cpu.cfs_period_us=10000',
      '/cpu/g/cpu.cfs_quota_us=5000',
      '/cpuset/g/cpuset.cpus=0',
      '/cpuset/g/cpuset.mems=0',
      '/memory/g/memory.limit_in_bytes=100',
      '/memory/g/memory.memsw.limit_in_bytes=300',
      '/memory/g/memory.soft_limit_in_bytes=50',
      '/pids/g/pids.max=7',
      '/blkio/g/blkio.weight=300',
      '/blkio/g/blkio.throttle.read_bps_device=8:0 9',
    ]);
  });

  it('are written as version 2 counts them', () => {
    assert.deepEqual(writes(all, VERSION_2), [
      '/g/memory.max=100',
      '/g/memory.swap.max=200',
      '/g/memory.low=50',
      '/g/cpu.weight=39',
      '/g/cpu.max=5000 10000',
      '/g/cpuset.cpus=0',
      '/g/cpuset.mems=0',
      '/g/pids.max=7',
      '/g/io.weight=default 300',
      '/g/io.max=8:0 rbps=9',
    ]);
    assert.deepEqual(writes({ pids: { limit: -1 }, memory: { limit: -1, swap: -1 } }, VERSION_2), [
      '/g/memory.max=max',
      '/g/memory.swap.max=max',
      '/g/pids.max=max',
    ]);
    assert.throws(
      () => writes({ memory: { swappiness: 3 } }, VERSION_2),
      /swappiness is not supported: cgroup v2/,
    );
  });

  it('allow what is harmless, and in version 2 everything when all is allowed', () => {
    const resources = readResources('r', {
      devices: [{ allow: false }, { allow: true, type: 'c', major: 10, minor: 200, access: 'rw' }],
    });
    const first = planGroups(VERSION_1, '/g', resources, CPUSET).keeperSteps.filter(({ path }) =>
      path?.includes('/devices.'),
    );
    const texts = first.map(
      ({ path, bytes }) => `${path?.split('devices.')[1]} ${new TextDecoder().decode(bytes)}`,
    );
    assert.deepEqual(texts.slice(0, 4), ['deny a', 'deny a', 'allow c 10:200 rw', 'allow c *:* m']);
    const filtered = planGroups(VERSION_2, '/g', resources, CPUSET).keeperSteps.find(
      ({ kind }) => kind === 'filterDevices',
    );
    assert.equal(filtered?.bytes?.length, 11 * 16);
    const open = readResources('r', { devices: [{ allow: true, access: 'rwm' }] });
    assert.equal(
      kinds(planGroups(VERSION_2, '/g', open, CPUSET).keeperSteps).includes('filterDevices'),
      false,
    );
  });

  it('of version 2 get their controllers from every group above', () => {
    const steps = planGroups(VERSION_2, '/a/c', readResources('r', {}), CPUSET).keeperSteps;
    const given = steps.filter(({ path }) => path?.endsWith('cgroup.subtree_control'));
    const texts = given.map(({ path, bytes }) => `${path} ${new TextDecoder().decode(bytes)}`);
    assert.ok(texts.includes('/sys/fs/cgroup/cgroup.subtree_control +io'));
    assert.ok(texts.includes('/sys/fs/cgroup/a/cgroup.subtree_control +cpuset'));
    assert.equal(
      texts.some((text) => text.includes('/a/c/')),
      false,
    );
    assert.deepEqual(
      kinds(planGroups(VERSION_2, '/c', readResources('r', {}), CPUSET).keeperSteps).includes('hostFolder'),
      false,
    );
  });

  it('have a path that leads nowhere else', () => {
    assert.equal(groupsPath('', 'c'), '/c');
    assert.equal(groupsPath('/docker//c/', 'c'), '/docker/c');
    assert.throws(() => groupsPath('/docker/../c', 'c'), /names no group/);
  });
});

describe('what the runtime remembers and reads', () => {
  it('a record survives its file', () => {
    const record = {
      id: 'c',
      ociVersion: '1.0.2',
      bundlePath: '/b',
      rootFolder: '/b/r',
      pid: 7,
      startTicks: '99',
      createdAt: 'now',
      groupFolders: ['/g'],
      joinPaths: ['/g/tasks'],
      groupsPath: '/g',
      annotations: { a: 'b' },
      poststart: [],
      poststop: [{ path: '/h', args: ['h'], env: [], timeout: 3 }],
    };
    assert.deepEqual(decodeRecord(encodeRecord(record)), record);
    assert.throws(() => decodeRecord('{"pid": "x"}'), /state of the container is unreadable/);
  });

  it('a process is told apart by its start, whatever its name holds', () => {
    const fields = Array.from({ length: 30 }, (_, index) => `f${index}`).join(' ');
    assert.deepEqual(readProcessStat(`12 (a) b) (c) Z ${fields}`), { state: 'Z', startTicks: 'f18' });
    assert.equal(readProcessStat(''), null);
  });

  it('ids that lead out of the folder are refused', () => {
    for (const id of ['', '..', '.', 'a/b', undefined]) assert.throws(() => checkId(id), /container/);
    assert.equal(checkId('a.b-c_d+1'), 'a.b-c_d+1');
  });

  it('options are those of the command, before its arguments', () => {
    const forms = [
      { name: 'bundle', short: 'b', kind: 'text' },
      { name: 'force', short: 'f', kind: 'flag' },
      { name: 'env', short: 'e', kind: 'list' },
    ] as const;
    const options = readOptions(['-b', '/x', '--force', '-e', 'A=1', '--env=B=2', 'c', '-f', 'ls'], forms);
    assert.equal(textOption(options, 'bundle'), '/x');
    assert.deepEqual(
      [options.flags.has('force'), options.values.get('env'), options.rest],
      [true, ['A=1', 'B=2'], ['c', '-f', 'ls']],
    );
    assert.throws(() => readOptions(['--nope'], forms), /flag provided but not defined: --nope/);
    assert.throws(() => readOptions(['--bundle'], forms), /needs an argument/);
    assert.throws(() => numberOption(options, 'bundle'), /is no number/);
  });

  it('signals have names and numbers', () => {
    const numbers = { SIGTERM: 15, SIGKILL: 9 };
    assert.deepEqual(
      ['SIGTERM', 'term', '9'].map((text) => readSignal(text, numbers)),
      [15, 15, 9],
    );
    assert.throws(() => readSignal('SIGNOPE', numbers), /unknown signal "SIGNOPE"/);
  });

  it('the caller’s limit of open files stands unless the bundle has one', () => {
    const { program } = readBundle(configText());
    const limits = 'Max open files            2048                 4096                 files \n';
    assert.deepEqual(withOpenFiles(program, 1024, limits).rlimits, [
      { type: 'RLIMIT_NOFILE', resource: 7, soft: 1024n, hard: 4096n },
    ]);
    const own = readBundle(
      configText({ process: { rlimits: [{ type: 'RLIMIT_NOFILE', soft: 5, hard: 6 }] } }),
    ).program;
    assert.deepEqual(withOpenFiles(own, 1024, limits), own);
  });
});
