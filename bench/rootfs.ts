import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A root file system with nothing but a static busybox, in a new folder below `folder`. */
export async function makeRootfs(folder: string): Promise<string> {
  const layer = join(folder, 'layer');
  await mkdir(join(layer, 'bin'), { recursive: true });
  await copyFile('/bin/busybox', join(layer, 'bin', 'busybox'));
  for (const name of ['true', 'sh', 'sleep']) await symlink('busybox', join(layer, 'bin', name));
  for (const name of ['proc', 'sys', 'dev', 'etc', 'tmp']) await mkdir(join(layer, name));
  return layer;
}

/** The bytes of a tar of it. */
export function packRootfs(layer: string): Uint8Array {
  return execFileSync('tar', ['--create', '--directory', layer, '.'], { maxBuffer: 64 * 1024 * 1024 });
}
