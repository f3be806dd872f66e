import { Worker } from 'node:worker_threads';
import type { SimulationReport } from './simulate.ts';

/** What the seeds of a run came to, taken together. */
export interface SeedsReport {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly steps: number;
  readonly virtualMs: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** From a thread: one seed is done. */
export type SeedOutcome =
  | { readonly kind: 'passed'; readonly report: SimulationReport }
  | { readonly kind: 'failed'; readonly seed: number; readonly message: string };

/** For a thread: the seeds `first`, `first + stride`, … up to `last`. */
export interface SeedsTask {
  readonly first: number;
  readonly last: number;
  readonly stride: number;
  readonly steps: number;
}

/** Runs the seeds from `first` to `last`, shared out among so many threads. Needs the compiled tree. */
export async function runSeeds(
  { first, last, steps }: Omit<SeedsTask, 'stride'>,
  threads: number,
  onOutcome: (outcome: SeedOutcome) => void = () => undefined,
): Promise<SeedsReport> {
  const outcomes: SeedOutcome[] = [];
  const runThread = (place: number): Promise<void> => {
    const task: SeedsTask = { first: first + place, last, stride: threads, steps };
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./seeds-thread.js', import.meta.url), { workerData: task });
      worker.on('message', (outcome: SeedOutcome) => {
        outcomes.push(outcome);
        onOutcome(outcome);
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  };
  await Promise.all(Array.from({ length: threads }, (_, place) => runThread(place)));
  return sumUp(outcomes);
}

function sumUp(outcomes: readonly SeedOutcome[]): SeedsReport {
  const reports = outcomes.flatMap((outcome) => (outcome.kind === 'passed' ? [outcome.report] : []));
  const failures = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.message] : []));
  const faults: Record<string, number> = {};
  const counts: Record<string, number> = {};
  for (const report of reports) {
    addTo(faults, report.faults);
    addTo(counts, report.counts);
  }
  return {
    passed: reports.length,
    failures,
    steps: reports.reduce((sum, { steps }) => sum + steps, 0),
    virtualMs: reports.reduce((sum, { virtualMs }) => sum + virtualMs, 0),
    faults,
    counts,
  };
}

function addTo(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
}

/** The lines that describe a run. */
export function describeSeeds(report: SeedsReport): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const faults = Object.values(report.faults).reduce((sum, count) => sum + count, 0);
  return [
    `${report.passed} seeds passed, ${report.failures.length} failed: ${report.steps} steps, ${faults} faults, ${Math.round(report.virtualMs / 1_000)} s of virtual time`,
    `faults: ${list(report.faults)}`,
    `seen: ${list(report.counts)}`,
  ].join('\n');
}

/** One line for each thing that is wrong, outermost first. */
export function describeFailure(thrown: unknown): string {
  const lines: string[] = [];
  let current: unknown = thrown;
  while (current instanceof Error) {
    const line = current.message;
    // Errors that travel between threads repeat those that caused them.
    if (!lines.some((other) => other.includes(line))) lines.push(line);
    current = current.cause;
  }
  return lines.length === 0 ? String(thrown) : lines.join('\n  ');
}
