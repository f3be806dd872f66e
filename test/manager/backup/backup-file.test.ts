import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { SkepError } from '../../../lib/errors.ts';
import { decodeBackup, verifyBackup } from '../../../manager/backup/backup-decoder.ts';
import { encodeBackup } from '../../../manager/backup/backup-encoder.ts';
import { AT_CRC, AT_VERSION, type BackupHeader, START_BYTES } from '../../../manager/backup/backup-format.ts';
import { isSkepError } from '../raft/raft-samples.ts';
import { bytesOf, chunksOf, HEADER } from './backup-samples.ts';

const anyHeader: fc.Arbitrary<BackupHeader> = fc.record(
  {
    clusterId: fc.string({ minLength: 1 }),
    createdAtMs: fc.maxSafeNat(),
    index: fc.maxSafeNat(),
    objects: fc.nat(),
  },
  { noNullPrototype: true },
);
const anyParts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 6 });
const SMALL = bytesOf(HEADER, [Buffer.from('the first part'), Buffer.from('the second')]);

/** What a backup holds; throws what reading it throws. */
async function contentOf(bytes: Uint8Array, chunkBytes: number) {
  const { header, parts } = await decodeBackup(chunksOf(bytes, chunkBytes));
  const read: number[][] = [];
  for await (const part of parts) read.push([...part]);
  return { header, parts: read };
}

/** Reads in chunks of some sizes what must be refused; gives the errors. */
async function refusals(bytes: Uint8Array): Promise<SkepError[]> {
  const errors: SkepError[] = [];
  for (const chunkBytes of [1, 7, 1_000_000]) {
    await assert.rejects(verifyBackup(chunksOf(bytes, chunkBytes)), (thrown) => {
      assert.ok(thrown instanceof SkepError);
      errors.push(thrown);
      return true;
    });
  }
  return errors;
}

describe('a backup', () => {
  it('comes back as it was, whatever chunks it arrives in', () =>
    fc.assert(
      fc.asyncProperty(anyHeader, anyParts, fc.integer({ min: 1, max: 500 }), async (header, parts, size) => {
        const content = await contentOf(bytesOf(header, parts), size);
        assert.deepEqual(content, { header, parts: parts.map((part) => [...part]) });
      }),
    ));

  it('with a bit flipped anywhere is refused', async () => {
    for (let place = 0; place < SMALL.byteLength; place++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(SMALL);
        flipped[place] = (flipped[place] ?? 0) ^ (1 << bit);
        for (const { code } of await refusals(flipped)) assert.equal(code, 'DATA_LOSS', `byte ${place}`);
      }
    }
  });

  it('cut anywhere is refused, and says where it ends', async () => {
    for (let length = 1; length < SMALL.byteLength; length++) {
      for (const { code, message } of await refusals(SMALL.subarray(0, length))) {
        assert.deepEqual([code, message], ['DATA_LOSS', `the backup is cut off at byte ${length}`]);
      }
    }
    await assert.rejects(verifyBackup(chunksOf(Buffer.alloc(0), 1)), isSkepError('DATA_LOSS', /byte 0/));
  });

  it('changed in any way at all is refused', () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(SMALL.byteLength),
        fc.nat(30),
        fc.uint8Array({ maxLength: 30 }),
        async (at, removed, added) => {
          const changed = Buffer.concat([SMALL.subarray(0, at), added, SMALL.subarray(at + removed)]);
          fc.pre(!changed.equals(SMALL));
          await refusals(changed);
        },
      ),
    ));

  it('with its parts in another order is refused, by its hash', async () => {
    const other = bytesOf(HEADER, [Buffer.from('the second'), Buffer.from('the first part')]);
    const swapped = Buffer.concat([other.subarray(0, -32), SMALL.subarray(-32)]);
    for (const { message } of await refusals(swapped)) assert.match(message, /hash differs/);
  });

  it('without its last part is refused even under a hash that fits', async () => {
    const marker = Buffer.from('the second');
    const at = SMALL.indexOf(marker);
    const without = Buffer.concat([SMALL.subarray(0, at - 8), SMALL.subarray(at + marker.byteLength)]);
    for (const { message } of await refusals(without)) assert.match(message, /1 of its 2 parts/);
  });

  it('names the place of a damaged part', async () => {
    const damaged = Buffer.from(SMALL);
    const at = damaged.indexOf('the second');
    damaged.write('X', at + 3);
    for (const { message } of await refusals(damaged)) {
      assert.equal(message, `the backup is damaged between byte ${at} and ${at + 9}`);
    }
  });

  it('that is something else is called so', async () => {
    for (const text of ['PK', 'SKEPSNP2 and so on, a snapshot of a manager', '{"not":"a backup"}']) {
      const [error] = await refusals(Buffer.from(text));
      assert.equal(error?.message, 'this is not a backup of a cluster');
    }
  });

  it('of a newer format is not called damaged', async () => {
    const newer = Buffer.from(SMALL);
    newer.writeUInt32LE(2, AT_VERSION);
    const textLength = newer.readUInt32LE(AT_VERSION + 4);
    const text = newer.subarray(START_BYTES, START_BYTES + textLength);
    newer.writeUInt32LE(crc32(text, crc32(newer.subarray(0, AT_CRC))), AT_CRC);
    for (const { code, message } of await refusals(newer)) {
      assert.equal(code, 'FAILED_PRECONDITION');
      assert.match(message, /its format is 2, and this one reads 1/);
    }
  });

  it('is written part by part, in pieces that a message can hold', () => {
    let taken = 0;
    function* parts() {
      for (; taken < 3; taken++) yield new Uint8Array(3 * 1024 * 1024);
    }
    const pieces = encodeBackup(HEADER, parts());
    for (let count = 0; count < 4; count++) pieces.next();
    assert.equal(taken, 0, 'the first part is not given out yet');
    for (const piece of pieces) assert.ok(piece.byteLength <= 1024 * 1024);
    assert.equal(taken, 3);
  });

  it('has no part above the limit', () => {
    const large = new Uint8Array(64 * 1024 * 1024 + 1);
    assert.throws(() => bytesOf(HEADER, [large]), isSkepError('RESOURCE_EXHAUSTED', /67108865/));
  });
});
