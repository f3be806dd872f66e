import type { PortProtocol } from '../../lib/domain/service.ts';

/** A port of this node that leads to one container of this node, whatever the cluster publishes. */
export interface LocalPort {
  readonly protocol: PortProtocol;
  /** IPv4; empty = every address of the node. */
  readonly hostAddress: string;
  readonly hostPort: number;
  /** The container's address in the node-local pool. */
  readonly address: string;
  readonly containerPort: number;
}
