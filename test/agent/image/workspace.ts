import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createImageStore } from '../../../agent/image/create-image-store.ts';
import type { ImageStore } from '../../../agent/image/image-store.ts';
import { projectRoot } from '../../../cli/project.ts';

const PROJECT_ROOT = projectRoot();
export const UNPACK_BINARY = join(PROJECT_ROOT, 'build/skep-unpack');

/** Builds skep-unpack when it is not there; false, or the reason why these tests cannot run here. */
export function reasonToSkip(): string | false {
  if (process.getuid?.() !== 0) return 'unpacking layers needs root';
  if (!existsSync(UNPACK_BINARY)) {
    execFileSync('make', ['-C', join(PROJECT_ROOT, 'agent/image/unpack')], { stdio: 'ignore' });
  }
  return false;
}

/** A folder of this test alone, gone with it. */
export function makeFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'skep-image-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function openStore(folder: string): Promise<ImageStore> {
  return createImageStore({
    folder: join(folder, 'images'),
    unpackBinaryPath: UNPACK_BINARY,
    nowMs: () => 1_800_000_000_000,
    log: () => undefined,
  });
}

/** The name of everything under a folder, no link followed: what a failure must leave unchanged. */
export function listAll(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => [
      entry.name,
      ...(entry.isDirectory() ? listAll(join(folder, entry.name)).map((name) => join(entry.name, name)) : []),
    ])
    .sort();
}
