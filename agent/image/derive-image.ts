import { SkepError } from '../../lib/errors.ts';
import { configRecord, MAX_DOCUMENT_BYTES, MAX_LAYERS } from './image-config.ts';
import type { ImageConfig } from './image-store.ts';
import { asRecord, type JsonRecord, parseJson, recordOrEmpty, textsOrEmpty } from './json-fields.ts';

/** What is put on top of an image. */
export interface Derivation {
  readonly config: ImageConfig;
  /** `sha256:…` of the new layer, uncompressed. */
  readonly layer: string;
  readonly createdAtMs: number;
  /** What ran when the layer was made. */
  readonly createdBy: string;
  readonly author: string;
  readonly message: string;
}

/** What `configRecord` writes; everything else that a base says of its programs is kept. */
const WRITTEN_KEYS: readonly string[] = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'WorkingDir',
  'Labels',
  'Volumes',
  'StopSignal',
  'Healthcheck',
];

function withConfig(before: JsonRecord, config: ImageConfig): JsonRecord {
  const kept = Object.entries(before).filter(([key]) => !WRITTEN_KEYS.includes(key));
  return { ...Object.fromEntries(kept), ...configRecord(config) };
}

/**
 * The configuration document of an image with one layer more (OCI image specification, config.md): its base's, with
 * another configuration and a further line of history. FAILED_PRECONDITION when the base has all the layers that an
 * image may have.
 */
export function deriveDocument(base: Uint8Array, derivation: Derivation): Uint8Array {
  const document = asRecord(parseJson(base, 'the image configuration'), 'the image configuration');
  const rootfs = asRecord(document.rootfs, 'rootfs of the image configuration');
  const layers = textsOrEmpty(rootfs.diff_ids, 'rootfs.diff_ids');
  if (layers.length >= MAX_LAYERS) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `the image has ${layers.length} layers, and can take no further one`,
      {
        help: `an image has at most ${MAX_LAYERS}; export the container and import it as one layer`,
      },
    );
  }
  const { config, layer, createdAtMs, createdBy, author, message } = derivation;
  const created = new Date(createdAtMs).toISOString();
  const line = {
    created,
    ...(createdBy === '' ? {} : { created_by: createdBy }),
    ...(author === '' ? {} : { author }),
    ...(message === '' ? {} : { comment: message }),
  };
  const history = Array.isArray(document.history) ? document.history : [];
  const { author: _, ...rest } = document;
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      ...rest,
      created,
      ...(author === '' ? {} : { author }),
      config: withConfig(recordOrEmpty(document.config, 'config'), config),
      rootfs: { ...rootfs, diff_ids: [...layers, layer] },
      history: [...history, line],
    }),
  );
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new SkepError(
      'RESOURCE_EXHAUSTED',
      `the image's configuration is larger than ${MAX_DOCUMENT_BYTES} bytes`,
    );
  }
  return bytes;
}
