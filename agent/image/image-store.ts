import type { HealthCheck } from '../../lib/domain/container-spec.ts';
import type { Labels } from '../../lib/domain/meta.ts';

export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly user: string;
  /** `80/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly labels: Labels;
  /** Absolute paths that a container gets a volume of its own for, unless something is mounted there. */
  readonly volumes: readonly string[];
  /** Empty = SIGTERM. */
  readonly stopSignal: string;
  readonly health?: HealthCheck;
}

export interface Image {
  /** `sha256:…` of the configuration document. */
  readonly id: string;
  readonly references: readonly string[];
  readonly createdAtMs: number;
  /** Uncompressed layers together. */
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly os: string;
  readonly config: ImageConfig;
  /** `sha256:…` of each uncompressed layer, lowest first. */
  readonly layers: readonly string[];
}

export interface ResolvedImage {
  readonly image: Image;
  /** Absolute folders of the unpacked layers, lowest first, ready as overlay lower directories. */
  readonly layerFolders: readonly string[];
}

export interface RemovedImage {
  readonly untagged: readonly string[];
  readonly deleted: readonly string[];
}

export interface DeriveRequest {
  readonly baseId: string;
  readonly config: ImageConfig;
  /** Instructions that change `config`: `CMD …`, `ENV …`. */
  readonly changes: readonly string[];
  /** Empty = the image gets no name. */
  readonly reference: string;
  readonly createdBy: string;
  readonly author: string;
  readonly message: string;
}

export interface ImageStore {
  /** Makes an image of one layer from a root file system tar (optionally gzip). `changes`: `CMD …`, `ENV …`, `EXPOSE …`. */
  importRootfs(
    tar: AsyncIterable<Uint8Array>,
    options: { readonly reference: string; readonly changes: readonly string[]; readonly message: string },
  ): Promise<Image>;
  /** Makes an image of another one and a layer on top (a plain tar). NOT_FOUND when the base is gone meanwhile. */
  derive(tar: AsyncIterable<Uint8Array>, request: DeriveRequest): Promise<Image>;
  /** Reads a docker-archive or an OCI layout tar (optionally gzip). */
  load(tar: AsyncIterable<Uint8Array>): Promise<readonly Image[]>;
  list(): readonly Image[];
  /** By reference, id or unique id prefix. NOT_FOUND otherwise. */
  inspect(reference: string): Image;
  /** FAILED_PRECONDITION when `inUse` says so. */
  remove(
    reference: string,
    options: { readonly force: boolean; readonly inUse: (imageId: string) => boolean },
  ): Promise<RemovedImage>;
  /** NOT_FOUND when the image is not on this node. */
  resolve(referenceOrId: string): ResolvedImage;
  /** Called after the set of images changed. Returns the unsubscriber. */
  onChange(listener: () => void): () => void;
}
