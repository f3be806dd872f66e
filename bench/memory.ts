// What a node takes for itself: idle, and for each container that runs, beside Docker's shims.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDockerEngine } from './docker-engine.ts';
import { residentBytes } from './memory/processes.ts';
import { inOwnNetwork } from './own-network.ts';
import { makeRootfs, packRootfs } from './rootfs.ts';
import { startSkepNode } from './skep-node.ts';

const CONTAINERS = 500;
const STARTS_AT_ONCE = 20;
const DOCKER_CONTAINERS = 20;
/** Memory that a start took for a moment is given back by then. */
const SETTLE_MS = 15_000;
const SLEEP = ['/bin/sleep', '1000000'];

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** Prints resident memory of daemon and keeper without and with 500 containers, and of Docker's shims. */
export async function benchMemory(): Promise<void> {
  await inOwnNetwork('memory', async (folder) => {
    const tar = packRootfs(await makeRootfs(folder));
    const [skepFolder, dockerFolder] = [join(folder, 'skep'), join(folder, 'docker')];
    await Promise.all([mkdir(skepFolder), mkdir(dockerFolder)]);
    await measureNode(skepFolder, tar);
    await measureShims(dockerFolder, tar);
  });
}

async function measureNode(folder: string, tar: Uint8Array): Promise<void> {
  const node = await startSkepNode(folder, tar);
  try {
    const measure = async () => {
      await sleep(SETTLE_MS);
      const [daemon, keeper] = await Promise.all([node.daemonPid, node.keeperPid].map(residentBytes));
      return { daemon: daemon ?? 0, keeper: keeper ?? 0 };
    };
    const idle = await measure();
    for (let count = 0; count < CONTAINERS; count += STARTS_AT_ONCE) {
      await Promise.all(Array.from({ length: STARTS_AT_ONCE }, () => node.start(SLEEP)));
    }
    const full = await measure();
    const each = (key: 'daemon' | 'keeper') => (full[key] - idle[key]) / CONTAINERS / 1e3;
    const sum = (sizes: typeof idle) => megabytes(sizes.daemon + sizes.keeper);
    console.log('resident memory of a node in no swarm, MB: daemon + keeper');
    console.log(
      `  idle                  ${megabytes(idle.daemon)} + ${megabytes(idle.keeper)} = ${sum(idle)}   bar: 100`,
    );
    console.log(
      `  ${CONTAINERS} containers        ${megabytes(full.daemon)} + ${megabytes(full.keeper)} = ${sum(full)}   bar: 150`,
    );
    const [daemon, keeper] = [each('daemon'), each('keeper')];
    console.log(
      `  for each container    ${daemon.toFixed(1)} + ${keeper.toFixed(1)} = ${(daemon + keeper).toFixed(1)} KB   bar: 100`,
    );
  } finally {
    await node.close();
  }
}

async function measureShims(folder: string, tar: Uint8Array): Promise<void> {
  const docker = await startDockerEngine(folder, tar);
  if (docker === null) return console.log('docker.io is not installed: no comparison');
  try {
    for (let count = 0; count < DOCKER_CONTAINERS; count++) await docker.start(SLEEP);
    const bytes = await docker.shimBytes();
    console.log(
      `  docker's shim, for each of ${DOCKER_CONTAINERS} containers: ${megabytes(bytes / DOCKER_CONTAINERS)} MB`,
    );
  } finally {
    await docker.close();
  }
}
