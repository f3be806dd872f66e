import type { Network, NetworkSpec } from '../../lib/domain/network.ts';
import { isTerminal } from '../../lib/domain/task-state.ts';
import { SkepError } from '../../lib/errors.ts';
import {
  type AddressBlock,
  blockContains,
  blocksOverlap,
  parseAddress,
  parseBlock,
} from '../../lib/ip-address.ts';
import { validateNetworkSpec } from '../../lib/validation/network-spec.ts';
import type { StoreView } from '../store/store.ts';
import { findNetwork } from './references.ts';
import type { Outcome, RuleContext } from './rule.ts';

/** Most users of a network that a refusal names. */
const MAX_USERS_SHOWN = 5;

/** What the wanted block would collide with; undefined when it is free. */
function overlapOf(view: StoreView, wanted: AddressBlock): string | undefined {
  for (const network of view.networks.values()) {
    const block = parseBlock(network.subnet === '' ? (network.spec.subnet ?? '') : network.subnet);
    if (block !== undefined && blocksOverlap(block, wanted)) {
      return `network "${network.spec.name}" (${network.subnet || network.spec.subnet})`;
    }
  }
  const routers = parseBlock(view.cluster?.routerSubnet ?? '');
  if (routers !== undefined && blocksOverlap(routers, wanted)) {
    return `the router addresses of the nodes (${view.cluster?.routerSubnet})`;
  }
  for (const node of view.nodes.values()) {
    for (const text of [node.description?.dataPathAddress ?? '', node.status.address]) {
      const address = parseAddress(text);
      if (address !== undefined && blockContains(wanted, address)) {
        return `the address ${text} of node "${node.description?.hostname ?? node.id}"`;
      }
    }
  }
  return undefined;
}

/** Stores a new network; the allocator gives it its subnet. Throws when name or subnet is taken. */
export function createNetworkRule(
  view: StoreView,
  context: RuleContext,
  spec: NetworkSpec,
): Outcome<Network> {
  validateNetworkSpec(spec);
  const subject = `network "${spec.name}"`;
  for (const network of view.networks.values()) {
    if (network.spec.name === spec.name) {
      throw new SkepError('ALREADY_EXISTS', `a network named "${spec.name}" exists already (${network.id})`);
    }
    if (spec.ingress && network.spec.ingress) {
      throw new SkepError(
        'ALREADY_EXISTS',
        `${subject}: the ingress network is "${network.spec.name}" already`,
        {
          help: 'there can be only one; remove the other first',
        },
      );
    }
  }
  if (spec.driver === 'host') {
    throw new SkepError('INVALID_ARGUMENT', `${subject}: networks of driver host cannot be created`, {
      help: 'the network "host" is there already',
    });
  }
  const wanted = parseBlock(spec.subnet ?? '');
  const other = wanted === undefined ? undefined : overlapOf(view, wanted);
  if (other !== undefined) {
    throw new SkepError('FAILED_PRECONDITION', `${subject}: the subnet ${spec.subnet} overlaps ${other}`, {
      help: 'choose another subnet, or leave it out to be given a free one',
    });
  }
  const network: Network = {
    kind: 'network',
    id: context.newId(),
    version: 0,
    createdAtMs: context.nowMs,
    updatedAtMs: context.nowMs,
    spec,
    subnet: '',
  };
  return { changes: [{ kind: 'put', object: network }], result: network };
}

/** Names of the services that need the network, and of those whose tasks still have an address in it. */
function usersOf(view: StoreView, network: Network): readonly string[] {
  const users = new Set<string>();
  for (const { spec } of view.services.values()) {
    const isAttached = spec.task.networks.some(({ target }) => target === network.id);
    const isPublished =
      network.spec.ingress && spec.endpoint.ports.some(({ publishMode }) => publishMode === 'ingress');
    if (isAttached || isPublished) users.add(`service "${spec.name}"`);
  }
  for (const task of view.tasks.values()) {
    if (isTerminal(task.status.state)) continue;
    if (task.attachments.some(({ networkId }) => networkId === network.id)) {
      users.add(`service "${task.serviceName}"`);
    }
  }
  return [...users];
}

/** Removes a network that nothing uses. Throws FAILED_PRECONDITION that names the users. */
export function removeNetworkRule(view: StoreView, reference: string): Outcome<Network> {
  const network = findNetwork(view, reference);
  const { name } = network.spec;
  if (network.spec.driver === 'host') {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `network "${name}" is part of every cluster and cannot be removed`,
    );
  }
  const users = usersOf(view, network);
  if (users.length > 0) {
    const more = users.length > MAX_USERS_SHOWN ? ` and ${users.length - MAX_USERS_SHOWN} more` : '';
    const shown = `${users.slice(0, MAX_USERS_SHOWN).join(', ')}${more}`;
    throw new SkepError('FAILED_PRECONDITION', `network "${name}" is in use by ${shown}`, {
      help: 'remove these services, or take the network from them, first',
    });
  }
  return { changes: [{ kind: 'remove', objectKind: 'network', id: network.id }], result: network };
}
