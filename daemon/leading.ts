import { describeError } from '../lib/errors.ts';
import { newId } from '../lib/identifiers.ts';
import type { Clock, Log, Random } from '../lib/ports.ts';
import { startControlLoop } from '../manager/control-loop.ts';
import { CONTROLLERS } from '../manager/controllers.ts';
import { createDispatcher, type Dispatcher } from '../manager/dispatcher/dispatcher.ts';
import { createLogBroker, type LogBroker } from '../manager/logbroker/log-broker.ts';
import { createManagers, type Managers } from '../manager/quorum/managers.ts';
import type { QuorumControl } from '../manager/quorum/quorum-control.ts';
import { startQuorumLoop } from '../manager/quorum/quorum-loop.ts';
import type { Replica } from '../manager/store/replica.ts';
import type { Store } from '../manager/store/store.ts';
import { createTunnelBroker, type TunnelBroker } from '../manager/tunnel/tunnel-broker.ts';
import type { ManagerAddress } from '../proto/messages.ts';

/** A leader that could not say so in the store begins once more after this long. */
const BEGIN_AGAIN_MS = 1_000;

/** Everything that runs on the leader alone. */
export interface Leading {
  readonly dispatcher: Dispatcher;
  readonly logBroker: LogBroker;
  readonly tunnels: TunnelBroker;
  /** Answers the other managers. */
  readonly managers: Managers;
  close(): void;
}

export interface LeadingDependencies {
  readonly replica: Replica;
  readonly nodeId: string;
  /** Null where etcd keeps the state. */
  readonly quorum: QuorumControl | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Where agents find managers: all that take part, this one first. */
export function managerAddresses(store: Store, nodeId: string): readonly ManagerAddress[] {
  return [...store.view().nodes.values()]
    .flatMap(({ id, manager }) => (manager === undefined ? [] : [{ nodeId: id, address: manager.address }]))
    .sort((left, right) => Number(right.nodeId === nodeId) - Number(left.nodeId === nodeId));
}

function beginLeading(dependencies: LeadingDependencies, onFailure: () => void): Leading {
  const { replica, nodeId, clock, random, log } = dependencies;
  const { store } = replica;
  const nextId = () => newId(random);
  const dispatcher = createDispatcher({
    store,
    clock,
    random,
    log,
    managers: () => managerAddresses(store, nodeId),
  });
  const logBroker = createLogBroker({ store, clock, newId: nextId, log });
  const tunnels = createTunnelBroker({ store, clock, newId: nextId });
  const loop = startControlLoop({ store, controllers: CONTROLLERS, clock, newId: nextId, log });
  const quorumDependencies = { store, quorum: dependencies.quorum, nodeId, clock, log };
  const quorumLoop = startQuorumLoop(quorumDependencies);
  dispatcher.start().catch((thrown: unknown) => {
    log('warn', 'This manager could not take up the lead, and begins again.', {
      error: describeError(thrown),
    });
    onFailure();
  });
  return {
    dispatcher,
    logBroker,
    tunnels,
    managers: createManagers(quorumDependencies),
    close() {
      loop.close();
      quorumLoop.close();
      dispatcher.stop();
      logBroker.stop();
      tunnels.stop();
    },
  };
}

export interface LeadingPump {
  /** What runs now; null while this manager does not lead. */
  current(): Leading | null;
  close(): void;
}

/** Keeps a {@link Leading} exactly while this manager leads, a new one for each term. */
export function followLeadership(dependencies: LeadingDependencies): LeadingPump {
  const { replica, clock, log } = dependencies;
  let present: { readonly term: number; readonly leading: Leading } | null = null;
  let cancelAgain: () => void = () => undefined;
  let isClosed = false;

  const end = (): void => {
    cancelAgain();
    present?.leading.close();
    present = null;
  };
  const reconcile = (): void => {
    const { isLeader, term } = replica.leadership();
    if (present !== null && (!isLeader || present.term !== term)) {
      log('info', 'This manager does not lead any more.', { term: present.term });
      end();
    }
    if (isClosed || !isLeader || present !== null) return;
    log('info', 'This manager leads.', { term });
    const leading = beginLeading(dependencies, () => {
      if (present?.leading !== leading) return;
      cancelAgain = clock.schedule(BEGIN_AGAIN_MS, () => {
        end();
        reconcile();
      });
    });
    present = { term, leading };
  };
  const unwatch = replica.onLeadership(reconcile);
  reconcile();
  return {
    current: () => present?.leading ?? null,
    close() {
      isClosed = true;
      unwatch();
      end();
    },
  };
}
