import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { packTree } from '../../../cli/archive/pack-tree.ts';
import {
  decodeHeader,
  decodePaxRecords,
  encodeHeader,
  TAR_END,
  type TarMember,
} from '../../../cli/archive/tar-codec.ts';
import { readTar } from '../../../cli/archive/tar-reader.ts';
import { unpackTree } from '../../../cli/archive/unpack-tree.ts';
import { inPieces, type TarEntry, tarOf } from '../../agent/image/tar-writer.ts';

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'skep-archive-test-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

async function membersOf(bytes: Uint8Array, pieceBytes = 65_536): Promise<readonly TarMember[]> {
  const members: TarMember[] = [];
  for await (const { member } of readTar(inPieces(bytes, pieceBytes))) members.push(member);
  return members;
}

function unpackInto(folder: string, archive: Uint8Array, keepOwner = false): Promise<void> {
  const onSkip = () => undefined;
  return unpackTree(inPieces(archive, 777), { folder, rename: (name) => name, keepOwner, onSkip });
}

const BASE: TarMember = {
  name: 'a',
  type: '0',
  linkName: '',
  sizeBytes: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  modifiedAtMs: 0,
};

describe('a tar header', () => {
  const bytes = fc
    .uint8Array({ minLength: 1, maxLength: 300 })
    .map((array) => Buffer.from(array).toString('latin1').replaceAll('\0', 'x'));
  const anyMember = fc.record({
    name: bytes,
    type: fc.constantFrom('0', '1', '2', '5'),
    linkName: bytes,
    sizeBytes: fc.constantFrom(0, 1, 0o77777777777, 0o77777777777 + 1),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.constantFrom(0, 1_000, 0o7777777, 4_000_000_000),
    gid: fc.constantFrom(0, 4_000_000_000),
    modifiedAtMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  });

  it('comes back as it went out, names of any bytes and numbers of any size included', async () => {
    await fc.assert(
      fc.asyncProperty(anyMember, fc.integer({ min: 1, max: 1_500 }), async (member, pieceBytes) => {
        // Without the data, whose size is only said: a link has none.
        const sizeless = { ...member, type: member.type === '0' ? '2' : member.type };
        const archive = Buffer.concat([encodeHeader(sizeless), TAR_END]);
        assert.deepEqual(await membersOf(archive, pieceBytes), [{ ...sizeless, sizeBytes: 0 }]);
      }),
      { numRuns: 200 },
    );
  });

  it('holds names up to its own bound, and longer ones in an extended header', async () => {
    for (const length of [99, 100, 101, 255, 256, 1_000]) {
      const named = { ...BASE, name: 'n'.repeat(length), type: '2', linkName: 'l'.repeat(length) };
      assert.deepEqual(await membersOf(Buffer.concat([encodeHeader(named), TAR_END])), [named]);
    }
  });

  it('is refused when it is damaged, and so is an extended one', () => {
    const block = encodeHeader(BASE);
    block[0] = (block[0] ?? 0) + 1;
    assert.throws(() => decodeHeader(block), /wrong header checksum/);
    for (const text of ['x', '9 a=b\n', '6 a=b', '5 a\n\n', '99999999999 a=b\n']) {
      assert.throws(() => decodePaxRecords(Buffer.from(text)), /malformed/, text);
    }
  });
});

describe('packing', () => {
  it('makes an archive that tar unpacks to the same', async () => {
    await inFolder(async (folder) => {
      const source = join(folder, 'source');
      const long = `${'long'.repeat(40)}.txt`;
      await mkdir(join(source, 'inner'), { recursive: true });
      await writeFile(join(source, 'inner', long), 'x'.repeat(1_000));
      await writeFile(join(source, 'empty'), '');
      await writeFile(join(source, 'run.sh'), '#!/bin/sh\n');
      await chmod(join(source, 'run.sh'), 0o4755);
      await link(join(source, 'run.sh'), join(source, 'second'));
      await symlink('inner/nowhere', join(source, 'link'));
      await writeFile(Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0xff, 0xfe])]), 'no text');
      const archive = await gather(packTree(source, 'copy', false, () => undefined));
      execFileSync('tar', ['-x', '-p', '-C', folder], { input: archive });
      execFileSync('diff', ['-r', '--no-dereference', source, join(folder, 'copy')]);
      assert.equal((await lstat(join(folder, 'copy/run.sh'))).mode & 0o7777, 0o4755);
      assert.equal((await lstat(join(folder, 'copy/second'))).nlink, 2);
    });
  });

  it('leaves out what is no file, folder or link, and says so', async () => {
    await inFolder(async (folder) => {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      const skipped: string[] = [];
      const archive = await gather(packTree(folder, 'x', false, (path) => skipped.push(path)));
      assert.deepEqual(skipped, [join(folder, 'pipe')]);
      assert.deepEqual(
        (await membersOf(archive)).map(({ name }) => name),
        ['x/'],
      );
    });
  });

  it('follows the link that it is given only when it is asked to', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), 'content');
      await symlink('file', join(folder, 'link'));
      const types = async (follow: boolean) =>
        (await membersOf(await gather(packTree(join(folder, 'link'), 'l', follow, () => undefined)))).map(
          ({ type, sizeBytes }) => `${type} ${sizeBytes}`,
        );
      assert.deepEqual(await types(false), ['2 0']);
      assert.deepEqual(await types(true), ['0 7']);
    });
  });
});

describe('unpacking', () => {
  it('makes what tar packed, with modes, times and links', async () => {
    await inFolder(async (folder) => {
      const source = join(folder, 'source');
      const target = join(folder, 'target');
      await mkdir(join(source, 'locked'), { recursive: true });
      await mkdir(target);
      await writeFile(join(source, 'locked/file'), 'content');
      await writeFile(join(source, 'set-id'), '');
      await chmod(join(source, 'set-id'), 0o4755);
      await symlink('/etc/passwd', join(source, 'link'));
      await link(join(source, 'locked/file'), join(source, 'second'));
      await utimes(join(source, 'locked/file'), 1_000, 2_000);
      await chmod(join(source, 'locked'), 0o555);
      const archive = execFileSync('tar', ['-c', '-C', source, '.']);
      await unpackInto(target, archive, true);
      execFileSync('diff', ['-r', '--no-dereference', source, target]);
      assert.equal((await lstat(join(target, 'set-id'))).mode & 0o7777, 0o4755);
      assert.equal((await lstat(join(target, 'locked'))).mode & 0o7777, 0o555);
      assert.equal((await lstat(join(target, 'locked/file'))).mtimeMs, 2_000_000);
      assert.equal((await lstat(join(target, 'second'))).nlink, 2);
      await rm(target, { recursive: true });
      await mkdir(target);
      await unpackInto(target, archive, false);
      assert.equal(
        (await lstat(join(target, 'set-id'))).mode & 0o7777,
        0o755,
        'nobody gets a program with set-id',
      );
    });
  });

  const hostile: readonly (readonly [what: string, entries: readonly TarEntry[]])[] = [
    ['a name that climbs', [{ name: '../escaped', data: 'x' }]],
    ['a name that climbs on its way', [{ name: 'a/../../escaped', data: 'x' }]],
    ['an absolute name', [{ name: '/escaped', data: 'x' }]],
    [
      'a file through a link of the archive',
      [
        { name: 'l', type: '2', link: '..' },
        { name: 'l/escaped', data: 'x' },
      ],
    ],
    [
      'a folder through a link of the archive',
      [
        { name: 'l', type: '2', link: '..' },
        { name: 'l/escaped', type: '5' },
      ],
    ],
    ['a file through a link of the destination', [{ name: 'own-link/escaped', data: 'x' }]],
    [
      'a link onto a link, and a file through both',
      [
        { name: 'a', type: '2', link: 'own-link' },
        { name: 'a/escaped', data: 'x' },
      ],
    ],
    ['a hard link that climbs', [{ name: 'h', type: '1', link: '../secret' }]],
    ['a hard link through a link', [{ name: 'h', type: '1', link: 'own-link/secret' }]],
    [
      'a hard link to a link',
      [
        { name: 'l', type: '2', link: '../secret' },
        { name: 'h', type: '1', link: 'l' },
      ],
    ],
    ['a long name that climbs', [{ name: 'x', data: 'x', pax: { path: '../escaped' } }]],
    [
      'a folder in whose place a link comes',
      [
        { name: 'd', type: '5' },
        { name: 'd', type: '2', link: '..' },
        { name: 'd/escaped', data: 'x' },
      ],
    ],
  ];
  for (const [what, entries] of hostile) {
    it(`refuses ${what}`, async () => {
      await inFolder(async (folder) => {
        const target = join(folder, 'target');
        await mkdir(target);
        await writeFile(join(folder, 'secret'), 'secret');
        await symlink('..', join(target, 'own-link'));
        await assert.rejects(unpackInto(target, tarOf(entries)), { code: 'INVALID_ARGUMENT' });
        assert.equal(await lstat(join(folder, 'escaped')).catch(() => 'none'), 'none');
        assert.equal(await readFile(join(folder, 'secret'), 'utf8'), 'secret');
        assert.equal((await lstat(join(folder, 'secret'))).nlink, 1);
      });
    });
  }

  it('replaces a link in a file’s place instead of writing through it', async () => {
    await inFolder(async (folder) => {
      const target = join(folder, 'target');
      await mkdir(target);
      await writeFile(join(folder, 'secret'), 'secret');
      await symlink('../secret', join(target, 'f'));
      await unpackInto(target, tarOf([{ name: 'f', data: 'new' }]));
      assert.equal(await readFile(join(folder, 'secret'), 'utf8'), 'secret');
      assert.equal(await readFile(join(target, 'f'), 'utf8'), 'new');
    });
  });

  it('never leaves its folder while another swaps a folder for a link', async () => {
    await inFolder(async (folder) => {
      const target = join(folder, 'target');
      await mkdir(join(target, 'd'), { recursive: true });
      await mkdir(join(folder, 'outside'));
      const swapper = `while [ ! -e "$1/../stop" ]; do mv "$1/d" "$1/moved"; ln -s ../outside "$1/d"; rm "$1/d"; mv "$1/moved" "$1/d"; done`;
      const attack = spawn('sh', ['-c', swapper, 'sh', target], { stdio: 'ignore' });
      try {
        const entries = Array.from({ length: 40 }, (_, index) => ({ name: `d/${index}`, data: 'x' }));
        for (let turn = 0; turn < 10; turn++) {
          await unpackInto(target, tarOf(entries)).catch(() => undefined);
        }
      } finally {
        await writeFile(join(folder, 'stop'), '');
        await once(attack, 'exit');
      }
      const outside = execFileSync('find', [join(folder, 'outside'), '-type', 'f']).toString();
      assert.equal(outside, '');
    });
  });

  it('tells of devices and pipes, which it does not make', async () => {
    await inFolder(async (folder) => {
      const skipped: string[] = [];
      const archive = tarOf([
        { name: 'null', type: '3', major: 1, minor: 3 },
        { name: 'pipe', type: '6' },
        { name: 'link', type: '2', link: 'x' },
      ]);
      const options = { folder, rename: (name: string) => name, keepOwner: false };
      await unpackTree(inPieces(archive), { ...options, onSkip: (name) => skipped.push(name) });
      assert.deepEqual(skipped, ['null', 'pipe']);
      assert.equal(await readlink(join(folder, 'link')), 'x');
    });
  });

  it('refuses an archive that is cut short or is none', async () => {
    await inFolder(async (folder) => {
      const whole = tarOf([{ name: 'f', data: 'x'.repeat(2_000) }]);
      await assert.rejects(unpackInto(folder, whole.subarray(0, 1_500)), /cut short/);
      await assert.rejects(unpackInto(folder, whole.subarray(0, 300)), /cut short/);
      await assert.rejects(unpackInto(folder, Buffer.alloc(2_048, 'x')), /not a tar archive/);
    });
  });
});
