import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { unpackLayer } from '../../../agent/image/layer-unpack.ts';
import {
  createVolumeStore,
  type VolumeStore,
  type WantedVolume,
} from '../../../agent/volume/volume-store.ts';
import { inPieces, type TarEntry, tarOf } from '../image/tar-writer.ts';
import { UNPACK_BINARY } from '../image/workspace.ts';

export const NOW_MS = 1_800_000_000_000;

/** Volumes and layers of one test, gone with it. */
export interface VolumePlace {
  readonly folder: string;
  readonly volumes: string;
  /** Opens the volumes, as a start of the daemon does. */
  open(): Promise<VolumeStore>;
  /** Unpacks a layer as an image would bring it. */
  layer(name: string, entries: readonly TarEntry[]): Promise<string>;
  /** The data folder of a volume. */
  data(name: string, ...path: string[]): string;
  write(path: string, text: string): void;
}

/** Makes an empty place. */
export function volumePlace(test: TestContext): VolumePlace {
  const folder = mkdtempSync(join(tmpdir(), 'skep-volume-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  const volumes = join(folder, 'volumes');
  return {
    folder,
    volumes,
    open: () =>
      createVolumeStore({
        folder: volumes,
        copyBinaryPath: UNPACK_BINARY,
        nowMs: () => NOW_MS,
        log: () => undefined,
      }),
    layer: async (name, entries) => {
      const path = join(folder, 'layers', name);
      mkdirSync(path, { recursive: true });
      await unpackLayer(inPieces(tarOf(entries)), path, UNPACK_BINARY);
      return path;
    },
    data: (name, ...path) => join(volumes, name, 'data', ...path),
    write: (path, text) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
  };
}

/** A task that uses volumes. */
export function user(taskId: string) {
  return { taskId, name: `web.1.${taskId}` };
}

/** What a mount of a volume with a name asks for. */
export function wanted(name: string, changes: Partial<WantedVolume> = {}): WantedVolume {
  return { name, target: '/data', copiesImage: true, anonymous: false, ...changes };
}
