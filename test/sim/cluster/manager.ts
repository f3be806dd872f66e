import { SkepError } from '../../../lib/errors.ts';
import { newId } from '../../../lib/identifiers.ts';
import { type ControlApi, createControlApi } from '../../../manager/api/control-api.ts';
import { type ControlLoop, startControlLoop } from '../../../manager/control-loop.ts';
import { CONTROLLERS } from '../../../manager/controllers.ts';
import { createDispatcher, type Dispatcher } from '../../../manager/dispatcher/dispatcher.ts';
import { type Leadership, type Member, startMember } from '../../../manager/raft/member/member.ts';
import type { MemberAddress } from '../../../manager/raft/snapshot-envelope.ts';
import { createLateProposer } from '../../../manager/store/late-proposer.ts';
import { createStore, type ReplicatedStore } from '../../../manager/store/memory-store.ts';
import { createDisk, type SimDisk } from '../world/disk.ts';
import type { Endpoint } from '../world/rpc.ts';
import { createProcess, type SimProcess } from '../world/schedule.ts';
import type { Surroundings } from './surroundings.ts';

/** Small, so that a short life sees snapshots, new segments and members that are too far behind. */
const SNAPSHOT_EVERY_ENTRIES = 40;
const RETAIN_ENTRIES = 15;
const SEGMENT_BYTES = 24 * 1024;
const KEY = new Uint8Array(32).fill(7);

/** A manager while its process runs. */
export interface RunningManager {
  readonly process: SimProcess;
  readonly store: ReplicatedStore;
  /** Undefined until it has started. */
  member: Member | undefined;
  leading: Leading | undefined;
}

/** What only the leader has. */
interface Leading {
  readonly dispatcher: Dispatcher;
  readonly loop: ControlLoop;
  readonly api: ControlApi;
}

/** A machine that a manager runs on, now and then. */
export interface ManagerMachine extends Endpoint {
  readonly raftId: number;
  readonly disk: SimDisk;
  running: RunningManager | undefined;
  /** It was removed from the cluster, and stays away. */
  isRetired: boolean;
  /** Its power is cut in the middle of its next sync. */
  isDoomed: boolean;
  /** Its process has been asked for, and is not there yet. */
  isStarting: boolean;
}

/** A machine with an empty disk; `start` brings its manager up. */
export function createManagerMachine(raftId: number): ManagerMachine {
  const machine: ManagerMachine = {
    name: `m${raftId}`,
    raftId,
    disk: createDisk(),
    running: undefined,
    isRetired: false,
    isDoomed: false,
    isStarting: false,
    process: () => machine.running?.process,
  };
  return machine;
}

/** How a manager is told about the others. */
export interface StartFacts {
  readonly peers: Readonly<Record<string, MemberAddress>>;
  /** Absent on one that joins. */
  readonly bootstrapVoters?: readonly number[];
}

/** Starts the manager's process on whatever its disk holds. A manager that cannot start ends the simulation. */
export function startManager(machine: ManagerMachine, facts: StartFacts, around: Surroundings): void {
  if (machine.isStarting) return;
  machine.isStarting = true;
  const process = createProcess(machine.name);
  around.schedule.after(process, 1, 'manager starts', () => {
    boot(machine, process, facts, around).catch((cause: unknown) =>
      around.fail(new Error(`manager ${machine.name} could not start`, { cause })),
    );
  });
}

async function boot(
  machine: ManagerMachine,
  process: SimProcess,
  facts: StartFacts,
  around: Surroundings,
): Promise<void> {
  const proposer = createLateProposer();
  const store = createStore({ proposer, nowMs: around.clock.nowMs, log: () => undefined });
  const running: RunningManager = { process, store, member: undefined, leading: undefined };
  machine.running = running;
  machine.isStarting = false;
  store.watch((changes, index) => around.clusterCheck.noteApplied(store.view(), changes, index));
  const { peers, bootstrapVoters } = facts;
  const member = await startMember({
    folder: `/${machine.name}/raft`,
    key: KEY,
    id: machine.raftId,
    peers,
    ...(bootstrapVoters === undefined ? {} : { bootstrapVoters }),
    transport: { listen: machine.name },
    apply: store.apply,
    snapshot: store.snapshot,
    restore: store.restore,
    onLeadership: (leadership) => followLeadership(running, leadership, around),
    onFailure: (error) => around.fail(new Error(`manager ${machine.name} stopped`, { cause: error })),
    log: () => undefined,
    snapshotEveryEntries: SNAPSHOT_EVERY_ENTRIES,
    retainEntries: RETAIN_ENTRIES,
    segmentBytes: SEGMENT_BYTES,
  });
  running.member = member;
  proposer.connect(member);
  // It may have begun to lead before the store could propose.
  followLeadership(running, member.leadership(), around);
}

function followLeadership(running: RunningManager, { isLeader }: Leadership, around: Surroundings): void {
  if (isLeader && running.leading === undefined && running.member !== undefined) lead(running, around);
  if (isLeader || running.leading === undefined) return;
  running.leading.loop.close();
  running.leading.dispatcher.stop();
  running.leading = undefined;
}

function lead(running: RunningManager, around: Surroundings): void {
  const { store } = running;
  const { clock, random } = around;
  const nextId = (): string => newId(random);
  const log = (): void => undefined;
  const managers = (): readonly { nodeId: string; address: string }[] =>
    around.managerNames().map((name) => ({ nodeId: name, address: name }));
  const dispatcher = createDispatcher({ store, clock, random, log, managers });
  const newJoinToken = (): string => 'SWMTKN-1-simulated';
  const newUnlockKey = (): string => 'SWMKEY-1-simulated';
  running.leading = {
    dispatcher,
    loop: startControlLoop({ store, controllers: CONTROLLERS, clock, newId: nextId, log }),
    api: createControlApi({ store, nowMs: clock.nowMs, newId: nextId, newJoinToken, newUnlockKey, log }),
  };
  // Leadership may be lost meanwhile; then the next leader does it.
  dispatcher.start().catch(() => undefined);
}

/** Kills the manager's process. A power cut takes with it what its disk had not synced. */
export function stopManager(machine: ManagerMachine, isPowerCut: boolean, around: Surroundings): void {
  const { running } = machine;
  if (running === undefined) return;
  running.process.isAlive = false;
  machine.running = undefined;
  if (isPowerCut) machine.disk.powerCut(around.chance);
  around.rpc.noteDeath(running.process, machine.name);
}

/** The leader's part of a manager, for a caller. Throws NOT_LEADER where there is none. */
export function requireLeading(machine: ManagerMachine): Leading {
  const leading = machine.running?.leading;
  if (leading === undefined) throw new SkepError('NOT_LEADER', `${machine.name} does not lead`);
  return leading;
}
