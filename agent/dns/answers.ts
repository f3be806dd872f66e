import type { BackendItem, BalancerItem, NetworkItem, NetworkPicture } from '../../lib/domain/assignment.ts';
import { blockContains, formatIpv4, tryParseBlock, tryParseIpv4 } from '../network/address.ts';

/** A VIP outlives its tasks; a task's address may be gone the next second. Seconds. */
export const VIP_TTL_SECONDS = 5;
export const TASK_TTL_SECONDS = 1;

const REVERSE_SUFFIX = '.in-addr.arpa';
const TASKS_PREFIX = 'tasks.';

export type AnswerRecord =
  | { readonly type: 'A'; readonly name: string; readonly ttl: number; readonly address: string }
  | { readonly type: 'PTR'; readonly name: string; readonly ttl: number; readonly target: string };

/** What becomes of a question. Records may be empty: the name is there, but has nothing of the type asked. */
export type Answer =
  | { readonly kind: 'records'; readonly records: readonly AnswerRecord[] }
  | { readonly kind: 'no-such-name' }
  | { readonly kind: 'forward' };

export interface DnsQuestion {
  readonly name: string;
  /** `A`, `AAAA`, `PTR`… */
  readonly type: string;
  /** Who asks, IPv4 text: the names that exist are those on its networks. */
  readonly asker: string;
  /** Where lists of tasks begin, so that askers that take the first address spread out. */
  readonly rotation: number;
}

/** A name in one network: whose it is. */
interface Scope {
  readonly picture: NetworkPicture;
  /** The asker's networks, in its own order. */
  readonly networks: readonly NetworkItem[];
  readonly rotation: number;
}

/**
 * Answers a question from the picture. Names, without regard to case, each also with `.<network>` behind it:
 * a service (its VIP, or its ready tasks when it has none), `tasks.<service>`, a task's name or id, an alias.
 * Whatever an asker's networks do not have is forwarded, as if it did not exist here.
 */
export function answerQuestion(picture: NetworkPicture, question: DnsQuestion): Answer {
  const scope = { picture, networks: networksOf(picture, question.asker), rotation: question.rotation };
  const name = question.name.toLowerCase().replace(/\.$/, '');
  if (name.endsWith(REVERSE_SUFFIX)) return answerReverse(scope, name, question);
  if (scope.networks.length === 0) return { kind: 'forward' };
  const found = addressesOfName(scope, name) ?? scopedAddresses(scope, name);
  if (found === null) return { kind: 'forward' };
  if (question.type !== 'A' && question.type !== 'ANY') return { kind: 'records', records: [] };
  const records = found.addresses.map(
    (address): AnswerRecord => ({
      type: 'A',
      name: question.name,
      ttl: found.ttl,
      address,
    }),
  );
  return { kind: 'records', records };
}

interface NamedAddresses {
  readonly addresses: readonly string[];
  readonly ttl: number;
}

/** The networks that the task with this address is attached to; none for anyone else. */
function networksOf(picture: NetworkPicture, asker: string): readonly NetworkItem[] {
  const task = picture.backends.find((backend) =>
    backend.attachments.some(({ address }) => address === asker),
  );
  if (task === undefined) return [];
  return task.attachments.flatMap(({ networkId }) => picture.networks.filter(({ id }) => id === networkId));
}

/** `name.network`, for each network of the asker; network names may have dots themselves. */
function scopedAddresses(scope: Scope, name: string): NamedAddresses | null {
  for (const network of scope.networks) {
    const suffix = `.${network.name.toLowerCase()}`;
    if (!name.endsWith(suffix)) continue;
    const found = addressesOfName({ ...scope, networks: [network] }, name.slice(0, -suffix.length));
    if (found !== null) return found;
  }
  return null;
}

function addressesOfName(scope: Scope, name: string): NamedAddresses | null {
  const service = serviceAddresses(scope, name);
  if (service !== null) return service;
  if (name.startsWith(TASKS_PREFIX)) {
    const balancer = serviceNamed(scope, name.slice(TASKS_PREFIX.length));
    if (balancer !== null) return readyTasks(scope, (backend) => backend.serviceId === balancer.id);
  }
  const task = scope.picture.backends.find(
    (backend) =>
      (backend.taskName.toLowerCase() === name || backend.id === name) && isReachable(scope, backend),
  );
  if (task !== undefined) return { addresses: addressesIn(scope, task), ttl: TASK_TTL_SECONDS };
  return aliasAddresses(scope, name);
}

function serviceNamed(scope: Scope, name: string): BalancerItem | null {
  const balancer = scope.picture.balancers.find((candidate) => candidate.name.toLowerCase() === name);
  if (balancer === undefined) return null;
  const tasks = scope.picture.backends.filter(({ serviceId }) => serviceId === balancer.id);
  const known = vipsIn(scope, balancer).length > 0 || tasks.some((task) => isReachable(scope, task));
  return known ? balancer : null;
}

function serviceAddresses(scope: Scope, name: string): NamedAddresses | null {
  const balancer = serviceNamed(scope, name);
  return balancer === null ? null : balancerAddresses(scope, balancer);
}

function balancerAddresses(scope: Scope, balancer: BalancerItem): NamedAddresses {
  const vips = vipsIn(scope, balancer);
  if (balancer.mode === 'vip' && vips.length > 0) return { addresses: vips, ttl: VIP_TTL_SECONDS };
  return readyTasks(scope, (backend) => backend.serviceId === balancer.id);
}

/** An alias stands for the whole service in that network, as its name does. */
function aliasAddresses(scope: Scope, name: string): NamedAddresses | null {
  for (const network of scope.networks) {
    const only = { ...scope, networks: [network] };
    const owners = scope.picture.backends.filter((backend) =>
      backend.attachments.some(
        ({ networkId, aliases }) =>
          networkId === network.id && aliases.some((alias) => alias.toLowerCase() === name),
      ),
    );
    if (owners.length === 0) continue;
    const services = new Set(owners.map(({ serviceId }) => serviceId));
    const found = scope.picture.balancers
      .filter(({ id }) => services.has(id))
      .map((balancer) => balancerAddresses(only, balancer));
    const addresses = [...new Set(found.flatMap((one) => one.addresses))];
    return { addresses, ttl: Math.min(VIP_TTL_SECONDS, ...found.map(({ ttl }) => ttl)) };
  }
  return null;
}

function vipsIn(scope: Scope, balancer: BalancerItem): readonly string[] {
  return scope.networks.flatMap((network) =>
    balancer.vips.filter(({ networkId }) => networkId === network.id).map(({ address }) => address),
  );
}

function addressesIn(scope: Scope, backend: BackendItem): readonly string[] {
  return scope.networks.flatMap((network) =>
    backend.attachments.filter(({ networkId }) => networkId === network.id).map(({ address }) => address),
  );
}

function isReachable(scope: Scope, backend: BackendItem): boolean {
  return addressesIn(scope, backend).length > 0;
}

function readyTasks(scope: Scope, matches: (backend: BackendItem) => boolean): NamedAddresses {
  const ready = scope.picture.backends.filter((backend) => backend.ready && matches(backend));
  const addresses = ready.flatMap((backend) => addressesIn(scope, backend));
  const start = addresses.length === 0 ? 0 : scope.rotation % addresses.length;
  return { addresses: [...addresses.slice(start), ...addresses.slice(0, start)], ttl: TASK_TTL_SECONDS };
}

/** Reverse names: a task's or a service's on the asker's networks; nobody outside knows other overlay addresses. */
function answerReverse(scope: Scope, name: string, question: DnsQuestion): Answer {
  const value = tryParseIpv4(name.slice(0, -REVERSE_SUFFIX.length).split('.').reverse().join('.'));
  if (value === null) return { kind: 'forward' };
  const address = formatIpv4(value);
  const inOverlay = scope.picture.networks.some(({ subnet }) => {
    const block = tryParseBlock(subnet);
    return block !== null && blockContains(block, value);
  });
  if (!inOverlay) return { kind: 'forward' };
  const target = nameOfAddress(scope, address);
  if (target === null) return { kind: 'no-such-name' };
  if (question.type !== 'PTR' && question.type !== 'ANY') return { kind: 'records', records: [] };
  return {
    kind: 'records',
    records: [{ type: 'PTR', name: question.name, ttl: TASK_TTL_SECONDS, target }],
  };
}

function nameOfAddress(scope: Scope, address: string): string | null {
  for (const network of scope.networks) {
    for (const { attachments, taskName } of scope.picture.backends) {
      const attached = attachments.some((one) => one.networkId === network.id && one.address === address);
      if (attached) return `${taskName}.${network.name}`;
    }
    for (const { vips, name } of scope.picture.balancers) {
      const own = vips.some((vip) => vip.networkId === network.id && vip.address === address);
      if (own) return `${name}.${network.name}`;
    }
  }
  return null;
}
