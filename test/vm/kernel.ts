import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from './command.ts';

/** The package that always names Debian's newest kernel for virtual machines. */
const KERNEL_PACKAGE = 'linux-image-cloud-amd64';
const DOWNLOAD_TIMEOUT_MS = 120_000;

/** A kernel that was unpacked, not installed. */
export interface Kernel {
  readonly imagePath: string;
  /** Holds lib/modules/<release>. */
  readonly folder: string;
  readonly release: string;
}

/** The kernel in a folder that a package was unpacked to; undefined when there is none. */
export function findKernel(folder: string): Kernel | undefined {
  const boot = join(folder, 'boot');
  if (!existsSync(boot)) return undefined;
  const image = readdirSync(boot).find((name) => name.startsWith('vmlinuz-'));
  if (image === undefined) return undefined;
  return { imagePath: join(boot, image), folder, release: image.slice('vmlinuz-'.length) };
}

/**
 * Debian's cloud kernel, downloaded and unpacked below `cache` the first time, never installed. Answers with a
 * sentence that says why there is none.
 */
export function obtainKernel(cache: string): Kernel | string {
  const folder = join(cache, 'kernel');
  const known = findKernel(folder);
  if (known !== undefined) return known;
  const depends = attempt('apt-cache', ['depends', KERNEL_PACKAGE], { timeoutMs: DOWNLOAD_TIMEOUT_MS });
  const name = /Depends: (linux-image-\S+)/.exec(depends ?? '')?.[1];
  if (name === undefined) return `apt knows no ${KERNEL_PACKAGE}`;
  const download = join(cache, 'download');
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  try {
    if (
      attempt('apt-get', ['download', '-qq', name], { cwd: download, timeoutMs: DOWNLOAD_TIMEOUT_MS }) ===
      undefined
    ) {
      return `${name} cannot be downloaded`;
    }
    const file = readdirSync(download).find((entry) => entry.endsWith('.deb'));
    const unpacked = join(download, 'unpacked');
    if (file === undefined || attempt('dpkg', ['-x', join(download, file), unpacked], {}) === undefined) {
      return `${name} cannot be unpacked`;
    }
    // A whole kernel or none: an interrupted download must not look like one.
    renameSync(unpacked, folder);
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
  return findKernel(folder) ?? `${name} holds no kernel`;
}
