import { openSession, type Session } from '../../../agent/session/session.ts';
import { createStatusReporter, type StatusReporter } from '../../../agent/session/status-reporter.ts';
import { newRecord, observe, type TaskRecord } from '../../../agent/worker/task-record.ts';
import { nextStep, type TaskStep } from '../../../agent/worker/task-step.ts';
import type { Task, TaskStatus } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';
import { SkepError } from '../../../lib/errors.ts';
import type { Caller, CallSettings } from '../world/rpc.ts';
import { createProcess, isAlive, type SimProcess } from '../world/schedule.ts';
import { type ManagerMachine, requireLeading } from './manager.ts';
import { describeNode } from './objects.ts';
import type { Surroundings } from './surroundings.ts';

const STOP_SIGNAL = 15;
/** Steps of one task in a row; a task that takes more goes round in a circle. */
const MAX_STEPS = 50;

/** How often containers and images go wrong at the moment. */
export interface ContainerLuck {
  /** Of starts: the container ends soon after. */
  failureRate: number;
  /** Of preparations: there is no image. */
  rejectionRate: number;
}

/** A machine with an agent, whose containers outlive the agent's process. */
export interface AgentMachine {
  readonly name: string;
  /** What the agent has on its disk, and what really runs. */
  readonly records: Map<string, TaskRecord>;
  running: RunningAgent | undefined;
}

interface RunningAgent {
  readonly process: SimProcess;
  readonly session: Session;
}

interface Agent {
  readonly machine: AgentMachine;
  readonly process: SimProcess;
  readonly reporter: StatusReporter;
  readonly luck: ContainerLuck;
  readonly around: Surroundings;
}

export interface AgentFacts {
  readonly around: Surroundings;
  readonly luck: ContainerLuck;
  readonly managerOf: (name: string) => ManagerMachine | undefined;
}

/** A machine without any task. */
export function createAgentMachine(name: string): AgentMachine {
  return { name, records: new Map(), running: undefined };
}

/** Starts the agent's process: the real session with the managers, over tasks that only pretend to be containers. */
export function startAgent(machine: AgentMachine, facts: AgentFacts): void {
  const { around, luck } = facts;
  const process = createProcess(machine.name);
  const reporter = createStatusReporter();
  const agent: Agent = { machine, process, reporter, luck, around };
  around.schedule.after(process, 1, 'agent starts', () => {
    for (const record of machine.records.values()) {
      record.busy = false;
      record.stop = null;
      reporter.add(record.task.id, record.status);
      look(agent, record);
    }
    const session = openSession({
      managers: () => around.managerNames().map((name) => ({ nodeId: name, address: name })),
      connectTo: (address) => connectionTo({ name: machine.name, process }, address, facts),
      describeNode: () => describeNode(machine.name),
      reporter,
      clock: around.clock,
      log: () => undefined,
      onTasks: (tasks) => takeTasks(agent, tasks),
      onPicture: () => undefined,
      onSession: () => undefined,
      onRejected: () => undefined,
    });
    machine.running = { process, session };
  });
}

/** Kills the agent's process; a reboot takes the containers with it. */
export function stopAgent(machine: AgentMachine, isReboot: boolean, around: Surroundings): void {
  const { running } = machine;
  if (running === undefined) return;
  running.process.isAlive = false;
  machine.running = undefined;
  around.rpc.noteDeath(running.process, machine.name);
  if (!isReboot) return;
  for (const record of machine.records.values()) record.container = undefined;
}

type Connect = Parameters<typeof openSession>[0]['connectTo'];

function connectionTo(caller: Caller, address: string, facts: AgentFacts): ReturnType<Connect> {
  const { around, managerOf } = facts;
  const manager = managerOf(address);
  if (manager === undefined) throw new SkepError('UNAVAILABLE', `${address} is no manager`);
  const closing = new AbortController();
  const identity = (signal: AbortSignal) => ({ nodeId: caller.name, address: `${caller.name}:1`, signal });
  const settingsOf = (settings: CallSettings | undefined): CallSettings => ({
    timeoutMs: settings?.timeoutMs,
    signal: settings?.signal ?? closing.signal,
  });
  const never = new AbortController().signal;
  type Handle<R, T> = (request: R) => Promise<T>;
  const unary =
    <R, T>(handle: Handle<R, T>) =>
    (request: R, settings?: CallSettings): Promise<T> =>
      around.rpc.unary(caller, manager, async () => handle(request), settingsOf(settings));
  const dispatcher = () => requireLeading(manager).dispatcher;
  const call = {
    leader: unary(async () => leaderOf(manager)),
    heartbeat: unary((request: { sessionId: string }) => dispatcher().heartbeat(request, identity(never))),
    describe: unary((request: Parameters<ReturnType<typeof dispatcher>['describe']>[0]) =>
      dispatcher().describe(request, identity(never)),
    ),
    updateTaskStatus: unary((request: Parameters<ReturnType<typeof dispatcher>['updateTaskStatus']>[0]) =>
      dispatcher().updateTaskStatus(request, identity(never)),
    ),
    session: (request: Parameters<ReturnType<typeof dispatcher>['session']>[0], settings?: CallSettings) =>
      around.rpc.stream(
        caller,
        manager,
        (signal) => dispatcher().session(request, identity(signal)),
        settingsOf(settings),
      ),
    assignments: (request: { sessionId: string }, settings?: CallSettings) =>
      around.rpc.stream(
        caller,
        manager,
        (signal) => dispatcher().assignments(request, identity(signal)),
        settingsOf(settings),
      ),
  };
  return { call, close: () => closing.abort() } as unknown as ReturnType<Connect>;
}

function leaderOf(manager: ManagerMachine): { isSelf: boolean; address: string } {
  const { running } = manager;
  if (running?.leading !== undefined) return { isSelf: true, address: '' };
  const leader = running?.member?.leadership().leader ?? 0;
  return { isSelf: false, address: leader === 0 || leader === manager.raftId ? '' : `m${leader}` };
}

function takeTasks(agent: Agent, tasks: ReadonlyMap<string, Task>): void {
  const { records } = agent.machine;
  for (const task of tasks.values()) {
    const known = records.get(task.id);
    const record = known ?? newRecord(task, task.status, false, STOP_SIGNAL);
    record.task = task;
    records.set(task.id, record);
  }
  for (const record of records.values()) {
    record.removed = !tasks.has(record.task.id);
    look(agent, record);
  }
}

/** Steps a task as long as there is something to do at once. */
function look(agent: Agent, record: TaskRecord): void {
  if (record.busy || !isAlive(agent.process)) return;
  record.cancelTimer();
  record.cancelTimer = () => undefined;
  for (let count = 0; count < MAX_STEPS; count++) {
    const step = nextStep(observe(record, agent.around.clock.nowMs()));
    if (!carryOut(agent, record, step)) return;
  }
  agent.around.fail(new Error(`the agent of ${agent.machine.name} does not come to rest`));
}

/** False when nothing more is to be done now. */
function carryOut(agent: Agent, record: TaskRecord, step: TaskStep): boolean {
  const { chance, clock } = agent.around;
  const nowMs = clock.nowMs();
  switch (step.kind) {
    case 'report':
      setStatus(agent, record, step.status);
      return true;
    case 'prepare': {
      const isRejected = chance.happens(agent.luck.rejectionRate);
      later(agent, record, 5 + chance.below(200), () =>
        setStatus(agent, record, plain(isRejected ? 'REJECTED' : 'READY', clock.nowMs())),
      );
      return false;
    }
    case 'start':
      record.startTried = true;
      later(agent, record, 5 + chance.below(100), () => startContainer(agent, record));
      return false;
    case 'beginStop':
      record.stop = { drainUntilMs: step.drainUntilMs, signalledAtMs: null, killedAtMs: null };
      return true;
    case 'signal':
      if (record.stop !== null) record.stop = { ...record.stop, signalledAtMs: nowMs };
      if (chance.happens(0.8)) endLater(agent, record, 10 + chance.below(400), 0);
      return true;
    case 'kill':
      if (record.stop !== null) record.stop = { ...record.stop, killedAtMs: nowMs };
      endLater(agent, record, 5, 137);
      return false;
    case 'removeContainer':
      record.container = undefined;
      return true;
    case 'forget':
      agent.machine.records.delete(record.task.id);
      return false;
    case 'wait':
      if (step.untilMs === null) return false;
      record.cancelTimer = clock.schedule(step.untilMs - nowMs, () => look(agent, record));
      return false;
  }
}

function plain(state: TaskState, timestampMs: number): TaskStatus {
  return { state, timestampMs, message: state.toLowerCase() };
}

function setStatus(agent: Agent, record: TaskRecord, status: TaskStatus): void {
  record.status = status;
  agent.reporter.add(record.task.id, status);
}

/** Something that takes time; the agent may die before it is done. */
function later(agent: Agent, record: TaskRecord, delayMs: number, finish: () => void): void {
  record.busy = true;
  agent.around.schedule.after(agent.process, delayMs, 'agent works', () => {
    record.busy = false;
    finish();
    look(agent, record);
  });
}

function startContainer(agent: Agent, record: TaskRecord): void {
  const { chance, clusterCheck } = agent.around;
  clusterCheck.noteStarted(record.task.id, agent.machine.name);
  const startedAtMs = agent.around.clock.nowMs();
  record.container = { id: record.task.id, pid: 1, startedAtMs, exit: null };
  if (chance.happens(agent.luck.failureRate)) endLater(agent, record, chance.below(3_000), 1);
}

/** The container ends by itself, whether an agent is there to see it or not. */
function endLater(agent: Agent, record: TaskRecord, delayMs: number, exitCode: number): void {
  const { schedule } = agent.around;
  const { container } = record;
  if (container === undefined) return;
  const end = (): void => {
    if (record.container !== container || container.exit !== null) return;
    const finishedAtMs = agent.around.clock.nowMs();
    record.container = { ...container, exit: { exitCode, signal: null, oomKilled: false, finishedAtMs } };
    look(agent, record);
  };
  schedule.after(agent.process, delayMs, 'container ends', end);
}
