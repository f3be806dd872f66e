import { UsageError } from '../usage.ts';

export const DEFAULT_PLAYGROUND = 'default';
export const CLIENT_HOST = 'client';
/** Every test host is a daemon of its own; more than this is a slip of the keyboard. */
export const MAX_HOSTS = 64;

/** Where data and logs of all playgrounds are. */
export const DATA_ROOT = '/var/lib/skep-playground';
/** Where sockets and control files of all playgrounds are. */
export const RUN_ROOT = '/run/skep-playground';
/** The group above all playgrounds in every cgroup hierarchy. */
export const CGROUP_ROOT = 'skep-playground';

/** Third number of the default playground's subnet; other playgrounds take the ones after it. */
export const FIRST_SUBNET = 88;
export const LAST_SUBNET = 250;
const FIRST_HOST_ADDRESS = 10;
const CLIENT_ADDRESS = 200;
export const SUBNET_PREFIX_LENGTH = 24;

const NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/;

/** Throws UsageError unless the text can name a playground: it becomes a folder and a cgroup. */
export function requirePlaygroundName(name: string): void {
  if (!NAME_PATTERN.test(name)) {
    throw new UsageError(
      `"${name}" cannot name a playground`,
      'use up to 30 small letters, digits and hyphens between them',
    );
  }
}

/** The names of the test hosts, managers first, then workers, then the client outside the cluster. */
export function hostNames(hosts: number): readonly string[] {
  return [...Array.from({ length: hosts }, (_, index) => `h${index + 1}`), CLIENT_HOST];
}

/** The number of a test host, 1 for `h1`; undefined for the client and anything else. */
export function hostNumber(host: string): number | undefined {
  const match = /^h([1-9]\d?)$/.exec(host);
  return match === null || Number(match[1]) > MAX_HOSTS ? undefined : Number(match[1]);
}

/** The address of a test host in the subnet with that third number. */
export function hostAddress(subnet: number, host: string): string {
  const number = hostNumber(host);
  return `172.30.${subnet}.${number === undefined ? CLIENT_ADDRESS : FIRST_HOST_ADDRESS + number}`;
}

/** The machine's own address in the subnet, the test hosts' way out. */
export function gatewayAddress(subnet: number): string {
  return `172.30.${subnet}.1`;
}

/** FNV-1a over the name: interface names have 15 characters at most, playground names more. */
function shortHash(name: string): string {
  let hash = 0x811c9dc5;
  for (const character of name) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}

/** Names of a playground's links and its switch namespace. */
export interface LinkNames {
  /** Network namespace that holds the bridge; also the name of the bridge in it. */
  readonly switchName: string;
  /** The machine's end of the link to the bridge, and the bridge's end. */
  readonly uplink: string;
  readonly uplinkPort: string;
  /** The bridge's end of a test host's link. */
  portOf(host: string): string;
}

/** The names of everything that a playground adds to the network. */
export function linkNames(name: string): LinkNames {
  const prefix = `spg${shortHash(name)}`;
  return {
    switchName: prefix,
    uplink: `${prefix}u`,
    uplinkPort: `${prefix}p`,
    portOf: (host) => `${prefix}${host === CLIENT_HOST ? 'c' : host}`,
  };
}

/** The folders and files of one test host. */
export interface HostPaths {
  /** Seen as /var/lib/skep inside. */
  readonly data: string;
  /** Seen as /run/skep inside. */
  readonly run: string;
  readonly socket: string;
  /** Seen as /run/playground inside: the files that tell the host's init what to do. */
  readonly control: string;
  readonly log: string;
  /** Path below every cgroup hierarchy, without a leading slash. */
  readonly cgroup: string;
}

/** Where everything of one test host is. */
export function hostPaths(name: string, host: string): HostPaths {
  return {
    data: `${DATA_ROOT}/${name}/${host}`,
    run: `${RUN_ROOT}/${name}/${host}`,
    socket: `${RUN_ROOT}/${name}/${host}/skep.sock`,
    control: `${RUN_ROOT}/${name}/.control/${host}`,
    log: `${DATA_ROOT}/${name}/log/${host}.log`,
    cgroup: `${CGROUP_ROOT}/${name}/${host}`,
  };
}
