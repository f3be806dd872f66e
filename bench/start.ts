// How long containers take: through the executor beside runc, and over the API beside a Docker Engine.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inOwnNetwork } from './own-network.ts';
import { benchCalls } from './start/calls.ts';
import { benchExecutor } from './start/executor.ts';

/** Runs both parts one after the other and prints their figures. */
export async function benchStart(): Promise<void> {
  await inOwnNetwork('start', async (folder) => {
    const [executor, calls] = [join(folder, 'executor'), join(folder, 'calls')];
    await Promise.all([mkdir(executor), mkdir(calls)]);
    await benchExecutor(executor);
    await benchCalls(calls);
  });
}
