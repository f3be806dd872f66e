import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';

import {
  cleanContainerPath,
  parseCopySide,
  planCopy,
  renameRoot,
} from '../../../../cli/commands/container/copy-plan.ts';
import { SkepError } from '../../../../lib/errors.ts';
import type { CopyToHeader, CopyToRequest } from '../../../../proto/container-messages.ts';
import type { CommandOutcome, RunOptions } from '../../daemon-double.ts';
import { withDaemon } from '../../daemon-double.ts';

describe('one side of a copy', () => {
  it('is a container’s, this side’s, or an archive', () => {
    assert.deepEqual(parseCopySide('-'), { kind: 'archive' });
    assert.deepEqual(parseCopySide('web:/a'), { kind: 'container', reference: 'web', path: '/a' });
    assert.deepEqual(parseCopySide('web:a:b'), { kind: 'container', reference: 'web', path: 'a:b' });
    for (const path of ['/a:b', './a:b', '../a:b', 'plain'])
      assert.deepEqual(parseCopySide(path), { kind: 'local', path });
    for (const text of ['', ':/a', 'web:']) assert.throws(() => parseCopySide(text), /invalid path/);
  });

  it('has no dots in a container', () => {
    const rows = { '/': '/', a: '/a', '/a/./b/../c/': '/a/c', '../../x': '/x', '/etc/.': '/etc' };
    for (const [path, clean] of Object.entries(rows)) assert.equal(cleanContainerPath(path), clean);
  });
});

describe('where a copy goes', () => {
  type Row = readonly [
    source: string,
    isFolder: boolean,
    to: string,
    kind: 'folder' | 'other' | 'missing',
    place: string,
  ];
  const rows: readonly Row[] = [
    ['/s/f', false, '/t', 'folder', '/t f'],
    ['/s/f', false, '/t', 'other', '/ t'],
    ['/s/f', false, '/t/new', 'missing', '/t new'],
    ['/s/d', true, '/t', 'folder', '/t d'],
    ['/s/d/.', true, '/t', 'folder', '/t '],
    ['/s/d', true, '/t/new', 'missing', '/t new'],
    ['/s/d/.', true, '/t/new', 'missing', '/t new'],
    ['/s/d', true, '/t/new/', 'missing', '/t new'],
  ];
  for (const [written, isFolder, to, kind, place] of rows) {
    it(`${isFolder ? 'folder' : 'file'} ${written} to ${to}, which is ${kind}: ${place}`, () => {
      const name = basename(resolve(written));
      const plan = planCopy({ written, name, isFolder }, { written: to, path: resolve(to), kind });
      assert.equal(`${plan.folder} ${plan.rootName}`, place);
    });
  }

  it('is refused for a folder onto a file, and for a file where a folder must be', () => {
    const file = { written: 'f', name: 'f', isFolder: false };
    const folder = { written: 'd', name: 'd', isFolder: true };
    assert.throws(() => planCopy(folder, { written: 't', path: '/t', kind: 'other' }), /onto the file/);
    assert.throws(() => planCopy(file, { written: 't/', path: '/t', kind: 'missing' }), /not a folder/);
    assert.throws(() => planCopy(file, { written: 't/', path: '/t', kind: 'other' }), /not a folder/);
    assert.throws(
      () => planCopy({ ...file, written: 'f/.' }, { written: 't', path: '/t', kind: 'folder' }),
      /not a folder/,
    );
  });

  it('renames the root of an archive and nothing else', () => {
    const rename = renameRoot('new');
    assert.deepEqual(['old/', 'old/a', 'old/a/old'].map(rename), ['new', 'new/a', 'new/a/old']);
    assert.throws(() => rename('other'), { code: 'INVALID_ARGUMENT' });
    assert.throws(() => rename('older'), { code: 'INVALID_ARGUMENT' });
    const content = renameRoot('');
    assert.deepEqual(['old/', 'old/a'].map(content), ['', 'a']);
    const root = renameRoot('all');
    assert.deepEqual(['./', './etc', './etc/x'].map(root), ['all', 'all/etc', 'all/etc/x']);
  });
});

interface Copying {
  readonly folder: string;
  /** What stands for the root of the container. */
  readonly root: string;
  readonly headers: readonly CopyToHeader[];
  run(line: string, options?: RunOptions): Promise<CommandOutcome>;
}

/** A daemon with one container, `web`, whose files lie in a folder; the real tar packs and unpacks them. */
async function withContainer(use: (copying: Copying) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'skep-copy-test-'));
  const headers: CopyToHeader[] = [];
  const inside = ({ reference, path }: { reference: string; path: string }) => {
    if (reference !== 'web') throw new SkepError('NOT_FOUND', `no such container: ${reference}`);
    return join(root, path);
  };
  const containers = {
    statPath: async (request: { reference: string; path: string }) => {
      const status = await lstat(inside(request)).catch(() => {
        throw new SkepError('NOT_FOUND', `no such path: ${request.path}`);
      });
      const link = status.isSymbolicLink() ? await readlink(inside(request)) : '';
      return {
        name: basename(request.path),
        sizeBytes: status.size,
        mode: status.mode,
        modifiedAtMs: status.mtimeMs,
        linkTarget: link === '' ? '' : resolve(dirname(request.path), link),
      };
    },
    copyFrom: async function* (request: { reference: string; path: string }) {
      const place = inside(request);
      const tar = spawn('tar', ['-c', '-C', dirname(place), basename(place)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      for await (const data of tar.stdout) yield { data: data as Uint8Array };
    },
    copyTo: async (requests: AsyncIterable<CopyToRequest>) => {
      const parts: Uint8Array[] = [];
      for await (const { header, data } of requests) {
        if (header !== undefined) headers.push(header);
        parts.push(data);
      }
      const [header] = headers.slice(-1);
      assert.ok(header !== undefined);
      const tar = spawn('tar', ['-x', '-C', inside(header)], { stdio: ['pipe', 'inherit', 'pipe'] });
      tar.stdin.end(Buffer.concat(parts));
      const [code] = await once(tar, 'close');
      if (code !== 0) throw new SkepError('INVALID_ARGUMENT', 'tar could not unpack it');
      return {};
    },
  };
  try {
    await withDaemon({ containers }, async ({ folder, run }) => {
      await use({
        folder,
        root,
        headers,
        run: (line, options) => run(line.replaceAll('@', folder).split(' '), options),
      });
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

describe('skep cp', () => {
  it('copies files and folders out, by Docker’s rules for names', async () => {
    await withContainer(async ({ folder, root, run }) => {
      await mkdir(join(root, 'etc/inner'), { recursive: true });
      await writeFile(join(root, 'etc/hosts'), 'hosts');
      await writeFile(join(root, 'etc/inner/deep'), 'deep');
      const copied = await run('cp web:/etc/hosts @/hosts');
      assert.equal(copied.exitCode, 0, copied.stderr);
      assert.match(copied.stderr, /^Successfully copied [\d.]+kB to /);
      assert.equal(await readFile(join(folder, 'hosts'), 'utf8'), 'hosts');
      assert.equal((await run('cp -q web:etc @/new')).stderr, '');
      assert.equal(await readFile(join(folder, 'new/inner/deep'), 'utf8'), 'deep');
      await run('cp web:/etc @/new');
      assert.equal(await readFile(join(folder, 'new/etc/hosts'), 'utf8'), 'hosts');
      await mkdir(join(folder, 'content'));
      await run('cp web:/etc/. @/content');
      assert.equal(await readFile(join(folder, 'content/hosts'), 'utf8'), 'hosts');
      assert.equal((await run('cp web:/etc @/hosts')).exitCode, 1);
      assert.equal((await run('cp web:/etc/hosts @/missing/x')).exitCode, 1);
    });
  });

  it('copies what a link leads to with -L, under the link’s name', async () => {
    await withContainer(async ({ folder, root, run }) => {
      await mkdir(join(root, 'a'));
      await writeFile(join(root, 'a/real'), 'real');
      await symlink('real', join(root, 'a/link'));
      await run('cp web:/a/link @/kept');
      assert.equal(await readlink(join(folder, 'kept')), 'real');
      const followed = await run('cp -L web:/a/link @');
      assert.equal(followed.exitCode, 0, followed.stderr);
      assert.equal((await lstat(join(folder, 'link'))).isFile(), true);
      assert.equal(await readFile(join(folder, 'link'), 'utf8'), 'real');
    });
  });

  it('writes through a link of the user’s own, which names the destination', async () => {
    await withContainer(async ({ folder, root, run }) => {
      await writeFile(join(root, 'f'), 'new');
      await writeFile(join(folder, 'target'), 'old');
      await symlink('target', join(folder, 'link'));
      await symlink('nowhere', join(folder, 'dangling'));
      assert.equal((await run('cp web:/f @/link')).exitCode, 0);
      assert.equal(await readFile(join(folder, 'target'), 'utf8'), 'new');
      assert.equal((await run('cp web:/f @/dangling')).exitCode, 0);
      assert.equal(await readFile(join(folder, 'nowhere'), 'utf8'), 'new');
    });
  });

  it('copies in, and says whether owners are kept', async () => {
    await withContainer(async ({ folder, root, headers, run }) => {
      await mkdir(join(folder, 'd'));
      await writeFile(join(folder, 'd/f'), 'one');
      await mkdir(join(root, 'tmp'));
      await symlink('tmp', join(root, 'short'));
      const copied = await run('cp @/d web:/short');
      assert.equal(copied.exitCode, 0, copied.stderr);
      assert.equal(await readFile(join(root, 'tmp/d/f'), 'utf8'), 'one');
      await run('cp -a @/d/. web:/tmp');
      assert.equal(await readFile(join(root, 'tmp/f'), 'utf8'), 'one');
      await run('cp @/d/f web:/tmp/renamed');
      assert.equal(await readFile(join(root, 'tmp/renamed'), 'utf8'), 'one');
      assert.deepEqual(
        headers.map(({ path, keepOwner }) => `${path} ${keepOwner}`),
        ['/tmp false', '/tmp true', '/tmp false'],
      );
      assert.equal((await run('cp @/d web:/tmp/f')).exitCode, 1);
      assert.equal((await run('cp @/none web:/tmp')).exitCode, 1);
    });
  });

  it('takes and gives archives at -', async () => {
    await withContainer(async ({ folder, root, run }) => {
      await mkdir(join(root, 'tmp'));
      await writeFile(join(folder, 'f'), 'x');
      const archive = execFileSync('tar', ['-c', '-C', folder, 'f']);
      assert.equal((await run('cp - web:/tmp', { input: archive })).exitCode, 0);
      assert.equal((await stat(join(root, 'tmp/f'))).size, 1);
      const out = await run('cp web:/tmp -', { input: '' });
      assert.equal(out.stderr, '');
      assert.match(execFileSync('tar', ['-t'], { input: out.bytes }).toString(), /^tmp\/\ntmp\/f\n$/);
      assert.equal((await run('cp - web:/tmp/f', { input: archive })).exitCode, 1);
      assert.match((await run('cp - web:/tmp')).stderr, /from a terminal/);
      assert.match((await run('cp web:/tmp -', { interactive: true })).stderr, /to a terminal/);
    });
  });

  it('needs one container, which is there', async () => {
    await withContainer(async ({ run }) => {
      assert.match((await run('cp web:/a web:/b')).stderr, /between containers is not supported/);
      assert.match((await run('cp /a /b')).stderr, /one side must be a container/);
      assert.match((await run('cp nobody:/a @')).stderr, /no such container: nobody/);
      assert.match((await run('cp web:/none @')).stderr, /there is no \/none in web/);
    });
  });

  it('copies 20 MB both ways unchanged', async () => {
    await withContainer(async ({ folder, root, run }) => {
      const content = Buffer.alloc(20_000_000, 'some bytes that are not aligned');
      await writeFile(join(folder, 'big'), content);
      assert.equal((await run('cp @/big web:/big')).exitCode, 0);
      assert.equal((await run('cp web:/big @/back')).exitCode, 0);
      assert.ok((await readFile(join(folder, 'back'))).equals(content));
      assert.ok((await readFile(join(root, 'big'))).equals(content));
    });
  });
});
