import type { Chance } from '../../manager/raft/core/simulation/chance.ts';
import type { Schedule, SimProcess } from './schedule.ts';

/** How the network treats datagrams at the moment. */
export interface Weather {
  lossRate: number;
  duplicateRate: number;
  /** Part of the messages that take far longer than the others. */
  lateRate: number;
}

/** What the network did. */
export interface NetworkCounts {
  delivered: number;
  lost: number;
  duplicated: number;
  late: number;
}

/** From which machine to which, by name. */
export interface Route {
  readonly from: string;
  readonly to: string;
}

/** What is between the machines. */
export interface Network {
  readonly weather: Weather;
  readonly counts: NetworkCounts;
  /** `from>to` of links that lose everything. */
  readonly cut: Set<string>;
  isCut(route: Route): boolean;
  /** Delivers after a delay, perhaps twice, late or never. `target` is asked on arrival: it may have died. */
  sendDatagram(route: Route, target: () => SimProcess | undefined, deliver: () => void): void;
  /** Delivers once and in order, as a connection does; false when the link is cut at this moment. */
  sendOrdered(route: Route, target: SimProcess, deliver: () => void): boolean;
}

const MIN_DELAY_MS = 0.1;
const SPREAD_MS = 4;
const MAX_LATE_MS = 3_000;

/** A whole network in fair weather. */
export function createNetwork(schedule: Schedule, chance: Chance): Network {
  const cut = new Set<string>();
  const counts: NetworkCounts = { delivered: 0, lost: 0, duplicated: 0, late: 0 };
  const weather: Weather = { lossRate: 0, duplicateRate: 0, lateRate: 0 };
  const queues = new WeakMap<SimProcess, Map<string, (() => void)[]>>();
  const delay = (): number => MIN_DELAY_MS + chance.fraction() ** 2 * SPREAD_MS;
  const isCut = ({ from, to }: Route): boolean => cut.has(`${from}>${to}`);

  const carry = (
    route: Route,
    delayMs: number,
    target: () => SimProcess | undefined,
    deliver: () => void,
  ): void => {
    const owner = (): SimProcess | undefined => {
      const process = isCut(route) ? undefined : target();
      if (process === undefined) counts.lost++;
      else counts.delivered++;
      return process;
    };
    schedule.arrive(owner, delayMs, `frame ${route.from}>${route.to}`, deliver);
  };

  return {
    weather,
    counts,
    cut,
    isCut,
    sendDatagram: (route, target, deliver) => {
      if (chance.happens(weather.lossRate) || isCut(route)) {
        counts.lost++;
        return;
      }
      const isLate = chance.happens(weather.lateRate);
      if (isLate) counts.late++;
      carry(route, isLate ? chance.fraction() * MAX_LATE_MS : delay(), target, deliver);
      if (!chance.happens(weather.duplicateRate)) return;
      counts.duplicated++;
      carry(route, chance.fraction() * MAX_LATE_MS, target, deliver);
    },
    sendOrdered: (route, target, deliver) => {
      if (isCut(route)) {
        counts.lost++;
        return false;
      }
      const queue = queueOf(queues, target, route.from);
      queue.push(deliver);
      counts.delivered++;
      // Whichever delay is over first takes the oldest message.
      schedule.after(target, delay(), `stream ${route.from}>${route.to}`, () => queue.shift()?.());
      return true;
    },
  };
}

function queueOf(
  queues: WeakMap<SimProcess, Map<string, (() => void)[]>>,
  target: SimProcess,
  from: string,
): (() => void)[] {
  let byOrigin = queues.get(target);
  if (byOrigin === undefined) {
    byOrigin = new Map();
    queues.set(target, byOrigin);
  }
  let queue = byOrigin.get(from);
  if (queue === undefined) {
    queue = [];
    byOrigin.set(from, queue);
  }
  return queue;
}
