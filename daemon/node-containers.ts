import { join } from 'node:path';
import { localLogs } from '../agent/container/container-logs.ts';
import type { HeldPort } from '../agent/container/host-ports.ts';
import { createLocalContainers, type LocalContainers } from '../agent/container/local-containers.ts';
import { logSources } from '../agent/logs/forward/log-sources.ts';
import { taskLogPath } from '../agent/worker/worker-context.ts';
import type { NetworkPicture } from '../lib/domain/assignment.ts';
import type { Clock, Log, Random } from '../lib/ports.ts';
import { workerFolder } from './agent-role.ts';
import { type Engine, stateFolder, writableFolder } from './engine.ts';
import type { Membership } from './membership.ts';
import { nodeFacts } from './node-facts.ts';
import type { DaemonOptions } from './options.ts';

export interface NodeContainersDependencies {
  readonly options: DaemonOptions;
  readonly engine: Engine;
  readonly membership: Membership;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The ports of this node that services of the swarm publish on it. */
export function swarmPorts({ balancers, backends }: NetworkPicture, nodeId: string): readonly HeldPort[] {
  const here = new Set(
    backends.filter((backend) => backend.nodeId === nodeId).map(({ serviceId }) => serviceId),
  );
  return balancers.flatMap(({ id, name, ports }) =>
    ports
      .filter(
        ({ publishMode, publishedPort }) => publishedPort > 0 && (publishMode === 'ingress' || here.has(id)),
      )
      .map(({ protocol, publishedPort }) => ({
        protocol,
        hostAddress: '',
        hostPort: publishedPort,
        holder: `service ${name}`,
      })),
  );
}

/** The containers of this node alone, found again; they are left alone until `begin`. */
export async function openNodeContainers(dependencies: NodeContainersDependencies): Promise<LocalContainers> {
  const { options, engine, membership, clock, random, log } = dependencies;
  const { executor, images, volumes, network } = engine;
  const { dataRoot, cgroupParent } = options;
  const containers = await createLocalContainers({
    executor,
    keeperInstance: () => executor.keeperInstance,
    images,
    volumes,
    network,
    facts: nodeFacts(options, engine),
    folder: join(dataRoot, 'containers.local'),
    stateFolder: stateFolder(options),
    taskLayersFolder: writableFolder(options),
    cgroupParent,
    tasks: () => membership.active()?.agent.worker.containers() ?? [],
    taskLogPath: (taskId) => taskLogPath(workerFolder(dataRoot), taskId),
    swarmPorts: () => swarmPorts(network.picture(), membership.active()?.state.nodeId ?? ''),
    clock,
    random,
    log,
  });
  engine.forwarding.addSources(() => logSources(localLogs(containers.context), options.logDriver));
  return containers;
}
