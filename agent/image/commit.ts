import { addImage, encodeReferenceFile } from './image-catalog.ts';
import type { ImageDocument } from './image-config.ts';
import type { PendingLayer } from './layer-intake.ts';
import type { StoreFolder } from './store-folder.ts';
import { describeImage, type StoreState } from './store-state.ts';

/** An image whose layers are in the store or pending. */
export interface PendingImage {
  readonly id: string;
  readonly documentBytes: Uint8Array;
  readonly document: ImageDocument;
  readonly references: readonly string[];
}

function withImages(
  state: StoreState,
  layers: readonly PendingLayer[],
  images: readonly PendingImage[],
  nowMs: number,
): StoreState {
  const facts = new Map([...state.facts, ...layers.map((layer) => [layer.diffId, layer.facts] as const)]);
  const addedAtMs = new Map(state.addedAtMs);
  let catalog = state.catalog;
  for (const { id, document, references } of images) {
    if (!addedAtMs.has(id)) addedAtMs.set(id, nowMs);
    catalog = addImage(catalog, describeImage(id, document, addedAtMs.get(id) ?? nowMs, facts), references);
  }
  return { catalog, facts, addedAtMs };
}

/**
 * Takes layers and images in. The rename of `references.json` is the moment from which they exist; a failure before
 * it takes every step back.
 */
export async function commit(
  disk: StoreFolder,
  state: StoreState,
  { layers, images }: { readonly layers: readonly PendingLayer[]; readonly images: readonly PendingImage[] },
  nowMs: number,
): Promise<StoreState> {
  const adopted: string[] = [];
  const written: string[] = [];
  try {
    for (const layer of layers) {
      if (state.facts.has(layer.diffId)) continue;
      await disk.adoptLayer(layer.temporary, layer.diffId);
      adopted.push(layer.diffId);
    }
    for (const image of images) {
      if (state.catalog.images.has(image.id)) continue;
      written.push(image.id);
      await disk.writeImage(image.id, image.documentBytes);
    }
    const next = withImages(state, layers, images, nowMs);
    await disk.writeReferences(
      encodeReferenceFile({ addedAtMs: next.addedAtMs, references: next.catalog.references }),
    );
    return next;
  } catch (error) {
    for (const id of written) await disk.dropImage(id);
    for (const layer of adopted) await disk.dropLayer(layer);
    throw error;
  } finally {
    for (const layer of layers) await disk.discard(layer.temporary);
  }
}
