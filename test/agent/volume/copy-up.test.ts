import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { TarEntry } from '../image/tar-writer.ts';
import { reasonToSkip } from '../image/workspace.ts';
import { user, type VolumePlace, volumePlace, wanted } from './volume-place.ts';

const skip = reasonToSkip();
const hasPython = existsSync('/usr/bin/python3');

/** Uses the volume `vol` at `target` of an image of these layers for the first time. */
async function firstUse(
  test: TestContext,
  layers: readonly (readonly TarEntry[])[],
  target = '/data',
): Promise<VolumePlace> {
  const place = volumePlace(test);
  const folders: string[] = [];
  for (const [index, entries] of layers.entries()) folders.push(await place.layer(String(index), entries));
  const store = await place.open();
  const held = await store.hold(user('t1'), [wanted('vol', { target })], folders);
  assert.equal(held.get(target), place.data('vol'));
  return place;
}

describe('the first use of an empty volume', { skip }, () => {
  it('brings what the image has there, with owners, modes and times', async (test) => {
    const place = await firstUse(test, [
      [
        { name: 'data', type: '5', mode: 0o2750, uid: 33, gid: 44, mtime: 1_500_000_000 },
        { name: 'data/program', data: 'run', mode: 0o4755, uid: 12, gid: 13, mtime: 1_400_000_000 },
        { name: 'data/inner', type: '5', mode: 0o1777, mtime: 1_300_000_000 },
        { name: 'data/inner/file', data: 'x'.repeat(700_000) },
        { name: 'data/pipe', type: '6', mode: 0o640, uid: 5 },
        { name: 'data/zero', type: '3', mode: 0o666, major: 1, minor: 5 },
      ],
    ]);
    const root = statSync(place.data('vol'));
    assert.deepEqual(
      [root.mode & 0o7777, root.uid, root.gid, root.mtimeMs],
      [0o2750, 33, 44, 1_500_000_000_000],
    );
    const program = statSync(place.data('vol', 'program'));
    assert.deepEqual(
      [program.mode & 0o7777, program.uid, program.gid, program.mtimeMs],
      [0o4755, 12, 13, 1_400_000_000_000],
    );
    const inner = statSync(place.data('vol', 'inner'));
    assert.deepEqual([inner.mode & 0o7777, inner.mtimeMs], [0o1777, 1_300_000_000_000]);
    assert.equal(readFileSync(place.data('vol', 'inner', 'file'), 'utf8'), 'x'.repeat(700_000));
    const pipe = lstatSync(place.data('vol', 'pipe'));
    assert.deepEqual([pipe.isFIFO(), pipe.mode & 0o7777, pipe.uid], [true, 0o640, 5]);
    const zero = lstatSync(place.data('vol', 'zero'));
    assert.deepEqual([zero.isCharacterDevice(), zero.rdev], [true, (1 << 8) | 5]);
  });

  it('keeps hard links, and links as text', async (test) => {
    const place = await firstUse(test, [
      [
        { name: 'data/deep/one', data: '1' },
        { name: 'data/two', type: '1', link: 'data/deep/one' },
        { name: 'data/out', type: '2', link: '/etc/shadow' },
      ],
    ]);
    const [one, two] = [statSync(place.data('vol', 'deep', 'one')), statSync(place.data('vol', 'two'))];
    assert.equal(one.ino, two.ino);
    assert.equal(one.nlink, 2);
    assert.equal(readlinkSync(place.data('vol', 'out')), '/etc/shadow');
  });

  it('keeps extended attributes', {
    skip: hasPython ? false : 'needs python3 to read them',
  }, async (test) => {
    const place = await firstUse(test, [
      [{ name: 'data/file', data: 'x', pax: { 'SCHILY.xattr.user.colour': 'amber' } }],
    ]);
    const script = 'import os,sys; print(os.getxattr(sys.argv[1], "user.colour").decode())';
    const read = execFileSync('python3', ['-c', script, place.data('vol', 'file')], { encoding: 'utf8' });
    assert.equal(read.trim(), 'amber');
  });

  it('sees the image as a container does: upper layers hide lower ones', async (test) => {
    const place = await firstUse(test, [
      [
        { name: 'data/gone', data: 'old' },
        { name: 'data/kept', data: 'old' },
        { name: 'data/changed', data: 'old' },
        { name: 'data/emptied/old', data: 'old' },
      ],
      [
        { name: 'data/.wh.gone' },
        { name: 'data/changed', data: 'new' },
        { name: 'data/emptied/.wh..wh..opq' },
        { name: 'data/emptied/new', data: 'new' },
      ],
    ]);
    assert.deepEqual(readdirSync(place.data('vol')).sort(), ['changed', 'emptied', 'kept']);
    assert.equal(readFileSync(place.data('vol', 'changed'), 'utf8'), 'new');
    assert.deepEqual(readdirSync(place.data('vol', 'emptied')), ['new']);
  });

  it('follows a link at the target inside the image only', async (test) => {
    for (const link of ['/etc', '../../../../../../etc', '/proc/self/root/etc']) {
      const place = await firstUse(test, [
        [
          { name: 'etc/of-the-image', data: 'mine' },
          { name: 'data', type: '2', link },
        ],
      ]);
      const found = readdirSync(place.data('vol'));
      assert.deepEqual(found, link.includes('proc') ? [] : ['of-the-image'], link);
    }
  });

  it('brings nothing when the image has no folder there', async (test) => {
    const layer = [
      { name: 'file', data: 'x' },
      { name: 'round', type: '2', link: 'round' },
    ];
    for (const target of ['/missing', '/missing/deeper', '/file', '/file/below', '/round', '/../missing']) {
      const place = await firstUse(test, [layer], target);
      assert.deepEqual(readdirSync(place.data('vol')), [], target);
      assert.equal(statSync(place.data('vol')).mode & 0o7777, 0o755);
    }
  });

  it('leaves no mount and no temporary folder', async (test) => {
    const place = await firstUse(test, [[{ name: 'data/file', data: 'x' }]]);
    assert.deepEqual(readdirSync(join(place.volumes, '.temporary')), []);
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(place.folder), false);
  });

  it('is refused with a reason when the image cannot be copied, and leaves the volume empty', async (test) => {
    const place = volumePlace(test);
    const store = await place.open();
    await assert.rejects(
      store.hold(user('t1'), [wanted('vol')], [join(place.folder, 'no-such-layer'), place.folder]),
      /cannot copy \/data of the image into volume vol/,
    );
    assert.deepEqual(readdirSync(place.data('vol')), []);
    assert.deepEqual(readdirSync(join(place.volumes, '.temporary')), []);
  });
});
