import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { formatJoinToken, formatRootHash, newJoinSecret, parseJoinToken } from '../../lib/join-token.ts';

describe('a join token', () => {
  it('reads back as what it was made of', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(32), bytes(16), (digest, secretBytes) => {
        const secret = newJoinSecret({ bytes: () => secretBytes, fraction: () => 0 });
        const token = { rootHash: formatRootHash(digest), secret };
        assert.deepEqual(parseJoinToken(` ${formatJoinToken(token)}\n`), token);
      }),
    );
  });

  it('has the form that swarm users know', () => {
    const rootHash = formatRootHash(new Uint8Array(32).fill(255));
    const secret = newJoinSecret({ bytes: (length) => new Uint8Array(length), fraction: () => 0 });
    assert.equal(
      formatJoinToken({ rootHash, secret }),
      'SWMTKN-1-6dp5qcb22im238nr3wvp0ic7q99w035jmy2iw7i6n43d37jtof-0000000000000000000000000',
    );
  });

  it('is refused with the mistake named, and never repeated', () => {
    const refusals: readonly (readonly [string, RegExp])[] = [
      ['', /it is empty/],
      ['hunter2hunter2', /does not begin with SWMTKN-1-/],
      ['SWMTKN-1-abc-secretsecret', /has 25 characters instead of 85/],
      [`SWMTKN-1-${'A'.repeat(50)}-${'b'.repeat(25)}`, /two groups/],
    ];
    for (const [text, expected] of refusals) {
      assert.throws(
        () => parseJoinToken(text),
        (error: Error & { code?: string }) => {
          assert.match(error.message, expected);
          assert.equal(error.code, 'INVALID_ARGUMENT');
          assert.ok(text === '' || !error.message.includes(text));
          return true;
        },
      );
    }
  });
});
