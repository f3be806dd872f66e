import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  applyCapabilities,
  CAPABILITY_NAMES,
  capabilityMask,
  DEFAULT_CAPABILITIES,
} from '../../../agent/executor/capabilities.ts';
import {
  type CgroupLayout,
  cgroupParentFolders,
  normalizeCgroupParent,
  planCgroups,
  readCgroupLayout,
} from '../../../agent/executor/cgroup-plan.ts';
import { decodeNote, encodeNote, planContainer } from '../../../agent/executor/container-plan.ts';
import type { ContainerRequest } from '../../../agent/executor/executor.ts';
import { planOverlay } from '../../../agent/executor/overlay-plan.ts';
import {
  bytesField,
  decodeFields,
  encodeRequest,
  encodeSteps,
  fieldNumber,
  numberField,
  type Step,
  splitFrames,
  stringField,
} from '../../../agent/executor/protocol.ts';

const v2: CgroupLayout = { version: 2, mountPoint: '/sys/fs/cgroup' };
const limits = { nanoCpus: 1_500_000_000, memoryBytes: 64 << 20, pids: 100 };

const request: ContainerRequest = {
  id: 'web.1.x',
  layers: ['/layers/a/fs', '/layers/b/fs'],
  argv: ['httpd'],
  env: [],
  workdir: '',
  user: '',
  hostname: 'web',
  binds: [],
  tmpfs: [],
  files: [],
  readOnlyRoot: false,
  init: false,
  capabilities: DEFAULT_CAPABILITIES,
  network: { kind: 'none' },
  nanoCpus: null,
  memoryBytes: null,
  pids: null,
  logPath: '/logs/web.json',
};
const filter = new Uint8Array(8);
const host = { cgroups: v2, cgroupParent: '/skep', stateFolder: '/state' };

describe('capabilities', () => {
  it("are Docker's 14 by default", () => {
    assert.equal(applyCapabilities([], []).length, 14);
    assert.equal(capabilityMask(DEFAULT_CAPABILITIES), 0xa80425fbn);
  });

  it('can be added and dropped by name with or without CAP_', () => {
    const result = applyCapabilities(['net_admin'], ['CAP_MKNOD', 'net_raw']);
    assert.ok(result.includes('CAP_NET_ADMIN'));
    assert.equal(result.includes('CAP_MKNOD') || result.includes('CAP_NET_RAW'), false);
  });

  it('know ALL on both sides', () => {
    assert.deepEqual(applyCapabilities(['ALL'], []), CAPABILITY_NAMES);
    assert.equal(applyCapabilities(['all'], ['SYS_ADMIN']).length, CAPABILITY_NAMES.length - 1);
    assert.deepEqual(applyCapabilities(['NET_ADMIN'], ['ALL']), ['CAP_NET_ADMIN']);
    assert.deepEqual(applyCapabilities([], ['ALL']), []);
  });

  it('that the kernel does not know are refused', () => {
    assert.throws(() => applyCapabilities(['CAP_FLY'], []), /unknown capability: CAP_FLY/);
  });
});

describe('control groups', () => {
  it('are version 1 on a hybrid host, each hierarchy once', () => {
    const layout = readCgroupLayout(
      [
        '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw',
        '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
        '33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
        '34 31 0:31 / /sys/fs/cgroup/pids rw shared:3 - cgroup cgroup rw,pids',
        '35 31 0:32 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio',
        '36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
        '37 99 0:30 / /other/memory rw - cgroup cgroup rw,memory',
      ].join('\n'),
    );
    assert.deepEqual(cgroupParentFolders(layout, 'skep/a'), [
      '/sys/fs/cgroup/cpu,cpuacct/skep/a',
      '/sys/fs/cgroup/memory/skep/a',
      '/sys/fs/cgroup/pids/skep/a',
    ]);
  });

  it('are version 2 where only that is mounted, and missed where nothing is', () => {
    assert.deepEqual(readCgroupLayout('31 23 0:28 / /sys/fs/cg\\040roup rw - cgroup2 cgroup2 rw'), {
      version: 2,
      mountPoint: '/sys/fs/cg roup',
    });
    assert.throws(
      () => readCgroupLayout('1 1 0:1 / / rw - ext4 /dev/sda rw'),
      /not mounted: cpu, memory, pids/,
    );
  });

  it('of version 2 hand controllers down and set the limits', () => {
    const plan = planCgroups(v2, '/skep/node', 'c1', limits);
    const writes = plan.keeperSteps
      .filter((step) => step.kind === 'hostWrite')
      .map((step) => `${step.path} ${new TextDecoder().decode(step.bytes)}`);
    assert.ok(writes.includes('/sys/fs/cgroup/cgroup.subtree_control +memory'));
    assert.ok(writes.includes('/sys/fs/cgroup/skep/node/cgroup.subtree_control +pids'));
    assert.ok(writes.includes('/sys/fs/cgroup/skep/node/c1/cpu.max 150000 100000'));
    assert.ok(writes.includes(`/sys/fs/cgroup/skep/node/c1/memory.max ${64 << 20}`));
    assert.ok(writes.includes('/sys/fs/cgroup/skep/node/c1/pids.max 100'));
    assert.equal(plan.oomPath, '/sys/fs/cgroup/skep/node/c1/memory.events');
  });

  it('of version 2 limit the devices by the same rules as version 1', () => {
    const plan = planCgroups(v2, '/skep', 'c1', limits);
    const kinds = plan.keeperSteps.map((step) => step.kind);
    assert.ok(kinds.indexOf('filterDevices') > kinds.indexOf('cgroup'));
    const { path, bytes = new Uint8Array() } =
      plan.keeperSteps.find((step) => step.kind === 'filterDevices') ?? {};
    assert.equal(path, '/sys/fs/cgroup/skep/c1');
    const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const rules = Array.from({ length: bytes.byteLength / 16 }, (_, rule) =>
      [0, 4, 8, 12].map((offset) => numbers.getUint32(rule * 16 + offset, true)),
    );
    const any = 0xffff_ffff;
    // c *:* m, b *:* m, c 1:3 rwm and c 136:* rwm.
    for (const rule of [
      [2, 1, any, any],
      [1, 1, any, any],
      [2, 7, 1, 3],
      [2, 7, 136, any],
    ]) {
      assert.ok(
        rules.some((each) => each.join() === rule.join()),
        rule.join(),
      );
    }
    assert.equal(
      rules.filter(([, access]) => access !== 1).every(([type]) => type === 2),
      true,
    );
  });

  it('refuse a parent that climbs or has no name', () => {
    for (const parent of ['', '/', '/a/../b', './a'])
      assert.throws(() => normalizeCgroupParent(parent), /cgroup parent/);
  });
});

describe('a container plan', () => {
  it('goes from groups over mounts and pivot to identity and exec', () => {
    const kinds = planContainer(request, host).steps.map((step) => step.kind);
    const order = [
      'cgroup',
      'unshare',
      'propagation',
      'overlay',
      'mask',
      'pivot',
      'bounding',
      'user',
      'capabilities',
      'exec',
    ];
    const positions = order.map((kind) => kinds.indexOf(kind as (typeof kinds)[number]));
    assert.deepEqual(
      positions,
      [...positions].sort((left, right) => left - right),
    );
    assert.ok(positions.every((position) => position >= 0));
    assert.equal(kinds.at(-1), 'exec');
  });

  it('mounts outer targets before inner ones', () => {
    const bind = (target: string) => ({
      source: '/src',
      target,
      readOnly: false,
      propagation: 'rprivate' as const,
    });
    const plan = planContainer(
      {
        ...request,
        binds: [bind('/a/b/c'), bind('/a')],
        tmpfs: [{ target: '/a/b', readOnly: false, sizeBytes: null, mode: 0o755 }],
      },
      host,
    );
    const targets = plan.steps.filter((step) => step.path?.startsWith('/a')).map((step) => step.path);
    assert.deepEqual(targets, ['/a', '/a/b', '/a/b/c']);
  });

  it('refuses requests that cannot be right', () => {
    const bad = (extra: Partial<ContainerRequest>, message: RegExp): void => {
      assert.throws(() => planContainer({ ...request, ...extra }, host), message);
    };
    const bind = (target: string) => ({
      binds: [{ source: '/src', target, readOnly: false, propagation: 'rprivate' as const }],
    });
    bad({ id: '../up' }, /invalid container id/);
    bad({ id: '' }, /invalid container id/);
    bad({ argv: [] }, /no command/);
    bad({ workdir: 'relative' }, /absolute path/);
    bad({ layers: [] }, /no layers/);
    bad({ layers: ['/a:b'] }, /cannot use the folder \/a:b/);
    bad({ hostname: 'h'.repeat(65) }, /hostname/);
    bad({ capabilities: ['CAP_X'] }, /unknown capability/);
    bad(bind('/'), /\broot\b/);
    bad(bind('/a/../etc'), /\.\./);
    bad(bind('/proc/sys'), /\/proc/);
    bad(bind('x'), /absolute/);
  });

  it('refuses more layers than one mount can name, and uses a folder twice only once', () => {
    const many = Array.from({ length: 100 }, (_, index) => `/layers/${'f'.repeat(64)}${index}`);
    assert.throws(() => planOverlay(many, '/state/x'), /too many for one overlay mount/);
    const plan = planOverlay(['/l/a', '/l/b', '/l/a'], '/state/x');
    assert.match(plan.mountStep.text ?? '', /^lowerdir=a:b,upperdir=\/state\/x\/upper/);
  });

  it('keeps changes where they outlive the container, flushed to disk unless they need not be', () => {
    const planOf = (more: Partial<ContainerRequest>) =>
      planContainer({ ...request, writableFolder: '/kept/x', ...more }, host).steps;
    const options = (steps: readonly Step[]) => steps.find(({ kind }) => kind === 'overlay')?.text ?? '';
    assert.match(options(planOf({})), /upperdir=\/kept\/x\/upper,workdir=\/kept\/x\/work$/);
    assert.match(options(planOf({ writableIsVolatile: true })), /workdir=\/kept\/x\/work,volatile$/);
    const folders = planOf({}).flatMap(({ kind, path }) => (kind === 'hostFolder' ? [path] : []));
    assert.ok(['/kept/x', '/kept/x/upper', '/kept/x/work'].every((path) => folders.includes(path)));
  });

  it('leaves a note that a later agent can read', () => {
    const { note } = planContainer(request, host);
    assert.deepEqual(decodeNote(encodeNote(note)), note);
    assert.throws(() => decodeNote(new Uint8Array([1])), /unreadable/);
    assert.throws(() => decodeNote(new TextEncoder().encode('{}')), /incomplete/);
    const confined = planContainer({ ...request, noNewPrivileges: true, seccompProfile: '{}' }, host, filter);
    assert.deepEqual(decodeNote(encodeNote(confined.note)), confined.note);
    const old = new TextEncoder().encode('{"capabilities":[],"joinPaths":[]}');
    assert.equal(decodeNote(old).syscallFilter, 'none');
  });

  it('loads a filter while it still may, and last of all under no-new-privileges', () => {
    const lastKinds = (more: Partial<ContainerRequest>): string =>
      planContainer({ ...request, ...more }, host, filter)
        .steps.map((step) => step.kind)
        .slice(-8)
        .join(' ');
    assert.equal(lastKinds({}), 'workdir bounding keepRights user umask filterSyscalls capabilities exec');
    assert.equal(
      lastKinds({ noNewPrivileges: true }),
      'workdir bounding user umask capabilities noNewPrivileges filterSyscalls exec',
    );
  });

  it('keeps the filter of an own profile for later programs of the container, and no other', () => {
    const kept = (seccompProfile?: string): number =>
      planContainer(
        { ...request, ...(seccompProfile === undefined ? {} : { seccompProfile }) },
        host,
        filter,
      ).steps.filter((step) => step.path === '/state/web.1.x/syscall-filter' && step.bytes === filter).length;
    assert.deepEqual([kept(), kept('{}')], [0, 1]);
  });
});

describe('the protocol', () => {
  it('gives back the fields that were written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(65_535), fc.uint8Array())), (list) => {
        const bytes = Buffer.concat(list.map(([tag, value]) => bytesField(tag, value)));
        const fields = decodeFields(bytes).map((field) => [field.tag, [...field.bytes]]);
        assert.deepEqual(
          fields,
          list.map(([tag, value]) => [tag, [...value]]),
        );
      }),
    );
    const max = 2 ** 53 - 1;
    assert.equal(fieldNumber(decodeFields(numberField(5, max)), 5), max);
  });

  it('splits frames wherever the bytes are cut', () => {
    const frames = Buffer.concat([
      encodeRequest('list', 1, []),
      encodeRequest('signal', 2, [stringField(1, 'x')]),
    ]);
    for (let cut = 0; cut <= frames.length; cut++) {
      const first = splitFrames(frames.subarray(0, cut));
      const second = splitFrames(Buffer.concat([first.rest, frames.subarray(cut)]));
      assert.equal(first.messages.length + second.messages.length, 2);
      assert.equal(second.rest.length, 0);
    }
  });

  it('throws on bytes that make no sense, and on nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          decodeFields(bytes);
          splitFrames(bytes);
        } catch (error) {
          assert.match(String(error), /the keeper sent/);
        }
      }),
    );
  });

  it('refuses text with a NUL and requests that are too long', () => {
    assert.throws(() => stringField(1, 'a\0b'), /NUL/);
    assert.throws(() => encodeSteps([{ kind: 'exec', name: 'x', argv: ['a\0'], env: [] }]), /NUL/);
    assert.throws(() => encodeRequest('list', 1, [new Uint8Array(2 << 20)]), /1048576 are allowed/);
  });
});
