import { requireCommand, runCommand } from './command.ts';
import { CLIENT_HOST, gatewayAddress, hostAddress, linkNames, SUBNET_PREFIX_LENGTH } from './names.ts';

interface LinkState {
  readonly ifname: string;
  readonly flags?: readonly string[];
}

/** Links of a namespace, or of the machine itself; empty when the namespace is not there. */
async function listLinks(namespace: string | undefined): Promise<readonly LinkState[]> {
  const where = namespace === undefined ? [] : ['-n', namespace];
  const { exitCode, stdout } = await runCommand(['ip', ...where, '-j', 'link', 'show']);
  return exitCode === 0 ? (JSON.parse(stdout || '[]') as LinkState[]) : [];
}

/**
 * Makes what connects the test hosts, as far as it is missing: a bridge in a network namespace of its own, and
 * a link from the machine to it. On a bridge of the machine itself a firewall that drops forwarded packets
 * (Docker sets that policy) would cut the hosts off from each other.
 */
export async function ensureSwitch(name: string, subnet: number): Promise<void> {
  const { switchName, uplink, uplinkPort } = linkNames(name);
  const namespaces = await requireCommand(['ip', 'netns', 'list']);
  if (!namespaces.split('\n').some((line) => line.split(' ')[0] === switchName)) {
    await requireCommand(['ip', 'netns', 'add', switchName]);
  }
  const inside = await listLinks(switchName);
  if (!inside.some((link) => link.ifname === switchName)) {
    await requireCommand(['ip', '-n', switchName, 'link', 'add', switchName, 'type', 'bridge']);
  }
  await requireCommand(['ip', '-n', switchName, 'link', 'set', switchName, 'up']);
  if (!(await listLinks(undefined)).some((link) => link.ifname === uplink)) {
    const ends = ['name', uplink, 'type', 'veth', 'peer', 'name', uplinkPort, 'netns', switchName];
    await requireCommand(['ip', 'link', 'add', ...ends]);
  }
  await requireCommand(['ip', '-n', switchName, 'link', 'set', uplinkPort, 'master', switchName, 'up']);
  const address = `${gatewayAddress(subnet)}/${SUBNET_PREFIX_LENGTH}`;
  await requireCommand(['ip', 'addr', 'replace', address, 'dev', uplink]);
  await requireCommand(['ip', 'link', 'set', uplink, 'up']);
}

/** Removes bridge, namespace and the machine's link; what is not there is fine. */
export async function removeSwitch(name: string): Promise<void> {
  const { switchName, uplink } = linkNames(name);
  await runCommand(['ip', 'link', 'del', uplink]);
  await runCommand(['ip', 'netns', 'del', switchName]);
}

/** Connects a test host, by its init's pid, to the bridge: eth0, its address, a default route. */
export async function connectHost(name: string, host: string, subnet: number, pid: number): Promise<void> {
  const { switchName, portOf } = linkNames(name);
  const port = portOf(host);
  // The link of a host that was powered off goes with its namespace, which the kernel clears up in its own time.
  await runCommand(['ip', '-n', switchName, 'link', 'del', port]);
  await healOneWay(name, host);
  const ends = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)];
  await requireCommand(['ip', '-n', switchName, 'link', 'add', port, ...ends]);
  await requireCommand(['ip', '-n', switchName, 'link', 'set', port, 'master', switchName, 'up']);
  const batch = [
    'link set lo up',
    `addr add ${hostAddress(subnet, host)}/${SUBNET_PREFIX_LENGTH} dev eth0`,
    'link set eth0 up',
    `route add default via ${gatewayAddress(subnet)}`,
  ];
  await requireCommand(['nsenter', `--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], {
    input: `${batch.join('\n')}\n`,
  });
}

/** Pulls a test host's cable (`up` false) or plugs it in again, at the bridge. */
export async function setCable(name: string, host: string, up: boolean): Promise<void> {
  const { switchName, portOf } = linkNames(name);
  await requireCommand(['ip', '-n', switchName, 'link', 'set', portOf(host), up ? 'up' : 'down']);
}

/** Which way a host's cable carries nothing: what it would receive, what it sends, or both. */
export type CutDirection = 'both' | 'inbound' | 'outbound';

const ONE_WAY = ['inbound', 'outbound'] as const;
/** A table of the switch's own namespace, where no host and no firewall of the machine sees it. */
const CUT_TABLE = 'bridge skep_cuts';

/** Frames that a host sends enter the bridge through its port; those for it leave through the port. */
const CUT_RULES = `
add table ${CUT_TABLE}
add set ${CUT_TABLE} outbound { type ifname; }
add set ${CUT_TABLE} inbound { type ifname; }
add chain ${CUT_TABLE} forward { type filter hook forward priority 0; }
flush chain ${CUT_TABLE} forward
add rule ${CUT_TABLE} forward iifname @outbound drop
add rule ${CUT_TABLE} forward oifname @inbound drop
`;

function inSwitch(name: string, argv: readonly string[]): readonly string[] {
  return ['nsenter', `--net=/run/netns/${linkNames(name).switchName}`, ...argv];
}

/** Makes a test host's cable dead in one direction, at the bridge. */
export async function cutOneWay(
  name: string,
  host: string,
  direction: 'inbound' | 'outbound',
): Promise<void> {
  const element = `add element ${CUT_TABLE} ${direction} { "${linkNames(name).portOf(host)}" }\n`;
  await requireCommand(inSwitch(name, ['nft', '-f', '-']), { input: CUT_RULES + element });
}

/** Takes back every one-way cut of a test host. */
export async function healOneWay(name: string, host: string): Promise<void> {
  const port = `{ "${linkNames(name).portOf(host)}" }`;
  // Only what is there can be removed; so it is added first. Without the table nothing was ever cut.
  const lines = ONE_WAY.flatMap((direction) => [
    `add element ${CUT_TABLE} ${direction} ${port}`,
    `delete element ${CUT_TABLE} ${direction} ${port}`,
  ]);
  await runCommand(inSwitch(name, ['nft', '-f', '-']), { input: `${lines.join('\n')}\n` });
}

interface NftListing {
  readonly nftables: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly unknown[] };
  }[];
}

/** The bridge ports in each set of the one-way cuts, from what `nft -j list table` prints. */
export function parseCuts(listing: string): Readonly<Record<'inbound' | 'outbound', readonly unknown[]>> {
  const { nftables } = JSON.parse(listing === '' ? '{"nftables":[]}' : listing) as NftListing;
  const elements = (name: string) => nftables.find(({ set }) => set?.name === name)?.set?.elem ?? [];
  return { inbound: elements('inbound'), outbound: elements('outbound') };
}

async function oneWayCuts(name: string): Promise<ReturnType<typeof parseCuts>> {
  const argv = ['nft', '-j', 'list', 'table', ...CUT_TABLE.split(' ')];
  const { exitCode, stdout } = await runCommand(inSwitch(name, argv));
  return parseCuts(exitCode === 0 ? stdout : '');
}

/** The test hosts whose cable is pulled, or dead in one direction. */
export async function cutHosts(
  name: string,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, 'cut' | 'cut inbound' | 'cut outbound'>> {
  const { switchName, portOf } = linkNames(name);
  const [links, { inbound, outbound }] = await Promise.all([listLinks(switchName), oneWayCuts(name)]);
  const cutOf = (host: string) => {
    const port = portOf(host);
    if (links.some((link) => link.ifname === port && link.flags?.includes('UP') !== true)) return 'cut';
    const [noInbound, noOutbound] = [inbound.includes(port), outbound.includes(port)];
    if (noInbound && noOutbound) return 'cut';
    return noInbound ? 'cut inbound' : noOutbound ? 'cut outbound' : undefined;
  };
  return new Map(
    hosts.flatMap((host) => {
      const cut = cutOf(host);
      return cut === undefined ? [] : [[host, cut] as const];
    }),
  );
}

/** Third numbers of 172.30.x.0 subnets that the machine has addresses in. */
export async function usedSubnets(): Promise<readonly number[]> {
  const text = await requireCommand(['ip', '-4', '-o', 'addr', 'show']);
  return [...text.matchAll(/inet 172\.30\.(\d+)\./g)].map((match) => Number(match[1]));
}

/** The text of /etc/hosts inside a playground. */
export function hostsFile(subnet: number, hosts: readonly string[]): string {
  const lines = hosts.map((host) => `${hostAddress(subnet, host)} ${host}`);
  return ['127.0.0.1 localhost', '::1 localhost', ...lines, ''].join('\n');
}

/** The test hosts that run a daemon. */
export function daemonHosts(hosts: readonly string[]): readonly string[] {
  return hosts.filter((host) => host !== CLIENT_HOST);
}
