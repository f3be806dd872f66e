import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../lib/errors.ts';

const ATTEMPTS = 3;

/** When the process began, in clock ticks since boot: field 22 of /proc/PID/stat (proc(5)); null when it is gone. */
async function startTimeOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command in field 2 may hold spaces; fields are counted behind its closing parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not asked yet.
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/**
 * Takes the data root for this process; the returned function gives it back. A lock whose process is gone is
 * taken over. FAILED_PRECONDITION names the process that holds it.
 */
export async function lockDataRoot(dataRoot: string): Promise<() => Promise<void>> {
  await mkdir(dataRoot, { recursive: true, mode: 0o700 });
  const path = join(dataRoot, 'skepd.lock');
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, startTime: await startTimeOf(process.pid) }));
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        // A link either takes the name or fails: two daemons that start at once cannot both have it.
        await link(mine, path);
        return () => rm(path, { force: true });
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
      }
      const holder = await readHolder(path);
      if (holder !== null && holder.startTime === (await startTimeOf(holder.pid))) {
        throw new SkepError(
          'FAILED_PRECONDITION',
          `data root ${dataRoot} is in use by skepd with pid ${holder.pid}`,
          {
            help: 'stop that daemon, or give this one a --data-root of its own',
          },
        );
      }
      await rm(path, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new SkepError('UNAVAILABLE', `data root ${dataRoot} could not be locked: others keep taking it`);
}

async function readHolder(path: string): Promise<{ pid: number; startTime: string } | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as { pid: number; startTime: string };
  } catch {
    return null;
  }
}
