import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applyChange, applyChanges } from '../../../agent/image/config-change.ts';
import {
  EMPTY_IMAGE_CONFIG,
  encodeImageDocument,
  parseImageDocument,
} from '../../../agent/image/image-config.ts';
import type { ImageConfig } from '../../../agent/image/image-store.ts';
import { SkepError } from '../../../lib/errors.ts';

function changed(...changes: readonly string[]): ImageConfig {
  return applyChanges(EMPTY_IMAGE_CONFIG, changes);
}

describe('a change of an imported image', () => {
  it('takes commands in exec and shell form', () => {
    assert.deepEqual(changed('CMD ["/bin/web", "-p", "80"]').cmd, ['/bin/web', '-p', '80']);
    assert.deepEqual(changed('cmd  echo "a  b"').cmd, ['/bin/sh', '-c', 'echo "a  b"']);
    assert.deepEqual(changed('CMD [not json').cmd, ['/bin/sh', '-c', '[not json']);
    assert.deepEqual(changed('ENTRYPOINT ["/init"]').entrypoint, ['/init']);
  });

  it('takes environment and labels in both forms, the later value winning', () => {
    assert.deepEqual(changed('ENV A=1 B="two words" C=\'x\\y\' D=a\\ b').env, [
      'A=1',
      'B=two words',
      'C=x\\y',
      'D=a b',
    ]);
    assert.deepEqual(changed('ENV A the rest = of it').env, ['A=the rest = of it']);
    assert.deepEqual(changed('ENV A=1 B=2', 'ENV A=3').env, ['B=2', 'A=3']);
    assert.deepEqual(changed('LABEL a=1 "b c"=2').labels, { a: '1', 'b c': '2' });
  });

  it('takes ports, alone and as a range', () => {
    assert.deepEqual(changed('EXPOSE 80 53/UDP 7000-7002/tcp 80/tcp').exposedPorts, [
      '80/tcp',
      '53/udp',
      '7000/tcp',
      '7001/tcp',
      '7002/tcp',
    ]);
  });

  it('takes volumes as a list and as words, each once', () => {
    assert.deepEqual(changed('VOLUME ["/data", "/a b"]', 'volume /logs /data').volumes, [
      '/data',
      '/a b',
      '/logs',
    ]);
    assert.throws(() => changed('VOLUME data'), /"data" is not an absolute path/);
    assert.throws(() => changed('VOLUME'), /the path is missing/);
    const many = Array.from({ length: 65 }, (_, index) => `/v${index}`).join(' ');
    assert.throws(() => changed(`VOLUME ${many}`), /more than 64 volumes/);
    const config = changed('VOLUME /data');
    const layers = [`sha256:${'1'.repeat(64)}`];
    const bytes = encodeImageDocument({ architecture: 'amd64', os: 'linux', config, layers }, '');
    assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes)).config.Volumes, { '/data': {} });
    assert.deepEqual(parseImageDocument(bytes).config.volumes, ['/data']);
  });

  it('takes folder, user and stop signal', () => {
    assert.equal(changed('WORKDIR /srv', 'WORKDIR app/../www').workingDir, '/srv/www');
    assert.equal(changed('WORKDIR ../../..').workingDir, '/');
    assert.equal(changed('USER 1000:1000').user, '1000:1000');
    assert.equal(changed('STOPSIGNAL SIGQUIT').stopSignal, 'SIGQUIT');
    assert.equal(changed('STOPSIGNAL 9').stopSignal, '9');
  });

  it('takes health checks with their options', () => {
    assert.deepEqual(
      changed('HEALTHCHECK --interval=1m30s --timeout=1.5s --retries=2 --start-interval=200ms CMD ["true"]')
        .health,
      {
        test: ['CMD', 'true'],
        intervalMs: 90_000,
        timeoutMs: 1_500,
        retries: 2,
        startPeriodMs: 0,
        startIntervalMs: 200,
      },
    );
    assert.deepEqual(changed('HEALTHCHECK CMD wget -q localhost || exit 1').health?.test, [
      'CMD-SHELL',
      'wget -q localhost || exit 1',
    ]);
    assert.deepEqual(changed('HEALTHCHECK NONE').health?.test, ['NONE']);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['RUN make', /unknown instruction "RUN"/],
    ['', /unknown instruction ""/],
    ['CMD', /command is missing/],
    ['ENV', /name=value is missing/],
    ['ENV A', /"A" is not name=value/],
    ['ENV A="open', /not closed/],
    ['LABEL =x', /is not name=value/],
    ['EXPOSE 0', /is not PORT/],
    ['EXPOSE 70000', /is not PORT/],
    ['EXPOSE 90-80', /is not PORT/],
    ['EXPOSE 80/sctp', /is not PORT/],
    ['WORKDIR', /folder is missing/],
    ['USER a b', /one name or number/],
    ['STOPSIGNAL now', /not a signal/],
    ['HEALTHCHECK', /needs CMD/],
    ['HEALTHCHECK --interval=fast CMD x', /not a duration/],
    ['HEALTHCHECK --color=red CMD x', /unknown option --color/],
    [`CMD ${'x'.repeat(70_000)}`, /longer than/],
  ];
  for (const [change, reason] of refused) {
    it(`${JSON.stringify(change.slice(0, 40))} is refused with the reason`, () =>
      assert.throws(() => changed(change), { code: 'INVALID_ARGUMENT', message: reason }));
  }

  it('never breaks with anything but a SkepError', () => {
    const word = fc.constantFrom(
      'CMD',
      'ENV',
      'EXPOSE',
      'WORKDIR',
      'USER',
      'LABEL',
      'STOPSIGNAL',
      'HEALTHCHECK',
    );
    fc.assert(
      fc.property(word, fc.string(), (instruction, rest) => {
        try {
          applyChange(EMPTY_IMAGE_CONFIG, `${instruction} ${rest}`);
        } catch (error) {
          assert.ok(error instanceof SkepError, String(error));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('survives the way through a configuration document', () => {
    const config = changed(
      'CMD ["a"]',
      'ENTRYPOINT b',
      'ENV C=d',
      'EXPOSE 80',
      'WORKDIR /w',
      'USER u',
      'LABEL l=m',
      'STOPSIGNAL SIGINT',
      'HEALTHCHECK --start-period=1s CMD true',
    );
    const document = { architecture: 'amd64', os: 'linux', config, layers: [`sha256:${'0'.repeat(64)}`] };
    assert.deepEqual(parseImageDocument(encodeImageDocument(document, 'from a test')), {
      ...document,
      createdAtMs: null,
    });
  });
});
