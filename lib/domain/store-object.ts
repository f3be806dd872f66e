import type { Cluster } from './cluster.ts';
import type { Network } from './network.ts';
import type { Node } from './node.ts';
import type { Service } from './service.ts';
import type { Task } from './task.ts';

/** Everything that the managers replicate. */
export type StoreObject = Cluster | Node | Service | Task | Network;
export type StoreObjectKind = StoreObject['kind'];

/** One line of a transaction. The store sets `version` and the times of what it writes. */
export type Change =
  | { readonly kind: 'put'; readonly object: StoreObject }
  | { readonly kind: 'remove'; readonly objectKind: StoreObjectKind; readonly id: string };
