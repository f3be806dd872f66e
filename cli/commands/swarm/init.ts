import { DEFAULT_CLUSTER_SPEC } from '../../../lib/defaults.ts';
import type { ClusterSpec } from '../../../lib/domain/cluster.ts';
import { type Context, SWARM_CALL_TIMEOUT_MS } from '../../context.ts';
import type { SkepCommand } from '../../usage.ts';
import { addListOption, addUnsupportedOptions } from '../options.ts';
import { countFlag, durationFlag, type Flags, listFlag, textFlag, wordFlag } from '../service/flag-values.ts';

/** The cluster specification with the flags of `swarm init` or `swarm update` applied. Throws UsageError. */
export function applyClusterFlags(existing: ClusterSpec, flags: Flags): ClusterSpec {
  const pools = listFlag(flags, 'defaultAddrPool').flatMap((text) => text.split(','));
  return {
    name: existing.name,
    taskHistoryLimit: countFlag(flags, 'taskHistoryLimit') ?? existing.taskHistoryLimit,
    heartbeatPeriodMs: durationFlag(flags, 'dispatcherHeartbeat') ?? existing.heartbeatPeriodMs,
    certificateExpiryMs: durationFlag(flags, 'certExpiry') ?? existing.certificateExpiryMs,
    defaultAddressPools: pools.length > 0 ? pools : existing.defaultAddressPools,
    defaultAddressPoolMaskLength:
      countFlag(flags, 'defaultAddrPoolMaskLength') ?? existing.defaultAddressPoolMaskLength,
    // Zero asks for the default, as in Docker.
    dataPathPort: countFlag(flags, 'dataPathPort') || existing.dataPathPort,
  };
}

/** The availability asked for, active when none is. */
export function availabilityFlag(flags: Flags): string {
  return wordFlag(flags, 'availability', ['active', 'pause', 'drain']) ?? 'active';
}

/** The lines that tell how to join, as `swarm init` and `swarm join-token` print them. */
export function joinInstructions(role: string, token: string, managerAddress: string): string {
  return (
    `To add a ${role} to this swarm, run the following command:\n\n` +
    `    skep swarm join --token ${token} ${managerAddress}\n\n`
  );
}

async function init(context: Context, flags: Flags): Promise<void> {
  const request = {
    advertiseAddress: textFlag(flags, 'advertiseAddr') ?? '',
    listenAddress: textFlag(flags, 'listenAddr') ?? '',
    dataPathAddress: textFlag(flags, 'dataPathAddr') ?? '',
    availability: availabilityFlag(flags),
    spec: applyClusterFlags(DEFAULT_CLUSTER_SPEC, flags),
  };
  const answer = await context.local().swarmInit(request, { timeoutMs: SWARM_CALL_TIMEOUT_MS });
  context.terminal.writeOut(
    `Swarm initialized: current node (${answer.nodeId}) is now a manager.\n\n` +
      joinInstructions('worker', answer.workerToken, answer.managerAddress) +
      "To add a manager to this swarm, run 'skep swarm join-token manager' and follow the instructions.\n\n",
  );
}

/** Declares the flags that `swarm init` and `swarm update` share. */
export function addClusterOptions(command: SkepCommand): void {
  command
    .option('--task-history-limit <count>', 'Old tasks kept for each slot (default 5)')
    .option('--dispatcher-heartbeat <duration>', 'Time between the heartbeats of a node (default 1s)')
    .option('--cert-expiry <duration>', 'Life of node certificates (default 2160h)');
  addUnsupportedOptions(command, ['autolock', 'external-ca', 'max-snapshots', 'snapshot-interval']);
}

/** `skep swarm init`. */
export function addInit(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('init').description('Make this node the first manager of a swarm');
  command
    .option('--advertise-addr <address[:port]>', 'Address at which other nodes reach this one')
    .option('--listen-addr <address[:port]>', 'Address to listen on (default 0.0.0.0:2377)')
    .option('--data-path-addr <address>', 'Address for the traffic of containers')
    .option('--data-path-port <port>', 'UDP port for the traffic of containers (default 4789)')
    .option('--availability <word>', 'active, pause or drain')
    .option('--default-addr-pool-mask-length <length>', 'Prefix length of subnets (default 24)');
  addListOption(command, '--default-addr-pool <cidr>', 'Block that subnets are cut from');
  addClusterOptions(command);
  addUnsupportedOptions(command, ['force-new-cluster']);
  command.action((flags: Flags) => init(context, flags));
  parent.addCommand(command);
}
