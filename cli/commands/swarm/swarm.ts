import { DEFAULT_API_PORT } from '../../../lib/defaults.ts';
import { SkepError } from '../../../lib/errors.ts';
import { type Context, SWARM_CALL_TIMEOUT_MS } from '../../context.ts';
import { type SkepCommand, UsageError } from '../../usage.ts';
import { booleanFlag, type Flags, textFlag } from '../service/flag-values.ts';
import { addClusterOptions, addInit, applyClusterFlags, availabilityFlag, joinInstructions } from './init.ts';
import { addSnapshot } from './snapshot.ts';
import { addUnlock, fetchUnlockKey, unlockInstructions } from './unlock.ts';

async function join(context: Context, remoteAddress: string, flags: Flags): Promise<void> {
  const token = textFlag(flags, 'token');
  if (token === undefined) {
    throw new UsageError(
      'the flag --token is missing',
      'print one on a manager: skep swarm join-token worker',
    );
  }
  const request = {
    token,
    remoteAddress: /:\d+$/.test(remoteAddress) ? remoteAddress : `${remoteAddress}:${DEFAULT_API_PORT}`,
    advertiseAddress: textFlag(flags, 'advertiseAddr') ?? '',
    listenAddress: textFlag(flags, 'listenAddr') ?? '',
    dataPathAddress: textFlag(flags, 'dataPathAddr') ?? '',
    availability: availabilityFlag(flags),
  };
  const { role } = await context.local().swarmJoin(request, { timeoutMs: SWARM_CALL_TIMEOUT_MS });
  context.terminal.writeOut(`This node joined a swarm as a ${role}.\n`);
}

async function managerAddress(context: Context): Promise<string> {
  const info = await context.local().info({});
  const address = info.advertiseAddress || info.managers[0]?.address || '';
  if (address === '') throw new SkepError('FAILED_PRECONDITION', 'this node knows no manager of a swarm');
  return /:\d+$/.test(address) ? address : `${address}:${DEFAULT_API_PORT}`;
}

async function joinToken(context: Context, role: string, flags: Flags): Promise<void> {
  if (role !== 'worker' && role !== 'manager') {
    throw new UsageError(`unknown role "${role}"`, 'use worker or manager');
  }
  const { terminal } = context;
  const quiet = booleanFlag(flags, 'quiet') === true;
  let cluster = await context.control().getCluster({});
  if (booleanFlag(flags, 'rotate') === true) {
    cluster = await context.control().updateCluster({
      version: cluster.version,
      rotateWorkerToken: role === 'worker',
      rotateManagerToken: role === 'manager',
      rotateUnlockKey: false,
    });
    if (!quiet) terminal.writeOut(`Successfully rotated ${role} join token.\n\n`);
  }
  const token = cluster.joinTokens[role];
  terminal.writeOut(quiet ? `${token}\n` : joinInstructions(role, token, await managerAddress(context)));
}

async function update(context: Context, flags: Flags): Promise<void> {
  if (Object.keys(flags).length === 0) {
    throw new UsageError('nothing to update', 'see skep swarm update --help');
  }
  const cluster = await context.control().getCluster({});
  const spec = applyClusterFlags(cluster.spec, flags);
  await context.control().updateCluster({
    version: cluster.version,
    spec,
    rotateWorkerToken: false,
    rotateManagerToken: false,
    rotateUnlockKey: false,
  });
  context.terminal.writeOut('Swarm updated.\n');
  if (spec.autolockManagers && !cluster.spec.autolockManagers) {
    context.terminal.writeOut(`\n${unlockInstructions(await fetchUnlockKey(context))}`);
  }
}

async function leave(context: Context, flags: Flags): Promise<void> {
  const force = booleanFlag(flags, 'force') === true;
  await context.local().swarmLeave({ force }, { timeoutMs: SWARM_CALL_TIMEOUT_MS });
  context.terminal.writeOut('Node left the swarm.\n');
}

/** `skep swarm …`. */
export function addSwarm(program: SkepCommand, context: Context): void {
  const swarm = program.createCommand('swarm').description('Manage the swarm');
  addInit(swarm, context);
  const joining = swarm.createCommand('join').description('Join a swarm as a worker or manager');
  joining
    .argument('<host:port>', 'address of a manager')
    .option('--token <token>', 'Token that lets this node in')
    .option('--advertise-addr <address[:port]>', 'Address at which other nodes reach this one')
    .option('--listen-addr <address[:port]>', 'Address to listen on (default 0.0.0.0:2377)')
    .option('--data-path-addr <address>', 'Address for the traffic of containers')
    .option('--availability <word>', 'active, pause or drain')
    .action((remote: string, flags: Flags) => join(context, remote, flags));
  swarm.addCommand(joining);

  const token = swarm.createCommand('join-token').description('Show or change the tokens for joining');
  token
    .argument('<worker|manager>')
    .option('--rotate', 'Make a new token; the old one lets nobody in any more')
    .option('-q, --quiet', 'Show the token only')
    .action((role: string, flags: Flags) => joinToken(context, role, flags));
  swarm.addCommand(token);

  const leaving = swarm.createCommand('leave').description('Leave the swarm');
  leaving
    .option('-f, --force', 'Leave even though this node is a manager')
    .action((flags: Flags) => leave(context, flags));
  swarm.addCommand(leaving);

  const updating = swarm.createCommand('update').description('Change settings of the swarm');
  addClusterOptions(updating);
  updating.action((flags: Flags) => update(context, flags));
  swarm.addCommand(updating);
  addUnlock(swarm, context);
  addSnapshot(swarm, context);
  program.addCommand(swarm);
}
