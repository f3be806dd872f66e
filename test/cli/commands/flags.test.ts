import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { readEnvironment } from '../../../cli/commands/service/environment.ts';
import { normalizeCapability, parseLabels, splitWords } from '../../../cli/commands/service/flag-values.ts';
import { parseSince, parseTail } from '../../../cli/commands/service/logs.ts';
import { parseMount } from '../../../cli/commands/service/mount-flag.ts';
import { parsePublish, parsePublishRemoval } from '../../../cli/commands/service/port-flag.ts';
import { parseNetwork } from '../../../cli/commands/service/spec-flags.ts';
import { parseScale } from '../../../cli/commands/service/update.ts';
import { normalizeBooleanFlags, UsageError } from '../../../cli/usage.ts';

function port(publishedPort: number, targetPort: number, protocol = 'tcp', publishMode = 'ingress') {
  return { protocol, targetPort, publishedPort, publishMode };
}

describe('--publish', () => {
  const accepted = [
    ['80', [port(0, 80)]],
    [':80', [port(0, 80)]],
    ['8080:80', [port(8080, 80)]],
    ['8080:80/udp', [port(8080, 80, 'udp')]],
    ['53:53/UDP', [port(53, 53, 'udp')]],
    ['8080-8081:80-81', [port(8080, 80), port(8081, 81)]],
    ['8080-8081:80', [port(8080, 80), port(8081, 80)]],
    ['published=8080,target=80', [port(8080, 80)]],
    ['published=8080,target=80,mode=host,protocol=udp', [port(8080, 80, 'udp', 'host')]],
    ['target=80', [port(0, 80)]],
    ['target=80,published=0', [port(0, 80)]],
    ['published=8080-8081,target=80-81', [port(8080, 80), port(8081, 81)]],
  ] as const;
  for (const [text, expected] of accepted) {
    it(`takes "${text}"`, () => assert.deepEqual(parsePublish(text), expected));
  }
  const refused = [
    '',
    '0',
    '65536',
    'a:80',
    '8080:80/icmp',
    '127.0.0.1:8080:80',
    '8082-8080:80',
    '8080-8083:80-81',
    '80/tcp/udp',
    '1-2000:1-2000',
    'published=8080',
    'target=80,mode=routing',
    'target=80,host_ip=1.2.3.4',
    'target=80,,mode=host',
  ];
  for (const text of refused) {
    it(`refuses "${text}" in one line`, () => {
      assert.throws(
        () => parsePublish(text),
        (thrown) => {
          assert.ok(thrown instanceof UsageError);
          assert.doesNotMatch(thrown.message, /\n/);
          return true;
        },
      );
    });
  }

  it('is removed by its target port, and by its protocol when that is said', () => {
    const ports = parsePublish('8080:80').concat(parsePublish('53:80/udp'), parsePublish('81:81'));
    assert.deepEqual(ports.filter(parsePublishRemoval('80')), ports.slice(0, 2));
    assert.deepEqual(ports.filter(parsePublishRemoval('80/udp')), ports.slice(1, 2));
  });
});

describe('--mount', () => {
  const accepted = [
    ['type=bind,source=/a,target=/b,readonly', { kind: 'bind', source: '/a', target: '/b', readOnly: true }],
    [
      'type=bind,src=/a,dst=/b,ro=false,bind-propagation=rslave',
      { kind: 'bind', source: '/a', target: '/b', readOnly: false, propagation: 'rslave' },
    ],
    ['source=data,target=/b', { kind: 'volume', source: 'data', target: '/b', readOnly: false }],
    ['type=volume,target=/b,ro', { kind: 'volume', source: '', target: '/b', readOnly: true }],
    [
      'type=volume,src=data,dst=/b,volume-nocopy,volume-driver=local',
      { kind: 'volume', source: 'data', target: '/b', readOnly: false, noCopy: true },
    ],
    ['type=tmpfs,target=/t', { kind: 'tmpfs', target: '/t', readOnly: false }],
    [
      'type=tmpfs,destination=/t,tmpfs-size=64m,tmpfs-mode=1770',
      { kind: 'tmpfs', target: '/t', readOnly: false, sizeBytes: 67_108_864, mode: 0o1770 },
    ],
  ] as const;
  for (const [text, expected] of accepted) {
    it(`takes "${text}"`, () => assert.deepEqual(parseMount(text), expected));
  }
  const refused = [
    '',
    'type=npipe,source=/a,target=/b',
    'type=volume,source=data',
    'source=data,target=/b,tmpfs-size=1m',
    'source=data,target=/b,bind-propagation=private',
    'source=data,target=/b,volume-driver=nfs',
    'source=data,target=/b,volume-nocopy=perhaps',
    'type=tmpfs,target=/b,volume-nocopy',
    'type=bind,target=/b',
    'type=bind,source=/a',
    'type=bind,source=/a,target=/b,tmpfs-size=1m',
    'type=tmpfs,source=/a,target=/b',
    'type=tmpfs,target=/b,tmpfs-mode=9',
    'type=tmpfs,target=/b,tmpfs-size=big',
    'type=bind,source=/a,target=/b,readonly=perhaps',
    'type=bind,source=/a,target=/b,volume-nocopy',
    'type=bind,source=/a,target=/b,bind-propagation=wild',
  ];
  for (const text of refused) {
    it(`refuses "${text}"`, () => assert.throws(() => parseMount(text), UsageError));
  }
});

describe('values of flags', () => {
  it('splits a command as a shell would', () => {
    assert.deepEqual(splitWords('args', `sh -c "echo 'a b'" 'c d'e \\  "" \\"`), [
      'sh',
      '-c',
      "echo 'a b'",
      'c de',
      ' ',
      '',
      '"',
    ]);
    assert.throws(() => splitWords('args', 'echo "open'), UsageError);
  });

  it('splits any words that were quoted back into themselves', () => {
    const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        assert.deepEqual(splitWords('args', words.map(quoted).join(' ')), words);
      }),
    );
  });

  it('reads labels with and without a value', () => {
    assert.deepEqual(parseLabels('label', ['a=b=c', 'd']), { a: 'b=c', d: '' });
    assert.throws(() => parseLabels('label', ['=x']), UsageError);
  });

  it('completes capabilities', () => {
    assert.deepEqual(['net_admin', 'CAP_CHOWN', 'all'].map(normalizeCapability), [
      'CAP_NET_ADMIN',
      'CAP_CHOWN',
      'ALL',
    ]);
  });

  it('reads environments: files first, single flags over them, keys alone from the caller', () => {
    const surroundings = {
      environment: { HOME: '/root' },
      files: { env: '# comment\n\nA=1\nB=2\r\n  C=3\nHOME\nMISSING\n' },
    };
    assert.deepEqual(readEnvironment(['env'], ['B=9', 'D='], surroundings), [
      'A=1',
      'B=9',
      'C=3',
      'HOME=/root',
      'D=',
    ]);
    assert.throws(() => readEnvironment([], ['=x'], surroundings), UsageError);
    const broken = { environment: {}, files: { env: 'A=1\nB C=2\n' } };
    assert.throws(() => readEnvironment(['env'], [], broken), /line 2 of env/);
  });

  it('reads networks by name, and with aliases', () => {
    assert.deepEqual(parseNetwork('back'), { target: 'back', aliases: [] });
    assert.deepEqual(parseNetwork('name=back,alias=a,alias=b'), { target: 'back', aliases: ['a', 'b'] });
    assert.throws(() => parseNetwork('alias=a'), UsageError);
    assert.throws(() => parseNetwork('name=a,driver-opt=x'), UsageError);
  });

  it('reads scales, tails and times', () => {
    assert.deepEqual(parseScale('web=5'), { reference: 'web', replicas: 5 });
    for (const text of ['web', 'web=', 'web=-1', '=3', 'web=many']) {
      assert.throws(() => parseScale(text), UsageError);
    }
    assert.deepEqual(['all', '0', '20'].map(parseTail), [-1, 0, 20]);
    assert.throws(() => parseTail('some'), UsageError);
    const nowMs = Date.UTC(2026, 7, 1);
    assert.equal(parseSince('10m', nowMs), nowMs - 600_000);
    assert.equal(parseSince('2026-08-01T00:00:00Z', 0), nowMs);
    assert.equal(parseSince('1785542400', 0), nowMs);
    assert.throws(() => parseSince('yesterday', nowMs), UsageError);
    assert.throws(() => parseSince('tomorrow', nowMs, '--until'), /for --until/);
  });

  it('takes --flag=false of flags without a value, and leaves operands alone', () => {
    const options = [
      { long: '--detach', short: '-d', required: false, optional: false },
      { long: '--name', required: true, optional: false },
    ];
    const normalize = (words: string, stops: boolean) =>
      normalizeBooleanFlags(options, words.split(' '), stops).join(' ');
    assert.equal(normalize('--detach=false --name --detach=true image', true), '--name --detach=true image');
    assert.equal(normalize('--detach=true image --detach=false', true), '--detach image --detach=false');
    assert.equal(normalize('web --detach=false', false), 'web');
    assert.equal(normalize('--name=true -- --detach=false', false), '--name=true -- --detach=false');
  });
});
