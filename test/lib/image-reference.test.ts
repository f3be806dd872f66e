import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SkepError } from '../../lib/errors.ts';
import { formatReference, isDigest, parseReference, repositoryOf } from '../../lib/image-reference.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image reference', () => {
  const complete: readonly (readonly [string, string])[] = [
    ['web', 'web:latest'],
    ['web:1.2_x-3', 'web:1.2_x-3'],
    ['library/web', 'web:latest'],
    ['docker.io/web', 'web:latest'],
    ['docker.io/library/web:1', 'web:1'],
    ['index.docker.io/team/web', 'team/web:latest'],
    ['team/web', 'team/web:latest'],
    ['localhost/web', 'localhost/web:latest'],
    ['localhost:5000/web', 'localhost:5000/web:latest'],
    ['registry.example/a/b/c:9', 'registry.example/a/b/c:9'],
    ['a__b/c--d/e.f_g', 'a__b/c--d/e.f_g:latest'],
    [`web@${DIGEST}`, `web@${DIGEST}`],
    [`reg:1/web:2@${DIGEST}`, `reg:1/web:2@${DIGEST}`],
  ];
  for (const [text, expected] of complete) {
    it(`${text} is completed to ${expected}`, () =>
      assert.equal(formatReference(parseReference(text)), expected));
  }

  it('has its parts', () => {
    assert.deepEqual(parseReference(`reg:1/a/b:2@${DIGEST}`), {
      domain: 'reg:1',
      path: 'a/b',
      tag: '2',
      digest: DIGEST,
    });
    assert.equal(repositoryOf(parseReference('web:1')), 'web');
    assert.ok(isDigest(DIGEST) && !isDigest('sha256:00'));
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    [':1', /the name is empty/],
    ['web:', /tag is empty/],
    ['web:-x', /a tag has/],
    [`web:${'x'.repeat(129)}`, /tag is longer/],
    ['x'.repeat(256), /name is longer/],
    ['x'.repeat(5000), /longer than/],
    ['Web', /lower case/],
    ['a//b', /part of the name is empty/],
    ['/web', /part of the name is empty/],
    ['web/', /part of the name is empty/],
    ['../web', /no host name/],
    ['a/../b', /is not letters and digits/],
    ['we b', /is not letters and digits/],
    ['-web', /is not letters and digits/],
    ['a___b', /is not letters and digits/],
    ['web@sha256:12', /digest/],
    ['web@', /digest/],
    ['0123456789abcdef'.repeat(4), /read as an image id/],
    ['reg:port/web', /bad port/],
    ['-reg.example/web', /no host name/],
  ];
  for (const [text, reason] of refused) {
    it(`${JSON.stringify(text.slice(0, 40))} is refused with the reason`, () =>
      assert.throws(() => parseReference(text), { code: 'INVALID_ARGUMENT', message: reason }));
  }

  it('never breaks with anything but a SkepError, and is stable once complete', () => {
    const pieces = fc.constantFrom(
      'a',
      'B',
      '0',
      '.',
      '_',
      '-',
      '/',
      ':',
      '@',
      DIGEST,
      ' ',
      'é',
      'localhost',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            const written = formatReference(parseReference(text));
            assert.equal(formatReference(parseReference(written)), written);
          } catch (error) {
            assert.ok(error instanceof SkepError, String(error));
            assert.equal(error.code, 'INVALID_ARGUMENT');
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
