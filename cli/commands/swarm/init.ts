import { DEFAULT_CLUSTER_SPEC } from '../../../lib/defaults.ts';
import type { ClusterSpec } from '../../../lib/domain/cluster.ts';
import type { SwarmInitResponse } from '../../../proto/messages.ts';
import { type Context, SWARM_CALL_TIMEOUT_MS } from '../../context.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { addListOption, addSwitchOption, addUnsupportedOptions } from '../options.ts';
import {
  countFlag,
  durationFlag,
  type Flags,
  flagName,
  listFlag,
  switchFlag,
  textFlag,
  wordFlag,
} from '../service/flag-values.ts';
import { unlockInstructions } from './unlock.ts';

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
    autolockManagers: switchFlag(flags, 'autolock') ?? existing.autolockManagers,
  };
}

/** Told after `--force-new-cluster`: two clusters with one identity would both believe to be the swarm. */
const OLD_MANAGERS_WARNING =
  'Warning: the other managers must never start with their old data again. Before one of them comes back, ' +
  "remove its data folder or run 'skep swarm leave --force' on it, then let it join anew.\n";

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

/** Flags of a new swarm that mean nothing to one that goes on with the settings it has. */
const NEW_SWARM_FLAGS = [
  'autolock',
  'store',
  'taskHistoryLimit',
  'dispatcherHeartbeat',
  'certExpiry',
  'defaultAddrPool',
  'defaultAddrPoolMaskLength',
  'dataPathPort',
];

function requireOldSettings(flags: Flags): void {
  const given = NEW_SWARM_FLAGS.find((key) => flags[key] !== undefined);
  if (given === undefined) return;
  throw new UsageError(
    `${flagName(given)} does not go with --force-new-cluster, which keeps the settings of the swarm`,
    'change what can be changed afterwards: skep swarm update',
  );
}

const STORE_PATTERN = /^etcd:\/\/[^\s,/:]+:\d{1,5}(?:,[^\s,/:]+:\d{1,5})*$/;

/** The address of the store that keeps the state, empty when the managers do. Throws UsageError. */
export function storeFlag(flags: Flags): string {
  const address = textFlag(flags, 'store');
  if (address === undefined) return '';
  if (STORE_PATTERN.test(address)) return address;
  throw new UsageError(
    `invalid value "${address}" for --store`,
    'write etcd://HOST:PORT, with further members as ,HOST:PORT',
  );
}

/** What the only manager of a swarm is told: how others join, and its unlock key if it has one. */
export function firstManagerText(answer: SwarmInitResponse): string {
  return (
    joinInstructions('worker', answer.workerToken, answer.managerAddress) +
    "To add a manager to this swarm, run 'skep swarm join-token manager' and follow the instructions.\n\n" +
    (answer.unlockKey === '' ? '' : unlockInstructions(answer.unlockKey))
  );
}

async function init(context: Context, flags: Flags): Promise<void> {
  const forceNewCluster = flags.forceNewCluster === true;
  if (forceNewCluster) requireOldSettings(flags);
  const request = {
    advertiseAddress: textFlag(flags, 'advertiseAddr') ?? '',
    listenAddress: textFlag(flags, 'listenAddr') ?? '',
    dataPathAddress: textFlag(flags, 'dataPathAddr') ?? '',
    availability: availabilityFlag(flags),
    spec: applyClusterFlags(DEFAULT_CLUSTER_SPEC, flags),
    forceNewCluster,
    storeAddress: storeFlag(flags),
  };
  const answer = await context.local().swarmInit(request, { timeoutMs: SWARM_CALL_TIMEOUT_MS });
  context.terminal.writeOut(
    `Swarm initialized: current node (${answer.nodeId}) is now a manager.\n\n${firstManagerText(answer)}`,
  );
  if (forceNewCluster) context.terminal.writeError(OLD_MANAGERS_WARNING);
}

/** Declares the flags that `swarm init` and `swarm update` share. */
export function addClusterOptions(command: SkepCommand): void {
  command
    .option('--task-history-limit <count>', 'Old tasks kept for each slot (default 5)')
    .option('--dispatcher-heartbeat <duration>', 'Time between the heartbeats of a node (default 1s)')
    .option('--cert-expiry <duration>', 'Life of node certificates (default 2160h)');
  addSwitchOption(command, '--autolock', 'Ask for a key before a manager that was stopped starts again');
  addUnsupportedOptions(command, ['external-ca', 'max-snapshots', 'snapshot-interval']);
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
    .option('--default-addr-pool-mask-length <length>', 'Prefix length of subnets (default 24)')
    .option('--force-new-cluster', 'Go on as the only manager, with the state this node has')
    .option('--store <address>', 'Keep the state in etcd://HOST:PORT[,HOST:PORT…]');
  addListOption(command, '--default-addr-pool <cidr>', 'Block that subnets are cut from');
  addClusterOptions(command);
  command.action((flags: Flags) => init(context, flags));
  parent.addCommand(command);
}
