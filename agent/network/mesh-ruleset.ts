import type { ElementName, MeshElements, MeshPlan } from './mesh-plan.ts';
import { ELEMENT_NAMES, EVEN_SIZES, emptyElements, TABLE_SIZES } from './mesh-plan.ts';
import { fingerprint, GATEWAY_ADDRESS, LOCAL_POOL, OVERLAY_LINK, TASK_LINK_PREFIX } from './names.ts';

/** The one nftables table of a node. */
export const MESH_TABLE = 'ip skep';
/** A set with one number in it that tells which rules the table was made with. */
export const REVISION_SET = 'revision';

const TASK_LINKS = `"${TASK_LINK_PREFIX}*"`;
const OVERLAY = `"${OVERLAY_LINK}"`;

/** The largest number of table places: numgen's range in the maps' key type. */
const PLACES = 65_536;

const DECLARATIONS: Readonly<
  Record<ElementName, { readonly keyword: 'set' | 'map'; readonly type: string }>
> = {
  subnets: { keyword: 'set', type: 'type ipv4_addr; flags interval;' },
  internal_subnets: { keyword: 'set', type: 'type ipv4_addr; flags interval;' },
  same_network: { keyword: 'set', type: 'type ipv4_addr . ipv4_addr; flags interval;' },
  data_paths: { keyword: 'set', type: 'type ipv4_addr;' },
  hairpin: { keyword: 'set', type: 'type ipv4_addr . ipv4_addr;' },
  idle_vips: { keyword: 'set', type: 'type ipv4_addr;' },
  idle_ports: { keyword: 'set', type: 'type inet_proto . inet_service;' },
  entry_nodes: { keyword: 'map', type: 'type ether_addr : mark;' },
  vips: { keyword: 'map', type: 'type ipv4_addr : verdict;' },
  ports: { keyword: 'map', type: 'type inet_proto . inet_service : verdict;' },
  vip_backends: { keyword: 'map', type: `typeof ip daddr . numgen random mod ${PLACES} : ip daddr;` },
  port_backends: {
    keyword: 'map',
    type: `typeof meta l4proto . th dport . numgen random mod ${PLACES} : ip daddr . th dport;`,
  },
  local_ports: { keyword: 'map', type: 'typeof meta l4proto . th dport : ip daddr . th dport;' },
  local_ports_at: {
    keyword: 'map',
    type: 'typeof ip daddr . meta l4proto . th dport : ip daddr . th dport;',
  },
};

/** A chain: how it hooks in (empty for one that is jumped to) and its rules, one line each. */
interface Chain {
  readonly hook: string;
  readonly rules: readonly string[];
}

/**
 * The chains of the ruleset, without elements. Packets are numbered through as netfilter meets them:
 * raw (spoofing, foreign VXLAN) → mangle (which node let it in) → nat (VIP and published ports) → filter → nat out.
 */
export function meshChains(plan: MeshPlan): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Chain>();
  // Outside a swarm that port is none of ours.
  const inOverlay = plan.dataPathPort !== 0;
  const untracked = inOverlay ? [`udp dport ${plan.dataPathPort} notrack`] : [];
  chains.set('raw_in', {
    hook: 'type filter hook prerouting priority raw;',
    rules: [
      // Only an address that is routed to the very link may send from it.
      `iifname ${TASK_LINKS} fib saddr . iif oif missing drop`,
      `iifname { ${TASK_LINKS}, ${OVERLAY} } ip daddr 127.0.0.0/8 drop`,
      // The tasks' name server and gateway is nobody else's.
      `ip daddr ${GATEWAY_ADDRESS} iifname != { ${TASK_LINKS}, "lo" } drop`,
      ...(inOverlay ? [`udp dport ${plan.dataPathPort} ip saddr != @data_paths iifname != "lo" drop`] : []),
      ...untracked,
    ],
  });
  chains.set('raw_out', { hook: 'type filter hook output priority raw;', rules: untracked });
  chains.set('mark_in', {
    hook: 'type filter hook prerouting priority mangle;',
    rules: [
      // Each packet anew: a client may come back with the same ports through another node.
      `iifname ${OVERLAY} ct direction original ct mark set ether saddr map @entry_nodes`,
      `iifname ${TASK_LINKS} ct direction reply ct mark != 0 meta mark set ct mark`,
    ],
  });
  chains.set('idle_in', {
    hook: 'type filter hook prerouting priority mangle + 1;',
    rules: [
      `iifname ${TASK_LINKS} ct state new ip saddr . ip daddr @same_network ip daddr @idle_vips goto refuse`,
    ],
  });
  for (const [name, chain] of translationChains(plan)) chains.set(name, chain);
  for (const [name, chain] of filterChains()) chains.set(name, chain);
  return chains;
}

/** Everything that replaces an address. */
function translationChains(plan: MeshPlan): ReadonlyMap<string, Chain> {
  const published = 'fib daddr type local meta l4proto . th dport vmap @ports';
  const translating = 'meta l4proto { tcp, udp, sctp } dnat ip to';
  // The node's own containers come before the cluster: what holds a port goes on when a service comes to publish it.
  const local = [
    `ip daddr != ${GATEWAY_ADDRESS} ${translating} ip daddr . meta l4proto . th dport map @local_ports_at`,
    `ip daddr != ${GATEWAY_ADDRESS} fib daddr type local ${translating} meta l4proto . th dport map @local_ports`,
  ];
  const chains = new Map<string, Chain>();
  chains.set('translate_in', {
    hook: 'type nat hook prerouting priority dstnat;',
    rules: [
      `iifname ${OVERLAY} return`,
      `iifname ${TASK_LINKS} ip saddr . ip daddr @same_network ip daddr vmap @vips`,
      ...local,
      `ip daddr != ${GATEWAY_ADDRESS} ${published}`,
    ],
  });
  chains.set('translate_local', {
    hook: 'type nat hook output priority -100;',
    rules: [...local, `ip daddr != ${GATEWAY_ADDRESS} ${published}`],
  });
  const toRouter = `snat to ${plan.router ?? GATEWAY_ADDRESS}`;
  chains.set('translate_out', {
    hook: 'type nat hook postrouting priority srcnat;',
    rules: [
      // A task would not take a packet from its own address.
      `ip saddr . ip daddr @hairpin snat to ${GATEWAY_ADDRESS}`,
      `oifname ${TASK_LINKS} ip saddr 127.0.0.0/8 snat to ${GATEWAY_ADDRESS}`,
      // Addresses that mean something on this node only.
      ...(plan.router === null
        ? []
        : [`oifname ${OVERLAY} ip saddr { 127.0.0.0/8, 169.254.0.0/16 } ${toRouter}`]),
      `oifname { ${TASK_LINKS}, ${OVERLAY}, "lo" } return`,
      'ip saddr @subnets ip daddr != @subnets masquerade',
      `ip saddr ${LOCAL_POOL} masquerade`,
    ],
  });
  for (const size of [...Array.from({ length: EVEN_SIZES }, (_, place) => place + 1), ...TABLE_SIZES]) {
    const place = `numgen random mod ${size}`;
    chains.set(`vip_${size}`, { hook: '', rules: [`dnat to ip daddr . ${place} map @vip_backends`] });
    chains.set(`port_${size}`, {
      hook: '',
      rules: [
        `meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . th dport . ${place} map @port_backends`,
      ],
    });
  }
  return chains;
}

/** Who may talk with whom. */
function filterChains(): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Chain>();
  chains.set('refuse', {
    hook: '',
    rules: ['meta l4proto tcp reject with tcp reset', 'reject with icmp port-unreachable'],
  });
  chains.set('overlay_forward', {
    hook: '',
    rules: [
      'ct state established,related accept',
      // A VIP is translated only for those on its network, a published port for all.
      'ct status dnat accept',
      // The node that sent it has checked it.
      `iifname ${OVERLAY} oifname ${TASK_LINKS} accept`,
      `iifname ${OVERLAY} drop`,
      'ip saddr . ip daddr @same_network accept',
      `oifname { ${TASK_LINKS}, ${OVERLAY} } reject with icmp admin-prohibited`,
      'ip daddr @subnets reject with icmp admin-prohibited',
      'ip saddr @internal_subnets reject with icmp admin-prohibited',
    ],
  });
  chains.set('forward', {
    hook: 'type filter hook forward priority filter;',
    rules: [
      `iifname { ${TASK_LINKS}, ${OVERLAY} } goto overlay_forward`,
      `oifname { ${TASK_LINKS}, ${OVERLAY} } goto overlay_forward`,
    ],
  });
  chains.set('gateway_in', {
    hook: '',
    rules: ['meta l4proto icmp accept', 'meta l4proto { tcp, udp } th dport 53 accept', 'goto refuse'],
  });
  chains.set('input', {
    hook: 'type filter hook input priority filter;',
    rules: [
      'ct state established,related accept',
      `iifname ${TASK_LINKS} ip daddr ${GATEWAY_ADDRESS} goto gateway_in`,
      `iifname ${OVERLAY} meta l4proto != icmp drop`,
      'fib daddr type local meta l4proto . th dport @idle_ports goto refuse',
    ],
  });
  chains.set('mark_out', {
    hook: 'type filter hook postrouting priority mangle;',
    // The mark chose the next hop; the VXLAN packet around it must take the ordinary way.
    rules: [`oifname ${OVERLAY} meta mark set 0`],
  });
  return chains;
}

/** The number that stands for the rules of a plan; another router address or another Skep gives another number. */
export function meshRevision(plan: MeshPlan): string {
  const text = JSON.stringify([[...meshChains(plan)], DECLARATIONS]);
  return String(fingerprint(text) & 0xffff_ffffn);
}

/** nft commands that replace the whole table in one transaction, whatever was there. */
export function renderTable(plan: MeshPlan): string {
  const lines = [`add table ${MESH_TABLE}`, `delete table ${MESH_TABLE}`, `table ${MESH_TABLE} {`];
  lines.push(`set ${REVISION_SET} { type mark; elements = { ${meshRevision(plan)} }; }`);
  for (const name of ELEMENT_NAMES) {
    lines.push(`${DECLARATIONS[name].keyword} ${name} { ${DECLARATIONS[name].type} }`);
  }
  // Chains first and empty, since the rules of one may jump to any other.
  const chains = meshChains(plan);
  for (const [name, chain] of chains) {
    lines.push(`chain ${name} { ${chain.hook === '' ? '' : `${chain.hook} policy accept;`}`);
    for (const rule of chain.rules) lines.push(`  ${rule}`);
    lines.push('}');
  }
  lines.push('}');
  return `${lines.join('\n')}\n${renderDifference(emptyElements(), plan.elements)}`;
}

/** nft commands, one transaction, that turn the elements `before` into `after`; empty when they are the same. */
export function renderDifference(before: MeshElements, after: MeshElements): string {
  const deletions: string[] = [];
  const additions: string[] = [];
  for (const name of ELEMENT_NAMES) {
    const { gone, added } = elementDifference(before[name], after[name]);
    if (gone.length > 0) deletions.push(`delete element ${MESH_TABLE} ${name} { ${gone.join(', ')} }`);
    if (added.length > 0) additions.push(`add element ${MESH_TABLE} ${name} { ${added.join(', ')} }`);
  }
  const lines = [...deletions, ...additions];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** nft commands that remove the table, whether or not it is there. */
export function renderRemoval(): string {
  return `add table ${MESH_TABLE}\ndelete table ${MESH_TABLE}\n`;
}

/** A map element with a new value is deleted and added: nft has no replacing of elements. */
function elementDifference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { readonly gone: readonly string[]; readonly added: readonly string[] } {
  const gone: string[] = [];
  const added: string[] = [];
  for (const [key, value] of before) {
    if (after.get(key) !== value) gone.push(value === '' ? key : `${key} : ${value}`);
  }
  for (const [key, value] of after) {
    if (before.get(key) !== value) added.push(value === '' ? key : `${key} : ${value}`);
  }
  return { gone, added };
}
