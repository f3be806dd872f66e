import type { ContainerSpec } from './container-spec.ts';
import type { PortProtocol, Resources } from './service.ts';

export type RestartRuleName = 'no' | 'always' | 'on-failure' | 'unless-stopped';

export interface RestartRule {
  readonly name: RestartRuleName;
  /** For `on-failure`; 0 = no bound. */
  readonly maxRetries: number;
}

export interface PortBinding {
  readonly protocol: PortProtocol;
  /** Empty = every address of the node. */
  readonly hostAddress: string;
  /** 0 in a specification = any free one. */
  readonly hostPort: number;
  readonly containerPort: number;
}

/** One container of one node, as a user asks for it: nothing of the cluster is needed for it. */
export interface LocalContainerSpec {
  /** Empty in a request = made up. */
  readonly name: string;
  readonly container: ContainerSpec;
  readonly limits: Resources;
  readonly reservations: Resources;
  readonly restart: RestartRule;
  /** `bridge`, `host`, `none`, or `container:` and a reference; empty = `bridge`. */
  readonly network: string;
  readonly ports: readonly PortBinding[];
  /** Every port that the image exposes, each on a free port of the node. */
  readonly publishAll: boolean;
  /** Removed when it ends. */
  readonly autoRemove: boolean;
}

export type LocalContainerState =
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'removing'
  | 'exited'
  | 'dead';
