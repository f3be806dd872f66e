import type { NetworkPicture } from '../../lib/domain/assignment.ts';
import type { TaskAttachment } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { ContainerNetwork } from '../executor/executor.ts';
import { tryParseIpv4 } from './address.ts';
import type { SendNetlink, WriteSetting } from './kernel-port.ts';
import { readKernelState, sendAll, writeKernelSetting } from './kernel-port.ts';
import type { KernelState } from './kernel-state.ts';
import type { LocalPort } from './local-port.ts';
import { renderRemoval } from './mesh-ruleset.ts';
import { freeTaskLinkIndex, OVERLAY_MTU, taskLinkName } from './names.ts';
import { createNetworkPump } from './network-pump.ts';
import type { RunNft } from './nft-command.ts';
import { nftProgram } from './nft-command.ts';
import type { NodeFacts } from './node-plan.ts';
import { isTaskLink, removeEverything } from './reconcile.ts';
import type { LinkAddress } from './task-link.ts';
import { attachedAddresses, isLocalAddress, linkMessages, localAddress } from './task-link.ts';

/** A node's share of the overlay and the mesh. */
export interface Network {
  /** Takes the newest picture; the kernel follows by itself, again and again until it succeeds. */
  apply(picture: NetworkPicture): void;
  /** Resolves when the latest given picture is in the kernel. */
  applied(): Promise<void>;
  /** Compares all with the kernel now, and repairs; resolves when done. It also happens every minute. */
  compare(): Promise<void>;
  /**
   * The link of a task. A task on no network gets an address of this node only. UNAVAILABLE before the first
   * picture is in the kernel, FAILED_PRECONDITION while one of the task's networks is not in the picture.
   */
  linkFor(task: { readonly id: string; readonly attachments: readonly TaskAttachment[] }): ContainerNetwork;
  /** The link of a container of this node alone, and its address; as for `linkFor`. */
  localLink(containerId: string): { readonly address: string; readonly network: ContainerNetwork };
  /** A container of this node alone has ended: its address is free. */
  letGo(containerId: string): void;
  /** The ports of this node that lead to its own containers; `applied` tells when they do. */
  publish(ports: readonly LocalPort[]): void;
  /** The node joined or left a swarm; counts from the next apply on, which this asks for. */
  moveTo(facts: NodeFacts): void;
  /** Reads the kernel without changing it, so that links can be given out before the first picture. */
  look(): Promise<KernelState>;
  /** Stops; the kernel keeps everything, and tasks go on to talk. */
  close(): Promise<void>;
  /** Stops, and removes all that Skep made in the kernel, links of tasks too. `ip_forward` stays on. */
  removeAll(): Promise<void>;
}

export interface NetworkOptions {
  readonly nodeId: string;
  readonly dataPathAddress: string;
  readonly dataPathPort: number;
  readonly send: SendNetlink;
  readonly log: Log;
  readonly clock: Clock;
  /** Of the overlay and of task links; 50 bytes below the underlay's. */
  readonly mtu?: number;
  /** How nft is run; by default the program `nft`, in the process's own network namespace. */
  readonly runNft?: RunNft;
  /** How settings of the network namespace are written; by default under /proc/sys. */
  readonly writeSetting?: WriteSetting;
}

/** Links and addresses in use on this node, so that none is given twice. */
interface InUse {
  readonly given: ReadonlyMap<string, GivenLink>;
  /** How often the kernel's state was read. */
  readonly readings: number;
  readonly state: KernelState | null;
}

interface GivenLink {
  readonly name: string;
  readonly index: number;
  /** Address of the node-local pool, or empty. */
  readonly local: string;
  /** The number of readings when it was given. */
  readonly reading: number;
}

/** A link that was given stays reserved for this many readings (minutes) before it must be seen in the kernel. */
const READINGS_BEFORE_FORGOTTEN = 3;

/** The network of one node. Nothing happens before the first picture. */
export function createNetwork(options: NetworkOptions): Network {
  const { send, log, clock } = options;
  const runNft = options.runNft ?? nftProgram();
  const mtu = options.mtu ?? OVERLAY_MTU;
  let latest: NetworkPicture | null = null;
  let facts: NodeFacts = options;
  let localPorts: readonly LocalPort[] = [];
  let inUse: InUse = { given: new Map(), readings: 0, state: null };
  const pump = createNetworkPump({
    facts: () => facts,
    localPorts: () => localPorts,
    mtu,
    send,
    runNft,
    writeSetting: options.writeSetting ?? writeKernelSetting,
    clock,
    log,
    onState: (state) => {
      inUse = pruneGiven(inUse, state);
    },
  });
  const give = (id: string, addresses: readonly LinkAddress[]): ContainerNetwork => {
    const name = taskLinkName(id);
    const index = inUse.given.get(id)?.index ?? freeTaskLinkIndex(id, usedIndexes(inUse, name));
    const local = addresses.find(({ subnet }) => subnet === null)?.address ?? '';
    inUse = {
      ...inUse,
      given: new Map(inUse.given).set(id, { name, index, local, reading: inUse.readings }),
    };
    return linkMessages({ name, index, addresses }, mtu);
  };
  return {
    apply: (picture) => {
      latest = picture;
      pump.give(picture);
    },
    applied: pump.applied,
    compare: () => {
      pump.compare();
      return pump.applied();
    },
    linkFor: (task) => {
      if (latest === null || inUse.state === null) {
        throw new SkepError('UNAVAILABLE', `the network is not ready for task ${task.id}`, {
          help: 'it is once the first picture of the managers has been applied',
        });
      }
      const addresses =
        task.attachments.length > 0
          ? attachedAddresses(task.attachments, latest.networks)
          : [ownLocalAddress(task.id, inUse)];
      return give(task.id, addresses);
    },
    localLink: (containerId) => {
      if (inUse.state === null) {
        throw new SkepError('UNAVAILABLE', `the network is not ready for container ${containerId}`, {
          help: 'it is in a moment; skep info tells whether the node waits for its managers',
        });
      }
      const own = ownLocalAddress(containerId, inUse);
      return { address: own.address, network: give(containerId, [own]) };
    },
    letGo: (containerId) => {
      const given = new Map(inUse.given);
      given.delete(containerId);
      inUse = { ...inUse, given };
    },
    publish: (ports) => {
      localPorts = ports;
      pump.refresh();
    },
    moveTo: (next) => {
      facts = next;
      pump.refresh();
    },
    look: async () => {
      const state = await readKernelState(send);
      inUse = pruneGiven(inUse, state);
      return state;
    },
    close: pump.close,
    removeAll: async () => {
      await pump.close();
      await runNft(['-f', '-'], renderRemoval());
      await sendAll(send, removeEverything(await readKernelState(send)));
    },
  };
}

/** Forgets links whose tasks are gone. */
function pruneGiven(before: InUse, state: KernelState): InUse {
  const there = new Set(state.links.map((link) => link.name));
  const readings = before.readings + 1;
  const given = [...before.given].filter(
    ([, link]) => there.has(link.name) || readings - link.reading <= READINGS_BEFORE_FORGOTTEN,
  );
  return { given: new Map(given), readings, state };
}

function usedIndexes(inUse: InUse, exceptName: string): ReadonlySet<number> {
  const links = (inUse.state?.links ?? []).filter((link) => link.name !== exceptName);
  return new Set([
    ...links.map((link) => link.index),
    ...[...inUse.given.values()].map(({ index }) => index),
  ]);
}

/** The task's own local address if it has one (the agent was restarted), else a free one. */
function ownLocalAddress(taskId: string, inUse: InUse): LinkAddress {
  const name = taskLinkName(taskId);
  const links = new Map((inUse.state?.links ?? []).filter(isTaskLink).map((link) => [link.index, link.name]));
  const used = new Set<string>();
  for (const route of inUse.state?.routes ?? []) {
    const [address = ''] = route.destination.split('/');
    const value = tryParseIpv4(address);
    const owner = route.linkIndex === null ? undefined : links.get(route.linkIndex);
    if (value === null || owner === undefined || !isLocalAddress(value)) continue;
    if (owner === name) return { address, subnet: null, internal: false, ingress: false };
    used.add(address);
  }
  for (const [owner, { local }] of inUse.given) {
    if (owner === taskId && local !== '')
      return { address: local, subnet: null, internal: false, ingress: false };
    used.add(local);
  }
  return localAddress(taskId, used);
}
