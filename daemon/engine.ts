import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createExecutor } from '../agent/executor/executor-factory.ts';
import { createImageStore } from '../agent/image/create-image-store.ts';
import type { ImageStore } from '../agent/image/image-store.ts';
import type { Log } from '../lib/ports.ts';
import type { DaemonOptions } from './options.ts';
import { systemClock } from './system-clock.ts';

export type NodeExecutor = Awaited<ReturnType<typeof createExecutor>>;

/** What a node can do in or out of a cluster: keep images and run containers. */
export interface Engine {
  readonly executor: NodeExecutor;
  readonly images: ImageStore;
  close(): void;
}

/** The project's root: the built code lies in its `dist` folder, the native programs in `build`. */
const PROJECT_ROOT = join(import.meta.dirname, '..', '..');

/** Opens the image store and finds, or starts, the node's keeper. */
export async function startEngine(options: DaemonOptions, log: Log): Promise<Engine> {
  const { dataRoot, runRoot, cgroupParent } = options;
  await Promise.all([dataRoot, runRoot].map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const images = await createImageStore({
    folder: join(dataRoot, 'image'),
    unpackBinaryPath: join(PROJECT_ROOT, 'build', 'skep-unpack'),
    nowMs: systemClock.nowMs,
    log,
  });
  const executor = await createExecutor({
    keeperSocketPath: join(runRoot, 'keeper.sock'),
    keeperBinaryPath: join(PROJECT_ROOT, 'build', 'skep-keeper'),
    stateFolder: join(dataRoot, 'containers'),
    cgroupParent,
    log,
  });
  await executor.cleanLeftovers([]);
  return { executor, images, close: () => executor.close() };
}
