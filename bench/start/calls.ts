// A node over its API, beside a Docker Engine over its own: no client's start is counted on either side.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startDockerEngine } from '../docker-engine.ts';
import { makeRootfs, packRootfs } from '../rootfs.ts';
import { type SkepNode, startSkepNode } from '../skep-node.ts';
import { median, summarize, timed } from '../statistics.ts';

const ROUNDS = 30;
const WARM_UP = 3;
const AT_ONCE = 100;
const AT_ONCE_ROUNDS = 3;
const TRUE = ['/bin/true'];
const SLEEP = ['/bin/sleep', '1000000'];

/** What both sides can do. */
interface Peer {
  run(argv: readonly string[]): Promise<void>;
  start(argv: readonly string[]): Promise<string>;
  exec(id: string, argv: readonly string[]): Promise<void>;
}

/** Measures and prints; `folder` is empty and the caller's to remove. */
export async function benchCalls(folder: string): Promise<void> {
  const tar = packRootfs(await makeRootfs(folder));
  const [skepFolder, dockerFolder] = [join(folder, 'skep'), join(folder, 'docker')];
  await Promise.all([mkdir(skepFolder), mkdir(dockerFolder)]);
  const skep = await startSkepNode(skepFolder, tar);
  const docker = await startDockerEngine(dockerFolder, tar).catch(async (thrown: unknown) => {
    await skep.close();
    throw thrown;
  });
  try {
    if (docker === null) console.log('docker.io is not installed: no comparison (apt-get install docker.io)');
    await compareRun(skep, docker);
    await compareExec(skep, docker);
    await startAtOnce(skep);
  } finally {
    await docker?.close();
    await skep.close();
  }
}

/** Ours and theirs in turn; theirs is empty where there is no Docker. */
async function inTurns(
  skep: () => Promise<unknown>,
  docker: (() => Promise<unknown>) | null,
): Promise<{ readonly skep: readonly number[]; readonly docker: readonly number[] }> {
  const figures = { skep: [] as number[], docker: [] as number[] };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const ours = await timed(skep);
    const theirs = docker === null ? null : await timed(docker);
    if (round < 0) continue;
    figures.skep.push(ours);
    if (theirs !== null) figures.docker.push(theirs);
  }
  return figures;
}

function print(what: string, bar: number, figures: Awaited<ReturnType<typeof inTurns>>): void {
  console.log(`${what}, ${ROUNDS} rounds in turn, milliseconds, median (least–most)`);
  console.log(`  skep    ${summarize(figures.skep)}`);
  if (figures.docker.length === 0) return;
  const ratio = median(figures.skep) / median(figures.docker);
  console.log(`  docker  ${summarize(figures.docker)}`);
  console.log(`  ratio   ${ratio.toFixed(3)}   bar: ${bar}`);
}

async function compareRun(skep: Peer, docker: Peer | null): Promise<void> {
  const theirs = docker === null ? null : () => docker.run(TRUE);
  print('run --rm of true over the API, with network', 0.1, await inTurns(() => skep.run(TRUE), theirs));
}

async function compareExec(skep: Peer, docker: Peer | null): Promise<void> {
  const ours = await skep.start(SLEEP);
  const id = (await docker?.start(SLEEP)) ?? '';
  const theirs = docker === null ? null : () => docker.exec(id, TRUE);
  print('exec of true over the API', 0.2, await inTurns(() => skep.exec(ours, TRUE), theirs));
}

async function startAtOnce(skep: SkepNode): Promise<void> {
  const rates: number[] = [];
  for (let round = 0; round < AT_ONCE_ROUNDS; round++) {
    let ids: readonly string[] = [];
    const tookMs = await timed(async () => {
      ids = await Promise.all(Array.from({ length: AT_ONCE }, () => skep.start(SLEEP)));
    });
    rates.push((AT_ONCE * 1_000) / tookMs);
    for (const id of ids) await skep.remove(id);
  }
  console.log(
    `${AT_ONCE} starts at once, create and start over the API, with network: a second, ${AT_ONCE_ROUNDS} rounds`,
  );
  console.log(`  skep    ${summarize(rates, 0)}   bar: 100`);
}
