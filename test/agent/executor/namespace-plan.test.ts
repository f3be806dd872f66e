import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeNote, encodeNote, planContainer, planExec } from '../../../agent/executor/container-plan.ts';
import type { ContainerRequest, IdMap } from '../../../agent/executor/executor.ts';
import { type NamespaceNote, withJoined } from '../../../agent/executor/namespace-plan.ts';
import type { Step } from '../../../agent/executor/protocol.ts';
import { type AccountFiles, remapOf, rootsOwnMap } from '../../../agent/executor/subordinate-ids.ts';
import {
  checkIdMap,
  insideId,
  MAX_ID_RANGES,
  outsideId,
} from '../../../agent/executor/user-namespace-plan.ts';

const idMap: IdMap = {
  users: [{ inside: 0, outside: 100_000, count: 65_536 }],
  groups: [{ inside: 0, outside: 200_000, count: 65_536 }],
};
const base: ContainerRequest = {
  id: 'web',
  layers: ['/layers/a/fs', '/layers/b/fs'],
  argv: ['httpd'],
  env: ['HOSTNAME=web'],
  workdir: '',
  user: '',
  hostname: 'web',
  binds: [{ source: '/srv', target: '/srv', readOnly: false, propagation: 'rprivate' }],
  tmpfs: [],
  files: [{ target: '/etc/hosts', content: 'x' }],
  readOnlyRoot: false,
  init: false,
  capabilities: [],
  network: { kind: 'none' },
  nanoCpus: null,
  memoryBytes: null,
  pids: null,
  ulimits: [{ name: 'nofile', soft: 5, hard: 6 }],
  logPath: '/logs/web.json',
};
const host = {
  cgroups: { version: 2, mountPoint: '/sys/fs/cgroup' },
  cgroupParent: '/skep',
  stateFolder: '/state',
} as const;

const NEW = { pid: 0x20000000, ipc: 0x08000000, uts: 0x04000000, net: 0x40000000, mnt: 0x20000 };

function kindsOf(steps: readonly Step[]): readonly string[] {
  return steps.map(({ kind }) => kind);
}

describe('the plan of namespaces', () => {
  it('makes what is its own and nothing else', () => {
    const flags = (changes: Partial<ContainerRequest>) =>
      planContainer({ ...base, ...changes }, host).namespaces;
    const all = NEW.pid + NEW.ipc + NEW.uts + NEW.net + NEW.mnt;
    const node = { kind: 'host' } as const;
    const other = { kind: 'container', id: 'other' } as const;
    assert.equal(flags({}), all);
    for (const choice of [node, other]) {
      assert.equal(flags({ pidNamespace: choice }), all - NEW.pid);
      assert.equal(flags({ ipcNamespace: choice }), all - NEW.ipc);
      assert.equal(flags({ network: choice }), all - NEW.net);
    }
    assert.equal(flags({ utsNamespace: node }), all - NEW.uts);
    const joins = planContainer(
      { ...base, network: other, ipcNamespace: node, pidNamespace: other },
      host,
    ).joins;
    assert.deepEqual(joins, { pid: 'other', net: 'other' });
  });

  it('never sets the name of the node, nor the settings of another network', () => {
    const uts = planContainer({ ...base, utsNamespace: { kind: 'host' } }, host).steps;
    assert.equal(kindsOf(uts).includes('hostname'), false);
    const joined = planContainer({ ...base, network: { kind: 'container', id: 'other' } }, host).steps;
    assert.equal(
      joined.some(({ path }) => path?.startsWith('/proc/sys/net') === true),
      false,
    );
  });

  it('keeps a note of what others may join, which an older keeper’s note does not allow', () => {
    const plan = planContainer({ ...base, ipcSharing: 'shareable', idMap }, host);
    const note = decodeNote(encodeNote(plan.note));
    assert.deepEqual(note, plan.note);
    assert.deepEqual([note.ipcShareable, note.usersOf, note.idMap], [true, 'web', idMap]);
    assert.deepEqual(note.files, [{ target: '/etc/hosts', source: '/state/web/files/0' }]);
    assert.equal(planContainer(base, host).note.ipcShareable, false);
    const old = decodeNote(new TextEncoder().encode('{"capabilities":[],"joinPaths":[]}'));
    assert.deepEqual([old.ipcShareable, old.usersOf, old.idMap], [false, '', undefined]);
  });
});

describe('a request that joins another container', () => {
  const note: NamespaceNote = {
    ipcShareable: true,
    hostname: 'giver',
    files: [{ target: '/etc/hosts', source: '/state/giver/files/0' }],
    usersOf: '',
  };
  const net: ContainerRequest = { ...base, network: { kind: 'container', id: 'giver' } };

  it('has its names, the same files, and a variable that says so', () => {
    const joined = withJoined(net, new Map([['giver', note]]));
    assert.deepEqual([joined.hostname, joined.env, joined.files], ['giver', ['HOSTNAME=giver'], []]);
    assert.deepEqual(joined.binds[0], {
      source: '/state/giver/files/0',
      target: '/etc/hosts',
      readOnly: false,
      propagation: 'rprivate',
      ofNode: true,
    });
    const chained = planContainer(joined, host).note;
    assert.deepEqual(chained.files, note.files);
  });

  it('lives in its user namespace', () => {
    const mapped = { ...note, idMap, usersOf: 'first' };
    assert.equal(withJoined({ ...net, idMap }, new Map([['giver', mapped]])).usersOf, 'first');
    assert.throws(() => withJoined(net, new Map([['giver', mapped]])), /which has mapped users/);
    assert.throws(() => withJoined({ ...net, idMap }, new Map([['giver', note]])), /has the node's users/);
  });
});

describe('the plan of a container with mapped users', () => {
  const plain = planContainer(base, host);
  const mapped = planContainer({ ...base, idMap }, host);
  const kinds = kindsOf(mapped.steps);
  const at = (kind: string) => kinds.indexOf(kind);

  it('does by the rights of the node only what needs them, and the rest inside', () => {
    assert.equal(mapped.namespaces, NEW.mnt);
    const enter = mapped.steps.find(({ kind }) => kind === 'enterUsers');
    assert.equal(enter?.flags, BigInt(plain.namespaces));
    const order = [
      'userNamespace',
      'treeOpen',
      'propagation',
      'mappedLayers',
      'overlay',
      'deviceTree',
      'rlimit',
      'enterUsers',
    ];
    const places = order.map(at);
    assert.deepEqual(
      places,
      [...places].sort((left, right) => left - right),
    );
    assert.equal(places.includes(-1), false);
    for (const kind of ['unshare', 'mount', 'treePlace', 'mask', 'hostname', 'pivot', 'user', 'exec'])
      assert.ok(at(kind) > at('enterUsers'), kind);
  });

  it('has every step of a container without, each device as a node that is bound in', () => {
    const counted = (steps: readonly Step[], kind: string) =>
      kindsOf(steps).filter((each) => each === kind).length;
    const devices = counted(plain.steps, 'device');
    assert.equal(counted(mapped.steps, 'device'), 0);
    assert.equal(counted(mapped.steps, 'deviceTree'), devices);
    assert.equal(counted(mapped.steps, 'treePlace'), counted(plain.steps, 'treePlace') + devices);
    for (const kind of [
      'write',
      'mount',
      'mask',
      'readOnly',
      'symlink',
      'treeOpen',
      'rlimit',
      'cgroup',
      'hostWrite',
    ])
      assert.equal(counted(mapped.steps, kind), counted(plain.steps, kind), kind);
    const slots = mapped.steps.flatMap(({ kind, number }) => (kind === 'treePlace' ? [number] : []));
    assert.equal(new Set(slots).size, slots.length);
    const opened = mapped.steps.flatMap(({ kind, number, flags }) =>
      kind === 'treeOpen' ? [number] : kind === 'deviceTree' ? [flags] : [],
    );
    assert.deepEqual([...opened].sort(), [...slots].sort());
  });

  it('gives the root the writable layer, and maps what the node made but no other folder', () => {
    const owned = mapped.steps.find(({ path, flags }) => path === '/state/web/upper' && flags === 1n);
    assert.equal(owned?.number, (100_000n << 32n) | 200_000n);
    const opened = mapped.steps.filter(({ kind }) => kind === 'treeOpen');
    const mappedPaths = opened.filter(({ flags = 0n }) => flags === 1n << 40n).map(({ path }) => path);
    assert.equal(opened.length, 2);
    assert.deepEqual(mappedPaths, ['/state/web/files/0']);
  });

  it('joins users first, limits before that, in a program that enters', () => {
    const options = { env: [], workdir: '', user: '' };
    const steps = planExec(mapped.note, ['true'], options, null);
    const entered = kindsOf(steps);
    assert.ok(entered.indexOf('rlimit') < entered.indexOf('joinNamespaces'));
    assert.equal(entered.length, kindsOf(planExec(plain.note, ['true'], options, null)).length);
    const join = steps.find(({ kind }) => kind === 'joinNamespaces');
    assert.deepEqual([join?.flags, join?.number, join?.mode], [1n, 100_000n, 200_000n]);
  });

  it('refuses maps that give the node’s root, or have none', () => {
    const refused = (users: IdMap['users'], reason: RegExp) =>
      assert.throws(() => checkIdMap({ ...idMap, users }), { code: 'INVALID_ARGUMENT', message: reason });
    refused([], /has no root/);
    refused([{ inside: 1, outside: 100_000, count: 10 }], /has no root/);
    refused([{ inside: 0, outside: 0, count: 10 }], /cannot be/);
    refused([{ inside: 0, outside: 4_294_967_290, count: 10 }], /cannot be/);
    refused([{ inside: 0, outside: 1.5, count: 10 }], /cannot be/);
    const many = Array.from({ length: MAX_ID_RANGES + 1 }, (_, index) => ({
      inside: index,
      outside: 9 + index,
      count: 1,
    }));
    refused(many, /341 ranges/);
    checkIdMap({ ...idMap, users: many.slice(0, -1) });
  });

  it('finds an id inside again that it was given outside', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(gaps, fc.nat({ max: 200 }), (pairs, id) => {
        let inside = 0;
        let outside = 1_000;
        const ranges = pairs.map(([count, gap]) => {
          const range = { inside, outside, count };
          inside += count;
          outside += count + gap;
          return range;
        });
        const mappedId = outsideId(ranges, id);
        assert.equal(mappedId === undefined, id >= inside);
        if (mappedId !== undefined) assert.equal(insideId(ranges, mappedId), id);
      }),
    );
  });
});

describe('subordinate ids', () => {
  const files: AccountFiles = {
    subuid: '# ids\nskepmap:300000:1000\nother:1:5\nskepmap:500000:65536\n',
    subgid: 'skepmap:300000:65536\n900:700000:10\n',
    passwd: 'root:x:0:0::/root:/bin/sh\nskepmap:x:901:901::/:/bin/false\nbare:x:902:902::/:/bin/false\n',
    group: 'root:x:0:\nskepmap:x:901:\nothers:x:900:\n',
  };

  it('follow each other inside, in the order of the file', () => {
    const expected = {
      users: [
        { inside: 0, outside: 300_000, count: 1_000 },
        { inside: 1_000, outside: 500_000, count: 65_536 },
      ],
      groups: [{ inside: 0, outside: 300_000, count: 65_536 }],
    };
    for (const option of ['default', 'skepmap', '901', 'skepmap:skepmap'])
      assert.deepEqual(remapOf(option, files), expected);
    assert.deepEqual(remapOf('skepmap:others', files).groups, [{ inside: 0, outside: 700_000, count: 10 }]);
    checkIdMap(expected);
  });

  it('are missed with what to add', () => {
    const refused = (option: string, message: RegExp, help: RegExp, changed: Partial<AccountFiles> = {}) =>
      assert.throws(() => remapOf(option, { ...files, ...changed }), {
        code: 'FAILED_PRECONDITION',
        message,
        help,
      });
    refused('default', /no user skepmap/, /useradd .* skepmap$/, { passwd: '' });
    refused('bare', /bare has no range of ids in \/etc\/subuid/, /bare:100000:65536/);
    refused('skepmap', /skepmap has no range of ids in \/etc\/subgid/, /add a line/, {
      subgid: 'skepmap:x:y\nskepmap:0:9\n',
    });
    refused('skepmap:nobody', /no group nobody/, /^$/);
  });

  it("are root's own where the daemon names nobody, if root has some", () => {
    assert.equal(rootsOwnMap(files), undefined);
    const own = { ...files, subuid: 'root:100000:65536\n', subgid: '0:100000:65536\n' };
    const range = [{ inside: 0, outside: 100_000, count: 65_536 }];
    assert.deepEqual(rootsOwnMap(own), { users: range, groups: range });
  });
});
