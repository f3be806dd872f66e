import type { NetworkPicture } from '../../lib/domain/assignment.ts';
import { describeError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { SendNetlink, WriteSetting } from './kernel-port.ts';
import { deleteConnections, readConnections, readKernelState, sendAll } from './kernel-port.ts';
import type { KernelState } from './kernel-state.ts';
import type { LocalPort } from './local-port.ts';
import { readListing } from './mesh-listing.ts';
import type { MeshPlan } from './mesh-plan.ts';
import { planMesh } from './mesh-plan.ts';
import { MESH_TABLE, meshRevision, renderDifference, renderTable } from './mesh-ruleset.ts';
import type { RunNft } from './nft-command.ts';
import type { NodeFacts, NodePlan } from './node-plan.ts';
import { planNode } from './node-plan.ts';
import type { Changes } from './reconcile.ts';
import { reconcile, stateOfPlan } from './reconcile.ts';
import { closedAddresses, endedAddresses, endedConnections, orphanConnections } from './stale-connections.ts';
import { usableNetworks } from './usable-networks.ts';

/** How often everything is compared with the kernel, asked for or not. */
const FULL_COMPARE_MS = 60_000;
/** Back-off of a failing apply: doubled each time, up to the bound, for as long as it fails. */
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 15_000;

export interface PumpOptions {
  /** Asked at each apply, as is `localPorts`: see `refresh`. */
  readonly facts: () => NodeFacts;
  readonly localPorts: () => readonly LocalPort[];
  readonly mtu: number;
  readonly send: SendNetlink;
  readonly runNft: RunNft;
  readonly writeSetting: WriteSetting;
  readonly clock: Clock;
  readonly log: Log;
  /** Told the kernel's state whenever it was read. */
  readonly onState: (state: KernelState) => void;
}

/** What the kernel is known to hold since the last apply. */
interface Applied {
  readonly picture: NetworkPicture;
  readonly mesh: MeshPlan;
  readonly localPorts: readonly LocalPort[];
  readonly state: KernelState;
}

interface Waiter {
  readonly generation: number;
  readonly resolve: () => void;
}

/** Brings pictures into the kernel, one at a time, and keeps the kernel at the latest. */
export interface NetworkPump {
  /** Takes a new picture; only the latest counts. */
  give(picture: NetworkPicture): void;
  /** What the plan is made from changed, apart from the picture. */
  refresh(): void;
  /** Asks for a full compare with the kernel. */
  compare(): void;
  /** Resolves once the latest picture given, and every compare asked for, has been carried out. */
  applied(): Promise<void>;
  /** Stops; resolves when a running apply has ended. Waiters of `applied` are let go. */
  close(): Promise<void>;
}

/** What a pump remembers between turns. */
interface PumpState {
  latest: NetworkPicture | null;
  known: Applied | null;
  /** Counts pictures and compares asked for; `done` is the one that the kernel has reached. */
  generation: number;
  done: number;
  fullWanted: boolean;
  firstCompare: boolean;
  running: Promise<void> | null;
  retryMs: number;
  closed: boolean;
  waiters: readonly Waiter[];
  cancelRetry: () => void;
}

/** Starts with a full compare at the first picture. */
export function createNetworkPump(options: PumpOptions): NetworkPump {
  const { clock, log } = options;
  const state: PumpState = {
    latest: null,
    known: null,
    generation: 0,
    done: 0,
    fullWanted: true,
    firstCompare: true,
    running: null,
    retryMs: FIRST_RETRY_MS,
    closed: false,
    waiters: [],
    cancelRetry: () => {},
  };
  let cancelCompare = () => {};
  const compare = () => {
    state.generation++;
    state.fullWanted = true;
    wake(options, state);
  };
  const compareRegularly = () => {
    cancelCompare = clock.schedule(FULL_COMPARE_MS, () => {
      compare();
      compareRegularly();
    });
  };
  compareRegularly();
  return {
    give: (picture) => {
      for (const problem of usableNetworks(picture).problems) {
        log('warn', 'A network is left out of the overlay.', { problem });
      }
      state.latest = picture;
      state.generation++;
      wake(options, state);
    },
    refresh: () => {
      state.generation++;
      wake(options, state);
    },
    compare,
    applied: () =>
      state.latest === null || state.closed || state.done === state.generation
        ? Promise.resolve()
        : new Promise((resolve) => {
            state.waiters = [...state.waiters, { generation: state.generation, resolve }];
          }),
    close: async () => {
      state.closed = true;
      state.cancelRetry();
      cancelCompare();
      await state.running;
      state.done = state.generation;
      release(state);
    },
  };
}

function wake(options: PumpOptions, state: PumpState): void {
  if (state.closed || state.running !== null || state.latest === null) return;
  if (state.done === state.generation) return;
  state.cancelRetry();
  state.running = work(options, state).finally(() => {
    state.running = null;
    // A picture may have come between the last look and here; a failure waits for its retry.
    if (state.retryMs === FIRST_RETRY_MS) wake(options, state);
  });
}

async function work(options: PumpOptions, state: PumpState): Promise<void> {
  // One turn later, so that pictures given in the same turn become one apply.
  await Promise.resolve();
  while (!state.closed && state.latest !== null && state.done !== state.generation) {
    const current = state.generation;
    const known = state.fullWanted ? null : state.known;
    state.fullWanted = false;
    try {
      state.known = await applyPicture(
        options,
        state.latest,
        known,
        state.firstCompare ? 'start' : 'running',
      );
      state.firstCompare = false;
      state.done = current;
      state.retryMs = FIRST_RETRY_MS;
      release(state);
    } catch (error) {
      state.fullWanted = true;
      options.log('error', 'The network could not be applied and is tried again.', {
        error: describeError(error),
        retryMs: state.retryMs,
      });
      state.cancelRetry = options.clock.schedule(state.retryMs, () => wake(options, state));
      state.retryMs = Math.min(state.retryMs * 2, MAX_RETRY_MS);
      return;
    }
  }
}

function release(state: PumpState): void {
  for (const waiter of state.waiters) if (waiter.generation <= state.done) waiter.resolve();
  state.waiters = state.waiters.filter((waiter) => waiter.generation > state.done);
}

/**
 * One apply. Without knowledge of the kernel everything is read and compared, else only the difference between
 * pictures is sent. Routes come before the rules that use them, and go after.
 */
async function applyPicture(
  options: PumpOptions,
  picture: NetworkPicture,
  known: Applied | null,
  phase: 'start' | 'running',
): Promise<Applied> {
  const { send } = options;
  const facts = options.facts();
  const localPorts = options.localPorts();
  const plan = planNode(picture, facts, options.mtu);
  const mesh = planMesh(picture, facts, localPorts);
  if (known === null) await options.writeSetting('net/ipv4/ip_forward', '1');
  const before = known?.state ?? (await readKernelState(send));
  if (known === null) options.onState(before);
  const changes = reconcile(plan, before);
  await sendAll(send, changes.additions);
  const script = known === null ? await compareMesh(options, mesh) : meshScript(known.mesh, mesh);
  if (script !== '') await options.runNft(['-f', '-'], script);
  await sendAll(send, changes.removals);
  await endConnections(options, picture, localPorts, known);
  if (known === null && phase === 'running') logRepairs(options.log, changes, script);
  return { picture, mesh, localPorts, state: settledState(plan, before) };
}

function settledState(plan: NodePlan, before: KernelState): KernelState {
  return stateOfPlan(plan, before.links);
}

function meshScript(before: MeshPlan, after: MeshPlan): string {
  if (meshRevision(before) !== meshRevision(after)) return renderTable(after);
  return renderDifference(before.elements, after.elements);
}

/** The commands that repair the table: nothing, some elements, or all of it when its rules are not the planned. */
async function compareMesh(options: PumpOptions, mesh: MeshPlan): Promise<string> {
  const [family = '', table = ''] = MESH_TABLE.split(' ');
  // A table that is not there cannot be listed; the listing of all tables' names tells.
  const tables = await options.runNft(['-j', 'list', 'tables', family], '');
  if (!new RegExp(`"name":\\s*"${table}"`).test(tables)) return renderTable(mesh);
  const listing = await options.runNft(['-j', '--numeric-protocol', 'list', 'table', family, table], '');
  const listed = readListing(listing, mesh);
  return listed === null ? renderTable(mesh) : renderDifference(listed, mesh.elements);
}

async function endConnections(
  options: PumpOptions,
  picture: NetworkPicture,
  localPorts: readonly LocalPort[],
  before: Applied | null,
): Promise<void> {
  const { send } = options;
  if (before === null) {
    await deleteConnections(send, orphanConnections(await readConnections(send, null), picture));
    return;
  }
  const pictured = endedAddresses(before.picture, picture);
  const ended = {
    ...pictured,
    gone: new Set([...pictured.gone, ...closedAddresses(before.localPorts, localPorts)]),
  };
  const addresses = [...ended.gone, ...ended.unready];
  if (addresses.length === 0) return;
  await deleteConnections(send, endedConnections(await readConnections(send, addresses), ended));
}

function logRepairs(log: Log, changes: Changes, script: string): void {
  const messages = [...changes.additions, ...changes.removals];
  if (messages.length === 0 && script === '') return;
  log('warn', 'The kernel had lost or changed parts of the network, which are repaired.', {
    changes: messages.length,
    first: messages[0]?.description ?? '',
    rulesetLines: script === '' ? 0 : script.split('\n').length - 1,
  });
}
