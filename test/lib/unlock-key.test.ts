import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { formatUnlockKey, newUnlockKey, parseUnlockKey } from '../../lib/unlock-key.ts';

const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('an unlock key', () => {
  it('reads back as what it was made of', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        assert.deepEqual(parseUnlockKey(` ${formatUnlockKey(key)}\n`), key);
      }),
    );
  });

  it('has the form that swarm users know: SWMKEY-1- and base 64 without padding', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const base64 = Buffer.from(key).toString('base64').replace(/=+$/, '');
        assert.equal(formatUnlockKey(key), `SWMKEY-1-${base64}`);
      }),
    );
  });

  it('is made of 32 random bytes', () => {
    const asked: number[] = [];
    const bytes = (length: number): Uint8Array => {
      asked.push(length);
      return new Uint8Array(length).fill(255);
    };
    assert.equal(newUnlockKey({ bytes, fraction: () => 0 }), `SWMKEY-1-${'/'.repeat(42)}8`);
    assert.deepEqual(asked, [32]);
  });

  it('is refused with the mistake named, and never repeated', () => {
    const refusals: readonly (readonly [string, RegExp])[] = [
      ['', /it is empty/],
      ['hunter2hunter2', /does not begin with SWMKEY-1-/],
      ['SWMKEY-1-secretsecret', /has 21 characters instead of 52/],
      [`SWMKEY-1-${'secret!'.repeat(6)}A`, /a character that no key has/],
      [`SWMKEY-1-${'secret'.repeat(7)}B`, /last character is wrong/],
    ];
    for (const [text, expected] of refusals) {
      assert.throws(
        () => parseUnlockKey(text),
        (error: Error & { code?: string; help?: string }) => {
          assert.equal(error.code, 'INVALID_ARGUMENT');
          assert.match(error.message, expected);
          assert.doesNotMatch(`${error.message} ${error.help}`, /hunter2|secret/);
          return true;
        },
      );
    }
  });
});
