import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SkepError } from '../../../lib/errors.ts';
import { inPieces, sha256, type TarEntry, tarOf } from './tar-writer.ts';
import { listAll, makeFolder, openStore, reasonToSkip } from './workspace.ts';

const skip = reasonToSkip();
const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

const LOWER = tarOf([
  { name: 'etc/', type: '5' },
  { name: 'etc/old', data: 'old' },
  { name: 'etc/name', data: 'lower' },
]);
const UPPER = tarOf([
  { name: 'etc/', type: '5' },
  { name: 'etc/.wh.old' },
  { name: 'etc/name', data: 'upper' },
]);

function configFor(layers: readonly Uint8Array[], extra: object = {}): Buffer {
  const config = {
    Cmd: ['/bin/web'],
    Env: ['PATH=/bin'],
    ExposedPorts: { '80/tcp': {} },
    Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000 },
    Labels: null,
  };
  return Buffer.from(
    JSON.stringify({
      created: '2024-01-02T03:04:05Z',
      architecture: ARCHITECTURE,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
      ...extra,
    }),
  );
}

function hex(bytes: Uint8Array): string {
  return sha256(bytes).slice(7);
}

function blob(bytes: Uint8Array): TarEntry {
  return { name: `blobs/sha256/${hex(bytes)}`, data: bytes };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** As `docker save` wrote it before version 25: `<id>/layer.tar`, the second with a link to an equal one. */
function oldDockerArchive(): Buffer {
  const config = configFor([LOWER, UPPER, LOWER]);
  return tarOf([
    { name: `${hex(config)}.json`, data: config },
    { name: 'one/', type: '5' },
    { name: 'one/layer.tar', data: LOWER },
    { name: 'two/layer.tar', data: UPPER },
    { name: 'three/layer.tar', type: '2', link: '../one/layer.tar' },
    {
      name: 'manifest.json',
      data: json([
        {
          Config: `${hex(config)}.json`,
          RepoTags: ['web:1', 'registry.example:5000/web:1'],
          Layers: ['one/layer.tar', 'two/layer.tar', 'three/layer.tar'],
        },
      ]),
    },
  ]);
}

function ociLayout(
  options: { layerBlob?: Uint8Array; config?: Buffer; annotations?: object } = {},
): TarEntry[] {
  const zipped = gzipSync(UPPER);
  const config = options.config ?? configFor([LOWER, UPPER]);
  const descriptor = (bytes: Uint8Array, mediaType: string) => ({
    mediaType,
    digest: sha256(bytes),
    size: bytes.length,
  });
  const manifest = json({
    schemaVersion: 2,
    config: descriptor(config, 'application/vnd.oci.image.config.v1+json'),
    layers: [
      descriptor(LOWER, 'application/vnd.oci.image.layer.v1.tar'),
      descriptor(zipped, 'application/vnd.oci.image.layer.v1.tar+gzip'),
    ],
  });
  const attestation = json({ schemaVersion: 2, config: descriptor(config, 'x'), layers: [] });
  const nested = json({
    schemaVersion: 2,
    manifests: [
      { ...descriptor(attestation, 'x'), platform: { os: 'unknown', architecture: 'unknown' } },
      { ...descriptor(config, 'x'), platform: { os: 'linux', architecture: 'mips' } },
      {
        ...descriptor(manifest, 'application/vnd.oci.image.manifest.v1+json'),
        platform: { os: 'linux', architecture: ARCHITECTURE },
      },
    ],
  });
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor(nested, 'application/vnd.oci.image.index.v1+json'),
        annotations: options.annotations ?? { 'org.opencontainers.image.ref.name': 'localhost/team/web:2' },
      },
    ],
  });
  return [
    { name: 'oci-layout', data: '{"imageLayoutVersion":"1.0.0"}' },
    { name: './index.json', data: index },
    blob(nested),
    blob(manifest),
    blob(config),
    blob(LOWER),
    { ...blob(zipped), data: options.layerBlob ?? zipped },
  ];
}

describe('the image store loads', { skip }, () => {
  it('a docker-archive of the old style, with shared layers', async (test) => {
    const folder = makeFolder(test);
    const store = await openStore(folder);
    const [image] = await store.load(inPieces(oldDockerArchive(), 700));
    assert.equal(image?.id, sha256(configFor([LOWER, UPPER, LOWER])));
    assert.deepEqual(image?.references, ['registry.example:5000/web:1', 'web:1']);
    assert.equal(image?.createdAtMs, Date.parse('2024-01-02T03:04:05Z'));
    assert.equal(image?.config.health?.intervalMs, 1_000);
    const folders = store.resolve('web:1').layerFolders;
    assert.equal(new Set(folders).size, 2);
    assert.equal(readFileSync(join(folders[1] ?? '', 'etc/name'), 'utf8'), 'upper');
    assert.deepEqual((await openStore(folder)).list(), store.list());
    assert.deepEqual(listAll(join(folder, 'images/temporary')), []);
  });

  it('a docker-archive of the new style, gzip outside and in', async (test) => {
    const store = await openStore(makeFolder(test));
    const zipped = gzipSync(LOWER);
    const config = configFor([LOWER]);
    const manifest = json([
      { Config: `blobs/sha256/${hex(config)}`, RepoTags: null, Layers: [`blobs/sha256/${hex(zipped)}`] },
    ]);
    const tar = tarOf([blob(config), blob(zipped), { name: 'manifest.json', data: manifest }]);
    const [image] = await store.load(inPieces(gzipSync(tar)));
    assert.deepEqual([image?.id, image?.references], [sha256(config), []]);
    assert.equal(store.inspect(hex(config).slice(0, 12)).id, sha256(config));
  });

  it('an OCI layout with a nested index, for this architecture', async (test) => {
    const store = await openStore(makeFolder(test));
    const [image] = await store.load(inPieces(tarOf(ociLayout())));
    assert.deepEqual(image?.references, ['localhost/team/web:2']);
    assert.deepEqual(image?.layers, [sha256(LOWER), sha256(UPPER)]);
    const named = {
      'io.containerd.image.name': 'docker.io/library/web:3',
      'org.opencontainers.image.ref.name': '3',
    };
    const [again] = await store.load(inPieces(tarOf(ociLayout({ annotations: named }))));
    assert.deepEqual(again?.references, ['localhost/team/web:2', 'web:3']);
    const bare = await store.load(
      inPieces(tarOf(ociLayout({ annotations: { 'org.opencontainers.image.ref.name': '4' } }))),
    );
    assert.equal(bare.length, 1);
    assert.equal(store.list().length, 1);
  });

  it('an archive written by GNU tar and by Python', async (test) => {
    const folder = makeFolder(test);
    const store = await openStore(folder);
    const script = `
import hashlib, io, json, sys, tarfile
def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT) as t:
        for name, data in files:
            info = tarfile.TarInfo(name); info.size = len(data); info.mtime = 1.5
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()
layer = tar([('n' * 150 + '/file', b'x' * 100000)])
config = json.dumps({'architecture': '${ARCHITECTURE}', 'os': 'linux', 'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + hashlib.sha256(layer).hexdigest()]}}).encode()
manifest = json.dumps([{'Config': 'config.json', 'RepoTags': ['py:1'], 'Layers': ['l' * 120 + '/layer.tar']}]).encode()
sys.stdout.buffer.write(tar([('l' * 120 + '/layer.tar', layer), ('config.json', config), ('manifest.json', manifest)]))`;
    const python = spawnSync('python3', ['-c', script], { maxBuffer: 1 << 24 });
    assert.equal(python.status, 0, python.stderr.toString());
    assert.deepEqual((await store.load(inPieces(python.stdout)))[0]?.references, ['py:1']);
    const spread = join(folder, 'spread');
    execFileSync('sh', ['-c', 'mkdir "$1" && tar -C "$1" -xf -', 'sh', spread], { input: python.stdout });
    const gnu = execFileSync('tar', ['-C', spread, '--format=gnu', '-czf', '-', '.'], { maxBuffer: 1 << 24 });
    assert.equal((await store.load(inPieces(gnu))).length, 1);
    assert.equal(store.list().length, 1);
  });

  it('layers that overlayfs merges as the image means them', async (test) => {
    const folder = makeFolder(test);
    const store = await openStore(folder);
    await store.load(inPieces(tarOf(ociLayout())));
    const lower = [...store.resolve('localhost/team/web:2').layerFolders].reverse().join(':');
    const script = 'mount -t overlay overlay -o "lowerdir=$1" "$2" && cd "$2/etc" && ls && cat name';
    const shown = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', lower, makeFolder(test)]);
    assert.equal(shown.stdout.toString(), 'name\nupper', shown.stderr.toString());
  });

  it('nothing below a layer that hides everything under it', async (test) => {
    const store = await openStore(makeFolder(test));
    const clearing = tarOf([{ name: '.wh..wh..opq' }, { name: 'only', data: 'x' }]);
    const config = configFor([LOWER, clearing]);
    const manifest = json([{ Config: 'config.json', RepoTags: ['web'], Layers: ['0', '1'] }]);
    await store.load(
      inPieces(
        tarOf([
          { name: 'config.json', data: config },
          { name: '0', data: LOWER },
          { name: '1', data: clearing },
          { name: 'manifest.json', data: manifest },
        ]),
      ),
    );
    assert.equal(store.resolve('web').image.layers.length, 2);
    assert.equal(store.resolve('web').layerFolders.length, 1);
  });
});

describe('the image store refuses to load, and stays as it was,', { skip }, () => {
  const dockerArchive = (options: {
    config?: Buffer;
    configName?: string;
    layers?: readonly string[];
    layer?: Uint8Array;
    tags?: readonly string[];
  }): Buffer => {
    const config = options.config ?? configFor([LOWER]);
    const manifest = json([
      {
        Config: options.configName ?? 'config.json',
        RepoTags: options.tags ?? ['web:9'],
        Layers: options.layers ?? ['0'],
      },
    ]);
    return tarOf([
      { name: options.configName ?? 'config.json', data: config },
      { name: '0', data: options.layer ?? LOWER },
      { name: 'manifest.json', data: manifest },
    ]);
  };
  const evil = tarOf([{ name: '../evil', data: 'x' }]);
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    [
      'a layer that is not what the configuration says',
      dockerArchive({ layer: UPPER }),
      /0 is damaged: its uncompressed/,
    ],
    [
      'a configuration that is not what its name says',
      dockerArchive({ configName: `${'a'.repeat(64)}.json` }),
      /damaged/,
    ],
    [
      'a layer that climbs out',
      dockerArchive({ layer: evil, config: configFor([evil]) }),
      /entry "\.\.\/evil"/,
    ],
    ['a missing layer', dockerArchive({ layers: ['nothing'] }), /lacks "nothing"/],
    ['a layer named with ".."', dockerArchive({ layers: ['../../etc/passwd'] }), /lacks/],
    ['more layers than the configuration lists', dockerArchive({ layers: ['0', '0'] }), /lists 1 layers/],
    ['a bad reference', dockerArchive({ tags: ['Web:1'] }), /lower case/],
    ['a configuration that is no JSON', dockerArchive({ config: Buffer.from('{') }), /not valid JSON/],
    ['a configuration without layers', dockerArchive({ config: json({ rootfs: {} }) }), /0 layers/],
    [
      'a bad diff id',
      dockerArchive({ config: json({ rootfs: { diff_ids: ['sha256:../..'] } }) }),
      /not a sha256/,
    ],
    [
      'a wrong type in the configuration',
      dockerArchive({ config: configFor([LOWER], { config: { Cmd: 'x' } }) }),
      /Cmd/,
    ],
    ['a changed blob of an OCI layout', tarOf(ociLayout({ layerBlob: gzipSync(LOWER) })), /damaged/],
    [
      'diff ids that the OCI layers do not have',
      tarOf(ociLayout({ config: configFor([UPPER, LOWER]) })),
      /damaged/,
    ],
    [
      'an archive that is neither kind',
      tarOf([{ name: 'bin/sh', data: 'x' }]),
      /neither a docker-archive nor an OCI/,
    ],
    ['an archive with ".." in a name', tarOf([{ name: '../manifest.json', data: '[]' }]), /would leave/],
    ['an archive with an absolute name', tarOf([{ name: '/manifest.json', data: '[]' }]), /would leave/],
    ['an empty list of images', tarOf([{ name: 'manifest.json', data: '[]' }]), /lists no image/],
    ['a truncated archive', oldDockerArchive().subarray(0, 6000), /truncated/],
    ['garbage', Buffer.alloc(3000, 'garbage'), /not a tar/],
    ['nothing', Buffer.alloc(0), /empty/],
  ];
  for (const [title, tar, message] of cases) {
    it(title, async (test) => {
      const folder = makeFolder(test);
      const store = await openStore(folder);
      await store.importRootfs(inPieces(tarOf([{ name: 'x' }])), {
        reference: 'kept',
        changes: [],
        message: '',
      });
      const before = listAll(folder);
      await assert.rejects(store.load(inPieces(tar, 999)), (error: unknown) => {
        assert.ok(error instanceof SkepError, String(error));
        assert.equal(error.code, 'INVALID_ARGUMENT', error.message);
        assert.match(error.message, message);
        return true;
      });
      assert.deepEqual(listAll(folder), before);
    });
  }
});
