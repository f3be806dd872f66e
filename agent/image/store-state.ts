import { createHash } from 'node:crypto';
import { ensureError, SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import { type ImageCatalog, parseReferenceFile, type ReferenceFile } from './image-catalog.ts';
import { type ImageDocument, parseImageDocument } from './image-config.ts';
import type { Image } from './image-store.ts';
import { type LayerFacts, parseLayerFacts } from './layer-unpack.ts';
import type { StoreFolder } from './store-folder.ts';

/** What the store knows in memory; replaced whole by every change. */
export interface StoreState {
  readonly catalog: ImageCatalog;
  /** Of every layer on disk. */
  readonly facts: ReadonlyMap<string, LayerFacts>;
  readonly addedAtMs: ReadonlyMap<string, number>;
}

/** `sha256:…` of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** An image as the catalog keeps it. */
export function describeImage(
  id: string,
  document: ImageDocument,
  addedAtMs: number,
  facts: ReadonlyMap<string, LayerFacts>,
): Image {
  return {
    id,
    references: [],
    createdAtMs: document.createdAtMs ?? addedAtMs,
    sizeBytes: document.layers.reduce((sum, layer) => sum + (facts.get(layer)?.contentBytes ?? 0), 0),
    architecture: document.architecture,
    os: document.os,
    config: document.config,
    layers: document.layers,
  };
}

async function readFacts(disk: StoreFolder, log: Log): Promise<ReadonlyMap<string, LayerFacts>> {
  const facts = new Map<string, LayerFacts>();
  for (const layer of await disk.listLayers()) {
    try {
      facts.set(layer, parseLayerFacts(await disk.readLayerFacts(layer)));
    } catch (error) {
      log('warn', 'An image layer on disk is damaged and is not used.', {
        layer,
        reason: ensureError(error).message,
      });
    }
  }
  return facts;
}

async function readReferenceFile(disk: StoreFolder): Promise<ReferenceFile> {
  const bytes = await disk.readReferences();
  if (bytes === null) return { addedAtMs: new Map(), references: new Map() };
  try {
    return parseReferenceFile(bytes);
  } catch (error) {
    throw new SkepError('DATA_LOSS', 'the list of images on disk is damaged', {
      help: 'move the image folder of the data root away and load the images again',
      cause: error,
    });
  }
}

async function readStoredImage(
  disk: StoreFolder,
  id: string,
  addedAtMs: number,
  facts: ReadonlyMap<string, LayerFacts>,
): Promise<Image> {
  const bytes = await disk.readImage(id);
  if (digestOf(bytes) !== id)
    throw new SkepError('DATA_LOSS', 'its configuration document was changed on disk');
  const document = parseImageDocument(bytes);
  const missing = document.layers.find((layer) => !facts.has(layer));
  if (missing !== undefined) throw new SkepError('DATA_LOSS', `its layer ${missing} is missing`);
  return describeImage(id, document, addedAtMs, facts);
}

/** Reads the store back, and removes what no image needs: leftovers of a crash between two steps. */
export async function readState(disk: StoreFolder, log: Log): Promise<StoreState> {
  const file = await readReferenceFile(disk);
  const facts = await readFacts(disk, log);
  const images = new Map<string, Image>();
  for (const [id, addedAtMs] of file.addedAtMs) {
    try {
      images.set(id, await readStoredImage(disk, id, addedAtMs, facts));
    } catch (error) {
      log('error', 'An image on disk is damaged and cannot be used.', {
        id,
        reason: ensureError(error).message,
      });
    }
  }
  const references = new Map([...file.references].filter(([, id]) => images.has(id)));
  const catalog: ImageCatalog = { images, references };
  const addedAtMs = new Map([...file.addedAtMs].filter(([id]) => images.has(id)));
  // With damage about, nothing is thrown away: a person may want to look at it.
  if (images.size < file.addedAtMs.size) return { catalog, facts, addedAtMs };
  const used = new Set([...images.values()].flatMap((image) => image.layers));
  for (const layer of await disk.listLayers()) if (!used.has(layer)) await disk.dropLayer(layer);
  for (const id of await disk.listImages()) if (!images.has(id)) await disk.dropImage(id);
  return { catalog, facts: new Map([...facts].filter(([layer]) => used.has(layer))), addedAtMs };
}
