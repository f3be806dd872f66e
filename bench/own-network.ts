import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSIDE = 'SKEP_BENCH_INSIDE';

/**
 * Runs the benchmark `name` of this program again in network and mount namespaces of its own, so that nothing of it
 * reaches the machine's network and no mount is left, and gives it an empty folder that is removed afterwards.
 */
export async function inOwnNetwork(name: string, work: (folder: string) => Promise<void>): Promise<void> {
  if (process.env[INSIDE] === undefined) {
    const argv = ['--net', '--mount', '--', process.execPath, ...process.argv.slice(1, 2), name];
    const env = { ...process.env, [INSIDE]: '1' };
    const { status } = spawnSync('unshare', argv, { stdio: 'inherit', env });
    if (status !== 0) throw new Error(`the benchmark ended with ${status}`);
    return;
  }
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const folder = mkdtempSync(join(tmpdir(), 'skep-bench-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
