import type { Labels } from './meta.ts';

export type MountPropagation = 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave';

export type Mount =
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly propagation?: MountPropagation;
    }
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      readonly readOnly: boolean;
      readonly sizeBytes?: number;
      /** Permission bits of the mount's root, 0o1777 when absent. */
      readonly mode?: number;
    };

export interface HealthCheck {
  /** `['NONE']`, `['CMD', argv…]` or `['CMD-SHELL', command]`, as in an image's configuration. */
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
}

/** What one container of a service is asked to be. */
export interface ContainerSpec {
  /** The reference as the user gave it, tag completed: `web:1`, `web:latest`. */
  readonly image: string;
  /** `sha256:…` of the image's configuration, pinned when the service was created or updated. */
  readonly imageId?: string;
  /** Replaces the image's entrypoint when not empty. */
  readonly command: readonly string[];
  /** Replaces the image's default arguments when not empty. */
  readonly args: readonly string[];
  /** `KEY=value`; values may hold `{{.Task.Name}}` and the like. */
  readonly env: readonly string[];
  readonly labels: Labels;
  readonly workdir?: string;
  /** `name|uid[:group|gid]`, looked up inside the image. */
  readonly user?: string;
  readonly hostname?: string;
  readonly mounts: readonly Mount[];
  /** `address name…` lines that are added to /etc/hosts. */
  readonly hosts: readonly string[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly stopSignal?: string;
  readonly stopGracePeriodMs: number;
  readonly health?: HealthCheck;
  readonly readOnlyRoot: boolean;
  readonly init: boolean;
  readonly tty: boolean;
  /** `CAP_…` names. */
  readonly capabilityAdd: readonly string[];
  readonly capabilityDrop: readonly string[];
}
