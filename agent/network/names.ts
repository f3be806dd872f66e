/** Names and numbers that every node uses alike. Several nodes on one machine live in namespaces of their own. */

/** The overlay's VXLAN device. */
export const OVERLAY_LINK = 'skep0';
/** Fixed, so that messages in the same batch can name the device before the kernel told its index. */
export const OVERLAY_LINK_INDEX = 0x53_4b_45_50;
/** Host sides of task links begin with this; nftables matches it as `skt*`. */
export const TASK_LINK_PREFIX = 'skt';
/** Answers ARP and DNS for every task, and is every task's next hop. */
export const GATEWAY_ADDRESS = '169.254.1.1';
/** MAC of the node's end of each task link; a link has only two ends, so all may share it. */
export const GATEWAY_MAC = '02:53:00:00:00:01';
/** Addresses of tasks on no network: known on their own node only, masqueraded towards everything else. */
export const LOCAL_POOL = '169.254.16.0/20';
/** Device and index inside a container. High, since a new namespace may hold tunnel devices of its own. */
export const CONTAINER_LINK = 'eth0';
export const CONTAINER_LINK_INDEX = 10_001;
/** VXLAN network identifier of a Skep overlay. */
export const OVERLAY_ID = 0x53_4b;
/** 1500 less the 50 bytes that VXLAN over IPv4 adds (RFC 7348). */
export const OVERLAY_MTU = 1450;
/** RTPROT of every route and rule that Skep makes: how it knows its own. */
export const ROUTE_PROTOCOL = 83;
export const MAIN_TABLE = 254;
/** Least preferred, so that a subnet that the node is itself in stays reachable. */
export const PROHIBIT_METRIC = 0x7fff_ffff;
/** Unmarked packets jump over the rules of all peers at once; the marked look for theirs. */
export const RULE_PRIORITY_SKIP = 5_300;
export const RULE_PRIORITY_PEER = 5_301;
export const RULE_PRIORITY_END = 5_302;

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const SIXTY_FOUR_BITS = 0xffffffffffffffffn;
const NAME_DIGITS = 12;
const ALPHABET = 36n;
/** Indexes of task links: above what the kernel counts up to by itself, below the sign bit. */
const FIRST_TASK_INDEX = 0x1000_0000;
const TASK_INDEX_SPAN = 0x3000_0000;

/** FNV-1a, 64 bits: spreads ids over names and numbers, nothing secret. */
export function fingerprint(text: string): bigint {
  let hash = FNV_OFFSET;
  for (let position = 0; position < text.length; position++) {
    hash = ((hash ^ BigInt(text.charCodeAt(position))) * FNV_PRIME) & SIXTY_FOUR_BITS;
  }
  return hash;
}

/** The host side's device name of a task: the same on every start of the agent, 15 letters at most (IFNAMSIZ). */
export function taskLinkName(taskId: string): string {
  let rest = fingerprint(taskId);
  let digits = '';
  for (let position = 0; position < NAME_DIGITS; position++) {
    digits += (rest % ALPHABET).toString(36);
    rest /= ALPHABET;
  }
  return TASK_LINK_PREFIX + digits;
}

/** The interface index to try first for a task's link. */
export function taskLinkIndex(taskId: string): number {
  return FIRST_TASK_INDEX + Number(fingerprint(`index ${taskId}`) % BigInt(TASK_INDEX_SPAN));
}

/** The free index nearest to the task's own. */
export function freeTaskLinkIndex(taskId: string, used: ReadonlySet<number>): number {
  let index = taskLinkIndex(taskId);
  while (used.has(index)) index = FIRST_TASK_INDEX + ((index + 1 - FIRST_TASK_INDEX) % TASK_INDEX_SPAN);
  return index;
}
