import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Image, ImageStore } from '../../../agent/image/image-store.ts';
import { SkepError } from '../../../lib/errors.ts';
import { inPieces, sha256, type TarEntry, tarEntry, tarOf } from './tar-writer.ts';
import { listAll, makeFolder, openStore, reasonToSkip, UNPACK_BINARY } from './workspace.ts';

const skip = reasonToSkip();
const ROOTFS = tarOf([
  { name: './', type: '5' },
  { name: 'bin/', type: '5' },
  { name: 'bin/web', data: 'program', mode: 0o755 },
]);

function importTar(
  store: ImageStore,
  tar: Uint8Array,
  reference: string,
  changes: readonly string[] = [],
): Promise<Image> {
  return store.importRootfs(inPieces(tar, 100), { reference, changes, message: '' });
}

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SkepError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}

describe('the image store imports a root file system', { skip }, () => {
  it('and finds it by reference, id and prefix, also after it was opened again', async (test) => {
    const folder = makeFolder(test);
    const image = await importTar(await openStore(folder), ROOTFS, 'web', ['CMD ["/bin/web"]', 'EXPOSE 80']);
    const store = await openStore(folder);
    assert.deepEqual(store.inspect('web'), image);
    assert.deepEqual(store.inspect('docker.io/library/web:latest'), image);
    assert.deepEqual(store.inspect(image.id), image);
    assert.deepEqual(store.inspect(image.id.slice(7, 19)), image);
    assert.deepEqual(store.list(), [image]);
    assert.deepEqual(image.references, ['web:latest']);
    assert.deepEqual(image.layers, [sha256(ROOTFS)]);
    assert.deepEqual([image.config.cmd, image.config.exposedPorts], [['/bin/web'], ['80/tcp']]);
    assert.equal(image.sizeBytes, 7);
    assert.equal(image.createdAtMs, 1_800_000_000_000);
    const [layer = ''] = store.resolve('web').layerFolders;
    assert.equal(readFileSync(join(layer, 'bin/web'), 'utf8'), 'program');
    assert.equal(statSync(join(folder, 'images')).mode & 0o777, 0o700);
  });

  it('gzip or plain, to the same image with one layer on disk', async (test) => {
    const store = await openStore(makeFolder(test));
    const plain = await importTar(store, ROOTFS, 'plain');
    const zipped = await importTar(store, gzipSync(ROOTFS), 'zipped');
    assert.equal(zipped.id, plain.id);
    assert.deepEqual(zipped.references, ['plain:latest', 'zipped:latest']);
    const other = await importTar(store, ROOTFS, 'other', ['ENV A=1']);
    assert.notEqual(other.id, plain.id);
    assert.deepEqual(store.resolve('other').layerFolders, store.resolve('plain').layerFolders);
  });

  it('many at once, and keeps them all', async (test) => {
    const folder = makeFolder(test);
    const store = await openStore(folder);
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        importTar(store, ROOTFS, `web:${index}`, [`ENV N=${index % 3}`]),
      ),
    );
    const again = await openStore(folder);
    assert.equal(again.list().length, 3);
    assert.deepEqual(again.list(), store.list());
  });

  it('as a stream: 64 MiB arrive whole', async (test) => {
    const store = await openStore(makeFolder(test));
    const piece = Buffer.alloc(1 << 20, 'x');
    async function* bigTar(): AsyncGenerator<Uint8Array> {
      yield tarEntry({ name: 'big', size: 64 << 20 });
      for (let count = 0; count < 64; count++) yield piece;
      yield Buffer.alloc(1024);
    }
    const image = await store.importRootfs(bigTar(), { reference: 'big', changes: [], message: '' });
    assert.equal(image.sizeBytes, 64 << 20);
    const [layer = ''] = store.resolve('big').layerFolders;
    assert.equal(statSync(join(layer, 'big')).size, 64 << 20);
  });

  it('and tells its listeners until they leave', async (test) => {
    const store = await openStore(makeFolder(test));
    let calls = 0;
    const leave = store.onChange(() => calls++);
    await importTar(store, ROOTFS, 'web');
    leave();
    await store.remove('web', { force: false, inUse: () => false });
    assert.equal(calls, 1);
  });
});

describe('the image store after a failed import is as it was', { skip }, () => {
  const evil = (entries: readonly TarEntry[]): Uint8Array => tarOf([{ name: 'ok', data: 'x' }, ...entries]);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield ROOTFS.subarray(0, 1000);
    throw new SkepError('CANCELLED', 'the client went away');
  }
  const failures: readonly (readonly [string, () => AsyncIterable<Uint8Array>, string, RegExp])[] = [
    ['a name with ".."', () => inPieces(evil([{ name: '../x' }])), 'INVALID_ARGUMENT', /entry "\.\.\/x"/],
    ['an absolute name', () => inPieces(evil([{ name: '/x' }])), 'INVALID_ARGUMENT', /entry "\/x".*absolute/],
    [
      'a name through a link',
      () => inPieces(evil([{ name: 'l', type: '2', link: '/' }, { name: 'l/x' }])),
      'INVALID_ARGUMENT',
      /entry "l\/x".*symbolic link/,
    ],
    [
      'a hard link out',
      () => inPieces(evil([{ name: 'h', type: '1', link: '../x' }])),
      'INVALID_ARGUMENT',
      /entry "h"/,
    ],
    ['a truncated tar', () => inPieces(ROOTFS.subarray(0, 1800)), 'INVALID_ARGUMENT', /truncated/],
    ['truncated gzip', () => inPieces(gzipSync(ROOTFS).subarray(0, 120)), 'INVALID_ARGUMENT', /gzip/],
    [
      'damaged gzip',
      () => inPieces(Buffer.from('1f8b0800deadbeefdeadbeef', 'hex')),
      'INVALID_ARGUMENT',
      /gzip/,
    ],
    ['garbage', () => inPieces(Buffer.alloc(5000, 'no tar ')), 'INVALID_ARGUMENT', /not a tar/],
    ['nothing', () => inPieces(Buffer.alloc(0)), 'INVALID_ARGUMENT', /empty/],
    ['no entries', () => inPieces(Buffer.alloc(10_240)), 'INVALID_ARGUMENT', /no entries/],
    ['zstd', () => inPieces(Buffer.from('28b52ffd00000000', 'hex')), 'INVALID_ARGUMENT', /zstd/],
    ['a source that breaks off', broken, 'CANCELLED', /client went away/],
  ];
  for (const [title, source, code, message] of failures) {
    it(`when it was ${title}`, async (test) => {
      const folder = makeFolder(test);
      const store = await openStore(folder);
      await importTar(store, ROOTFS, 'web');
      const before = listAll(folder);
      const list = store.list();
      const attempt = store.importRootfs(source(), { reference: 'web', changes: [], message: '' });
      await assert.rejects(attempt, refusal(code, message));
      assert.deepEqual(listAll(folder), before);
      assert.deepEqual(store.list(), list);
    });
  }

  it('when the reference or a change is wrong, without reading the tar', async (test) => {
    const store = await openStore(makeFolder(test));
    async function* unread(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(0);
      assert.fail('the tar was read');
    }
    const attempt = (reference: string, change: string) =>
      store.importRootfs(unread(), { reference, changes: [change], message: '' });
    await assert.rejects(attempt('Web', 'CMD x'), refusal('INVALID_ARGUMENT', /lower case/));
    await assert.rejects(attempt('web', 'RUN x'), refusal('INVALID_ARGUMENT', /unknown instruction "RUN"/));
  });
});

describe('the image store removes', { skip }, () => {
  const removeOptions = { force: false, inUse: () => false };

  it('one name among several without touching the image, and the image with its last name', async (test) => {
    const folder = makeFolder(test);
    const store = await openStore(folder);
    const { id, layers } = await importTar(store, ROOTFS, 'web:1');
    await importTar(store, ROOTFS, 'web:2');
    await assert.rejects(
      store.remove(id, removeOptions),
      refusal('FAILED_PRECONDITION', /several references/),
    );
    assert.deepEqual(await store.remove('web:1', removeOptions), { untagged: ['web:1'], deleted: [] });
    assert.deepEqual(await store.remove('web:2', removeOptions), {
      untagged: ['web:2'],
      deleted: [id, ...layers],
    });
    assert.deepEqual(listAll(join(folder, 'images/layers/sha256')), []);
    assert.deepEqual(listAll(join(folder, 'images/images/sha256')), []);
    assert.throws(() => store.inspect('web:2'), refusal('NOT_FOUND', /^No such image: web:2$/));
    assert.deepEqual((await openStore(folder)).list(), []);
  });

  it('no layer that another image has', async (test) => {
    const store = await openStore(makeFolder(test));
    const first = await importTar(store, ROOTFS, 'a');
    await importTar(store, ROOTFS, 'b', ['ENV A=1']);
    assert.deepEqual((await store.remove('a', removeOptions)).deleted, [first.id]);
    const [layer = ''] = store.resolve('b').layerFolders;
    assert.ok(existsSync(join(layer, 'bin/web')));
  });

  it('no image that a task uses, forced or not', async (test) => {
    const store = await openStore(makeFolder(test));
    const { id } = await importTar(store, ROOTFS, 'web');
    const inUse = (imageId: string): boolean => imageId === id;
    await assert.rejects(
      store.remove('web', { force: false, inUse }),
      refusal('FAILED_PRECONDITION', /in use/),
    );
    await assert.rejects(store.remove(id, { force: true, inUse }), refusal('FAILED_PRECONDITION', /in use/));
    assert.equal(store.inspect('web').id, id);
  });

  it('nothing when there is no such image', async (test) => {
    const store = await openStore(makeFolder(test));
    await assert.rejects(
      store.remove('nothing', removeOptions),
      refusal('NOT_FOUND', /No such image: nothing/),
    );
    assert.throws(() => store.resolve('sha256:abcd'), refusal('NOT_FOUND', /No such image/));
  });
});

async function killedMidway(folder: string): Promise<ChildProcess> {
  const script = join(folder, 'import.mjs');
  // The sources run under tsx, the build as it is.
  const suffix = extname(import.meta.filename);
  const modulePath = join(import.meta.dirname, `../../../agent/image/create-image-store${suffix}`);
  writeFileSync(
    script,
    `import { createImageStore } from ${JSON.stringify(pathToFileURL(modulePath).href)};
     const store = await createImageStore({ folder: ${JSON.stringify(join(folder, 'images'))},
       unpackBinaryPath: ${JSON.stringify(UNPACK_BINARY)}, nowMs: () => 1, log: () => {} });
     await store.importRootfs(process.stdin, { reference: 'half', changes: [], message: '' });`,
  );
  const loader = suffix === '.ts' ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, script], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(tarEntry({ name: 'half/file', data: 'x'.repeat(100_000) }));
  return child;
}

describe('the image store after a crash', { skip }, () => {
  it('in the midst of an import has no trace of it', async (test) => {
    const folder = makeFolder(test);
    await importTar(await openStore(folder), ROOTFS, 'web');
    const before = listAll(join(folder, 'images'));
    const child = await killedMidway(folder);
    const exit = once(child, 'exit');
    while (!listAll(join(folder, 'images')).some((name) => name.endsWith('tree/half/file'))) {
      assert.equal(child.exitCode, null);
      await sleep(10);
    }
    child.kill('SIGKILL');
    await exit;
    const store = await openStore(folder);
    assert.deepEqual(listAll(join(folder, 'images')), before);
    assert.deepEqual(
      store.list().map((image) => image.references),
      [['web:latest']],
    );
  });

  it('between taking a layer in and naming the image drops the layer', async (test) => {
    const folder = makeFolder(test);
    await importTar(await openStore(folder), ROOTFS, 'web');
    writeFileSync(join(folder, 'images/references.json'), '{"version":1,"images":{},"references":{}}');
    const store = await openStore(folder);
    assert.deepEqual(store.list(), []);
    assert.deepEqual(listAll(join(folder, 'images/layers/sha256')), []);
    await importTar(store, ROOTFS, 'web');
    assert.equal(store.list().length, 1);
  });

  it('refuses to open with a damaged list, and leaves out an image whose document was changed', async (test) => {
    const folder = makeFolder(test);
    const { id } = await importTar(await openStore(folder), ROOTFS, 'web');
    const document = join(folder, 'images/images/sha256', `${id.slice(7)}.json`);
    writeFileSync(document, readFileSync(document, 'utf8').replace('{', '{ '));
    const store = await openStore(folder);
    assert.deepEqual(store.list(), []);
    assert.equal((await importTar(store, ROOTFS, 'web')).id, id);
    writeFileSync(join(folder, 'images/references.json'), '{');
    await assert.rejects(openStore(folder), refusal('DATA_LOSS', /damaged/));
  });
});
