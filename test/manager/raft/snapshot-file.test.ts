import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { EMPTY_CONF_STATE } from '../../../manager/raft/core/message.ts';
import { createSealer, newSalt } from '../../../manager/raft/seal.ts';
import { CHUNKED_HEADER_BYTES, MAX_PART_BYTES } from '../../../manager/raft/snapshot-chunks.ts';
import type { SnapshotDescription } from '../../../manager/raft/snapshot-envelope.ts';
import {
  createSnapshot,
  openNewestSnapshot,
  openSnapshot,
  publishSnapshot,
  type SnapshotHead,
  writeSnapshot,
} from '../../../manager/raft/snapshot-file.ts';
import { filesOf, isSkepError, KEY, withFolder } from './raft-samples.ts';

const DESCRIPTION: SnapshotDescription = {
  confState: { ...EMPTY_CONF_STATE, voters: [1, 2, 3] },
  addresses: { 1: { address: 'one:1', commonName: 'node-1' } },
  hasState: true,
};

function headAt(index: number, term = 1): SnapshotHead {
  return { index, term, origin: 'own', description: DESCRIPTION };
}

function texts(...content: readonly string[]): Uint8Array[] {
  return content.map((text) => Buffer.from(text));
}

/** The newest snapshot of the folder, read to its end. */
async function readAll(folder: string, key = KEY) {
  const reader = await openNewestSnapshot(folder, key);
  if (reader === undefined) return undefined;
  try {
    const parts: string[] = [];
    for await (const part of reader.parts()) parts.push(Buffer.from(part).toString());
    const { index, term, origin, description } = reader;
    return { index, term, origin, description, parts };
  } finally {
    await reader.close();
  }
}

async function onlyFile(folder: string): Promise<string> {
  const files = await filesOf(folder, 'snapshot-');
  assert.equal(files.length, 1);
  return files[0] ?? '';
}

/** Where each chunk begins and ends in a file. */
function chunkRanges(bytes: Buffer): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  let at = CHUNKED_HEADER_BYTES;
  while (at < bytes.byteLength) {
    const end = at + 5 + bytes.readUInt32LE(at + 1);
    ranges.push([at, end]);
    at = end;
  }
  return ranges;
}

/** Magic 1: the snapshot of a member that is alone; 2 and 3: an envelope, by the member itself and by another. */
function plainSnapshot(magic: 1 | 2 | 3, index: number, state: string): Buffer {
  const text = Buffer.from(JSON.stringify(DESCRIPTION));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.byteLength);
  const payload = magic === 1 ? Buffer.from(state) : Buffer.concat([length, text, Buffer.from(state)]);
  const context = Buffer.alloc(24);
  context.write('snapshot', 'latin1');
  context.writeBigUInt64LE(BigInt(index), 8);
  context.writeBigUInt64LE(4n, 16);
  const sealer = createSealer(KEY, newSalt());
  const sealed = sealer.seal(payload, context);
  const header = Buffer.alloc(88);
  header.write(`SKEPSNP${magic}`, 'latin1');
  header.set(sealer.salt, 8);
  header.set(sealer.keyCheck, 40);
  header.writeBigUInt64LE(BigInt(index), 56);
  header.writeBigUInt64LE(4n, 64);
  header.writeBigUInt64LE(BigInt(sealed.byteLength), 72);
  header.writeUInt32LE(crc32(sealed), 80);
  header.writeUInt32LE(crc32(header.subarray(0, 84)), 84);
  return Buffer.concat([header, sealed]);
}

describe('a snapshot on disk', () => {
  it('comes back as it was written, part by part, the newest one only', () =>
    withFolder(async (folder) => {
      assert.equal(await readAll(folder), undefined);
      await writeSnapshot(folder, KEY, headAt(9), texts('older'));
      await writeSnapshot(folder, KEY, headAt(10, 2), texts('one', '', 'two'));
      assert.deepEqual(await readAll(folder), {
        ...headAt(10, 2),
        parts: ['one', '', 'two'],
      });
      await onlyFile(folder);
    }));

  it('has any number of parts of any size', () =>
    withFolder((folder) =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 9 }), async (parts) => {
          await writeSnapshot(folder, KEY, { index: 3, term: 1, origin: 'single' }, parts);
          const reader = await openNewestSnapshot(folder, KEY);
          assert.ok(reader !== undefined);
          const found: Uint8Array[] = [];
          for await (const part of reader.parts()) found.push(new Uint8Array(part));
          await reader.close();
          assert.deepEqual(found, parts);
          assert.equal(reader.description, undefined);
        }),
        { numRuns: 30 },
      ),
    ));

  it('with a bit flipped anywhere is refused, with file and offset', () =>
    withFolder(async (folder) => {
      await writeSnapshot(folder, KEY, headAt(3), texts('content', 'more'));
      const file = await onlyFile(folder);
      const whole = await readFile(file);
      for (let offset = 0; offset < whole.byteLength; offset++) {
        const flipped = Buffer.from(whole);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        await writeFile(file, flipped);
        const start = chunkRanges(whole).findLast(([from]) => from <= offset)?.[0] ?? 0;
        const pattern = new RegExp(`snapshot-.*\\.skep is damaged at offset ${start}:`);
        await assert.rejects(readAll(folder), isSkepError('DATA_LOSS', pattern), `byte ${offset}`);
      }
    }));

  it('that is cut anywhere, or goes on after its end, is refused', () =>
    withFolder(async (folder) => {
      await writeSnapshot(folder, KEY, headAt(3), texts('content', 'more'));
      const file = await onlyFile(folder);
      const whole = await readFile(file);
      for (let length = whole.byteLength - 1; length >= 0; length -= 3) {
        await truncate(file, length);
        await assert.rejects(readAll(folder), isSkepError('DATA_LOSS', /at offset/), `${length} bytes`);
      }
      await writeFile(file, Buffer.concat([whole, Buffer.from([0])]));
      await assert.rejects(readAll(folder), isSkepError('DATA_LOSS', /behind its end/));
    }));

  it('whose chunks were swapped, dropped, doubled or taken from another one is refused', () =>
    withFolder(async (folder) => {
      await writeSnapshot(folder, KEY, headAt(2), texts('a', 'b'));
      const other = await readFile(await onlyFile(folder));
      await writeSnapshot(folder, KEY, headAt(3), texts('a', 'b'));
      const file = await onlyFile(folder);
      const whole = await readFile(file);
      const pieces = [whole.subarray(0, CHUNKED_HEADER_BYTES)];
      for (const [from, to] of chunkRanges(whole)) pieces.push(whole.subarray(from, to));
      const [foreignFrom, foreignTo] = chunkRanges(other)[1] ?? [0, 0];
      const foreign = other.subarray(foreignFrom, foreignTo);
      const [header, description, one, two, end] = pieces;
      assert.ok(header && description && one && two && end && pieces.length === 5);
      for (const changed of [
        [header, description, two, one, end],
        [header, description, one, end],
        [header, description, two, end],
        [header, description, one, one, two, end],
        [header, one, two, end],
        [header, description, foreign, two, end],
      ]) {
        await writeFile(file, Buffer.concat(changed));
        await assert.rejects(readAll(folder), isSkepError('DATA_LOSS', /at offset/));
      }
      const asEnd = Buffer.from(one);
      asEnd[0] = end[0] ?? 0;
      await writeFile(file, Buffer.concat([header, description, asEnd]));
      await assert.rejects(readAll(folder), isSkepError('DATA_LOSS', /at offset/), 'a part is no end');
      await writeFile(file, Buffer.concat(pieces));
      assert.deepEqual((await readAll(folder))?.parts, ['a', 'b']);
    }));

  it('passed off as one of another index, term or origin is refused', () =>
    withFolder(async (folder) => {
      await writeSnapshot(folder, KEY, headAt(3), texts('a'));
      const file = await onlyFile(folder);
      const whole = await readFile(file);
      // Origin, index and term stand at the end of the header, before its checksum.
      for (const offset of [56, 57, 65]) {
        const changed = Buffer.from(whole);
        changed[offset] = (changed[offset] ?? 0) ^ 3;
        const crcAt = CHUNKED_HEADER_BYTES - 4;
        changed.writeUInt32LE(crc32(changed.subarray(0, crcAt)), crcAt);
        await writeFile(file, changed);
        await assert.rejects(
          readAll(folder),
          isSkepError('DATA_LOSS', new RegExp(`offset ${CHUNKED_HEADER_BYTES}`)),
          `byte ${offset}`,
        );
      }
    }));

  it('under another key is refused', () =>
    withFolder(async (folder) => {
      await writeSnapshot(folder, KEY, headAt(3), texts('content'));
      await assert.rejects(
        readAll(folder, new Uint8Array(32).fill(1)),
        isSkepError('FAILED_PRECONDITION', /another key/),
      );
    }));

  it('counts only once it is published, and an unfinished one is thrown away', () =>
    withFolder(async (folder) => {
      const writer = await createSnapshot(folder, KEY, headAt(5));
      await writer.add(Buffer.from('half'));
      assert.equal(await openSnapshot(folder, KEY, 5), undefined);
      const staged = await writer.finish();
      assert.equal(await openSnapshot(folder, KEY, 5), undefined);
      await publishSnapshot(folder, staged);
      assert.deepEqual((await readAll(folder))?.parts, ['half']);
      const second = await createSnapshot(folder, KEY, headAt(6));
      await second.add(Buffer.from('half'));
      await writeFile(path.join(folder, 'snapshot-0000000000000005.skep.tmp'), 'of an earlier version');
      assert.equal((await readAll(folder))?.index, 5);
      await onlyFile(folder);
      await second.discard();
    }));

  it('leaves nothing behind when its parts cannot be had, or are too large', () =>
    withFolder(async (folder) => {
      const failing = (function* () {
        yield Buffer.from('one');
        throw new Error('no more');
      })();
      await assert.rejects(writeSnapshot(folder, KEY, headAt(3), failing), /no more/);
      const large = [new Uint8Array(MAX_PART_BYTES + 1)];
      await assert.rejects(writeSnapshot(folder, KEY, headAt(3), large), isSkepError('INTERNAL'));
      assert.deepEqual(await filesOf(folder, ''), []);
    }));

  it('can be read to its end while a newer one takes its place', () =>
    withFolder(async (folder) => {
      await writeSnapshot(folder, KEY, headAt(3), texts('a', 'b'));
      const reader = await openSnapshot(folder, KEY, 3);
      assert.ok(reader !== undefined);
      const parts = reader.parts();
      assert.equal(Buffer.from((await parts.next()).value ?? []).toString(), 'a');
      await writeSnapshot(folder, KEY, headAt(4), texts('c'));
      assert.equal(Buffer.from((await parts.next()).value ?? []).toString(), 'b');
      assert.equal((await parts.next()).done, true);
      await reader.close();
      assert.equal(await openSnapshot(folder, KEY, 3), undefined);
    }));
});

describe('a snapshot of one piece, of an earlier version', () => {
  for (const [magic, origin] of [
    [1, 'single'],
    [2, 'own'],
    [3, 'received'],
  ] as const) {
    it(`is read where it is marked ${magic}`, () =>
      withFolder(async (folder) => {
        const file = path.join(folder, 'snapshot-0000000000000007.skep');
        const whole = plainSnapshot(magic, 7, 'the state');
        await writeFile(file, whole);
        const reader = await openNewestSnapshot(folder, KEY);
        assert.equal(reader?.isChunked, false, 'no other member can take it');
        await reader?.close();
        const expected = magic === 1 ? undefined : DESCRIPTION;
        assert.deepEqual(await readAll(folder), {
          index: 7,
          term: 4,
          origin,
          description: expected,
          parts: ['the state'],
        });
        for (let offset = 0; offset < whole.byteLength; offset += 5) {
          const flipped = Buffer.from(whole);
          flipped[offset] = (flipped[offset] ?? 0) ^ 16;
          await writeFile(file, flipped);
          await assert.rejects(readAll(folder), isSkepError('DATA_LOSS', /at offset/), `byte ${offset}`);
        }
      }));
  }
});
