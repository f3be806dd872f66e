import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SkepError } from '../../lib/errors.ts';
import { decompressed } from './decompressed.ts';
import { type LayerFacts, unpackLayer } from './layer-unpack.ts';
import type { PlannedImage } from './load-plan.ts';
import type { SpooledArchive } from './spooled-archive.ts';
import { type StoreFolder, writeFileDurably } from './store-folder.ts';

/** An unpacked layer that waits in a temporary folder for its image to be complete. */
export interface PendingLayer {
  readonly temporary: string;
  readonly diffId: string;
  readonly facts: LayerFacts;
}

/** Unpacks a layer beside the store. The returned folder is complete and on disk; nothing is left after a failure. */
export async function receiveLayer(
  disk: StoreFolder,
  tar: AsyncIterable<Uint8Array>,
  unpackBinaryPath: string,
): Promise<PendingLayer> {
  const temporary = await disk.newTemporary();
  try {
    const tree = join(temporary, 'tree');
    await mkdir(tree, { mode: 0o755 });
    const { diffId, ...facts } = await unpackLayer(decompressed(tar), tree, unpackBinaryPath);
    await writeFileDurably(join(temporary, 'layer.json'), Buffer.from(JSON.stringify(facts)));
    return { temporary, diffId, facts };
  } catch (error) {
    await disk.discard(temporary);
    throw error;
  }
}

/** Unpacks the layers of the planned images that the store lacks, each checked against its image's document. */
export async function receivePlannedLayers(
  disk: StoreFolder,
  archive: SpooledArchive,
  planned: readonly PlannedImage[],
  options: { readonly present: ReadonlyMap<string, LayerFacts>; readonly unpackBinaryPath: string },
): Promise<readonly PendingLayer[]> {
  const pending = new Map<string, PendingLayer>();
  try {
    for (const image of planned) {
      for (const [index, diffId] of image.document.layers.entries()) {
        const member = image.layerMembers[index];
        if (member === undefined || options.present.has(diffId) || pending.has(diffId)) continue;
        const layer = await receiveLayer(
          disk,
          archive.stream(member.name, member.digest),
          options.unpackBinaryPath,
        );
        if (layer.diffId !== diffId) {
          await disk.discard(layer.temporary);
          throw new SkepError(
            'INVALID_ARGUMENT',
            `${member.name} is damaged: its uncompressed digest is ${layer.diffId}, not ${diffId}`,
          );
        }
        pending.set(diffId, layer);
      }
    }
    return [...pending.values()];
  } catch (error) {
    for (const layer of pending.values()) await disk.discard(layer.temporary);
    throw error;
  }
}
