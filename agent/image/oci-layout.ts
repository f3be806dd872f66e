import { SkepError } from '../../lib/errors.ts';
import { isDigest } from '../../lib/image-reference.ts';
import {
  asList,
  asRecord,
  asText,
  type JsonRecord,
  parseJson,
  recordOrEmpty,
  textOrEmpty,
} from './json-fields.ts';

/** OCI image specification, descriptor.md. */
export interface OciDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly platform: { readonly os: string; readonly architecture: string } | null;
  readonly annotations: JsonRecord;
}

export interface OciManifest {
  readonly config: OciDescriptor;
  readonly layers: readonly OciDescriptor[];
}

function readDescriptor(value: unknown, what: string): OciDescriptor {
  const record = asRecord(value, what);
  const digest = asText(record.digest, `digest of ${what}`);
  if (!isDigest(digest)) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `digest of ${what} is ${JSON.stringify(digest.slice(0, 80))}, not sha256`,
    );
  }
  const platform = record.platform === undefined ? null : asRecord(record.platform, `platform of ${what}`);
  return {
    mediaType: textOrEmpty(record.mediaType, `mediaType of ${what}`),
    digest,
    platform:
      platform === null
        ? null
        : {
            os: textOrEmpty(platform.os, 'os'),
            architecture: textOrEmpty(platform.architecture, 'architecture'),
          },
    annotations: recordOrEmpty(record.annotations, `annotations of ${what}`),
  };
}

/** Reads `index.json` or a nested index (image-index.md). */
export function parseOciIndex(bytes: Uint8Array, what: string): readonly OciDescriptor[] {
  const record = asRecord(parseJson(bytes, what), what);
  return asList(record.manifests, `manifests of ${what}`).map((item) =>
    readDescriptor(item, `a manifest in ${what}`),
  );
}

/** Reads an image manifest (manifest.md). */
export function parseOciManifest(bytes: Uint8Array, what: string): OciManifest {
  const record = asRecord(parseJson(bytes, what), what);
  return {
    config: readDescriptor(record.config, `config of ${what}`),
    layers: asList(record.layers, `layers of ${what}`).map((item) =>
      readDescriptor(item, `a layer of ${what}`),
    ),
  };
}

/** Whether a descriptor points at an index of manifests (OCI or Docker media type) rather than at one. */
export function isOciIndex(descriptor: OciDescriptor): boolean {
  return /image\.index|manifest\.list/.test(descriptor.mediaType);
}

/** The member of the layout that holds a blob (image-layout.md). */
export function blobMember(digest: string): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

/** Those that can run here; signatures and attestations, which carry a platform `unknown`, are left out. */
export function runnableHere(
  descriptors: readonly OciDescriptor[],
  architecture: string,
): readonly OciDescriptor[] {
  return descriptors.filter(
    ({ platform }) =>
      platform === null || (platform.os === 'linux' && platform.architecture === architecture),
  );
}

/**
 * The reference that an index gives an image: containerd's whole name, else the standard annotation when it is
 * more than a tag. A bare tag names no repository, so that image stays without a reference.
 */
export function referenceOfDescriptor(descriptor: OciDescriptor): string | null {
  const whole = textOrEmpty(descriptor.annotations['io.containerd.image.name'], 'an image name');
  if (whole !== '') return whole;
  const name = textOrEmpty(descriptor.annotations['org.opencontainers.image.ref.name'], 'an image name');
  return /[:/]/.test(name) ? name : null;
}
