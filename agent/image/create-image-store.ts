import { join } from 'node:path';
import { SkepError } from '../../lib/errors.ts';
import { formatReference, parseReference } from '../../lib/image-reference.ts';
import type { Log } from '../../lib/ports.ts';
import { commit, type PendingImage } from './commit.ts';
import { applyChanges } from './config-change.ts';
import { deriveDocument } from './derive-image.ts';
import {
  encodeReferenceFile,
  findImage,
  listImages,
  planRemoval,
  showImage,
  unusedLayers,
} from './image-catalog.ts';
import { EMPTY_IMAGE_CONFIG, encodeImageDocument, parseImageDocument } from './image-config.ts';
import type { DeriveRequest, Image, ImageStore, RemovedImage, ResolvedImage } from './image-store.ts';
import { type PendingLayer, receiveLayer, receivePlannedLayers } from './layer-intake.ts';
import { planLoad } from './load-plan.ts';
import { spoolArchive } from './spooled-archive.ts';
import { openStoreFolder, type StoreFolder } from './store-folder.ts';
import { digestOf, readState, type StoreState } from './store-state.ts';

export interface ImageStoreOptions {
  /** Absolute; created when missing. One store per folder at a time. */
  readonly folder: string;
  readonly unpackBinaryPath: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** Imports and loads that may be receiving bytes at the same time. */
const MAX_RECEIVING = 8;

/** The name that image documents use for this machine's architecture (Go's GOARCH). */
function hostArchitecture(): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return names[process.arch] ?? process.arch;
}

function resolveImage(state: StoreState, disk: StoreFolder, reference: string): ResolvedImage {
  const image = showImage(state.catalog, findImage(state.catalog, reference));
  // overlayfs does not heed an opaque mark on a layer's own root, so what lies below it is left out here.
  const lowest = image.layers.findLastIndex((layer) => state.facts.get(layer)?.opaqueRoot === true);
  const visible = image.layers.slice(Math.max(0, lowest));
  return { image, layerFolders: visible.map((layer) => disk.layerTree(layer)) };
}

/** The full name for an image that is about to be made. */
function importReference(reference: string): string {
  const parsed = parseReference(reference);
  if (parsed.digest !== null) {
    throw new SkepError('INVALID_ARGUMENT', `cannot import as ${reference}: a digest is computed, not given`);
  }
  return formatReference(parsed);
}

/** Parses what an import is to make, before a byte of the tar is read. */
function planImport(options: { readonly reference: string; readonly changes: readonly string[] }) {
  return {
    reference: importReference(options.reference),
    config: applyChanges(EMPTY_IMAGE_CONFIG, options.changes),
  };
}

/** What an import or a load needs of the store. */
interface Intake {
  readonly disk: StoreFolder;
  readonly unpackBinaryPath: string;
  /** Runs one change of the store at a time, in order of arrival. */
  readonly inTurn: <Result>(work: (state: StoreState) => Promise<Result>) => Promise<Result>;
  /** Only inside a turn. */
  readonly take: (
    layers: readonly PendingLayer[],
    images: readonly PendingImage[],
  ) => Promise<readonly Image[]>;
}

async function importRootfs(
  intake: Intake,
  tar: AsyncIterable<Uint8Array>,
  request: Parameters<ImageStore['importRootfs']>[1],
): Promise<Image> {
  const { reference, config } = planImport(request);
  const layer = await receiveLayer(intake.disk, tar, intake.unpackBinaryPath);
  if (layer.facts.entries === 0) {
    await intake.disk.discard(layer.temporary);
    throw new SkepError('INVALID_ARGUMENT', 'the archive has no entries: there is no root file system in it');
  }
  const base = { architecture: hostArchitecture(), os: 'linux', config, layers: [layer.diffId] };
  const documentBytes = encodeImageDocument(base, request.message);
  const document = { ...base, createdAtMs: null };
  const image = { id: digestOf(documentBytes), documentBytes, document, references: [reference] };
  const [shown] = await intake.inTurn(() => intake.take([layer], [image]));
  if (shown === undefined) throw new SkepError('INTERNAL', 'an imported image is missing from the store');
  return shown;
}

async function deriveImage(
  intake: Intake,
  tar: AsyncIterable<Uint8Array>,
  request: DeriveRequest,
  nowMs: number,
): Promise<Image> {
  const references = request.reference === '' ? [] : [importReference(request.reference)];
  const config = applyChanges(request.config, request.changes);
  const { disk, unpackBinaryPath } = intake;
  const layer = await receiveLayer(disk, tar, unpackBinaryPath);
  return intake.inTurn(async ({ catalog }) => {
    try {
      const base = await disk.readImage(showImage(catalog, request.baseId).id);
      const derivation = { ...request, config, layer: layer.diffId, createdAtMs: nowMs };
      const documentBytes = deriveDocument(base, derivation);
      const document = parseImageDocument(documentBytes);
      const image = { id: digestOf(documentBytes), documentBytes, document, references };
      const [shown] = await intake.take([layer], [image]);
      if (shown === undefined) throw new SkepError('INTERNAL', 'a new image is missing from the store');
      return shown;
    } finally {
      await disk.discard(layer.temporary);
    }
  });
}

async function loadArchive(intake: Intake, tar: AsyncIterable<Uint8Array>): Promise<readonly Image[]> {
  const { disk, unpackBinaryPath } = intake;
  const temporary = await disk.newTemporary();
  try {
    const archive = await spoolArchive(tar, join(temporary, 'archive.tar'));
    try {
      const planned = await planLoad(archive, hostArchitecture());
      return await intake.inTurn(async ({ facts: present }) => {
        const layers = await receivePlannedLayers(disk, archive, planned, { present, unpackBinaryPath });
        return intake.take(layers, planned);
      });
    } finally {
      await archive.close();
    }
  } finally {
    await disk.discard(temporary);
  }
}

async function removeImage(
  disk: StoreFolder,
  state: StoreState,
  reference: string,
  request: Parameters<ImageStore['remove']>[1],
): Promise<{
  readonly state: StoreState;
  readonly removed: RemovedImage;
  readonly layers: readonly string[];
}> {
  const { catalog, removed } = planRemoval(state.catalog, reference, request);
  const layers = unusedLayers(state.catalog, catalog);
  const addedAtMs = new Map([...state.addedAtMs].filter(([id]) => catalog.images.has(id)));
  const facts = new Map([...state.facts].filter(([layer]) => !layers.includes(layer)));
  await disk.writeReferences(encodeReferenceFile({ addedAtMs, references: catalog.references }));
  return { state: { catalog, addedAtMs, facts }, removed, layers };
}

/** Opens the image store of a node. DATA_LOSS when its list of images is damaged. */
export async function createImageStore(options: ImageStoreOptions): Promise<ImageStore> {
  const { unpackBinaryPath, log } = options;
  const disk = await openStoreFolder(options.folder);
  let state: StoreState = await readState(disk, log);
  const listeners = new Set<() => void>();
  let turn: Promise<unknown> = Promise.resolve();
  let receiving = 0;

  const inTurn: Intake['inTurn'] = (work) => {
    const result = turn.then(() => work(state));
    turn = result.catch(() => undefined);
    return result;
  };
  const whileReceiving = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (receiving >= MAX_RECEIVING) {
      throw new SkepError('RESOURCE_EXHAUSTED', `${MAX_RECEIVING} images are being received already`, {
        help: 'try again when one of them is done',
      });
    }
    receiving++;
    try {
      return await work();
    } finally {
      receiving--;
    }
  };
  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  const take: Intake['take'] = async (layers, images) => {
    state = await commit(disk, state, { layers, images }, options.nowMs());
    const shown = images.map(({ id }) => showImage(state.catalog, id));
    for (const { id, references } of shown) {
      log('info', 'An image was added.', { id, references: references.join(' ') });
    }
    notify();
    return shown;
  };
  const intake: Intake = { disk, unpackBinaryPath, inTurn, take };

  return {
    importRootfs: (tar, request) => whileReceiving(() => importRootfs(intake, tar, request)),
    derive: (tar, request) => whileReceiving(() => deriveImage(intake, tar, request, options.nowMs())),
    load: (tar) => whileReceiving(() => loadArchive(intake, tar)),
    list: () => listImages(state.catalog),
    inspect: (reference) => showImage(state.catalog, findImage(state.catalog, reference)),
    remove: (reference, request) =>
      inTurn(async (before) => {
        const { state: after, removed, layers } = await removeImage(disk, before, reference, request);
        state = after;
        for (const id of removed.deleted) if (before.catalog.images.has(id)) await disk.dropImage(id);
        for (const layer of layers) await disk.dropLayer(layer);
        log('info', 'An image or a name of one was removed.', {
          reference,
          deleted: removed.deleted.join(' '),
        });
        notify();
        return removed;
      }),
    resolve: (reference) => resolveImage(state, disk, reference),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
