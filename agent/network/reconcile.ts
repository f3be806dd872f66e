import type { KernelLink, KernelRoute, KernelRule, KernelState } from './kernel-state.ts';
import {
  GATEWAY_ADDRESS,
  MAIN_TABLE,
  OVERLAY_LINK,
  OVERLAY_LINK_INDEX,
  ROUTE_PROTOCOL,
  TASK_LINK_PREFIX,
} from './names.ts';
import {
  addAddress,
  addRule,
  createVxlan,
  deleteAddress,
  deleteForwarding,
  deleteLink,
  deleteNeighbour,
  deleteRoute,
  deleteRule,
  disableLinkLocal6,
  replaceForwarding,
  replaceNeighbour,
  replaceRoute,
  setLinkAddressing,
  setLinkUp,
} from './netlink-codec.ts';
import type { NetlinkMessage } from './netlink-message.ts';
import type { NodePlan } from './node-plan.ts';
import { taskRoute } from './task-link.ts';

const LOOPBACK_INDEX = 1;

/** Changes in two parts: what new connections need comes before the ruleset, what old ones used goes after it. */
export interface Changes {
  readonly additions: readonly NetlinkMessage[];
  readonly removals: readonly NetlinkMessage[];
}

/**
 * The messages that turn the kernel's state into the planned one. Only objects of Skep are looked at: its device,
 * routes and rules of its own protocol number, and the gateway address. Empty when nothing differs.
 */
export function reconcile(plan: NodePlan, actual: KernelState): Changes {
  const additions: NetlinkMessage[] = [];
  const removals: NetlinkMessage[] = [];
  const before = reconcileOverlay(plan.overlay, actual, additions, removals);
  const overlayKept = plan.overlay !== null;
  reconcileAddresses(plan, before, additions, removals);
  const neighbours = difference(
    plan.neighbours,
    before.neighbours.filter((entry) => entry.linkIndex === OVERLAY_LINK_INDEX && entry.permanent),
    ({ address }) => address,
    ({ mac }) => mac,
  );
  const forwarding = difference(
    plan.forwarding,
    before.forwarding.filter((entry) => entry.linkIndex === OVERLAY_LINK_INDEX),
    ({ mac }) => mac,
    ({ remote }) => remote,
  );
  additions.push(...neighbours.missing.map(replaceNeighbour), ...forwarding.missing.map(replaceForwarding));
  const routes = difference(
    [...plan.routes, ...taskRoutes(plan, before)],
    before.routes.filter((route) => route.protocol === ROUTE_PROTOCOL),
    routeKey,
    routeContent,
  );
  const rules = difference(
    plan.rules,
    before.rules.filter((rule) => rule.protocol === ROUTE_PROTOCOL),
    ruleKey,
    () => '',
  );
  additions.push(...routes.missing.map(replaceRoute), ...rules.missing.map(addRule));
  removals.push(
    ...rules.surplus.map(deleteRule),
    ...routes.surplus.filter((route) => !isTaskRoute(route, before.links)).map(deleteRoute),
  );
  if (overlayKept) {
    removals.push(...neighbours.surplus.map(deleteNeighbour), ...forwarding.surplus.map(deleteForwarding));
  }
  return { additions, removals };
}

/** The state that a kernel holds right after a plan was applied to it, for the next difference without a dump. */
export function stateOfPlan(plan: NodePlan, links: readonly KernelLink[]): KernelState {
  const others = links.filter((link) => link.name !== OVERLAY_LINK);
  const state = {
    links: plan.overlay === null ? others : [...others, plan.overlay],
    addresses: plan.addresses,
    routes: plan.routes,
    neighbours: plan.neighbours,
    forwarding: plan.forwarding,
    rules: plan.rules,
  };
  return { ...state, routes: [...plan.routes, ...taskRoutes(plan, state)] };
}

/** Everything of Skep in a kernel, as deletions: rules, routes, addresses, the overlay device and all task links. */
export function removeEverything(actual: KernelState): readonly NetlinkMessage[] {
  const ours = actual.links.filter((link) => link.name === OVERLAY_LINK || isTaskLink(link));
  return [
    ...actual.rules.filter((rule) => rule.protocol === ROUTE_PROTOCOL).map(deleteRule),
    ...actual.routes.filter((route) => route.protocol === ROUTE_PROTOCOL).map(deleteRoute),
    ...actual.addresses.filter(isGateway).map(deleteAddress),
    ...ours.map((link) => deleteLink(link.name)),
  ];
}

/** Host side of a task's link. */
export function isTaskLink(link: KernelLink): boolean {
  return link.name.startsWith(TASK_LINK_PREFIX);
}

/** Makes the device what it should be; returns the state as it is then, a recreated device being bare. */
function reconcileOverlay(
  wanted: KernelLink | null,
  actual: KernelState,
  additions: NetlinkMessage[],
  removals: NetlinkMessage[],
): KernelState {
  const found = actual.links.find((link) => link.name === OVERLAY_LINK);
  if (wanted === null) {
    if (found === undefined) return actual;
    removals.push(deleteLink(OVERLAY_LINK));
    return withoutLink(actual, found.index);
  }
  if (found !== undefined && sameDevice(wanted, found)) {
    if (!found.up || found.mtu !== wanted.mtu) {
      additions.push(setLinkUp(found.index, found.name, { mtu: wanted.mtu }));
      // A device that was down has lost its routes and neighbours.
      if (!found.up)
        return { ...withoutLink(actual, found.index), links: actual.links, addresses: actual.addresses };
    }
    return actual;
  }
  if (found !== undefined) additions.push(deleteLink(OVERLAY_LINK));
  additions.push(
    createVxlan({ ...wanted, vxlan: wanted.vxlan ?? { id: 0, local: '0.0.0.0', port: 0, learning: false } }),
    disableLinkLocal6(wanted.index, wanted.name),
    setLinkAddressing(wanted.index, wanted.name),
    setLinkUp(wanted.index, wanted.name),
  );
  return found === undefined ? actual : withoutLink(actual, found.index);
}

function sameDevice(wanted: KernelLink, found: KernelLink): boolean {
  return (
    found.index === wanted.index &&
    found.mac === wanted.mac &&
    found.vxlan?.id === wanted.vxlan?.id &&
    found.vxlan?.local === wanted.vxlan?.local &&
    found.vxlan?.port === wanted.vxlan?.port &&
    found.vxlan?.learning === wanted.vxlan?.learning
  );
}

function withoutLink(state: KernelState, index: number): KernelState {
  return {
    links: state.links.filter((link) => link.index !== index),
    addresses: state.addresses.filter((address) => address.linkIndex !== index),
    routes: state.routes.filter((route) => route.linkIndex !== index),
    neighbours: state.neighbours.filter((neighbour) => neighbour.linkIndex !== index),
    forwarding: state.forwarding.filter((entry) => entry.linkIndex !== index),
    rules: state.rules,
  };
}

function reconcileAddresses(
  plan: NodePlan,
  before: KernelState,
  additions: NetlinkMessage[],
  removals: NetlinkMessage[],
): void {
  const addresses = difference(
    plan.addresses,
    before.addresses.filter((address) => address.linkIndex === OVERLAY_LINK_INDEX || isGateway(address)),
    ({ linkIndex, address, prefixLength }) => `${linkIndex} ${address}/${prefixLength}`,
    () => '',
  );
  for (const address of addresses.missing) {
    additions.push(addAddress(address, address.linkIndex === LOOPBACK_INDEX ? 'host' : 'universe'));
  }
  removals.push(...addresses.surplus.map(deleteAddress));
}

function isGateway(address: { readonly linkIndex: number; readonly address: string }): boolean {
  return address.linkIndex === LOOPBACK_INDEX && address.address === GATEWAY_ADDRESS;
}

/** Routes to this node's own tasks whose links exist; a link that is being made brings its own route. */
function taskRoutes(plan: NodePlan, state: KernelState): readonly KernelRoute[] {
  const indexes = new Map(state.links.filter((link) => link.up).map((link) => [link.name, link.index]));
  return plan.taskAddresses.flatMap(({ linkName, address }) => {
    const index = indexes.get(linkName);
    return index === undefined ? [] : [taskRoute(address, index)];
  });
}

/** A route over a task's link belongs to that link, also while the picture does not know the task (yet). */
function isTaskRoute(route: KernelRoute, links: readonly KernelLink[]): boolean {
  if (route.table !== MAIN_TABLE || route.linkIndex === null) return false;
  return links.some((link) => link.index === route.linkIndex && isTaskLink(link));
}

function routeKey(route: KernelRoute): string {
  return `${route.table} ${route.destination} ${route.metric}`;
}

function routeContent(route: KernelRoute): string {
  const { type, gateway, linkIndex, onlink, scopeLink, source } = route;
  return type === 'prohibit' ? type : [type, gateway, linkIndex, onlink, scopeLink, source].join(' ');
}

function ruleKey(rule: KernelRule): string {
  return JSON.stringify([rule.priority, rule.mark, rule.action]);
}

/** Compares by key and content: what to add or replace, and what is there under a key that nobody wants. */
function difference<T>(
  wanted: readonly T[],
  actual: readonly T[],
  key: (item: T) => string,
  content: (item: T) => string,
): { readonly missing: readonly T[]; readonly surplus: readonly T[] } {
  const there = new Map(actual.map((item) => [key(item), item]));
  const missing: T[] = [];
  for (const [name, item] of new Map(wanted.map((item) => [key(item), item]))) {
    const found = there.get(name);
    if (found === undefined || content(found) !== content(item)) missing.push(item);
    there.delete(name);
  }
  return { missing, surplus: [...there.values()] };
}
