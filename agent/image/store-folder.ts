import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The store on disk. Decides nothing.
 *
 *     temporary/<random>/            work in progress, emptied at every start
 *     layers/sha256/<hex>/tree/      one unpacked layer
 *     layers/sha256/<hex>/layer.json its facts
 *     images/sha256/<hex>.json       one configuration document, byte for byte
 *     references.json                which images exist, and their names
 */
export interface StoreFolder {
  newTemporary(): Promise<string>;
  discard(path: string): Promise<void>;
  /** Takes a complete layer folder (with `tree` and `layer.json`) into the store, durably. */
  adoptLayer(temporary: string, digest: string): Promise<void>;
  dropLayer(digest: string): Promise<void>;
  listLayers(): Promise<readonly string[]>;
  readLayerFacts(digest: string): Promise<Uint8Array>;
  /** Absolute. */
  layerTree(digest: string): string;
  writeImage(id: string, document: Uint8Array): Promise<void>;
  dropImage(id: string): Promise<void>;
  listImages(): Promise<readonly string[]>;
  readImage(id: string): Promise<Uint8Array>;
  writeReferences(bytes: Uint8Array): Promise<void>;
  /** Null when there is none yet. */
  readReferences(): Promise<Uint8Array | null>;
}

/** Image contents have devices and set-user-id programs: nobody but root may walk in here. */
const FOLDER_MODE = 0o700;
/** A program of a killed daemon may write for a moment longer into what is being removed. */
const REMOVE_OPTIONS = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 } as const;

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file so that after a crash it is there whole. */
export async function writeFileDurably(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function replaceFile(
  folder: string,
  name: string,
  temporary: string,
  bytes: Uint8Array,
): Promise<void> {
  const fresh = join(temporary, `${randomBytes(8).toString('hex')}.file`);
  await writeFileDurably(fresh, bytes);
  await rename(fresh, join(folder, name));
  await syncFolder(folder);
}

/** Opens or creates the store's folder (absolute) and removes what an earlier run left half done. */
export async function openStoreFolder(folder: string): Promise<StoreFolder> {
  const temporary = join(folder, 'temporary');
  const layers = join(folder, 'layers', 'sha256');
  const images = join(folder, 'images', 'sha256');
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  await rm(temporary, REMOVE_OPTIONS);
  for (const path of [temporary, layers, images]) await mkdir(path, { recursive: true, mode: FOLDER_MODE });

  const newTemporary = async (): Promise<string> => {
    const path = join(temporary, randomBytes(8).toString('hex'));
    await mkdir(path, { mode: FOLDER_MODE });
    return path;
  };
  const discard = (path: string): Promise<void> => rm(path, REMOVE_OPTIONS);
  const dropLayer = async (digest: string): Promise<void> => {
    // Moved away first: a crash midway must not leave part of a layer in its place.
    const doomed = await newTemporary();
    await rename(join(layers, hexOf(digest)), join(doomed, 'layer'));
    await syncFolder(layers);
    await discard(doomed);
  };
  return {
    newTemporary,
    discard,
    adoptLayer: async (path, digest) => {
      await syncFolder(path);
      // What lies there already is no layer of the store: a damaged one, or a leftover of a failed step.
      if (await exists(join(layers, hexOf(digest)))) await dropLayer(digest);
      await rename(path, join(layers, hexOf(digest)));
      await syncFolder(layers);
    },
    dropLayer,
    listLayers: async () => (await readdir(layers)).map((name) => `sha256:${name}`),
    readLayerFacts: (digest) => readFile(join(layers, hexOf(digest), 'layer.json')),
    layerTree: (digest) => join(layers, hexOf(digest), 'tree'),
    writeImage: (id, document) => replaceFile(images, `${hexOf(id)}.json`, temporary, document),
    dropImage: (id) => rm(join(images, `${hexOf(id)}.json`), { force: true }),
    listImages: async () => (await readdir(images)).map((name) => `sha256:${name.replace(/\.json$/, '')}`),
    readImage: (id) => readFile(join(images, `${hexOf(id)}.json`)),
    writeReferences: (bytes) => replaceFile(folder, 'references.json', temporary, bytes),
    readReferences: async () => {
      try {
        return await readFile(join(folder, 'references.json'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
  };
}
