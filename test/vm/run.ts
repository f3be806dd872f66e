// Runs compiled tests on a machine with control groups of version 2 only, in an emulator: `node dist/test/vm/run.js
// [part of a path …]`. Most Debian 12 nodes are such machines; the one that develops may be another.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { projectRoot } from '../../cli/project.ts';
import { command, findProgram } from './command.ts';
import { buildImage } from './image.ts';
import { obtainKernel } from './kernel.ts';
import { runMachine } from './machine.ts';

/** Bound on everything that happens inside the machine. */
const MACHINE_TIMEOUT_MS = 20 * 60_000;
const DEFAULT_FILTERS = [
  'agent/executor',
  'agent/network',
  'agent/container',
  'agent/logs',
  'runtime/bundles',
  'vm/',
];
const NEEDED_PROGRAMS = ['qemu-system-x86_64', 'mke2fs', 'busybox', 'ldd', 'apt-get', 'dpkg'];

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'needs Linux on x86-64';
  const missing = NEEDED_PROGRAMS.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return `${missing.join(', ')} missing (apt-get install qemu-system-x86)`;
  if (!existsSync(join(projectRoot(), 'build/skep-keeper'))) return 'the keeper is not built';
  return undefined;
}

/** Small programs that tests compile. Compiled here instead, they need not be compiled in slow motion. */
const COMPILED: readonly (readonly [source: string, flags: readonly string[]])[] = [
  ['test/agent/network/netlink-sender.c', []],
  ['test/agent/executor/escapes/attacker.c', ['-static']],
  ['test/agent/executor/seccomp/syscall-probe.c', ['-static', '-D_GNU_SOURCE']],
];

function compiled(folder: string, project: string): Readonly<Record<string, string>> {
  if (findProgram('gcc') === undefined) return {};
  const programs = COMPILED.map(([source, flags]): [string, string] => {
    const name = basename(source, '.c');
    command('gcc', ['-O1', ...flags, '-o', join(folder, name), join(project, source)]);
    return [join(folder, name), `/usr/lib/skep-test/${name}`];
  });
  return { ...Object.fromEntries(programs), [join(project, 'test/vm/compiler.sh')]: '/usr/bin/gcc' };
}

async function main(): Promise<number> {
  const reason = whyNot();
  const kernel = reason ?? obtainKernel(join(projectRoot(), 'build/vm'));
  if (typeof kernel === 'string') {
    console.log(`skipped: ${kernel}`);
    return 0;
  }
  const filters = process.argv.length > 2 ? process.argv.slice(2) : DEFAULT_FILTERS;
  const folder = mkdtempSync(join(tmpdir(), 'skep-vm-'));
  const clear = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', clear);
  // A second signal must not cut the clearing short.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  const project = projectRoot();
  const image = buildImage({
    folder,
    kernel,
    project,
    initPath: join(project, 'test/vm/guest-init.sh'),
    files: compiled(folder, project),
    filters,
  });
  const result = await runMachine(kernel, image, MACHINE_TIMEOUT_MS, (text) => process.stdout.write(text));
  if (result.timedOut) console.log(`the machine did not end within ${MACHINE_TIMEOUT_MS / 60_000} minutes`);
  else if (result.exitCode === undefined) console.log('the machine stopped before the tests ended');
  console.log(result.counts ?? '0 passed, 1 failed, 0 skipped');
  return result.exitCode === 0 && !result.timedOut ? 0 : 1;
}

process.exitCode = await main();
