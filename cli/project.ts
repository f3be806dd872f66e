import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SkepError } from '../lib/errors.ts';

/** Folders between this file and the project's root, in the sources and in the build. */
const MAX_PARENTS = 6;

interface Project {
  /** The folder that holds package.json, bin and dist. */
  readonly root: string;
  readonly version: string;
}

function findProject(): Project {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let step = 0; step < MAX_PARENTS; step++) {
    try {
      const content: { name?: string; version?: string } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      // The build holds a copy of package.json, but not the launchers.
      if (content.name === 'skep' && existsSync(join(folder, 'bin')))
        return { root: folder, version: content.version ?? 'unknown' };
    } catch {
      // Not in this folder; the next one up is tried.
    }
    folder = dirname(folder);
  }
  throw new SkepError('INTERNAL', 'the package.json of Skep is not above its command line');
}

/** The version in Skep's package.json. */
export function clientVersion(): string {
  return findProject().version;
}

/** The folder that Skep was cloned or installed to. */
export function projectRoot(): string {
  return findProject().root;
}
