import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { seal, TAR_END, type TarEntry, tarEntry, tarOf } from './tar-writer.ts';
import { listAll, makeFolder, reasonToSkip, UNPACK_BINARY } from './workspace.ts';

const skip = reasonToSkip();

interface Outcome {
  readonly code: number | null;
  readonly error: string;
  /** Beside it lies a file `outside` that must never change. */
  readonly folder: string;
  readonly facts: { entries: number; contentBytes: number; opaqueRoot: boolean } | null;
}

function unpack(test: TestContext, tar: Uint8Array): Outcome {
  const base = makeFolder(test);
  const folder = join(base, 'layer');
  mkdirSync(folder);
  writeFileSync(join(base, 'outside'), 'untouched');
  const result = spawnSync(UNPACK_BINARY, [folder], { input: tar });
  assert.deepEqual(
    listAll(base).filter((name) => !name.startsWith('layer')),
    ['outside'],
  );
  assert.equal(readFileSync(join(base, 'outside'), 'utf8'), 'untouched');
  const stdout = result.stdout.toString();
  return {
    code: result.status,
    error: result.stderr.toString(),
    folder,
    facts: stdout === '' ? null : JSON.parse(stdout),
  };
}

function refuses(test: TestContext, tar: Uint8Array, reason: RegExp): void {
  const outcome = unpack(test, tar);
  assert.equal(outcome.code, 1, outcome.error);
  assert.match(outcome.error, reason);
  assert.equal(outcome.error.trimEnd().split('\n').length, 1);
}

function accepts(test: TestContext, tar: Uint8Array): Outcome {
  const outcome = unpack(test, tar);
  assert.equal(outcome.code, 0, outcome.error);
  return outcome;
}

function xattr(path: string, name: string): string | null {
  const script =
    'import os,sys\ntry: print(os.getxattr(sys.argv[1],sys.argv[2],follow_symlinks=False).hex())\nexcept OSError: pass';
  const text = execFileSync('python3', ['-c', script, path, name]).toString().trim();
  return text === '' ? null : text;
}

const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex');
const LAYER_ESCAPES: readonly (readonly [string, readonly TarEntry[], RegExp])[] = [
  ['a name with ".."', [{ name: '../outside', data: 'x' }], /entry "\.\.\/outside": ".." in a name/],
  ['a name with ".." in the middle', [{ name: 'a/../../outside', data: 'x' }], /"\.\." in a name/],
  ['a ".." that stays inside', [{ name: 'a/../b', data: 'x' }], /"\.\." in a name/],
  ['a folder with ".."', [{ name: '../evil/', type: '5' }], /"\.\." in a name/],
  ['an absolute name', [{ name: '/etc/evil', data: 'x' }], /an absolute name/],
  ['an absolute PAX name', [{ name: 'a', pax: { path: '/etc/evil' }, data: 'x' }], /an absolute name/],
  ['a PAX name with ".."', [{ name: 'a', pax: { path: '../outside' }, data: 'x' }], /"\.\." in a name/],
  [
    'a name through an absolute symbolic link',
    [
      { name: 'l', type: '2', link: '/tmp' },
      { name: 'l/evil', data: 'x' },
    ],
    /entry "l\/evil": it goes through a symbolic link that leaves the layer/,
  ],
  [
    'a name through a climbing symbolic link',
    [
      { name: 'l', type: '2', link: '..' },
      { name: 'l/outside', data: 'x' },
    ],
    /symbolic link that leaves the layer/,
  ],
  [
    'a name through a chain of symbolic links',
    [
      { name: 'd/', type: '5' },
      { name: 'd/one', type: '2', link: '../two' },
      { name: 'two', type: '2', link: 'd/../..' },
      { name: 'd/one/outside', data: 'x' },
    ],
    /symbolic link that leaves the layer/,
  ],
  [
    'a folder through a symbolic link',
    [
      { name: 'l', type: '2', link: '../../' },
      { name: 'l/evil/deep/', type: '5' },
    ],
    /symbolic link that leaves the layer/,
  ],
  [
    'a name through a dangling symbolic link',
    [
      { name: 'l', type: '2', link: 'nowhere' },
      { name: 'l/x', data: 'x' },
    ],
    /"l" is a symbolic link to nowhere/,
  ],
  [
    'a name through a loop of symbolic links',
    [
      { name: 'l', type: '2', link: 'l' },
      { name: 'l/x', data: 'x' },
    ],
    /not a folder of this layer/,
  ],
  ['a hard link with ".."', [{ name: 'h', type: '1', link: '../outside' }], /"\.\." in a name/],
  [
    'a hard link to an absolute name of the host',
    [{ name: 'h', type: '1', link: '/etc/passwd' }],
    /not in this layer/,
  ],
  [
    'a hard link through a symbolic link',
    [
      { name: 'l', type: '2', link: '/etc' },
      { name: 'h', type: '1', link: 'l/passwd' },
    ],
    /symbolic link that leaves the layer/,
  ],
  [
    'a hard link to a lower layer, which is not there while this one is unpacked',
    [{ name: 'h', type: '1', link: 'bin/sh' }],
    /hard link's target "bin\/sh" is not in this layer/,
  ],
  [
    'a hard link to a folder',
    [
      { name: 'd/', type: '5' },
      { name: 'h', type: '1', link: 'd' },
    ],
    /is a folder/,
  ],
  ['a whiteout without a name', [{ name: '.wh.' }], /hides no name/],
  ['a whiteout of "."', [{ name: 'a/.wh..' }], /hides no name/],
  ['a whiteout of ".."', [{ name: 'a/.wh...' }], /hides no name/],
  ['a reserved whiteout', [{ name: '.wh..wh.plnk' }], /reserved whiteout/],
  [
    'a whiteout through a symbolic link',
    [{ name: 'l', type: '2', link: '..' }, { name: 'l/.wh.outside' }],
    /leaves the layer/,
  ],
  [
    'an opaque mark through a symbolic link',
    [{ name: 'l', type: '2', link: '..' }, { name: 'l/.wh..wh..opq' }],
    /leaves/,
  ],
  ['a folder named as a whiteout', [{ name: '.wh.a/b', data: 'x' }], /begins with \.wh\./],
  ['a device that would act as a whiteout', [{ name: 'w', type: '3' }], /reserved for whiteouts/],
  ['a sparse file of GNU tar', [{ name: 's', type: 'S' }], /sparse/],
  ['a sparse file of PAX', [{ name: 's', pax: { 'GNU.sparse.major': '1' } }], /sparse/],
  ['an unknown type', [{ name: 's', type: 'M' }], /not supported/],
  [
    'a file over a folder that is not empty',
    [
      { name: 'd/x', data: 'x' },
      { name: 'd', data: 'x' },
    ],
    /not empty/,
  ],
  ['a file as the root', [{ name: './', type: '2', link: '/etc' }], /root must be a folder/],
  [
    'a name that is too long',
    [{ name: 'a', pax: { path: 'abcdefghi/'.repeat(100) + 'x'.repeat(2500) } }],
    /longer than/,
  ],
  ['a name that is too deep', [{ name: 'a', pax: { path: 'a/'.repeat(200) } }], /deeper than/],
  ['a PAX name with a zero byte', [{ name: 'a', pax: { path: 'a\0b' } }], /zero byte/],
  ['a PAX size that is no number', [{ name: 'a', pax: { size: '-5' } }], /PAX size/],
  [
    'an invalid capability',
    [{ name: 'a', pax: { 'SCHILY.xattr.security.capability': 'nonsense' } }],
    /invalid/,
  ],
  ['a file beyond every limit', [{ name: 'a', pax: { size: '999999999999999' } }], /larger than/],
];

describe('skep-unpack: what would leave the layer is refused with one line', { skip }, () => {
  for (const [title, entries, reason] of LAYER_ESCAPES) {
    it(`refuses ${title}`, (test) => refuses(test, tarOf(entries), reason));
  }

  it('refuses names that symbolic links make longer than they look', (test) => {
    const step = `${'d'.repeat(200)}/`.repeat(4);
    const entries: TarEntry[] = [];
    for (let level = 0; level < 6; level++) {
      const base = level === 0 ? '' : `l${level - 1}/`;
      entries.push({ name: 'x', type: '5', pax: { path: `${base}${step}` } });
      entries.push({ name: `l${level}`, type: '2', pax: { linkpath: `${base}${step}` } });
    }
    refuses(test, tarOf(entries), /real name is (longer|too long)/);
  });

  it('shows control characters of a name escaped, on one line', (test) => {
    refuses(test, tarOf([{ name: '../a\n\x1b[31m', data: 'x' }]), /entry "\.\.\/a\\x0a\\x1b\[31m"/);
  });

  it('refuses an empty, a truncated and a garbage archive', (test) => {
    const whole = tarOf([{ name: 'a', data: 'x'.repeat(5000) }]);
    refuses(test, Buffer.alloc(0), /empty/);
    refuses(test, whole.subarray(0, 300), /truncated/);
    refuses(test, whole.subarray(0, 2000), /truncated/);
    refuses(test, tarEntry({ name: 'a', data: 'x' }), /no end mark/);
    refuses(test, Buffer.alloc(4096, 'nonsense'), /not a tar archive/);
    const damaged = Buffer.from(whole);
    damaged.write('b', 0);
    refuses(test, damaged, /checksum/);
  });

  it('refuses an extended header without bounds', (test) => {
    const header = seal(Buffer.from(tarEntry({ name: 'x', type: 'x', size: 2 ** 31 - 1 })));
    refuses(test, Buffer.concat([header, TAR_END]), /extended header is larger/);
    const many = Array.from({ length: 40 }, () => tarEntry({ name: 'x', type: 'L', data: 'a' }));
    refuses(test, Buffer.concat([...many, TAR_END]), /too many extended headers/);
    refuses(
      test,
      Buffer.concat([tarEntry({ name: 'x', type: 'x', data: '99 path=a\n' }), TAR_END]),
      /malformed/,
    );
  });
});

describe('skep-unpack: what a layer may hold arrives as it was', { skip }, () => {
  it('unpacks a tree made by GNU tar in each of its formats', (test) => {
    const source = makeFolder(test);
    const long = `${'n'.repeat(120)}/${'m'.repeat(140)}`;
    mkdirSync(join(source, long), { recursive: true });
    writeFileSync(join(source, long, 'file'), 'content');
    for (const format of ['gnu', 'pax', 'posix']) {
      const tar = execFileSync('tar', ['-C', source, `--format=${format}`, '-cf', '-', '.'], {
        maxBuffer: 1 << 24,
      });
      const { folder } = accepts(test, tar);
      assert.equal(readFileSync(join(folder, long, 'file'), 'utf8'), 'content');
    }
  });

  it('keeps owner, mode with set-user-id, nanosecond times, extended attributes and links', (test) => {
    const { folder, facts } = accepts(
      test,
      tarOf([
        { name: './', type: '5', mode: 0o751, mtime: 1_500_000_000 },
        { name: './d/', type: '5', mode: 0o1777, mtime: 1_600_000_000, uid: 5, gid: 6 },
        {
          name: './d/su',
          data: 'program',
          mode: 0o4755,
          uid: 1,
          gid: 2,
          pax: {
            mtime: '1700000001.123456789',
            'SCHILY.xattr.security.capability': CAPABILITY,
            'SCHILY.xattr.user.note': 'a=b\nc',
            'SCHILY.xattr.trusted.overlay.opaque': 'y',
            'SCHILY.xattr.user.overlay.opaque': 'y',
          },
        },
        { name: 'hard', type: '1', link: './d/su' },
        { name: 'absolute-hard', type: '1', link: '/d/su' },
        { name: 'soft', type: '2', link: '/etc/../anything', uid: 9 },
        { name: 'hard-to-soft', type: '1', link: 'soft' },
      ]),
    );
    const file = statSync(join(folder, 'd/su'), { bigint: true });
    assert.equal(file.mode & 0o7777n, 0o4755n);
    assert.deepEqual([file.uid, file.gid, file.nlink], [1n, 2n, 3n]);
    assert.equal(file.mtimeNs, 1_700_000_001_123_456_789n);
    assert.equal(xattr(join(folder, 'd/su'), 'security.capability'), CAPABILITY.toString('hex'));
    assert.equal(xattr(join(folder, 'd/su'), 'user.note'), Buffer.from('a=b\nc').toString('hex'));
    assert.equal(xattr(join(folder, 'd/su'), 'trusted.overlay.opaque'), null);
    assert.equal(xattr(join(folder, 'd/su'), 'user.overlay.opaque'), null);
    const sub = statSync(join(folder, 'd'));
    assert.deepEqual([sub.mode & 0o7777, sub.uid, sub.gid, sub.mtimeMs], [0o1777, 5, 6, 1_600_000_000_000]);
    const root = statSync(folder);
    assert.deepEqual([root.mode & 0o7777, root.mtimeMs], [0o751, 1_500_000_000_000]);
    assert.equal(readlinkSync(join(folder, 'hard-to-soft')), '/etc/../anything');
    assert.equal(lstatSync(join(folder, 'soft')).uid, 9);
    assert.deepEqual(facts, { entries: 7, contentBytes: 7, opaqueRoot: false });
  });

  it('makes devices and fifos', (test) => {
    const { folder } = accepts(
      test,
      tarOf([
        { name: 'null', type: '3', major: 1, minor: 3, mode: 0o666 },
        { name: 'disk', type: '4', major: 8, minor: 300, mode: 0o660, gid: 6 },
        { name: 'fifo', type: '6', mode: 0o600 },
      ]),
    );
    const character = statSync(join(folder, 'null'));
    assert.ok(character.isCharacterDevice());
    assert.deepEqual([character.rdev, character.mode & 0o777], [(1 << 8) | 3, 0o666]);
    assert.ok(statSync(join(folder, 'disk')).isBlockDevice());
    assert.ok(statSync(join(folder, 'fifo')).isFIFO());
  });

  it('turns whiteouts into what overlayfs knows, whatever their order', (test) => {
    const { folder, facts } = accepts(
      test,
      tarOf([
        { name: 'etc/', type: '5' },
        { name: 'etc/.wh.gone' },
        { name: 'kept', data: 'new' },
        { name: '.wh.kept' },
        { name: 'first/', type: '5' },
        { name: '.wh.first' },
        { name: '.wh.second' },
        { name: 'second/', type: '5' },
        { name: 'var/', type: '5' },
        { name: 'var/.wh..wh..opq' },
      ]),
    );
    const gone = lstatSync(join(folder, 'etc/gone'));
    assert.ok(gone.isCharacterDevice());
    assert.equal(gone.rdev, 0);
    assert.equal(readFileSync(join(folder, 'kept'), 'utf8'), 'new');
    for (const name of ['first', 'second', 'var']) {
      assert.ok(statSync(join(folder, name)).isDirectory());
      assert.equal(xattr(join(folder, name), 'trusted.overlay.opaque'), '79');
    }
    assert.equal(facts?.opaqueRoot, false);
    assert.equal(accepts(test, tarOf([{ name: '.wh..wh..opq' }])).facts?.opaqueRoot, true);
  });

  it('lets a later entry replace an earlier one, without following it', (test) => {
    const { folder } = accepts(
      test,
      tarOf([
        { name: 'a', type: '2', link: '../outside' },
        { name: 'a', data: 'file' },
        { name: 'b', data: 'file' },
        { name: 'b/', type: '5' },
        { name: 'c', data: 'same' },
        { name: 'c', type: '1', link: 'c' },
      ]),
    );
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'file');
    assert.ok(statSync(join(folder, 'b')).isDirectory());
    assert.equal(readFileSync(join(folder, 'c'), 'utf8'), 'same');
  });

  it('walks through symbolic links that stay inside, and makes folders that are not listed', (test) => {
    const { folder } = accepts(
      test,
      tarOf([
        { name: 'usr/lib/', type: '5' },
        { name: 'lib', type: '2', link: 'usr/lib' },
        { name: 'lib/deep/er/file', data: 'x' },
      ]),
    );
    assert.equal(readFileSync(join(folder, 'usr/lib/deep/er/file'), 'utf8'), 'x');
  });

  it('reads base-256 numbers', (test) => {
    const header = tarEntry({ name: 'a', data: 'x' });
    header.fill(0, 108, 116);
    header.writeUInt8(0x80, 108);
    header.writeUInt32BE(3_000_000_000, 112);
    seal(header.subarray(0, 512));
    const { folder } = accepts(test, Buffer.concat([header, TAR_END]));
    assert.equal(statSync(join(folder, 'a')).uid, 3_000_000_000);
  });

  it('takes as many opaque marks as one likes in linear time', (test) => {
    const entries = Array.from({ length: 20_000 }, () => ({ name: 'd/.wh..wh..opq' }));
    assert.equal(accepts(test, tarOf([{ name: 'd/', type: '5' }, ...entries])).facts?.entries, 20_001);
  });
});
