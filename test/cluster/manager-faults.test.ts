import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { SkepError } from '../../lib/errors.ts';
import { breakHost, FAULTS, type Fault, mendHost } from './manager-faults.ts';
import { randomNumbers, startingSeed } from './random-numbers.ts';
import { ask, bringUp, eventually, pause, skip, type TestCluster } from './test-cluster.ts';
import { createWriteLedger, type WriteLedger } from './write-ledger.ts';
import { pick, type Random, writeOnce } from './writers.ts';

const MANAGERS = 5;
/** A minority: the others must go on. */
const MOST_BROKEN = 2;
const DURATION_MS = Number(process.env.SKEP_FAULTS_SECONDS ?? 120) * 1_000;
const WRITERS = 3;
const WRITE_PAUSE_MS = 50;
/** Long enough to be noticed, and for elections; short enough for many of them. */
const SHORTEST_FAULT_MS = 300;
const LONGEST_FAULT_MS = 4_000;
const LONGEST_PEACE_MS = 1_500;
const DATA_LIMIT_BYTES = 192 * 1024 * 1024;

/** The only answers that a manager may give while others are broken; none of them is a lost write. */
const FAIR_ANSWERS = ['NOT_LEADER', 'UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'CANCELLED'];

interface Tally {
  readonly faults: Record<Fault, number>;
  readonly refusals: Map<string, number>;
  longestSilenceMs: number;
  lastWriteAtMs: number;
}

/** Writes through any manager, broken or not, and takes a fair refusal for an answer. */
async function keepWriting(
  cluster: TestCluster,
  ledger: WriteLedger,
  tally: Tally,
  writer: number,
  random: Random,
  stopped: () => boolean,
): Promise<void> {
  while (!stopped()) {
    const host = pick(cluster.hosts, random);
    try {
      await writeOnce({ ledger, writer, random, stopped, ask: (call) => ask(cluster, call, host) });
      tally.longestSilenceMs = Math.max(tally.longestSilenceMs, Date.now() - tally.lastWriteAtMs);
      tally.lastWriteAtMs = Date.now();
    } catch (thrown) {
      if (!(thrown instanceof SkepError) || !FAIR_ANSWERS.includes(thrown.code)) throw thrown;
      tally.refusals.set(thrown.code, (tally.refusals.get(thrown.code) ?? 0) + 1);
    }
    await pause(WRITE_PAUSE_MS);
  }
}

/** Breaks one or two managers, each in its own way, for a while. */
async function oneRoundOfFaults(cluster: TestCluster, tally: Tally, random: Random): Promise<void> {
  const hosts = [...cluster.hosts]
    .sort(() => random() - 0.5)
    .slice(0, 1 + Math.floor(random() * MOST_BROKEN));
  const broken = hosts.map((host) => ({ host, fault: pick(FAULTS, random) ?? 'kill' }));
  await Promise.all(
    broken.map(async ({ host, fault }) => {
      tally.faults[fault]++;
      await breakHost(cluster, host, fault);
    }),
  );
  await pause(SHORTEST_FAULT_MS + random() * (LONGEST_FAULT_MS - SHORTEST_FAULT_MS));
  await Promise.all(broken.map(({ host, fault }) => mendHost(cluster, host, fault)));
  await pause(random() * LONGEST_PEACE_MS);
}

describe('a minority of managers that fails', { skip, timeout: DURATION_MS + 240_000 }, () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await bringUp('faults', { managers: MANAGERS, workers: 0, dataLimitBytes: DATA_LIMIT_BYTES });
  });

  after(() => cluster?.close());

  it('loses no acknowledged write, and all managers agree in the end', async (t) => {
    const random = randomNumbers(startingSeed(t));
    const ledger = createWriteLedger();
    const faults = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
    const tally: Tally = { faults, refusals: new Map(), longestSilenceMs: 0, lastWriteAtMs: Date.now() };
    const endAtMs = Date.now() + DURATION_MS;
    let failure: unknown;
    const stopped = () => Date.now() > endAtMs || failure !== undefined;
    const writing = Promise.all(
      Array.from({ length: WRITERS }, (_, writer) =>
        keepWriting(cluster, ledger, tally, writer, random, stopped).catch((thrown: unknown) => {
          failure = thrown;
        }),
      ),
    );
    while (!stopped()) await oneRoundOfFaults(cluster, tally, random);
    await writing;
    t.diagnostic(`faults: ${JSON.stringify(tally.faults)}`);
    t.diagnostic(
      `${ledger.acknowledgedCount()} acknowledged writes, none for ${tally.longestSilenceMs} ms at most`,
    );
    t.diagnostic(`refused: ${JSON.stringify(Object.fromEntries(tally.refusals))}`);
    assert.equal(failure, undefined);
    assert.ok(ledger.acknowledgedCount() > 0);

    for (const host of cluster.hosts) {
      // The first comparison settles what became of unanswered writes; the others have to see the same.
      await eventually(`every acknowledged write on ${host}`, async () => {
        const { services } = await ask(cluster, (call) => call.listServices({}), host);
        return ledger.compare(services).join('; ');
      });
    }
  });
});
