import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createArchiveScanner, findMember } from '../../../agent/image/archive-scanner.ts';
import { parsePaxRecords, parseTarHeader } from '../../../agent/image/tar-header.ts';
import { SkepError } from '../../../lib/errors.ts';
import { seal, type TarEntry, tarEntry, tarOf } from './tar-writer.ts';

function onlySkepErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof SkepError, String(error));
    assert.equal(error.code, 'INVALID_ARGUMENT');
  }
}

describe('a tar header', () => {
  it('gives name, size, type and link', () => {
    const block = tarEntry({ name: 'a/b', data: 'abc' }).subarray(0, 512);
    assert.deepEqual(parseTarHeader(block), { name: 'a/b', linkName: '', sizeBytes: 3, type: '0' });
    const link = tarEntry({ name: 'l', type: '2', link: 'x' });
    assert.deepEqual(parseTarHeader(link), { name: 'l', linkName: 'x', sizeBytes: 0, type: '2' });
    assert.equal(parseTarHeader(Buffer.alloc(512)), null);
  });

  it('joins the prefix of a POSIX header only', () => {
    const block = tarEntry({ name: 'name' });
    block.write('prefix', 345);
    assert.equal(parseTarHeader(seal(block))?.name, 'prefix/name');
    block.write('ustar  \0', 257);
    assert.equal(parseTarHeader(seal(block))?.name, 'name');
  });

  it('reads a size in base 256', () => {
    const block = tarEntry({ name: 'big' });
    block.fill(0, 124, 136);
    block.writeUInt8(0x80, 124);
    block.writeBigUInt64BE(2n ** 40n, 128);
    assert.equal(parseTarHeader(seal(block))?.sizeBytes, 2 ** 40);
    block.writeUInt8(0xff, 124);
    assert.throws(() => parseTarHeader(seal(block)), /out of range/);
  });

  it('never breaks with anything but a SkepError', () => {
    const noise = fc.uint8Array({ minLength: 512, maxLength: 512 });
    fc.assert(
      fc.property(noise, fc.boolean(), (bytes, sealed) => {
        const block = Buffer.from(bytes);
        onlySkepErrors(() => parseTarHeader(sealed ? seal(block) : block));
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => onlySkepErrors(() => parsePaxRecords(bytes))));
    fc.assert(
      fc.property(fc.string(), (text) => onlySkepErrors(() => parsePaxRecords(Buffer.from(`9 ${text}\n`)))),
    );
  });

  it('refuses PAX records that lie about their length', () => {
    for (const text of ['5 a=b', '0 a=b\n', '99 a=b\n', '6 =bc\n', 'a=b\n', '3 \n']) {
      assert.throws(() => parsePaxRecords(Buffer.from(text)), /malformed/, text);
    }
    assert.deepEqual(
      [...parsePaxRecords(Buffer.from('6 a=b\n8 c=d\ne\n'))],
      [
        ['a', 'b'],
        ['c', 'd\ne'],
      ],
    );
  });
});

describe('the archive scanner', () => {
  const scan = (tar: Uint8Array, pieceBytes: number) => {
    const scanner = createArchiveScanner();
    for (let at = 0; at < tar.length; at += pieceBytes) scanner.push(tar.subarray(at, at + pieceBytes));
    return scanner.finish();
  };

  it('finds the same members however the bytes are cut', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}$/);
    const entry: fc.Arbitrary<TarEntry> = fc.record({ name, data: fc.string({ maxLength: 1500 }) });
    const long = entry.map(
      (one): TarEntry => ({ ...one, pax: { path: `long/${'x'.repeat(150)}/${one.name}` } }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(entry, long)),
        fc.integer({ min: 1, max: 3000 }),
        (entries, pieceBytes) => {
          const tar = tarOf(entries);
          const members = scan(tar, pieceBytes);
          assert.deepEqual(members, scan(tar, tar.length));
          for (const written of new Map(entries.map((one) => [String(one.pax?.path ?? one.name), one]))) {
            const found = findMember(members, written[0]);
            assert.ok(found);
            const data = tar.subarray(found.offset, found.offset + found.sizeBytes);
            assert.equal(data.toString(), Buffer.from(written[1].data ?? '').toString());
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('follows links inside the archive, and gives up on loops', () => {
    const members = scan(
      tarOf([
        { name: 'a/file', data: 'x' },
        { name: 'b/link', type: '2', link: '../a/file' },
        { name: 'hard', type: '1', link: 'b/link' },
        { name: 'loop', type: '2', link: 'loop' },
      ]),
      512,
    );
    assert.equal(findMember(members, './hard')?.sizeBytes, 1);
    assert.equal(findMember(members, 'loop'), null);
    assert.equal(findMember(members, '../hard'), null);
  });

  it('refuses links and names that leave the archive, devices and cut ends', () => {
    for (const entry of [
      { name: 'l', type: '2', link: '../x' },
      { name: 'l', type: '2', link: '/etc/passwd' },
      { name: '../x' },
      { name: 'd', type: '3' },
    ]) {
      assert.throws(() => scan(tarOf([entry]), 512), { code: 'INVALID_ARGUMENT' });
    }
    assert.throws(() => scan(tarEntry({ name: 'a', data: 'x' }), 512), /truncated/);
  });

  it('never breaks with anything but a SkepError on damaged archives', () => {
    const whole = tarOf([
      { name: 'a', data: 'x', pax: { path: 'b' } },
      { name: 'l', type: '2', link: 'a' },
    ]);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.boolean(), (places, sealed) => {
        const tar = Buffer.from(whole);
        for (const [at, value] of places) tar[at] = value;
        if (sealed) seal(tar.subarray(0, 512));
        onlySkepErrors(() => scan(tar, 700));
      }),
    );
  });
});
