// How fast services grow on three test hosts: first task, 1 → 30, 30 → 90, with and without the overlay.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireCommand } from '../cli/playground/command.ts';
import { connectControl } from '../cli/playground/form.ts';
import { down, execInHost, up } from '../cli/playground/playground.ts';
import { projectRoot } from '../cli/project.ts';
import { DOCKER_BASELINE } from './docker-baseline.ts';
import { timed } from './statistics.ts';

const PLAYGROUND = 'bench';
const HOSTS = ['h1', 'h2', 'h3'];
const POLL_MS = 10;
const TIMEOUT_MS = 120_000;

async function skep(host: string, argv: readonly string[]): Promise<void> {
  const result = await execInHost(PLAYGROUND, host, ['skep', ...argv]);
  if (result.exitCode !== 0) throw new Error(`skep ${argv.join(' ')}: ${result.stderr}`);
}

async function untilRunning(service: string, count: number): Promise<void> {
  const control = connectControl(PLAYGROUND, 'h1');
  const deadlineMs = Date.now() + TIMEOUT_MS;
  try {
    for (;;) {
      const { services, statuses } = await control.call.listServices({});
      const id = services.find(({ spec }) => spec.name === service)?.id;
      const running = statuses.find(({ serviceId }) => serviceId === id)?.running ?? 0;
      if (running >= count) return;
      if (Date.now() > deadlineMs) throw new Error(`${service}: ${running} of ${count} tasks run`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    control.close();
  }
}

async function grow(network: 'host' | 'overlay'): Promise<void> {
  const name = `grow-${network}`;
  const attach =
    network === 'host' ? ['--network', 'host'] : ['--network', 'back', '--endpoint-mode', 'dnsrr'];
  const create = ['service', 'create', '-d', '--name', name, ...attach, '--stop-grace-period', '1s'];
  const step = async (argv: readonly string[], count: number) => {
    const seconds = (await timed(() => Promise.all([skep('h1', argv), untilRunning(name, count)]))) / 1000;
    return seconds.toFixed(2);
  };
  const row = (what: string, ours: string, docker: string) =>
    console.log(`  ${what.padEnd(22)} ${network.padEnd(8)} ${ours.padStart(6)} s   Docker then: ${docker} s`);
  row(
    'first task running',
    await step([...create, 'sleeper:1', 'sleep', '100000'], 1),
    DOCKER_BASELINE.firstTask[network],
  );
  row(
    'scale 1 to 30',
    await step(['service', 'scale', '-d', `${name}=30`], 30),
    DOCKER_BASELINE.scale1to30[network],
  );
  row(
    'scale 30 to 90',
    await step(['service', 'scale', '-d', `${name}=90`], 90),
    DOCKER_BASELINE.scale30to90[network],
  );
  await skep('h1', ['service', 'rm', name]);
}

/** Brings up three hosts, measures, and takes them down again. */
export async function benchScale(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'skep-bench-'));
  await down(PLAYGROUND);
  try {
    await up({ name: PLAYGROUND, managers: 1, workers: 2 });
    const archive = join(folder, 'sleeper.tar');
    const script = join(projectRoot(), 'cluster-examples', 'hello-web', 'build-rootfs.sh');
    await requireCommand(['sh', script, archive, '1']);
    await Promise.all(HOSTS.map((host) => skep(host, ['image', 'import', archive, 'sleeper:1'])));
    await skep('h1', ['network', 'create', '--driver', 'overlay', 'back']);
    console.log('growing a service on three hosts, the command line included');
    await grow('host');
    await grow('overlay');
  } finally {
    await down(PLAYGROUND);
    await rm(folder, { recursive: true, force: true });
  }
}
