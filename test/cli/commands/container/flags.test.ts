import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import {
  type DetachMatch,
  NO_MATCH,
  parseDetachKeys,
  scanForDetach,
} from '../../../../cli/commands/container/detach-keys.ts';
import { programFailureExitCode, runFailureExitCode } from '../../../../cli/commands/container/exit-codes.ts';
import { parsePortBinding } from '../../../../cli/commands/container/publish-flag.ts';
import { parseTmpfs, parseVolume } from '../../../../cli/commands/container/volume-flag.ts';
import type { Flags } from '../../../../cli/commands/service/flag-values.ts';
import { UsageError } from '../../../../cli/usage.ts';
import { SkepError } from '../../../../lib/errors.ts';
import { specOf } from './sample-containers.ts';

function here(path: string): string {
  return path.startsWith('/') ? path : `/here/${path}`;
}

describe('the short form of a published port', () => {
  const rows: readonly (readonly [text: string, shown: string])[] = [
    ['80', ':0>80/tcp'],
    ['8080:80', ':8080>80/tcp'],
    [':80', ':0>80/tcp'],
    ['0:80', ':0>80/tcp'],
    ['53:53/udp', ':53>53/udp'],
    ['127.0.0.1:8080:80', '127.0.0.1:8080>80/tcp'],
    ['0.0.0.0:8080:80', ':8080>80/tcp'],
    ['127.0.0.1::80', '127.0.0.1:0>80/tcp'],
    ['[::1]:8080:80/TCP', '::1:8080>80/tcp'],
    ['8000-8001:80-81', ':8000>80/tcp,:8001>81/tcp'],
    ['80-81', ':0>80/tcp,:0>81/tcp'],
  ];
  for (const [text, shown] of rows) {
    it(`${text} is ${shown}`, () => {
      const bindings = parsePortBinding(text).map(
        ({ hostAddress, hostPort, containerPort, protocol }) =>
          `${hostAddress}:${hostPort}>${containerPort}/${protocol}`,
      );
      assert.equal(bindings.join(','), shown);
    });
  }

  for (const text of [
    '',
    '0',
    '80:0',
    '70000:80',
    '80:80/icmp',
    '1:2:3:4',
    'localhost:80:80',
    '[::1]:80',
    '8000-8001:80',
    '8000:80-81',
    '81-80:81-80',
    '80/tcp/udp',
    '::1:80:80',
  ]) {
    it(`"${text}" is refused`, () => {
      assert.throws(() => parsePortBinding(text), UsageError);
    });
  }
});

describe('the short form of a volume', () => {
  const rows: readonly (readonly [text: string, mount: object])[] = [
    ['/data', { kind: 'volume', source: '', target: '/data', readOnly: false }],
    ['db:/data', { kind: 'volume', source: 'db', target: '/data', readOnly: false }],
    ['db:/data:ro,nocopy', { kind: 'volume', source: 'db', target: '/data', readOnly: true, noCopy: true }],
    ['/src:/data:z', { kind: 'bind', source: '/src', target: '/data', readOnly: false }],
    ['./src:/data', { kind: 'bind', source: '/here/./src', target: '/data', readOnly: false }],
    ['.:/data', { kind: 'bind', source: '/here/.', target: '/data', readOnly: false }],
    [
      '/src:/data:ro,rslave,bind-nonrecursive',
      {
        kind: 'bind',
        source: '/src',
        target: '/data',
        readOnly: true,
        propagation: 'rslave',
        recursive: 'disabled',
      },
    ],
  ];
  for (const [text, mount] of rows) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseVolume(text, here), mount);
    });
  }

  for (const text of [
    'data',
    'db:data',
    ':/data',
    '/a:/b:ro:rw',
    '/a:/b:bogus',
    '/a:/',
    'db:/data:rslave',
    '/a:/b:nocopy',
  ]) {
    it(`"${text}" is refused`, () => {
      assert.throws(() => parseVolume(text, here), UsageError);
    });
  }

  it('reads a tmpfs with its size and mode, and refuses what would make it less strict', () => {
    const base = { kind: 'tmpfs', target: '/run' };
    assert.deepEqual(parseTmpfs('/run'), { ...base, readOnly: false });
    assert.deepEqual(parseTmpfs('/run:size=64m,mode=755,ro,nosuid'), {
      ...base,
      readOnly: true,
      sizeBytes: 67_108_864,
      mode: 0o755,
    });
    for (const text of ['run', '/run:exec', '/run:size=x', '/run:mode=9']) {
      assert.throws(() => parseTmpfs(text), UsageError, text);
    }
  });
});

describe('detach keys', () => {
  it('are named one by one', () => {
    assert.deepEqual(parseDetachKeys(undefined), [16, 17]);
    assert.deepEqual(parseDetachKeys('ctrl-a,d'), [1, 100]);
    assert.deepEqual(parseDetachKeys('ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_'), [0, 27, 28, 29, 30, 31]);
    assert.deepEqual(parseDetachKeys(''), []);
    for (const text of ['ctrl-1', 'ab', 'ctrl-a,', 'ctrl-'])
      assert.throws(() => parseDetachKeys(text), UsageError);
  });

  const byte = fc.integer({ min: 0, max: 1 });
  const keysOf = fc.array(byte, { minLength: 1, maxLength: 4 });

  /** Where the sequence ends for the first time, in plain words. */
  function endOfSequence(keys: readonly number[], typed: readonly number[]): number {
    return typed.findIndex(
      (_, at) =>
        at + 1 >= keys.length && keys.every((key, index) => typed[at + 1 - keys.length + index] === key),
    );
  }

  it('are found wherever reads split them, and everything typed before them is passed on', () => {
    fc.assert(
      fc.property(keysOf, fc.array(fc.array(byte, { maxLength: 5 }), { maxLength: 8 }), (keys, pieces) => {
        let match: DetachMatch = NO_MATCH;
        const passed: number[] = [];
        let detached = false;
        for (const piece of pieces) {
          const scan = scanForDetach(keys, match, Uint8Array.from(piece));
          match = scan.match;
          passed.push(...scan.passed);
          if (scan.detached) {
            detached = true;
            break;
          }
        }
        const typed = pieces.flat();
        const end = endOfSequence(keys, typed);
        assert.equal(detached, end >= 0);
        const held = keys.slice(0, match.matched);
        const expected = end < 0 ? typed : typed.slice(0, end + 1 - keys.length);
        assert.deepEqual([...passed, ...(detached ? [] : held)], expected);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the exit code of a failure', () => {
  const error = (message: string, cause?: string) =>
    new SkepError('FAILED_PRECONDITION', message, cause === undefined ? {} : { cause: new Error(cause) });

  it('is 127 for a program that is not there, 126 for one that cannot be invoked, 125 for the rest of run', () => {
    const missing = error(
      'container x: exec: "foo": executable file not found in $PATH (step 71, exec foo, ENOENT)',
    );
    const denied = error(
      'container x: exec: "/etc/passwd": permission denied (step 71, exec /etc/passwd, EACCES)',
    );
    const format = error('cannot start x', 'exec /bin/x: Exec format error');
    assert.equal(runFailureExitCode(missing), 127);
    assert.equal(runFailureExitCode(denied), 126);
    assert.equal(runFailureExitCode(format), 126);
    assert.equal(runFailureExitCode(error('no such image: web:1')), 125);
    assert.equal(
      runFailureExitCode(error('mount /src: no such file or directory (step 3, mount /src, ENOENT)')),
      125,
    );
    assert.equal(programFailureExitCode(error('permission denied')), undefined);
  });
});

describe('what a line of run asks for', () => {
  it('is a bridge, no restart and the image as it is when there are no flags', () => {
    const { container, ...others } = specOf({}, ['sh', '-c', 'x']);
    assert.deepEqual(others, {
      name: '',
      limits: {},
      reservations: {},
      restart: { name: 'no', maxRetries: 0 },
      network: 'bridge',
      ports: [],
      publishAll: false,
      autoRemove: false,
    });
    assert.deepEqual(container.args, ['sh', '-c', 'x']);
    assert.deepEqual(container.command, []);
    assert.equal('openStdin' in container, false);
    assert.equal('controlGroup' in container, false);
  });

  it('takes Docker’s names for the process and its surroundings', () => {
    const { container } = specOf(
      {
        interactive: true,
        tty: true,
        env: ['A=1', 'HOME', 'NOT_SET'],
        label: ['a=b'],
        labelFile: ['labels'],
        addHost: ['db:10.0.0.1', 'six:[::1]', 'eq=10.0.0.2'],
        groupAdd: ['audio'],
        dns: ['9.9.9.9'],
        dnsOpt: ['ndots:1'],
        ulimit: ['nofile=10'],
        sysctl: ['net.core.somaxconn=9'],
        capDrop: ['all'],
        stopTimeout: '3',
        user: 'u:g',
        workdir: '/w',
        hostname: 'h',
        shmSize: '1m',
        init: true,
        readOnly: true,
      },
      [],
      { labels: '# none\nfrom=file\na=file\n' },
    );
    assert.equal(container.openStdin, true);
    assert.equal(container.tty, true);
    assert.deepEqual(container.env, ['A=1', 'HOME=/root']);
    assert.deepEqual(container.labels, { from: 'file', a: 'b' });
    assert.deepEqual(container.hosts, ['10.0.0.1 db', '::1 six', '10.0.0.2 eq']);
    assert.deepEqual(container.groups, ['audio']);
    assert.deepEqual(container.dns, ['9.9.9.9']);
    assert.deepEqual(container.dnsOptions, ['ndots:1']);
    assert.deepEqual(container.ulimits, [{ name: 'nofile', soft: 10, hard: 10 }]);
    assert.deepEqual(container.capabilityDrop, ['ALL']);
    assert.equal(container.stopGracePeriodMs, 3_000);
    assert.equal(container.shmSizeBytes, 1_048_576);
    assert.equal(container.init && container.readOnlyRoot, true);
  });

  it('has an entrypoint of one word, and none of the image when it is empty', () => {
    const split = specOf({ entrypoint: '/bin/a b' }, ['c']).container;
    assert.deepEqual([split.command, split.args], [['/bin/a b'], ['c']]);
    const without = specOf({ entrypoint: '' }, ['c', 'd']).container;
    assert.deepEqual([without.command, without.args], [['c', 'd'], []]);
  });

  it('has limits where they are given and none where they are lifted', () => {
    const spec = specOf({
      memory: '64m',
      cpus: '0.5',
      pidsLimit: '9',
      memoryReservation: '32m',
      memorySwap: '-1',
    });
    assert.deepEqual(spec.limits, { memoryBytes: 67_108_864, nanoCpus: 500_000_000, pids: 9 });
    assert.deepEqual(spec.reservations, { memoryBytes: 33_554_432 });
    assert.equal(spec.container.controlGroup?.memorySwapBytes, -1);
    assert.deepEqual(
      specOf({ pidsLimit: '-1', memory: '0', memorySwappiness: '-1', cpuShares: '0' }).limits,
      {},
    );
    assert.equal(specOf({ memorySwappiness: '-1' }).container.controlGroup, undefined);
    assert.equal(specOf({ memorySwappiness: '0' }).container.controlGroup?.memorySwappiness, 0);
  });

  it('has devices, rates, namespaces and a log driver', () => {
    const { container } = specOf({
      device: ['/dev/fuse', '/dev/a:/dev/b', '/dev/a:r', '/dev/a:/dev/c:rw'],
      deviceCgroupRule: ['c 10:200 rwm'],
      deviceReadBps: ['/dev/sda:1mb'],
      pid: 'host',
      ipc: 'container:other',
      uts: 'host',
      userns: 'private',
      logOpt: ['max-size=1m'],
      privileged: true,
    });
    assert.deepEqual(
      container.devices?.mappings.map((device) => Object.values(device).join(' ')),
      ['/dev/fuse /dev/fuse rwm', '/dev/a /dev/b rwm', '/dev/a /dev/a r', '/dev/a /dev/c rw'],
    );
    assert.deepEqual(container.controlGroup?.readBytesPerSecond, [{ path: '/dev/sda', rate: 1_048_576 }]);
    const { pidMode, ipcMode, utsMode, usernsMode, logDriver, privileged } = container;
    assert.deepEqual([pidMode, ipcMode, utsMode, usernsMode], ['host', 'container:other', 'host', 'private']);
    assert.deepEqual(logDriver, { name: 'json-file', options: { 'max-size': '1m' } });
    assert.equal(privileged, true);
  });

  it('publishes exposed ports only with publish-all, and none twice', () => {
    const flags = { expose: ['80-81'], publish: ['8080:80'] };
    assert.equal(specOf(flags).ports.length, 1);
    const all = specOf({ ...flags, publishAll: true }).ports;
    assert.deepEqual(
      all.map(({ hostPort, containerPort }) => [hostPort, containerPort]),
      [
        [8080, 80],
        [0, 81],
      ],
    );
  });

  const restarts = { no: 0, always: 0, 'unless-stopped': 0, 'on-failure': 0, 'on-failure:3': 3 };
  for (const [text, maxRetries] of Object.entries(restarts)) {
    it(`restarts ${text}`, () => {
      assert.deepEqual(specOf({ restart: text }).restart, { name: text.split(':')[0], maxRetries });
    });
  }

  const refused: readonly (readonly [why: string, flags: Flags])[] = [
    ['a restart policy that is none', { restart: 'sometimes' }],
    ['retries of always', { restart: 'always:3' }],
    ['retries that are no number', { restart: 'on-failure:x' }],
    ['a restart of what is removed', { restart: 'always', rm: true }],
    ['two networks', { network: ['a', 'b'] }],
    ['ports of another container’s network', { network: ['container:a'], publish: ['80'] }],
    ['one mount point twice', { volume: ['/a:/x'], tmpfs: ['/x'] }],
    ['an empty entrypoint with nothing after it', { entrypoint: '' }],
    ['an image that would have to be fetched', { pull: 'always' }],
    ['another processor', { platform: 'linux/s390x' }],
    ['two words for the CPU', { cpus: '1', cpuQuota: '1000' }],
    ['a pid mode that is none', { pid: 'shareable' }],
    ['a uts mode of another container', { uts: 'container:a' }],
    ['permissions that are none', { device: ['/dev/a:/dev/b:x'] }],
    ['a rate without a device', { deviceReadBps: ['1mb'] }],
    ['a host without an address', { addHost: ['db'] }],
    ['a negative stop timeout', { stopTimeout: '-1' }],
  ];
  for (const [why, flags] of refused) {
    it(`${why} is refused`, () => {
      assert.throws(() => specOf(flags), UsageError);
    });
  }
});
