import type { HealthCheck } from '../lib/domain/container-spec.ts';
import { messageCodec } from './codec.ts';
// Imported after codec.ts, which switches Long off first.
import { skep } from './generated/skep.js';

const types = skep.v1;

export interface ImageConfigMessage {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly user: string;
  readonly exposedPorts: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly stopSignal: string;
  readonly health?: HealthCheck;
}

export interface ImageMessage {
  readonly id: string;
  readonly references: readonly string[];
  readonly createdAtMs: number;
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly os: string;
  readonly config: ImageConfigMessage;
  readonly layers: readonly string[];
}
export const imageCodec = messageCodec<ImageMessage>(types.Image);

/** The first message of an upload carries the header, the others data. */
export interface ImageUpload {
  readonly header?: {
    readonly reference: string;
    readonly changes: readonly string[];
    readonly message: string;
  };
  readonly data: Uint8Array;
}
export const imageUploadCodec = messageCodec<ImageUpload>(types.ImageUpload);

export interface ImageList {
  readonly images: readonly ImageMessage[];
}
export const imageUploadResponseCodec = messageCodec<ImageList>(types.ImageUploadResponse);
export const listImagesResponseCodec = messageCodec<ImageList>(types.ListImagesResponse);

export interface RemoveImageResponse {
  readonly untagged: readonly string[];
  readonly deleted: readonly string[];
}
export const removeImageResponseCodec = messageCodec<RemoveImageResponse>(types.RemoveImageResponse);
