import { arch, platform } from 'node:os';

import { describeError } from '../../../lib/errors.ts';
import { formatDuration } from '../../../lib/units.ts';
import type { NodeInfo } from '../../../proto/messages.ts';
import type { Context } from '../../context.ts';
import { quorumLines, quorumTrouble } from '../../format/quorum.ts';
import { renderTemplate } from '../../format/template.ts';
import { clientVersion } from '../../project.ts';
import type { SkepCommand } from '../../usage.ts';

/** Managers without a leader wait for one; whoever asks how they are wants to know before that. */
const LEADERLESS_TIMEOUT_MS = 2_000;

async function version(context: Context, format: string | undefined): Promise<void> {
  const client = { version: clientVersion(), node: process.version, platform: `${platform()}/${arch()}` };
  const { terminal } = context;
  const clientText = `Client:\n Version:\t${client.version}\n Node:\t\t${client.node}\n Platform:\t${client.platform}\n`;
  let info: NodeInfo | undefined;
  try {
    info = await context.local().info({});
  } catch (thrown) {
    if (format === undefined) terminal.writeOut(clientText);
    throw thrown;
  }
  const server = { version: info.version };
  if (format !== undefined) {
    terminal.writeOut(`${renderTemplate(format === 'json' ? '{{json .}}' : format, { client, server })}\n`);
    return;
  }
  terminal.writeOut(`${clientText}\nServer:\n Version:\t${server.version}\n`);
}

/** What the managers say of the whole; a cluster without a leader must not hide what the node itself knows. */
async function managerLines(context: Context, { clusterId, quorum }: NodeInfo): Promise<readonly string[]> {
  const settings = quorum?.leaderId === '' ? { timeoutMs: LEADERLESS_TIMEOUT_MS } : {};
  try {
    const [{ nodes }, cluster] = await Promise.all([
      context.control().listNodes({}, settings),
      context.control().getCluster({}, settings),
    ]);
    const managers = nodes.filter((node) => node.spec.role === 'manager').length;
    return [
      `  ClusterID: ${clusterId}`,
      `  Managers: ${managers}`,
      `  Nodes: ${nodes.length}`,
      `  Data Path Port: ${cluster.spec.dataPathPort}`,
      `  Task History Retention Limit: ${cluster.spec.taskHistoryLimit}`,
      `  Heartbeat Period: ${formatDuration(cluster.spec.heartbeatPeriodMs)}`,
    ];
  } catch (thrown) {
    // Without a leader the lines on the quorum say what is wrong, and better.
    const isSilent = quorum === undefined || quorumTrouble(quorum) === undefined;
    return [`  ClusterID: ${clusterId}`, ...(isSilent ? [`  Error: ${describeError(thrown)}`] : [])];
  }
}

async function swarmLines(context: Context, info: NodeInfo): Promise<readonly string[]> {
  if (info.swarmState === 'inactive') return [];
  if (info.swarmState === 'locked') {
    return ["  Error: this manager is locked since it was restarted; unlock it: 'skep swarm unlock'"];
  }
  const isManager = info.role === 'manager';
  return [
    `  NodeID: ${info.nodeId}`,
    ...(info.error === '' ? [] : [`  Error: ${info.error}`]),
    `  Is Manager: ${isManager}`,
    ...(isManager ? await managerLines(context, info) : []),
    ...quorumLines(info),
    `  Node Address: ${info.advertiseAddress}`,
    '  Manager Addresses:',
    ...info.managers.map((manager) => `   ${manager.address}`),
  ];
}

async function info(context: Context, format: string | undefined): Promise<void> {
  const answer = await context.local().info({});
  if (format !== undefined) {
    const text = renderTemplate(format === 'json' ? '{{json .}}' : format, answer);
    context.terminal.writeOut(`${text}\n`);
    return;
  }
  const lines = [
    `Name: ${answer.hostname}`,
    `Server Version: ${answer.version}`,
    `Swarm: ${answer.swarmState}`,
    ...(await swarmLines(context, answer)),
    `Containers Running: ${answer.containersRunning}`,
    `Images: ${answer.images}`,
    `Data Root: ${answer.dataRoot}`,
    `Run Root: ${answer.runRoot}`,
    `Daemon Pid: ${answer.pid}`,
  ];
  context.terminal.writeOut(`${lines.join('\n')}\n`);
}

/** `skep info` and `skep version`. */
export function addSystem(program: SkepCommand, context: Context): void {
  const describing = program.createCommand('info').description('Tell about this node and its swarm');
  describing.option('-f, --format <template>', 'json, or a template');
  describing.action((flags: { format?: string }) => info(context, flags.format));
  program.addCommand(describing);
  const versions = program.createCommand('version').description('Tell the versions of client and daemon');
  versions.option('-f, --format <template>', 'json, or a template');
  versions.action((flags: { format?: string }) => version(context, flags.format));
  program.addCommand(versions);
}
