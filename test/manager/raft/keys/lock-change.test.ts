import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lockChange } from '../../../../manager/raft/keys/lock-change.ts';

const ONE = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

describe('what a change of the unlock key does to the key file', () => {
  const table: [string, Uint8Array | null, Uint8Array | null, string][] = [
    ['no key before or after: nothing', null, null, 'none'],
    ['the first key locks', null, ONE, 'lock'],
    ['another key is put in its place', ONE, OTHER, 'change-key'],
    ['the same key in a newer version: nothing', ONE, new Uint8Array(ONE), 'none'],
    ['no key any more opens', ONE, null, 'unlock'],
  ];
  for (const [title, before, after, expected] of table) {
    it(title, () => {
      const present = { unlockKey: before, version: 7 };
      assert.equal(lockChange(present, { unlockKey: after, version: 8 }), expected);
    });
  }

  it('an older version, replayed from the log, does nothing', () => {
    for (const unlockKey of [null, OTHER]) {
      assert.equal(lockChange({ unlockKey: ONE, version: 7 }, { unlockKey, version: 7 }), 'none');
      assert.equal(lockChange({ unlockKey: ONE, version: 7 }, { unlockKey, version: 3 }), 'none');
    }
  });
});
