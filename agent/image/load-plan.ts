import { createHash } from 'node:crypto';
import { SkepError } from '../../lib/errors.ts';
import { formatReference, parseReference } from '../../lib/image-reference.ts';
import { digestOfMemberName, parseDockerManifest } from './docker-archive.ts';
import { type ImageDocument, MAX_DOCUMENT_BYTES, parseImageDocument } from './image-config.ts';
import {
  blobMember,
  isOciIndex,
  type OciDescriptor,
  parseOciIndex,
  parseOciManifest,
  referenceOfDescriptor,
  runnableHere,
} from './oci-layout.ts';
import type { SpooledArchive } from './spooled-archive.ts';

/** One image of an archive, its documents read and verified, its layers still to unpack. */
export interface PlannedImage {
  readonly id: string;
  readonly documentBytes: Uint8Array;
  readonly document: ImageDocument;
  readonly references: readonly string[];
  /** Beside `document.layers`: the member with each layer, and the digest of its bytes as stored when known. */
  readonly layerMembers: readonly { readonly name: string; readonly digest: string | null }[];
}

const MAX_IMAGES = 1_000;
const MAX_INDEX_DEPTH = 3;

function completeReference(text: string): string {
  return formatReference({ ...parseReference(text), digest: null });
}

function checkedImage(
  documentBytes: Uint8Array,
  layerMembers: PlannedImage['layerMembers'],
  references: readonly string[],
): PlannedImage {
  const document = parseImageDocument(documentBytes);
  const id = `sha256:${createHash('sha256').update(documentBytes).digest('hex')}`;
  if (document.layers.length !== layerMembers.length) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `image ${id} lists ${document.layers.length} layers, but the archive gives it ${layerMembers.length}`,
    );
  }
  return { id, documentBytes, document, layerMembers, references: references.map(completeReference) };
}

async function planDockerArchive(archive: SpooledArchive): Promise<readonly PlannedImage[]> {
  const planned: PlannedImage[] = [];
  const manifest = parseDockerManifest(await archive.read('manifest.json', MAX_DOCUMENT_BYTES, null));
  if (manifest.length > MAX_IMAGES) throw tooMany();
  for (const image of manifest) {
    const digest = digestOfMemberName(image.configMember);
    const documentBytes = await archive.read(image.configMember, MAX_DOCUMENT_BYTES, digest);
    const layerMembers = image.layerMembers.map((name) => ({ name, digest: digestOfMemberName(name) }));
    planned.push(checkedImage(documentBytes, layerMembers, image.references));
  }
  return planned;
}

function tooMany(): SkepError {
  return new SkepError('INVALID_ARGUMENT', `the archive has more than ${MAX_IMAGES} images`);
}

async function findManifest(
  archive: SpooledArchive,
  descriptor: OciDescriptor,
  architecture: string,
  depth: number,
): Promise<OciDescriptor | null> {
  if (!isOciIndex(descriptor)) return descriptor;
  if (depth >= MAX_INDEX_DEPTH)
    throw new SkepError('INVALID_ARGUMENT', 'the image indexes are nested too deep');
  const member = blobMember(descriptor.digest);
  const nested = parseOciIndex(await archive.read(member, MAX_DOCUMENT_BYTES, descriptor.digest), member);
  for (const candidate of runnableHere(nested, architecture)) {
    // An index may name platforms whose blobs were left out of the archive.
    if (!archive.has(blobMember(candidate.digest))) continue;
    return findManifest(archive, candidate, architecture, depth + 1);
  }
  return null;
}

async function planOciLayout(
  archive: SpooledArchive,
  architecture: string,
): Promise<readonly PlannedImage[]> {
  const planned = new Map<string, PlannedImage>();
  const index = parseOciIndex(await archive.read('index.json', MAX_DOCUMENT_BYTES, null), 'index.json');
  if (index.length > MAX_IMAGES) throw tooMany();
  for (const top of runnableHere(index, architecture)) {
    const descriptor = await findManifest(archive, top, architecture, 0);
    if (descriptor === null) continue;
    const member = blobMember(descriptor.digest);
    const manifest = parseOciManifest(
      await archive.read(member, MAX_DOCUMENT_BYTES, descriptor.digest),
      member,
    );
    const documentBytes = await archive.read(
      blobMember(manifest.config.digest),
      MAX_DOCUMENT_BYTES,
      manifest.config.digest,
    );
    const layers = manifest.layers.map(({ digest }) => ({ name: blobMember(digest), digest }));
    const reference = referenceOfDescriptor(top);
    const image = checkedImage(documentBytes, layers, reference === null ? [] : [reference]);
    const earlier = planned.get(image.id)?.references ?? [];
    planned.set(image.id, { ...image, references: [...new Set([...earlier, ...image.references])] });
  }
  if (planned.size === 0) {
    throw new SkepError('INVALID_ARGUMENT', `the archive has no image for linux/${architecture}`);
  }
  return [...planned.values()];
}

/** Reads which images an archive holds: a docker-archive (`manifest.json`) or an OCI layout (`index.json`). */
export async function planLoad(
  archive: SpooledArchive,
  architecture: string,
): Promise<readonly PlannedImage[]> {
  if (archive.has('manifest.json')) {
    const planned = await planDockerArchive(archive);
    if (planned.length === 0)
      throw new SkepError('INVALID_ARGUMENT', 'manifest.json of the archive lists no image');
    return planned;
  }
  if (archive.has('index.json')) return planOciLayout(archive, architecture);
  throw new SkepError('INVALID_ARGUMENT', 'the archive is neither a docker-archive nor an OCI layout', {
    help: 'a root file system comes in with skep image import',
  });
}
