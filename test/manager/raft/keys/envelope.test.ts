import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SkepError } from '../../../../lib/errors.ts';
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  MAX_DATA_KEYS,
  newEnvelope,
} from '../../../../manager/raft/keys/envelope.ts';
import { isSkepError } from '../raft-samples.ts';

const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyEnvelope: fc.Arbitrary<Envelope> = fc.record({
  dataKeys: fc
    .tuple(anyKey, fc.array(anyKey, { maxLength: MAX_DATA_KEYS - 1 }))
    .map(([newest, older]) => [newest, ...older] as const),
  identityKey: anyKey,
  unlockKeyVersion: fc.nat(),
});

/** With its keys as texts, whatever kind of array they are in. */
function plain({ dataKeys, identityKey, unlockKeyVersion }: Envelope) {
  const text = (key: Uint8Array) => Buffer.from(key).toString('hex');
  return { dataKeys: dataKeys.map(text), identityKey: text(identityKey), unlockKeyVersion };
}

function flipped(bytes: Uint8Array, place: number, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[place] = (copy[place] ?? 0) ^ (1 << bit);
  return copy;
}

const UNLOCK_KEY = new Uint8Array(32).fill(3);

describe('the keys of a manager as a file', () => {
  it('come back as they were, open or locked', () => {
    fc.assert(
      fc.property(anyEnvelope, fc.option(anyKey), (envelope, unlockKey) => {
        const content = decodeEnvelope('f', encodeEnvelope(envelope, unlockKey), unlockKey);
        assert.ok(content.kind === 'open');
        assert.deepEqual(plain(content.envelope), plain(envelope));
        assert.equal(content.isLocked, unlockKey !== null);
      }),
    );
  });

  it('when locked say so without the unlock key, and nothing else', () => {
    const envelope = newEnvelope();
    const bytes = Buffer.from(encodeEnvelope(envelope, UNLOCK_KEY));
    assert.deepEqual(decodeEnvelope('f', bytes, null), { kind: 'locked' });
    for (const key of [...envelope.dataKeys, envelope.identityKey, UNLOCK_KEY]) {
      assert.equal(bytes.includes(Buffer.from(key).toString('base64')), false);
      assert.equal(bytes.includes(Buffer.from(key)), false);
    }
  });

  it('are refused under another unlock key', () => {
    const bytes = encodeEnvelope(newEnvelope(), UNLOCK_KEY);
    assert.throws(
      () => decodeEnvelope('f', bytes, new Uint8Array(32)),
      isSkepError('PERMISSION_DENIED', /^invalid key/),
    );
  });

  it('are refused with any bit flipped, or cut anywhere', () => {
    for (const unlockKey of [null, UNLOCK_KEY]) {
      const bytes = encodeEnvelope(newEnvelope(), unlockKey);
      for (let place = 0; place < bytes.byteLength; place++) {
        const isRefused = (damaged: Uint8Array) =>
          assert.throws(() => decodeEnvelope('f', damaged, unlockKey), isSkepError('DATA_LOSS'));
        isRefused(flipped(bytes, place, place % 8));
        isRefused(bytes.subarray(0, place));
      }
    }
  });

  it('of a newer version of Skep are not taken for damaged', () => {
    const text = Buffer.from(encodeEnvelope(newEnvelope(), null)).toString().split('\n')[0] ?? '';
    const newer = text.replace('keys-1', 'keys-2');
    const old = encodeEnvelope(newEnvelope(), null);
    assert.throws(() => decodeEnvelope('f', Buffer.from(`${newer}\n`), null), SkepError);
    assert.throws(
      () => decodeEnvelope('f', withHash(newer), null),
      isSkepError('FAILED_PRECONDITION', /newer/),
    );
    assert.equal(decodeEnvelope('f', old, null).kind, 'open');
  });

  it('cannot be given the version of another change of the unlock key', () => {
    const text = Buffer.from(encodeEnvelope(newEnvelope(), UNLOCK_KEY)).toString().split('\n')[0] ?? '';
    const forged = text.replace('"unlockKeyVersion":0', '"unlockKeyVersion":9');
    assert.notEqual(forged, text);
    assert.throws(() => decodeEnvelope('f', withHash(forged), UNLOCK_KEY), isSkepError('DATA_LOSS', /open/));
  });
});

function withHash(line: string): Uint8Array {
  return Buffer.from(`${line}\n${createHash('sha256').update(line).digest('hex')}\n`);
}
