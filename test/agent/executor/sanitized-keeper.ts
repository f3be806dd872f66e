import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../../cli/project.ts';

export const sanitizedBinaryPath = join(projectRoot(), 'build/skep-keeper-sanitized');

/** Null when it is built, else why the sanitized keeper cannot be. Several test files do this at the same time. */
export function buildSanitized(): string | null {
  const lock = join(projectRoot(), 'build');
  const make = ['make', '-s', '-C', join(projectRoot(), 'agent/keeper'), 'sanitized'];
  try {
    execFileSync('flock', [lock, ...make], { stdio: 'pipe' });
    return null;
  } catch {
    return 'needs gcc with libasan and libubsan';
  }
}
