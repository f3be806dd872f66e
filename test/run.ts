// Runs the compiled tests: `node dist/test/run.js [part of a path …]`. Files run two at a time; those under
// test/cluster bring up whole clusters and run alone, after the others. Without a path the simulation's thousand
// seeds are run as well.
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const FILE_TIMEOUT_MS = 300_000;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

async function testFiles(filters: readonly string[]): Promise<readonly string[]> {
  const root = import.meta.dirname;
  const entries = await readdir(root, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith('.test.js'))
    .filter((entry) => filters.length === 0 || filters.some((filter) => entry.includes(filter)))
    .sort()
    .map((entry) => join(root, entry));
}

function runFiles(files: readonly string[], concurrency: number, counts: Counts): Promise<void> {
  if (files.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const events = run({ files: [...files], concurrency, timeout: FILE_TIMEOUT_MS });
    events.on('test:pass', ({ details, skip }) => {
      if (details.type === 'suite') return;
      if (skip === undefined) counts.passed++;
      else counts.skipped++;
    });
    events.on('test:fail', ({ details }) => {
      if (details.type !== 'suite') counts.failed++;
    });
    events.on('end', resolve);
    events.compose(new spec()).pipe(process.stdout, { end: false });
  });
}

/** Runs beside the cluster tests, which mostly wait, and gives way to them. Resolves with its exit code. */
function simulate(): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sim', 'run.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  let output = '';
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      console.log(`the simulation\n${output}`);
      resolve(code ?? 1);
    });
  });
}

const filters = process.argv.slice(2);
const files = await testFiles(filters);
const isCluster = (file: string) => relative(import.meta.dirname, file).startsWith('cluster');
const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
await runFiles(
  files.filter((file) => !isCluster(file)),
  2,
  counts,
);
const simulation = filters.length === 0 ? simulate() : Promise.resolve(0);
await runFiles(files.filter(isCluster), 1, counts);
const simulationCode = await simulation;
// The reporter writes its own end in a later turn.
await new Promise((resolve) => setTimeout(resolve, 100));
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 || simulationCode !== 0 ? 1 : 0;
