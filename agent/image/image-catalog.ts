import { SkepError } from '../../lib/errors.ts';
import { formatReference, isDigest, parseReference } from '../../lib/image-reference.ts';
import type { Image, RemovedImage } from './image-store.ts';
import { asRecord, asText, countOrZero, parseJson } from './json-fields.ts';

/** What the store holds, as plain data: the file `references.json` and the images that it lists. */
export interface ImageCatalog {
  /** By id; `references` of each is kept empty here and filled in on the way out. */
  readonly images: ReadonlyMap<string, Image>;
  /** Image id by complete reference. */
  readonly references: ReadonlyMap<string, string>;
}

/** The content of `references.json`: the one truth about which images exist. */
export interface ReferenceFile {
  readonly addedAtMs: ReadonlyMap<string, number>;
  readonly references: ReadonlyMap<string, string>;
}

const FILE_VERSION = 1;
/** The shortest prefix of an id that is looked up. */
const MIN_PREFIX_LENGTH = 4;

function notFound(text: string): never {
  throw new SkepError('NOT_FOUND', `No such image: ${text.slice(0, 500)}`, {
    help: 'skep image ls shows the images of this node; skep image import and skep image load bring one here',
  });
}

function byReference(
  catalog: ImageCatalog,
  text: string,
): { readonly reference: string; readonly id: string } | null {
  let reference: string;
  let digest: string | null;
  try {
    const parsed = parseReference(text);
    digest = parsed.digest;
    reference = formatReference({ ...parsed, digest: null });
  } catch {
    return null;
  }
  if (digest !== null) return catalog.images.has(digest) ? { reference: text, id: digest } : null;
  const id = catalog.references.get(reference);
  return id === undefined ? null : { reference, id };
}

/** Finds an image by reference, id, or a prefix of an id that only one image has. NOT_FOUND otherwise. */
export function findImage(catalog: ImageCatalog, text: string): string {
  const found = byReference(catalog, text);
  if (found !== null) return found.id;
  const hex = text.startsWith('sha256:') ? text.slice('sha256:'.length) : text;
  if (!/^[0-9a-f]{1,64}$/.test(hex) || hex.length < MIN_PREFIX_LENGTH) notFound(text);
  const ids = [...catalog.images.keys()].filter((id) => id.startsWith(`sha256:${hex}`));
  if (ids.length > 1) {
    throw new SkepError('INVALID_ARGUMENT', `${text} is the beginning of ${ids.length} image ids`, {
      help: 'give more of the id',
    });
  }
  return ids[0] ?? notFound(text);
}

/** The image with its references filled in. */
export function showImage(catalog: ImageCatalog, id: string): Image {
  const image = catalog.images.get(id) ?? notFound(id);
  const references = [...catalog.references]
    .filter(([, target]) => target === id)
    .map(([reference]) => reference);
  return { ...image, references: references.sort() };
}

/** All images, newest first. */
export function listImages(catalog: ImageCatalog): readonly Image[] {
  return [...catalog.images.keys()]
    .map((id) => showImage(catalog, id))
    .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : 1));
}

/** Adds an image and points the references at it; an image that had one of them loses it. */
export function addImage(catalog: ImageCatalog, image: Image, references: readonly string[]): ImageCatalog {
  return {
    images: catalog.images.has(image.id) ? catalog.images : new Map(catalog.images).set(image.id, image),
    references: new Map([...catalog.references, ...references.map((name) => [name, image.id] as const)]),
  };
}

/** Layers that no image needs any more once `after` holds. */
export function unusedLayers(before: ImageCatalog, after: ImageCatalog): readonly string[] {
  const used = new Set([...after.images.values()].flatMap((image) => image.layers));
  const all = new Set([...before.images.values()].flatMap((image) => image.layers));
  return [...all].filter((layer) => !used.has(layer));
}

/**
 * What removing `text` does. A reference among several is only taken off; the last one, or an id, deletes the image.
 * FAILED_PRECONDITION when a task uses the image, or when an id stands for several references without `force`.
 */
export function planRemoval(
  catalog: ImageCatalog,
  text: string,
  options: { readonly force: boolean; readonly inUse: (imageId: string) => boolean },
): { readonly catalog: ImageCatalog; readonly removed: RemovedImage } {
  const id = findImage(catalog, text);
  const { references: names } = showImage(catalog, id);
  const named = byReference(catalog, text);
  if (named !== null && names.includes(named.reference) && names.length > 1) {
    const references = new Map([...catalog.references].filter(([name]) => name !== named.reference));
    return { catalog: { ...catalog, references }, removed: { untagged: [named.reference], deleted: [] } };
  }
  if (names.length > 1 && !options.force) {
    throw new SkepError('FAILED_PRECONDITION', `image ${text} has several references: ${names.join(', ')}`, {
      help: 'remove them one by one, or use --force',
    });
  }
  if (options.inUse(id)) {
    throw new SkepError('FAILED_PRECONDITION', `image ${text} is in use by a task on this node`, {
      help: 'remove or update the services that use it first',
    });
  }
  const after: ImageCatalog = {
    images: new Map([...catalog.images].filter(([other]) => other !== id)),
    references: new Map([...catalog.references].filter(([, target]) => target !== id)),
  };
  return { catalog: after, removed: { untagged: names, deleted: [id, ...unusedLayers(catalog, after)] } };
}

/** The bytes of `references.json`. */
export function encodeReferenceFile(file: ReferenceFile): Uint8Array {
  const images = Object.fromEntries([...file.addedAtMs].map(([id, addedAtMs]) => [id, { addedAtMs }]));
  const references = Object.fromEntries(file.references);
  return new TextEncoder().encode(
    `${JSON.stringify({ version: FILE_VERSION, images, references }, null, 2)}\n`,
  );
}

/** Reads `references.json`; INVALID_ARGUMENT when it is damaged. */
export function parseReferenceFile(bytes: Uint8Array): ReferenceFile {
  const record = asRecord(parseJson(bytes, 'references.json'), 'references.json');
  if (record.version !== FILE_VERSION) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `references.json has version ${String(record.version)}, not ${FILE_VERSION}`,
    );
  }
  const images = Object.entries(asRecord(record.images, 'images'));
  const addedAtMs = new Map(
    images.map(([id, value]) => [id, countOrZero(asRecord(value, 'an image').addedAtMs, 'addedAtMs')]),
  );
  for (const id of addedAtMs.keys()) {
    if (!isDigest(id))
      throw new SkepError('INVALID_ARGUMENT', `references.json lists ${JSON.stringify(id)}, not a digest`);
  }
  const references = Object.entries(asRecord(record.references, 'references'));
  return {
    addedAtMs,
    references: new Map(references.map(([name, id]) => [name, asText(id, 'a reference')])),
  };
}
