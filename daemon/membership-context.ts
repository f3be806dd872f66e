import type { Clock, Log, Random } from '../lib/ports.ts';
import type { containerMethods } from '../proto/container-services.ts';
import type { Handlers } from '../proto/rpc.ts';
import type { AgentRole } from './agent-role.ts';
import type { Engine } from './engine.ts';
import type { IdentityHolder } from './identity/identity-holder.ts';
import type { NodeSecrets } from './identity/node-secrets.ts';
import type { Renewal } from './identity/renewal.ts';
import type { ManagerRole } from './manager-role.ts';
import type { NodeState } from './node-state.ts';
import type { DaemonOptions } from './options.ts';

export interface MembershipDependencies {
  readonly options: DaemonOptions;
  readonly engine: Engine;
  /** Answers what is asked of this node's containers; null while there is nothing that could. */
  readonly containers: () => Handlers<typeof containerMethods> | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A node that is in a cluster, with everything that runs because of it. */
export interface ActiveMember {
  readonly identities: IdentityHolder;
  readonly secrets: NodeSecrets;
  readonly renewal: Renewal;
  readonly agent: AgentRole;
  /** Null on a worker, and on a manager that has not been let in yet. */
  manager: ManagerRole | null;
  /** Why the manager does not run although it should; empty when it does. */
  managerFailure: string;
  state: NodeState;
}

/** What the transitions of a node's membership share. */
export interface MembershipContext extends MembershipDependencies {
  active: ActiveMember | null;
  /** True while a manager waits for the unlock key. */
  isLocked: boolean;
  /** Why the managers refuse this node; empty when they do not. */
  rejection: string;
  /** Transitions happen one at a time. */
  queue: Promise<unknown>;
  /** Looks whether the node has the role that the managers want it to have. */
  readonly checkRole: () => void;
  /** Cancels the next look. */
  cancelRoleCheck: () => void;
}

/** Runs a transition after those that were asked for before it. */
export function inTurn<T>(context: MembershipContext, transition: () => Promise<T>): Promise<T> {
  const result = context.queue.then(transition, transition);
  context.queue = result.catch(() => undefined);
  return result;
}
