import assert from 'node:assert/strict';
import { newId } from '../../lib/identifiers.ts';
import type { Clock } from '../../lib/ports.ts';
import { createChance } from '../manager/raft/core/simulation/chance.ts';
import { createClusterCheck } from './checks/cluster-check.ts';
import { createConsensusCheck } from './checks/consensus-check.ts';
import { findUnrest } from './checks/unrest.ts';
import {
  type AgentFacts,
  type AgentMachine,
  createAgentMachine,
  startAgent,
  stopAgent,
} from './cluster/agent.ts';
import { type Clients, startClients } from './cluster/clients.ts';
import { createManagerMachine, type ManagerMachine, startManager, stopManager } from './cluster/manager.ts';
import { firstObjects } from './cluster/objects.ts';
import { addressesOf, type Operator, startOperator } from './cluster/operator.ts';
import { createRaftThreads, type RaftThreads } from './cluster/raft-thread.ts';
import type { Surroundings } from './cluster/surroundings.ts';
import { startUser, type User } from './cluster/user.ts';
import { type FaultCounts, type Faults, startFaults } from './faults.ts';
import type { Machine } from './world/file-calls.ts';
import { createNetwork } from './world/network.ts';
import { createRpc } from './world/rpc.ts';
import { EPOCH_MS, installRuntime } from './world/runtime.ts';
import { createSchedule, hostOf, type Schedule, WORLD } from './world/schedule.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Things that happen, each by itself, while there are faults. */
  readonly steps: number;
  /** Disks say that they synced and did not. */
  readonly hasLyingDisks?: boolean;
}

/** What a simulation came to. */
export interface SimulationReport {
  readonly seed: number;
  readonly managers: number;
  readonly steps: number;
  readonly virtualMs: number;
  /** Of everything that happened, in order: the same for the same seed, steps and code. */
  readonly digest: string;
  readonly faults: FaultCounts;
  readonly counts: Readonly<Record<string, number>>;
}

/** Shown with what went wrong, so that it can be played again. */
export class SimulationFailure extends Error {}

/** So that a thousand seeds take a few minutes. */
export const DEFAULT_STEPS = 6_000;

const AGENT_COUNT = 20;
const CLIENT_COUNT = 5;
/** Enough for a healed cluster to elect a leader, to hear of all agents, and to bring every service up. */
const LIVENESS_MS = 120_000;
const LIVENESS_CHECK_MS = 500;
/** Time for the first services to come up. */
const CALM_MS = 1_500;
const START_LIMIT_MS = 20_000;
/** Syncs take about this long, and now and then far longer. */
const SYNC_MS = 2;
const STALL_RATE = 0.005;
const STALL_MS = 400;

interface World {
  readonly options: SimulationOptions;
  readonly around: Surroundings;
  readonly schedule: Schedule;
  readonly threads: RaftThreads;
  readonly machines: ManagerMachine[];
  readonly agents: readonly AgentMachine[];
  readonly agentFacts: AgentFacts;
  readonly initialCount: number;
  failure: Error | undefined;
  isHealed: boolean;
  steps: number;
}

/**
 * Runs a whole cluster under a seed in virtual time: first faults of all kinds, with safety checked at every step,
 * then a healed cluster, which must come to rest with everything running. Throws a SimulationFailure otherwise.
 * Only one at a time may run in a thread.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const world = createWorld(options);
  const { schedule, around, threads } = world;
  const uninstall = installRuntime({
    schedule,
    fraction: around.chance.fraction,
    machine: () => machineOf(world),
    Worker: threads.Worker,
  });
  try {
    return await play(world);
  } catch (cause) {
    const { seed, steps } = options;
    const place = `after ${world.steps} steps, ${Math.round(schedule.nowMs())} ms`;
    throw new SimulationFailure(`seed ${seed} with ${steps} steps fails ${place}`, { cause });
  } finally {
    uninstall();
  }
}

function createWorld(options: SimulationOptions): World {
  const chance = createChance(options.seed);
  const schedule = createSchedule();
  const network = createNetwork(schedule, chance);
  const check = createConsensusCheck();
  const initialCount = chance.pick([3, 5]);
  const machines = Array.from({ length: initialCount }, (_, place) => createManagerMachine(place + 1));
  for (const { disk } of machines) disk.isLying = options.hasLyingDisks === true;
  const agents = Array.from({ length: AGENT_COUNT }, (_, place) => createAgentMachine(`n${place + 1}`));
  // With few different timeouts, several members campaign at a time.
  const timeouts = chance.pick([1, 2, 4, Number.POSITIVE_INFINITY]);
  const electionRandom = (): number => {
    const fraction = chance.fraction();
    const isFair = world.isHealed || timeouts === Number.POSITIVE_INFINITY;
    return isFair ? fraction : Math.floor(fraction * timeouts) / timeouts;
  };
  const fail = (error: Error): void => {
    world.failure ??= error;
  };
  const clock: Clock = {
    nowMs: () => Math.floor(EPOCH_MS + schedule.nowMs() + hostOf(schedule.current()).clockOffsetMs),
    schedule: (delayMs, callback) => schedule.after(schedule.current(), delayMs, 'clock', callback),
  };
  const around: Surroundings = {
    schedule,
    chance,
    network,
    rpc: createRpc(schedule, network),
    clock,
    random: {
      fraction: chance.fraction,
      bytes: (length) => Uint8Array.from({ length }, () => chance.below(256)),
    },
    consensusCheck: check,
    clusterCheck: createClusterCheck(fail),
    managerNames: () => machines.filter(({ isRetired }) => !isRetired).map(({ name }) => name),
    fail,
  };
  const world: World = {
    options,
    around,
    schedule,
    threads: createRaftThreads({ schedule, network, chance, check, electionRandom }),
    machines,
    agents,
    agentFacts: {
      around,
      luck: { failureRate: 0.05, rejectionRate: 0.02 },
      managerOf: (name) => machines.find((machine) => machine.name === name),
    },
    initialCount,
    failure: undefined,
    isHealed: false,
    steps: 0,
  };
  return world;
}

/** The machine whose work runs at the moment, as its file calls see it. */
function machineOf({ schedule, machines, around }: World): Machine {
  const { chance } = around;
  const process = schedule.current();
  const { name } = hostOf(process);
  const found = machines.find((machine) => machine.name === name);
  assert.ok(found !== undefined, `${name} has a disk`);
  return {
    disk: found.disk,
    wait: () => {
      if (found.isDoomed) {
        found.isDoomed = false;
        schedule.after(WORLD, SYNC_MS * chance.fraction() * 0.5, 'power cut', () =>
          stopManager(found, true, around),
        );
      }
      const delayMs = chance.happens(STALL_RATE) ? STALL_MS * chance.fraction() : SYNC_MS * chance.fraction();
      return new Promise((resolve) => schedule.after(process, delayMs, 'sync', resolve));
    },
  };
}

async function play(world: World): Promise<SimulationReport> {
  const { around, machines, agents, options } = world;
  for (const machine of machines) start(world, machine);
  await bootstrap(world);
  for (const agent of agents) startAgent(agent, world.agentFacts);
  const present = () => machines.filter(({ isRetired }) => !isRetired);
  const clients = startClients(CLIENT_COUNT, around, present);
  const names = agents.map(({ name }) => name);
  const user = startUser(around, names, present);
  const operator = startOperator(around, machines, world.initialCount);
  const calmUntilMs = world.schedule.nowMs() + CALM_MS;
  while (world.schedule.nowMs() < calmUntilMs) await step(world);
  const faults = startFaults({
    around,
    managers: present,
    agents,
    kill: (machine, isPowerCut) => stopManager(machine, isPowerCut, around),
    start: (machine) => start(world, machine),
    killAgent: (agent, isReboot) => stopAgent(agent, isReboot, around),
    startAgent: (agent) => startAgent(agent, world.agentFacts),
    replayOld: world.threads.replayOld,
  });
  const lastStep = world.steps + options.steps;
  while (world.steps < lastStep) await step(world);
  faults.heal();
  world.isHealed = true;
  user.rest();
  operator.rest();
  Object.assign(world.agentFacts.luck, { failureRate: 0, rejectionRate: 0 });
  await comeToRest(world);
  clients.checkHistories();
  return reportOf(world, { clients, user, operator, faults });
}

/** Starts a manager unless it runs already, or has left the cluster. */
function start(world: World, machine: ManagerMachine): void {
  if (machine.running !== undefined || machine.isRetired) return;
  const { machines, initialCount } = world;
  const isFirst = machine.raftId <= initialCount;
  const bootstrapVoters = Array.from({ length: initialCount }, (_, place) => place + 1);
  startManager(
    machine,
    { peers: addressesOf(machines), ...(isFirst ? { bootstrapVoters } : {}) },
    world.around,
  );
}

async function step(world: World): Promise<void> {
  const label = await world.schedule.next();
  assert.ok(label !== undefined, 'something is always to happen');
  world.steps++;
  if (world.failure !== undefined) throw world.failure;
}

/** The first objects, stored by the first leader; nothing goes wrong before. */
async function bootstrap(world: World): Promise<void> {
  const { machines, around, agents } = world;
  let isDone = false;
  let isAsked = false;
  while (!isDone) {
    assert.ok(world.schedule.nowMs() < START_LIMIT_MS, 'a fresh cluster takes its first objects');
    await step(world);
    const running = machines.find((machine) => machine.running?.leading !== undefined)?.running;
    if (running === undefined || isAsked) continue;
    isAsked = true;
    around.schedule.after(running.process, 0, 'bootstrap', () => {
      const objects = firstObjects(
        agents.map(({ name }) => name),
        () => newId(around.random),
      );
      running.store
        .update(() => objects.map((object) => ({ kind: 'put', object })))
        .then(() => {
          isDone = true;
        }, around.fail);
    });
  }
}

/** Waits until nothing is left to be done, and finds out what keeps it from that when it takes too long. */
async function comeToRest(world: World): Promise<void> {
  const untilMs = world.schedule.nowMs() + LIVENESS_MS;
  let isDue = true;
  const again = (): void => {
    isDue = true;
    world.schedule.after(WORLD, LIVENESS_CHECK_MS, 'look', again);
  };
  again();
  let unrest: string | undefined = 'nothing has been looked at';
  while (unrest !== undefined) {
    assert.ok(world.schedule.nowMs() < untilMs, `the healed cluster does not come to rest: ${unrest}`);
    await step(world);
    if (!isDue) continue;
    isDue = false;
    unrest = findUnrest(world.machines, world.agents);
  }
}

interface Cast {
  readonly clients: Clients;
  readonly user: User;
  readonly operator: Operator;
  readonly faults: Faults;
}

function reportOf(world: World, { clients, user, operator, faults }: Cast): SimulationReport {
  const { schedule, around, machines, threads } = world;
  const { network, consensusCheck, clusterCheck } = around;
  const digest = schedule.digest().toString(16).padStart(8, '0');
  return {
    seed: world.options.seed,
    managers: world.initialCount,
    steps: world.steps,
    virtualMs: Math.round(schedule.nowMs()),
    digest,
    faults: faults.counts(),
    counts: {
      leaders: consensusCheck.leaderCount(),
      committed: consensusCheck.highestCommit(),
      ...network.counts,
      'torn writes': machines.reduce((sum, { disk }) => sum + disk.tornWrites(), 0),
      snapshots: threads.snapshotsDelivered(),
      'membership changes': operator.changes(),
      transfers: operator.transfers(),
      requests: user.requests(),
      ...clusterCheck.counts(),
      ...clients.counts(),
    },
  };
}
