import { join } from 'node:path';

import { requireCommand } from '../playground/command.ts';
import { CLIENT_HOST } from '../playground/names.ts';
import { stopHost } from '../playground/playground.ts';
import { projectRoot } from '../project.ts';
import type { LoadSummary } from './answers.ts';
import {
  addressOf,
  clusterHosts,
  nodeIds,
  PUBLISHED_PORT,
  prove,
  runOn,
  runQuietlyOn,
  type Stage,
  sendRequests,
  startLoad,
  tasksOf,
  waitFor,
} from './stage.ts';

const SERVICE = 'web';
const FIRST_REPLICAS = 6;
const REPLICAS = 12;
/** The steady load that updates run under. */
const REQUESTS_PER_SECOND = 50;
/** Enough that no replica of a dozen is missed by a fair balancer, in half a second. */
const PROBE_REQUESTS = 150;
const PROBE_PER_SECOND = 150;
/** Detection of a dead host takes three heartbeats; the rest is for starting its tasks elsewhere. */
const RECOVERY_TIMEOUT_MS = 60_000;
/** Load before and after an update, so that its first and last moments are covered. */
const MARGIN_MS = 1_000;

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function firstReasons(summary: LoadSummary): string {
  return Object.entries(summary.reasons)
    .slice(0, 3)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join('; ');
}

/** Shows that the hosts form one swarm. */
export async function showNodes(stage: Stage): Promise<void> {
  const output = await runOn(stage, 'h1', ['skep', 'node', 'ls']);
  const lines = output.trim().split('\n');
  for (const line of lines) stage.screen.detail(line);
  const ready = lines.filter((line) => / Ready /.test(line)).length;
  const hosts = clusterHosts(stage).length;
  prove(ready === hosts, `${ready} of ${hosts} nodes are ready`);
  stage.screen.proof(`${hosts} hosts, one swarm, every node ready`);
}

/** Builds two versions of hello-web and imports them on every host. */
export async function importImages(stage: Stage): Promise<void> {
  const script = join(projectRoot(), 'cluster-examples', 'hello-web', 'build-rootfs.sh');
  for (const version of ['1', '2']) {
    const archive = join(stage.folder, `hello-web-${version}.tar`);
    await requireCommand(['sh', script, archive, version]);
    const argv = ['skep', 'image', 'import', archive, `hello-web:${version}`];
    const change = ['--change', 'CMD ["/bin/hello-web"]', '--change', 'EXPOSE 8080'];
    stage.screen.command([...argv, ...change]);
    const ids = await Promise.all(
      clusterHosts(stage).map((host) => runQuietlyOn(stage, host, [...argv, ...change])),
    );
    prove(new Set(ids).size === 1, `hello-web:${version} got different ids on the hosts`);
    stage.screen.proof(`hello-web:${version} is ${ids[0]?.trim().slice(0, 19)}… on every host`);
  }
}

/** Sends requests through every host, and demands that each replica answers and sees the client's address. */
async function probeEveryHost(stage: Stage, replicas: number, version: string, without = ''): Promise<void> {
  const client = addressOf(stage, CLIENT_HOST);
  for (const host of clusterHosts(stage, without)) {
    const summary = await sendRequests(stage, [host], PROBE_PER_SECOND, PROBE_REQUESTS);
    const tasks = Object.keys(summary.tasks).length;
    prove(
      summary.failures === 0,
      `${summary.failures} requests through ${host} failed: ${firstReasons(summary)}`,
    );
    prove(tasks === replicas, `through ${host} only ${tasks} of ${replicas} replicas answered`);
    const clients = Object.keys(summary.clients).join(', ');
    prove(clients === client, `replicas saw the client as ${clients} instead of ${client}`);
    const versions = Object.keys(summary.versions).join(', ');
    prove(versions === version, `version ${versions} answered instead of ${version}`);
    stage.screen.proof(
      `${host}: ${summary.requests} requests, all ${tasks} replicas answered, client seen as ${client}`,
    );
  }
}

/** Creates the service and reaches it through every host. */
export async function createService(stage: Stage): Promise<void> {
  await runOn(stage, 'h1', [
    ...['skep', 'service', 'create', '--quiet', '--name', SERVICE, '--replicas', String(FIRST_REPLICAS)],
    ...['--publish', `${PUBLISHED_PORT}:8080`],
    ...['--env', 'TASK_NAME={{.Task.Name}}', '--env', 'NODE_HOSTNAME={{.Node.Hostname}}'],
    ...['--health-cmd', 'wget -q -O /dev/null http://127.0.0.1:8080/healthz', '--health-interval', '2s'],
    ...['--health-start-period', '5s', '--health-start-interval', '200ms', '--health-timeout', '2s'],
    ...['--update-order', 'start-first', '--update-parallelism', '3', '--update-monitor', '1s'],
    ...['--rollback-order', 'start-first', '--rollback-parallelism', '3', '--rollback-monitor', '1s'],
    'hello-web:1',
  ]);
  stage.screen.proof(`${FIRST_REPLICAS} replicas run and are healthy`);
  await probeEveryHost(stage, FIRST_REPLICAS, '1');
}

/** Doubles the replicas. */
export async function scaleService(stage: Stage): Promise<void> {
  const startedAtMs = performance.now();
  await runOn(stage, 'h1', ['skep', 'service', 'scale', '--quiet', `${SERVICE}=${REPLICAS}`]);
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  stage.screen.proof(`${REPLICAS} replicas after ${seconds} s, a second of it to see that they are stable`);
  await probeEveryHost(stage, REPLICAS, '1');
}

/** Runs a command that replaces every replica while requests come in, and demands that none of them fails. */
async function underLoad(stage: Stage, argv: readonly string[], version: string): Promise<void> {
  const load = await startLoad(stage, clusterHosts(stage), REQUESTS_PER_SECOND);
  let summary: LoadSummary;
  const startedAtMs = performance.now();
  try {
    await pause(MARGIN_MS);
    await runOn(stage, 'h1', argv);
    await pause(MARGIN_MS);
  } finally {
    summary = await load.stop();
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const rate = Math.round(summary.requests / seconds);
  prove(
    summary.failures === 0,
    `${summary.failures} of ${summary.requests} requests failed: ${firstReasons(summary)}`,
  );
  stage.screen.proof(
    `${summary.requests} requests in ${seconds.toFixed(1)} s (${rate}/s), none failed; ` +
      `median ${summary.medianMs.toFixed(1)} ms, slowest ${summary.slowestMs.toFixed(0)} ms`,
  );
  const shares = Object.entries(summary.versions).map(([name, count]) => `version ${name}: ${count}`);
  stage.screen.detail(`answers by ${shares.join(', ')}`);
  await probeEveryHost(stage, REPLICAS, version);
}

/** Rolls version 2 out under load. */
export async function updateService(stage: Stage): Promise<void> {
  await underLoad(stage, ['skep', 'service', 'update', '--quiet', '--image', 'hello-web:2', SERVICE], '2');
}

/** Goes back to version 1 under load. */
export async function rollBackService(stage: Stage): Promise<void> {
  await underLoad(stage, ['skep', 'service', 'rollback', '--quiet', SERVICE], '1');
}

/** Cuts the power of a worker and waits until the service is whole on the others. */
export async function loseHost(stage: Stage): Promise<void> {
  const victim = clusterHosts(stage).at(-1) ?? '';
  const victimId = (await nodeIds(stage))[victim];
  const lost = (await tasksOf(stage, SERVICE)).filter(
    (task) => task.nodeId === victimId && task.status.state === 'RUNNING' && task.desiredState === 'RUNNING',
  ).length;
  stage.screen.command(['skep', 'playground', 'stop', victim]);
  await stopHost(stage.playground.name, victim);
  const tookMs = await waitFor(stage, 'the service was not whole again', RECOVERY_TIMEOUT_MS, async () => {
    const tasks = await tasksOf(stage, SERVICE);
    const alive = tasks.filter(
      (task) =>
        task.nodeId !== victimId && task.status.state === 'RUNNING' && task.desiredState === 'RUNNING',
    );
    return alive.length === REPLICAS;
  });
  stage.screen.proof(
    `${victim} lost power with ${lost} replicas; all ${REPLICAS} run again on the others after ` +
      `${(tookMs / 1_000).toFixed(1)} s`,
  );
  await probeEveryHost(stage, REPLICAS, '1', victim);
}
