import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { TarEntry } from '../image/tar-writer.ts';
import { listAll, reasonToSkip, UNPACK_BINARY } from '../image/workspace.ts';
import { user, type VolumePlace, volumePlace, wanted } from './volume-place.ts';

const skip = reasonToSkip();
const FILES = 400;
const CONTENT = 'x'.repeat(20_000);
/** Files that the copy has when the daemon is killed: from nothing to all. */
const KILLED_AFTER = [0, 1, 100, FILES - 1, FILES];

/** A daemon of its own that fills the volume `db`, then creates `other`, and stays. */
function fillElsewhere(place: VolumePlace, layer: string): ChildProcess {
  const script = join(place.folder, 'fill.mjs');
  // The sources run under tsx, the build as it is.
  const suffix = extname(import.meta.filename);
  const modulePath = join(import.meta.dirname, `../../../agent/volume/volume-store${suffix}`);
  writeFileSync(
    script,
    `import { createVolumeStore } from ${JSON.stringify(pathToFileURL(modulePath).href)};
     const store = await createVolumeStore({ folder: ${JSON.stringify(place.volumes)},
       copyBinaryPath: ${JSON.stringify(UNPACK_BINARY)}, nowMs: () => 1, log: () => {} });
     const volume = { name: 'db', target: '/data', copiesImage: true, anonymous: false };
     await store.hold({ taskId: 't1', name: 'web.1' }, [volume], [${JSON.stringify(layer)}]);
     await store.create({ name: 'other', driver: '', labels: {} });
     setInterval(() => {}, 1000);`,
  );
  const loader = suffix === '.ts' ? ['--import', 'tsx'] : [];
  return spawn(process.execPath, [...loader, script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function filesSoFar(place: VolumePlace): number {
  try {
    return listAll(place.volumes).filter((path) => /data\/file\d+$/.test(path)).length;
  } catch {
    // A folder went away while it was listed.
    return 0;
  }
}

function copyPrograms(place: VolumePlace): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--copy\0`) &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(place.folder)
        );
      } catch {
        return false;
      }
    });
}

describe('a daemon killed while it fills a volume', { skip }, () => {
  for (const least of KILLED_AFTER) {
    it(`leaves it empty or whole, after ${least} files`, async (test) => {
      const place = volumePlace(test);
      const entries: TarEntry[] = [{ name: 'data', type: '5' }];
      for (let index = 0; index < FILES; index++) entries.push({ name: `data/file${index}`, data: CONTENT });
      const layer = await place.layer('l', entries);
      const daemon = fillElsewhere(place, layer);
      const exit = once(daemon, 'exit');
      const reached = () =>
        filesSoFar(place) >= least && listAll(place.folder).includes('volumes/db/volume.json');
      while (!reached()) {
        assert.equal(daemon.exitCode, null);
        await sleep(1);
      }
      daemon.kill('SIGKILL');
      await exit;
      while (copyPrograms(place).length > 0) await sleep(5);
      const store = await place.open();
      assert.deepEqual(readdirSync(join(place.volumes, '.temporary')), []);
      const found = readdirSync(place.data('db'));
      assert.ok(found.length === 0 || found.length === FILES, `${found.length} files`);
      await store.hold(user('t2'), [wanted('db')], [layer]);
      assert.equal(readdirSync(place.data('db')).length, FILES);
      for (const name of [0, FILES - 1].map((index) => `file${index}`)) {
        assert.equal(readFileSync(place.data('db', name), 'utf8'), CONTENT);
      }
    });
  }
});
