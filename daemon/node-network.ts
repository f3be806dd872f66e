import { readFile } from 'node:fs/promises';
import { parseResolvers } from '../agent/dns/resolvers.ts';
import type { ContainerNetwork, Executor } from '../agent/executor/executor.ts';
import type { LocalPort } from '../agent/network/local-port.ts';
import { GATEWAY_ADDRESS, OVERLAY_LINK } from '../agent/network/names.ts';
import { createNetwork, type Network } from '../agent/network/network.ts';
import type { NodeFacts } from '../agent/network/node-plan.ts';
import type { NetworkPicture } from '../lib/domain/assignment.ts';
import type { Task } from '../lib/domain/task.ts';
import { SkepError } from '../lib/errors.ts';
import type { Clock, Log } from '../lib/ports.ts';
import { createNodeDns, type NodeDns } from './node-dns.ts';

/** Address that every container reaches its node at: gateway and resolver. */
export const RESOLVER_ADDRESS = GATEWAY_ADDRESS;
const EMPTY_PICTURE: NetworkPicture = { peers: [], networks: [], balancers: [], backends: [] };
/** Port 0: the node takes part in no overlay. */
const NO_SWARM: NodeFacts = { nodeId: '', dataPathAddress: '', dataPathPort: 0 };
/** Someone waits for a container: a kernel that refuses the network for so long is reported. */
const READY_TIMEOUT_MS = 5_000;

/** The network of a node through its life in and out of swarms; the links of its own containers stay. */
export interface NodeNetwork {
  /** The node is in a swarm: pictures will come. */
  join(facts: NodeFacts): void;
  /** This node is in a swarm, but its daemon cannot take part yet: what the swarm left in the kernel stays. */
  expectSwarm(): void;
  /** The newest picture of the managers. */
  apply(picture: NetworkPicture): void;
  /** The link of a task. UNAVAILABLE before the managers' first picture is in the kernel. */
  linkFor(task: Task): ContainerNetwork;
  /** The swarm's part goes. With links of own containers the rest stays, without it goes too. */
  leave(): Promise<void>;
  /** A link for a container of this node alone. UNAVAILABLE when the kernel does not take the network. */
  link(containerId: string): Promise<{ readonly address: string; readonly network: ContainerNetwork }>;
  /** A container that runs with its link from an earlier daemon. */
  adopt(containerId: string): void;
  letGo(containerId: string): void;
  /** Resolves once the ports lead to where they should. */
  publish(ports: readonly LocalPort[]): Promise<void>;
  /** What the swarm publishes on this node. */
  picture(): NetworkPicture;
  readonly hostResolvConf: string;
  /** Stops; the kernel keeps everything. */
  close(): Promise<void>;
}

export interface NodeNetworkOptions {
  readonly executor: Pick<Executor, 'netlink'>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Present {
  readonly network: Network;
  readonly dns: NodeDns;
  /** The first look at the kernel, and what followed from it. */
  opening: Promise<void> | null;
}

interface State {
  readonly options: NodeNetworkOptions;
  readonly hostResolvConf: string;
  present: Present | null;
  facts: NodeFacts;
  picture: NetworkPicture;
  /** Something was given to the kernel; from the managers, if `isManaged`. */
  hasPicture: boolean;
  isManaged: boolean;
  isExpecting: boolean;
  readonly links: Set<string>;
  ports: readonly LocalPort[];
}

function open(state: State): Present {
  if (state.present !== null) return state.present;
  const { executor, clock, log } = state.options;
  const network = createNetwork({ ...state.facts, send: executor.netlink, clock, log });
  network.publish(state.ports);
  const dns = createNodeDns({
    address: RESOLVER_ADDRESS,
    network,
    picture: () => state.picture,
    resolvers: parseResolvers(state.hostResolvConf, RESOLVER_ADDRESS),
    clock,
    log,
  });
  state.present = { network, dns, opening: null };
  return state.present;
}

function apply(state: State, picture: NetworkPicture): void {
  const { network, dns } = open(state);
  state.picture = picture;
  state.hasPicture = true;
  network.apply(picture);
  dns.start();
}

/**
 * Without a picture the kernel is given an empty one, unless a swarm's overlay is still there from an earlier daemon: the
 * managers' picture will come, and until then tasks shall go on as they are.
 */
async function firstLook(state: State, { network, dns }: Present): Promise<void> {
  const kernel = await network.look();
  if (state.hasPicture) return network.applied();
  const hasOverlay = kernel.links.some(({ name }) => name === OVERLAY_LINK);
  if (hasOverlay && (state.isExpecting || state.facts !== NO_SWARM)) return dns.start();
  apply(state, EMPTY_PICTURE);
  return network.applied();
}

function noPicture(task: Task): SkepError {
  return new SkepError('UNAVAILABLE', `the network is not ready for task ${task.id}`, {
    help: 'it is once the first picture of the managers has been applied',
  });
}

function within(clock: Clock, what: string, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(READY_TIMEOUT_MS, () =>
      reject(
        new SkepError('UNAVAILABLE', `${what}: the kernel has not taken the node's network`, {
          help: 'the log of skepd says why; --network host and none do without',
        }),
      ),
    );
    work.then(resolve, reject).finally(cancel);
  });
}

async function ready(state: State, what: string): Promise<Network> {
  const present = open(state);
  present.opening ??= firstLook(state, present).catch((thrown: unknown) => {
    present.opening = null;
    throw thrown;
  });
  await within(state.options.clock, what, present.opening);
  return present.network;
}

async function leave(state: State): Promise<void> {
  state.facts = NO_SWARM;
  state.isManaged = false;
  state.isExpecting = false;
  const { present } = state;
  if (present === null) return;
  if (state.links.size > 0) {
    present.network.moveTo(NO_SWARM);
    apply(state, EMPTY_PICTURE);
    return present.network.applied();
  }
  state.present = null;
  state.picture = EMPTY_PICTURE;
  state.hasPicture = false;
  await present.dns.close();
  await present.network.removeAll();
}

/** The network of this node. Nothing is made in the kernel before a picture comes or a container needs a link. */
export async function createNodeNetwork(options: NodeNetworkOptions): Promise<NodeNetwork> {
  const hostResolvConf = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  const state: State = {
    options,
    hostResolvConf,
    present: null,
    facts: NO_SWARM,
    picture: EMPTY_PICTURE,
    hasPicture: false,
    isManaged: false,
    isExpecting: false,
    links: new Set(),
    ports: [],
  };
  return {
    hostResolvConf,
    join: (facts) => {
      state.facts = facts;
      open(state).network.moveTo(facts);
    },
    expectSwarm: () => {
      state.isExpecting = true;
    },
    apply: (picture) => {
      state.isManaged = true;
      apply(state, picture);
    },
    linkFor: (task) => {
      if (!state.isManaged) throw noPicture(task);
      return open(state).network.linkFor(task);
    },
    leave: () => leave(state),
    link: async (containerId) => {
      // From here on: a swarm that is left meanwhile must leave the links alone.
      state.links.add(containerId);
      try {
        return (await ready(state, `container ${containerId}`)).localLink(containerId);
      } catch (thrown) {
        state.links.delete(containerId);
        throw thrown;
      }
    },
    adopt: (containerId) => {
      state.links.add(containerId);
    },
    letGo: (containerId) => {
      state.links.delete(containerId);
      state.present?.network.letGo(containerId);
    },
    publish: async (ports) => {
      if (ports.length === 0 && state.ports.length === 0) return;
      state.ports = ports;
      const network = await ready(state, 'published ports');
      network.publish(ports);
      await within(options.clock, 'published ports', network.applied());
    },
    picture: () => state.picture,
    close: async () => {
      await state.present?.dns.close();
      await state.present?.network.close();
    },
  };
}
