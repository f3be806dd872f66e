import { messageCodec } from './codec.ts';
// Imported after codec.ts, which switches Long off first.
import { skep } from './generated/skep.js';

const types = skep.v1;

export interface VolumeMessage {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly mountpoint: string;
  readonly createdAtMs: number;
  readonly scope: string;
  /** Belongs to one task and goes with it. */
  readonly anonymous: boolean;
  /** Names of the tasks that use it. */
  readonly users: readonly string[];
}
export const volumeCodec = messageCodec<VolumeMessage>(types.LocalVolume);

export interface CreateVolumeRequest {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
}
export const createVolumeRequestCodec = messageCodec<CreateVolumeRequest>(types.CreateVolumeRequest);

export interface VolumeList {
  readonly volumes: readonly VolumeMessage[];
}
export const listVolumesResponseCodec = messageCodec<VolumeList>(types.ListVolumesResponse);

export interface PruneVolumesRequest {
  /** Volumes with a name too. */
  readonly all: boolean;
  /** `key` or `key=value`; a volume with any of them is removed, and without labels every one. */
  readonly labels: readonly string[];
}
export const pruneVolumesRequestCodec = messageCodec<PruneVolumesRequest>(types.PruneVolumesRequest);

export interface PruneVolumesResponse {
  readonly deleted: readonly string[];
  readonly reclaimedBytes: number;
}
export const pruneVolumesResponseCodec = messageCodec<PruneVolumesResponse>(types.PruneVolumesResponse);
