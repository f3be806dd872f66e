import type { AgentMachine } from './cluster/agent.ts';
import type { ManagerMachine } from './cluster/manager.ts';
import type { Surroundings } from './cluster/surroundings.ts';
import { WORLD } from './world/schedule.ts';

/** The mean time between two faults. */
const PAUSE_MS = 600;
const MAX_DOWN_MS = 5_000;
const MAX_PAUSE_MS = 4_000;
const MAX_CUT_MS = 6_000;
const MAX_STORM_MS = 4_000;
const MAX_CLOCK_OFFSET_MS = 500;

/** What can be done to the machines. */
export interface Victims {
  readonly around: Surroundings;
  readonly managers: () => readonly ManagerMachine[];
  readonly agents: readonly AgentMachine[];
  readonly kill: (machine: ManagerMachine, isPowerCut: boolean) => void;
  readonly start: (machine: ManagerMachine) => void;
  readonly killAgent: (machine: AgentMachine, isReboot: boolean) => void;
  readonly startAgent: (machine: AgentMachine) => void;
  readonly replayOld: () => void;
}

/** How often each kind of fault came. */
export type FaultCounts = Readonly<Record<string, number>>;

export interface Faults {
  counts(): FaultCounts;
  /** No further faults; what lasts is ended, and everybody is started again. */
  heal(): void;
}

type Fault = readonly [weight: number, name: string, happen: (victims: Victims, undo: Undo) => void];
/** Ends a fault after a while, or as soon as everything is healed. */
type Undo = (maxMs: number, end: () => void) => void;

function liveManager({ around, managers }: Victims): ManagerMachine | undefined {
  const live = managers().filter(({ running, isRetired }) => running !== undefined && !isRetired);
  return live.length === 0 ? undefined : around.chance.pick(live);
}

function leader({ managers }: Victims): ManagerMachine | undefined {
  return managers().find(({ running }) => running?.leading !== undefined);
}

function crash(victims: Victims, undo: Undo, machine: ManagerMachine | undefined, isPowerCut: boolean): void {
  if (machine === undefined) return;
  // Mostly the power goes while something is being written.
  if (isPowerCut && victims.around.chance.happens(0.7)) machine.isDoomed = true;
  else victims.kill(machine, isPowerCut);
  undo(MAX_DOWN_MS, () => {
    machine.isDoomed = false;
    victims.start(machine);
  });
}

/** Cuts every link that crosses from one side to the other, in one direction or both. */
function cut(victims: Victims, undo: Undo, side: ReadonlySet<string>): void {
  const { network, chance } = victims.around;
  const names = [...victims.managers(), ...victims.agents].map(({ name }) => name);
  const isOneWay = chance.happens(0.35);
  const links: string[] = [];
  for (const from of names) {
    for (const to of names) {
      if (side.has(from) && !side.has(to)) {
        links.push(`${from}>${to}`);
        if (!isOneWay) links.push(`${to}>${from}`);
      }
    }
  }
  for (const link of links) network.cut.add(link);
  undo(MAX_CUT_MS, () => {
    for (const link of links) network.cut.delete(link);
  });
}

function slowDown({ around }: Victims, undo: Undo, machine: ManagerMachine | undefined): void {
  const process = machine?.running?.process;
  if (process === undefined) return;
  process.slowness = 2 + around.chance.below(8);
  undo(MAX_CUT_MS, () => {
    process.slowness = 1;
  });
}

const FAULTS: readonly Fault[] = [
  [3, 'crashes', (victims, undo) => crash(victims, undo, liveManager(victims), false)],
  [6, 'power cuts', (victims, undo) => crash(victims, undo, liveManager(victims), true)],
  [4, 'power cuts of the leader', (victims, undo) => crash(victims, undo, leader(victims), true)],
  [
    1,
    'power cuts of all',
    (victims, undo) => {
      for (const machine of victims.managers()) {
        if (machine.running !== undefined && !machine.isRetired) crash(victims, undo, machine, true);
      }
    },
  ],
  [
    4,
    'pauses',
    (victims) => {
      const process = liveManager(victims)?.running?.process;
      const { schedule, chance } = victims.around;
      if (process !== undefined) process.pausedUntilMs = schedule.nowMs() + chance.fraction() * MAX_PAUSE_MS;
    },
  ],
  [3, 'slow spells', (victims, undo) => slowDown(victims, undo, liveManager(victims))],
  [
    5,
    'slow leaders cut off',
    (victims, undo) => {
      // It believes for long that it leads still, while the others elect another.
      const machine = leader(victims);
      if (machine === undefined) return;
      slowDown(victims, undo, machine);
      cut(victims, undo, new Set([machine.name]));
    },
  ],
  [
    7,
    'partitions',
    (victims, undo) => {
      const { chance } = victims.around;
      const names = [...victims.managers(), ...victims.agents].map(({ name }) => name);
      cut(victims, undo, new Set(names.filter(() => chance.happens(0.4))));
    },
  ],
  [
    5,
    'leaders cut off',
    (victims, undo) => {
      const machine = leader(victims);
      if (machine !== undefined) cut(victims, undo, new Set([machine.name]));
    },
  ],
  [
    4,
    'storms',
    ({ around: { network, chance } }, undo) => {
      network.weather.lossRate = chance.fraction() * 0.4;
      network.weather.duplicateRate = chance.fraction() * 0.3;
      network.weather.lateRate = chance.fraction() * 0.2;
      undo(MAX_STORM_MS, () => {
        network.weather.lossRate = 0;
        network.weather.duplicateRate = 0;
        network.weather.lateRate = 0;
      });
    },
  ],
  [2, 'old messages again', ({ replayOld }) => replayOld()],
  [
    2,
    'clock jumps',
    (victims) => {
      const process = liveManager(victims)?.running?.process;
      if (process !== undefined) {
        process.clockOffsetMs = Math.round(
          (victims.around.chance.fraction() - 0.5) * 2 * MAX_CLOCK_OFFSET_MS,
        );
      }
    },
  ],
  [
    4,
    'agent crashes',
    (victims, undo) => {
      const live = victims.agents.filter(({ running }) => running !== undefined);
      if (live.length === 0) return;
      const machine = victims.around.chance.pick(live);
      victims.killAgent(machine, victims.around.chance.happens(0.4));
      undo(MAX_DOWN_MS, () => victims.startAgent(machine));
    },
  ],
];
const TOTAL_WEIGHT = FAULTS.reduce((sum, [weight]) => sum + weight, 0);

/** Lets faults happen from now on until `heal`. */
export function startFaults(victims: Victims): Faults {
  const { schedule, chance } = victims.around;
  const counts: Record<string, number> = Object.fromEntries(FAULTS.map(([, name]) => [name, 0]));
  const lasting = new Set<() => void>();
  let isHealed = false;

  const undo: Undo = (maxMs, end) => {
    const once = (): void => {
      if (lasting.delete(once)) end();
    };
    lasting.add(once);
    schedule.after(WORLD, chance.fraction() * maxMs, 'fault ends', once);
  };
  const again = (): void => {
    const delayMs = -Math.log(1 - chance.fraction()) * PAUSE_MS;
    schedule.after(WORLD, delayMs, 'fault', () => {
      if (isHealed) return;
      let draw = chance.below(TOTAL_WEIGHT);
      const fault = FAULTS.find(([weight]) => {
        draw -= weight;
        return draw < 0;
      });
      if (fault !== undefined) {
        const [, name, happen] = fault;
        counts[name] = (counts[name] ?? 0) + 1;
        happen(victims, undo);
      }
      again();
    });
  };
  again();
  return {
    counts: () => counts,
    heal: () => {
      isHealed = true;
      for (const end of [...lasting]) end();
      for (const { running } of victims.managers()) {
        if (running !== undefined) running.process.pausedUntilMs = 0;
      }
    },
  };
}
