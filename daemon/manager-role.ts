import { join } from 'node:path';
import { Server } from '@grpc/grpc-js';
import type { StoreObject } from '../lib/domain/store-object.ts';
import { SkepError } from '../lib/errors.ts';
import { newId } from '../lib/identifiers.ts';
import type { Clock, Log, Random } from '../lib/ports.ts';
import { decideAllocation } from '../manager/allocator/allocation.ts';
import { createControlApi } from '../manager/api/control-api.ts';
import { createCallAuthorizer } from '../manager/ca/authorize-call.ts';
import { certificateAuthorityHandlers } from '../manager/ca/certificate-authority.ts';
import { createJoinToken } from '../manager/ca/root-authority.ts';
import { type Controller, startControlLoop } from '../manager/control-loop.ts';
import { createDispatcher } from '../manager/dispatcher/dispatcher.ts';
import { createLogBroker } from '../manager/logbroker/log-broker.ts';
import { decideConstraints } from '../manager/orchestrator/constraint-enforcer.ts';
import { decideGlobal } from '../manager/orchestrator/global.ts';
import { decideOrphans } from '../manager/orchestrator/orphans.ts';
import { decideReaper } from '../manager/orchestrator/reaper.ts';
import { decideReplicated } from '../manager/orchestrator/replicated.ts';
import { decideRestart } from '../manager/orchestrator/restart.ts';
import { decideUpdate } from '../manager/orchestrator/update.ts';
import { loadOrCreateKey } from '../manager/raft/key-file.ts';
import { startSingleMember } from '../manager/raft/single-member.ts';
import { decideScheduling } from '../manager/scheduler/scheduling.ts';
import { createLateProposer } from '../manager/store/late-proposer.ts';
import { createStore } from '../manager/store/memory-store.ts';
import type { ManagerAddress } from '../proto/messages.ts';
import { type Handlers, serve } from '../proto/rpc.ts';
import {
  certificateAuthorityMethods,
  controlMethods,
  dispatcherMethods,
  logBrokerMethods,
} from '../proto/services.ts';
import type { HostPort } from './addresses.ts';
import { dispatcherHandlers, logBrokerHandlers, managersOnly } from './cluster-handlers.ts';
import { controlHandlers } from './control-handlers.ts';
import type { IdentityHolder } from './identity/identity-holder.ts';
import { serverCredentials } from './identity/server-credentials.ts';

export interface ManagerDependencies {
  readonly dataRoot: string;
  readonly nodeId: string;
  readonly listen: HostPort;
  readonly advertiseAddress: string;
  readonly identities: IdentityHolder;
  /** The objects of a new cluster; null when the log holds one already. */
  readonly first: readonly StoreObject[] | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface ManagerRole {
  /** For callers on the node's own socket. */
  readonly control: Handlers<typeof controlMethods>;
  close(): Promise<void>;
}

/** Folder below the data root that holds the log, its key and the snapshots. */
export function managerFolder(dataRoot: string): string {
  return join(dataRoot, 'manager');
}

/** The controllers in the order of manager/orchestrator/README.md: later ones see what earlier ones decided. */
const CONTROLLERS: readonly Controller[] = [
  { name: 'orphans', decide: decideOrphans },
  { name: 'constraints', decide: decideConstraints },
  { name: 'update', decide: decideUpdate },
  { name: 'restart', decide: decideRestart },
  { name: 'replicated', decide: decideReplicated },
  { name: 'global', decide: decideGlobal },
  { name: 'reaper', decide: decideReaper },
  { name: 'allocation', decide: decideAllocation },
  { name: 'scheduling', decide: decideScheduling },
];

async function openStore(dependencies: ManagerDependencies) {
  const { clock, log } = dependencies;
  const folder = managerFolder(dependencies.dataRoot);
  const proposer = createLateProposer();
  const store = createStore({ proposer, nowMs: clock.nowMs, log });
  const member = await startSingleMember({
    folder: join(folder, 'raft'),
    key: await loadOrCreateKey(join(folder, 'log.key')),
    apply: store.apply,
    snapshot: store.snapshot,
    restore: store.restore,
    log,
  });
  proposer.connect(member);
  const { first } = dependencies;
  if (first !== null) await store.update(() => first.map((object) => ({ kind: 'put', object })));
  return { store, member };
}

function listenOn(server: Server, { host, port }: HostPort, identities: IdentityHolder): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, serverCredentials(identities), (error) => {
      if (error === null) return resolve();
      reject(
        new SkepError('FAILED_PRECONDITION', `cannot listen on ${host}:${port}: ${error.message}`, {
          help: 'is another daemon using the port? choose one with --listen-addr',
        }),
      );
    });
  });
}

/** Runs everything that a manager does besides being a worker: store, control loops, and the cluster port. */
export async function startManager(dependencies: ManagerDependencies): Promise<ManagerRole> {
  const { clock, random, log, nodeId } = dependencies;
  const { store, member } = await openStore(dependencies);
  const nextId = () => newId(random);
  const managers = (): readonly ManagerAddress[] => [{ nodeId, address: dependencies.advertiseAddress }];
  const dispatcher = createDispatcher({ store, clock, random, log, managers });
  const logBroker = createLogBroker({ store, clock, newId: nextId, log });
  const api = createControlApi({
    store,
    nowMs: clock.nowMs,
    newId: nextId,
    newJoinToken: (rootCertificatePem) => createJoinToken(rootCertificatePem, random),
    log,
  });
  const control = controlHandlers(api, store, logBroker);
  const authorize = createCallAuthorizer({ store, nowMs: clock.nowMs, log });

  const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 });
  serve(
    server,
    certificateAuthorityMethods,
    certificateAuthorityHandlers({
      store,
      nowMs: clock.nowMs,
      newId: nextId,
      random,
      log,
      managersMayJoin: false,
    }),
  );
  serve(server, dispatcherMethods, dispatcherHandlers(dispatcher, authorize));
  serve(server, logBrokerMethods, logBrokerHandlers(logBroker, dispatcher, authorize));
  serve(server, controlMethods, managersOnly(control, authorize));
  await dispatcher.start();
  await listenOn(server, dependencies.listen, dependencies.identities);
  const loop = startControlLoop({ store, controllers: CONTROLLERS, clock, newId: nextId, log });

  return {
    control,
    async close() {
      loop.close();
      dispatcher.stop();
      logBroker.stop();
      server.forceShutdown();
      store.close();
      await member.close();
    },
  };
}
