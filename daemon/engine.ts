import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createExecutor } from '../agent/executor/executor-factory.ts';
import { createImageStore } from '../agent/image/create-image-store.ts';
import type { ImageStore } from '../agent/image/image-store.ts';
import { createLogForwarding, type LogForwarding } from '../agent/logs/forward/forwarding.ts';
import { createVolumeStore, type VolumeStore } from '../agent/volume/volume-store.ts';
import type { ContainerDefaults } from '../agent/worker/namespace-options.ts';
import type { Log } from '../lib/ports.ts';
import { readContainerDefaults } from './container-defaults.ts';
import { createNodeNetwork, type NodeNetwork } from './node-network.ts';
import type { DaemonOptions } from './options.ts';
import { systemClock } from './system-clock.ts';

export type NodeExecutor = Awaited<ReturnType<typeof createExecutor>>;

/** What a node can do in or out of a cluster: keep images and volumes, and run containers. */
export interface Engine {
  readonly executor: NodeExecutor;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  /** Sends logs to where their drivers say. */
  readonly forwarding: LogForwarding;
  /** For every container whose specification does not say otherwise. */
  readonly containerDefaults: ContainerDefaults;
  readonly network: NodeNetwork;
  close(): Promise<void>;
}

/** Where the keeper keeps what each running container needs: in memory, on a machine whose /run is. */
export function stateFolder({ runRoot }: DaemonOptions): string {
  return join(runRoot, 'containers');
}

/** Where the writable layers of tasks' containers lie. */
export function writableFolder({ dataRoot }: DaemonOptions): string {
  return join(dataRoot, 'containers');
}

/** The project's root: the built code lies in its `dist` folder, the native programs in `build`. */
const PROJECT_ROOT = join(import.meta.dirname, '..', '..');
/** Lays out layers, fills volumes, and looks into containers. */
export const UNPACK_BINARY = join(PROJECT_ROOT, 'build', 'skep-unpack');

/** Opens the stores of images and volumes, and finds, or starts, the node's keeper. */
export async function startEngine(options: DaemonOptions, log: Log): Promise<Engine> {
  const { dataRoot, runRoot, cgroupParent } = options;
  await Promise.all([dataRoot, runRoot].map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const containerDefaults = await readContainerDefaults(options);
  const images = await createImageStore({
    folder: join(dataRoot, 'image'),
    unpackBinaryPath: UNPACK_BINARY,
    nowMs: systemClock.nowMs,
    log,
  });
  const volumes = await createVolumeStore({
    folder: join(dataRoot, 'volumes'),
    copyBinaryPath: UNPACK_BINARY,
    nowMs: systemClock.nowMs,
    log,
  });
  const executor = await createExecutor({
    keeperSocketPath: join(runRoot, 'keeper.sock'),
    keeperBinaryPath: join(PROJECT_ROOT, 'build', 'skep-keeper'),
    stateFolder: stateFolder(options),
    writableFolder: writableFolder(options),
    cgroupParent,
    log,
  });
  // Of one run each; what a container of this node alone keeps from run to run lies elsewhere.
  await executor.cleanLeftovers([]);
  const forwarding = createLogForwarding({ hostname: options.hostname, clock: systemClock, log });
  const network = await createNodeNetwork({ executor, clock: systemClock, log });
  const close = async () => {
    await Promise.all([network.close(), forwarding.close()]);
    executor.close();
  };
  return { executor, images, volumes, forwarding, containerDefaults, network, close };
}
