import { join } from 'node:path';
import type { ContainerNetwork } from '../agent/executor/executor.ts';
import { taskLogSources } from '../agent/logs/forward/task-sources.ts';
import { publishLogs } from '../agent/logs/log-publisher.ts';
import { openSession, type Session } from '../agent/session/session.ts';
import { createStatusReporter } from '../agent/session/status-reporter.ts';
import { serveTunnels } from '../agent/tunnel/serve-tunnels.ts';
import { createWorker, type Worker } from '../agent/worker/worker.ts';
import type { Task } from '../lib/domain/task.ts';
import { isTerminal } from '../lib/domain/task-state.ts';
import type { SkepError } from '../lib/errors.ts';
import type { Clock, Log } from '../lib/ports.ts';
import { containerMethods } from '../proto/container-services.ts';
import type { ManagerAddress, SessionMessage } from '../proto/messages.ts';
import { connect, type Handlers } from '../proto/rpc.ts';
import { dispatcherMethods, logBrokerMethods } from '../proto/services.ts';
import { tunnelAgentMethods } from '../proto/tunnel-services.ts';
import type { Engine } from './engine.ts';
import { channelCredentials } from './identity/channel-credentials.ts';
import type { IdentityHolder } from './identity/identity-holder.ts';
import { describeNode } from './node-description.ts';
import { nodeFacts } from './node-facts.ts';
import type { NodeNetwork } from './node-network.ts';
import type { NodeState } from './node-state.ts';
import type { DaemonOptions } from './options.ts';

/** A node that leaves does not wait longer than this for its containers. */
const LEAVE_TIMEOUT_MS = 30_000;
const LEAVE_POLL_MS = 50;

export interface AgentDependencies {
  readonly options: DaemonOptions;
  readonly engine: Engine;
  readonly state: NodeState;
  readonly identities: IdentityHolder;
  readonly managers: () => readonly ManagerAddress[];
  readonly clock: Clock;
  readonly log: Log;
  /** Answers what managers ask of this node's containers; null while there is nothing that could. */
  readonly containers: () => Handlers<typeof containerMethods> | null;
  readonly onSession: (message: SessionMessage) => void;
  readonly onRejected: (error: SkepError) => void;
}

export interface AgentRole {
  readonly worker: Worker;
  readonly session: Session;
  /** Stops following the managers; containers go on. */
  close(): Promise<void>;
  /** Stops every task and takes the node's network down. Call instead of `close`. */
  leave(): Promise<void>;
}

/** Folder below the data root that holds the node's tasks and their logs. */
export function workerFolder(dataRoot: string): string {
  return join(dataRoot, 'worker');
}

/** A task that asked for networks and was given no address is on the host's own network. */
function networkFor(network: NodeNetwork, task: Task): ContainerNetwork {
  if (task.attachments.length === 0 && task.spec.networks.length > 0) return { kind: 'host' };
  return network.linkFor(task);
}

/** Runs what every node does in a cluster: its tasks, its part of the network, DNS, logs, and the session. */
export async function startAgent(dependencies: AgentDependencies): Promise<AgentRole> {
  const { options, engine, state, identities, clock, log } = dependencies;
  const reporter = createStatusReporter();
  engine.network.join({
    nodeId: state.nodeId,
    dataPathAddress: state.dataPathAddress,
    dataPathPort: state.dataPathPort,
  });
  const worker = await createWorker({
    executor: engine.executor,
    keeperInstance: engine.executor.keeperInstance,
    images: engine.images,
    volumes: engine.volumes,
    networkFor: (task) => networkFor(engine.network, task),
    facts: nodeFacts(options, engine),
    folder: workerFolder(options.dataRoot),
    clock,
    log,
    report: reporter.add,
  });
  for (const [taskId, status] of worker.statuses()) reporter.add(taskId, status);
  const session = openSession({
    managers: dependencies.managers,
    connectTo: (address) => connect(dispatcherMethods, address, channelCredentials(identities)),
    describeNode: () => describe(dependencies),
    reporter,
    clock,
    log,
    onTasks: worker.assign,
    onPicture: engine.network.apply,
    onSession: dependencies.onSession,
    onRejected: dependencies.onRejected,
    whileOpen: (address, sessionId, signal) =>
      Promise.race([
        serveLogs(dependencies, worker, address, sessionId, signal),
        serveContainers(dependencies, address, sessionId, signal),
      ]),
  });
  const unwatch = [
    engine.images.onChange(session.describe),
    // An open connection keeps the certificate that it began with, and managers refuse it once that expires.
    identities.watch(session.reopen),
    engine.forwarding.addSources(() => taskLogSources(worker, options.logDriver)),
  ];

  async function close(): Promise<void> {
    for (const stop of unwatch) stop();
    await session.close();
    worker.close();
  }

  return {
    worker,
    session,
    close,
    async leave() {
      for (const stop of unwatch) stop();
      await session.close();
      worker.assign(new Map());
      await settled(worker, clock);
      worker.close();
      await engine.network.leave();
    },
  };
}

function describe({ options, state, engine }: AgentDependencies) {
  return describeNode({
    hostname: options.hostname,
    labels: options.labels,
    dataPathAddress: state.dataPathAddress,
    images: engine.images.list(),
    generic: options.genericResources,
  });
}

async function serveLogs(
  { options, identities, state, clock, log }: AgentDependencies,
  worker: Worker,
  address: string,
  sessionId: string,
  signal: AbortSignal,
): Promise<void> {
  const connection = connect(logBrokerMethods, address, channelCredentials(identities));
  const { tasks, isLive, logPath } = worker;
  try {
    const { logDriver } = options;
    const publisher = { nodeId: state.nodeId, tasks, isLive, logPath, logDriver, clock, log };
    await publishLogs(connection.call, sessionId, publisher, signal);
  } finally {
    connection.close();
  }
}

/** The containers of this node, for managers. The connection is its own: their data must not delay heartbeats. */
async function serveContainers(
  { identities, containers, log }: AgentDependencies,
  address: string,
  sessionId: string,
  signal: AbortSignal,
): Promise<void> {
  const handlers = containers();
  if (handlers === null) return new Promise(() => undefined);
  const connection = connect(tunnelAgentMethods, address, channelCredentials(identities));
  try {
    const service = { table: containerMethods, handlers, log };
    await serveTunnels(connection.call, sessionId, service, signal);
  } finally {
    connection.close();
  }
}

/** Resolves when no task is left, or after a bound. */
async function settled(worker: Worker, clock: Clock): Promise<void> {
  const deadlineMs = clock.nowMs() + LEAVE_TIMEOUT_MS;
  const isBusy = () =>
    [...worker.statuses().values()].some(({ state }) => !isTerminal(state)) || worker.tasks().length > 0;
  while (isBusy() && clock.nowMs() < deadlineMs) {
    await new Promise<void>((resolve) => void clock.schedule(LEAVE_POLL_MS, resolve));
  }
}
