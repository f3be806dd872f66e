import type { Service, ServiceSpec } from '../../lib/domain/service.ts';

/** What writers asked of one service, and what of it was acknowledged. */
interface Entry {
  /** The last acknowledged specification; undefined while none is, null once the removal is. */
  acknowledged: ServiceSpec | null | undefined;
  /** Asked after that, without an answer: each may have been done, or not. */
  open: (ServiceSpec | null)[];
}

/** Remembers every write of the test, to compare with what the managers hold after a crash. */
export interface WriteLedger {
  /** Before a write is sent. `null` stands for a removal. */
  asked(name: string, spec: ServiceSpec | null): void;
  acknowledged(name: string, spec: ServiceSpec | null): void;
  /** Sentences about what is missing or wrong; settles what became of writes without an answer. */
  compare(services: readonly Service[]): readonly string[];
  /** Names of the services that are there for all that is known, and what each is wanted to be. */
  present(): ReadonlyMap<string, ServiceSpec>;
  /** True while it is not known what became of a write to that service. */
  isOpen(name: string): boolean;
  acknowledgedCount(): number;
}

/** The parts of a specification that the test changes. */
function saySpec(spec: ServiceSpec | null | undefined): string {
  if (spec === undefined) return 'not there';
  if (spec === null) return 'removed';
  const replicas = spec.mode.kind === 'replicated' ? spec.mode.replicas : 0;
  return `${replicas} replicas, labels ${JSON.stringify(spec.labels)}, env ${spec.task.container.env.join()}`;
}

function compareEntry(name: string, entry: Entry, found: ServiceSpec | undefined): string | undefined {
  const possible = [entry.acknowledged, ...entry.open].map((spec) => saySpec(spec ?? undefined));
  const seen = saySpec(found);
  if (!possible.includes(seen)) return `${name} is ${seen}; asked for was ${possible.join(', or then ')}`;
  entry.acknowledged = found ?? (entry.acknowledged === undefined ? undefined : null);
  entry.open = [];
  return undefined;
}

export function createWriteLedger(): WriteLedger {
  const entries = new Map<string, Entry>();
  let count = 0;
  function entryOf(name: string): Entry {
    const entry = entries.get(name) ?? { acknowledged: undefined, open: [] };
    entries.set(name, entry);
    return entry;
  }
  return {
    asked: (name, spec) => void entryOf(name).open.push(spec),
    acknowledged(name, spec) {
      const entry = entryOf(name);
      entry.acknowledged = spec;
      entry.open = [];
      count++;
    },
    compare(services) {
      const found = new Map(services.map(({ spec }) => [spec.name, spec]));
      return [...entries].flatMap(([name, entry]) => compareEntry(name, entry, found.get(name)) ?? []);
    },
    present: () =>
      new Map(
        [...entries].flatMap(([name, { acknowledged: spec }]) => (spec ? [[name, spec] as const] : [])),
      ),
    isOpen: (name) => entryOf(name).open.length > 0,
    acknowledgedCount: () => count,
  };
}
