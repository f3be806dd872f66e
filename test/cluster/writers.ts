import type { ServiceSpec } from '../../lib/domain/service.ts';
import { type ask, pause, specOf } from './test-cluster.ts';
import type { WriteLedger } from './write-ledger.ts';

/** A service more than this is removed again, so that the cluster does not grow with the speed of the machine. */
const SERVICES_PER_WRITER = 3;
const MOST_REPLICAS = 3;
/** A pause between the writes of a writer: what they start has to be done by real processes. */
const WRITE_PAUSE_MS = 20;

export type Random = () => number;

/** Puts a question to a manager. */
export type Ask = <Answer>(question: Parameters<typeof ask<Answer>>[1]) => Promise<Answer>;

/** One of the items; undefined when there are none. */
export function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[Math.floor(random() * items.length)];
}

/** `sleep` as the first process of a container ignores other signals. */
export function newSpec(name: string, write: number, replicas: number): ServiceSpec {
  const flags = { name, replicas: String(replicas), stopSignal: 'SIGKILL', label: [`write=${write}`] };
  return specOf('hello-web:1', ['sleep', '100000'], { ...flags, env: [`WRITE=${write}`] });
}

/** Another number of replicas, another label, or another environment, which replaces the tasks. */
function changedSpec(spec: ServiceSpec, write: number, random: Random): ServiceSpec {
  const labels = { write: String(write) };
  const kind = random();
  if (kind < 0.4) {
    const replicas = Math.floor(random() * (MOST_REPLICAS + 1));
    return { ...spec, labels, mode: { kind: 'replicated', replicas } };
  }
  if (kind < 0.7) return { ...spec, labels };
  const container = { ...spec.task.container, env: [`WRITE=${write}`] };
  return { ...spec, labels, task: { ...spec.task, container } };
}

export interface Writer {
  readonly ledger: WriteLedger;
  /** Names the writer's services. */
  readonly writer: number;
  readonly random: Random;
  readonly stopped: () => boolean;
  readonly ask: Ask;
}

/** One writer's services and writes. Everything that it asks for goes into the ledger first. */
export async function writeUntil(options: Writer): Promise<void> {
  while (!options.stopped()) {
    await writeOnce(options);
    await pause(WRITE_PAUSE_MS);
  }
}

/** Creates, changes or removes one service of the writer; never one of which it does not know how it stands. */
export async function writeOnce({ ledger, writer, random, ask: put }: Writer): Promise<void> {
  const prefix = `w${writer}-`;
  const mine = [...ledger.present()].filter(([name]) => name.startsWith(prefix) && !ledger.isOpen(name));
  const [name = '', spec] = pick(mine, random) ?? [];
  const write = Math.floor(random() * 1e9);
  if (spec === undefined || random() < 0.2) {
    const fresh = newSpec(`${prefix}${write}`, write, 1 + Math.floor(random() * 2));
    ledger.asked(fresh.name, fresh);
    await put((call) => call.createService({ spec: fresh }));
    ledger.acknowledged(fresh.name, fresh);
  } else if (mine.length > SERVICES_PER_WRITER) {
    ledger.asked(name, null);
    await put((call) => call.removeService({ reference: name }));
    ledger.acknowledged(name, null);
  } else {
    const next = changedSpec(spec, write, random);
    ledger.asked(name, next);
    await put((call) => call.updateService({ reference: name, version: 0, spec: next, rollback: false }));
    ledger.acknowledged(name, next);
  }
}
