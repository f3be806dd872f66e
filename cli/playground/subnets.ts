import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../../lib/errors.ts';
import { DEFAULT_PLAYGROUND, FIRST_SUBNET, LAST_SUBNET, RUN_ROOT } from './names.ts';
import { usedSubnets } from './wires.ts';

/** One file per subnet in use, named after its third number, with the name of its playground inside. */
const CLAIMS = join(RUN_ROOT, '.subnets');

/** Creates the claim in one step, so that two playgrounds that start together never share a subnet. */
async function claim(subnet: number, name: string): Promise<boolean> {
  const path = join(CLAIMS, String(subnet));
  await mkdir(CLAIMS, { recursive: true });
  try {
    await writeFile(path, name, { flag: 'wx' });
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    // Whoever ends the last playground removes the folder, also between our two steps.
    if (code === 'ENOENT') return claim(subnet, name);
    if (code !== 'EEXIST') throw thrown;
    return (await readFile(path, 'utf8').catch(() => '')) === name;
  }
}

/** Takes the next free subnet for a playground; the default one always has the first. */
export async function claimSubnet(name: string): Promise<number> {
  if (name === DEFAULT_PLAYGROUND) return FIRST_SUBNET;
  const taken = new Set(await usedSubnets());
  for (let subnet = FIRST_SUBNET + 1; subnet <= LAST_SUBNET; subnet++) {
    if (!taken.has(subnet) && (await claim(subnet, name))) return subnet;
  }
  throw new SkepError('RESOURCE_EXHAUSTED', 'no subnet is left for another playground', {
    help: 'end one: skep playground ls, skep playground down --name NAME',
  });
}

/** Gives back whatever subnet a playground has. */
export async function releaseSubnet(name: string): Promise<void> {
  for (const entry of await readdir(CLAIMS).catch((): string[] => [])) {
    const path = join(CLAIMS, entry);
    if ((await readFile(path, 'utf8').catch(() => '')) === name) await rm(path, { force: true });
  }
  await rmdir(CLAIMS).catch(() => undefined);
}
