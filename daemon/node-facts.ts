import type { NodeFacts } from '../agent/worker/container-request.ts';
import type { Engine } from './engine.ts';
import { RESOLVER_ADDRESS } from './node-network.ts';
import type { DaemonOptions } from './options.ts';

/** What the node adds to every container, be it a task's or its own. */
export function nodeFacts(
  options: DaemonOptions,
  engine: Pick<Engine, 'network' | 'containerDefaults'>,
): Omit<NodeFacts, 'logPath' | 'volumeFolders'> {
  return {
    hostname: options.hostname,
    resolverAddress: RESOLVER_ADDRESS,
    hostResolvConf: engine.network.hostResolvConf,
    genericDevices: options.genericDevices,
    logDriver: options.logDriver,
    defaults: engine.containerDefaults,
  };
}
