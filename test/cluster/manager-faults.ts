import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { hostPaths } from '../../cli/playground/names.ts';
import {
  cutHost,
  healHost,
  killDaemon,
  pauseHost,
  releaseDaemon,
  resumeHost,
} from '../../cli/playground/playground.ts';
import type { TestCluster } from './test-cluster.ts';

/** What can be wrong with a manager, beside being gone for good. */
export const FAULTS = ['kill', 'cut', 'cut inbound', 'cut outbound', 'pause', 'full disk'] as const;
export type Fault = (typeof FAULTS)[number];

const FILL_CHUNK = Buffer.alloc(256 * 1024);

function fillerOf(cluster: TestCluster, host: string): string {
  return join(hostPaths(cluster.name, host).data, 'filler');
}

/** Writes until nothing fits any more, whatever the daemon removes meanwhile. */
async function fillDisk(cluster: TestCluster, host: string): Promise<void> {
  const file = await open(fillerOf(cluster, host), 'w');
  try {
    for (;;) await file.write(FILL_CHUNK);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
  } finally {
    await file.close();
  }
}

/** Makes something be wrong with a host. */
export async function breakHost(cluster: TestCluster, host: string, fault: Fault): Promise<void> {
  const { name } = cluster;
  switch (fault) {
    case 'kill':
      return killDaemon(name, host, { hold: true });
    case 'cut':
      return cutHost(name, host);
    case 'cut inbound':
      return cutHost(name, host, 'inbound');
    case 'cut outbound':
      return cutHost(name, host, 'outbound');
    case 'pause':
      return pauseHost(name, host);
    case 'full disk':
      return fillDisk(cluster, host);
  }
}

/** Makes it right again. */
export async function mendHost(cluster: TestCluster, host: string, fault: Fault): Promise<void> {
  const { name } = cluster;
  switch (fault) {
    case 'kill':
      return releaseDaemon(name, host);
    case 'cut':
    case 'cut inbound':
    case 'cut outbound':
      return healHost(name, host);
    case 'pause':
      return resumeHost(name, host);
    case 'full disk':
      return rm(fillerOf(cluster, host), { force: true });
  }
}
