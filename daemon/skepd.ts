import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Server } from '@grpc/grpc-js';
import { describeError } from '../lib/errors.ts';
import type { Log } from '../lib/ports.ts';
import { containerMethods } from '../proto/container-services.ts';
import { MAX_MESSAGE_BYTES, serve } from '../proto/rpc.ts';
import { controlMethods, localMethods } from '../proto/services.ts';
import { containerHandlers } from './container-handlers.ts';
import { type Containers, elsewhereOf, routeContainers } from './container-router.ts';
import { controlProxy } from './control-proxy.ts';
import { lockDataRoot } from './data-root-lock.ts';
import { type Engine, startEngine } from './engine.ts';
import { localHandlers } from './local-handlers.ts';
import { listenOnSocket, requireUnserved } from './local-socket.ts';
import { createMembership } from './membership.ts';
import { openNodeContainers } from './node-containers.ts';
import { nodeLook } from './node-look.ts';
import type { DaemonOptions } from './options.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

export interface Daemon {
  /** Stops serving; containers go on under the keeper. */
  close(): Promise<void>;
}

/** Everything that the engine carries. `ends` gets what undoes each part, in order. */
async function serveNode(
  options: DaemonOptions,
  engine: Engine,
  socketPath: string,
  ends: (() => Promise<unknown>)[],
  log: Log,
): Promise<void> {
  let own: Containers | null = null;
  const membership = createMembership({
    options,
    engine,
    containers: () => own,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  ends.push(() => membership.close());
  const containers = await openNodeContainers({
    options,
    engine,
    membership,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  ends.push(async () => containers.close());
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.enable_channelz': 0,
  });
  serve(server, localMethods, localHandlers({ options, engine, membership, containers }));
  serve(server, controlMethods, controlProxy(membership));
  own = containerHandlers({ context: containers.context, look: nodeLook(engine, containers.context) });
  const routed = routeContainers(own, () => elsewhereOf(membership));
  serve(server, containerMethods, routed);
  await membership.resume();
  if (membership.isLocked()) engine.network.expectSwarm();
  containers.begin();
  await listenOnSocket(server, socketPath);
  ends.push(async () => {
    server.forceShutdown();
    await rm(socketPath, { force: true });
  });
}

/** Starts the one daemon of a node: engine, membership as remembered, and the local socket. */
export async function startDaemon(options: DaemonOptions, log: Log): Promise<Daemon> {
  const socketPath = join(options.runRoot, 'skep.sock');
  await requireUnserved(socketPath);
  const unlock = await lockDataRoot(options.dataRoot);
  const engine = await startEngine(options, log).catch(async (thrown: unknown) => {
    await unlock();
    throw thrown;
  });
  const ends: (() => Promise<unknown>)[] = [unlock, () => engine.close()];
  async function close(): Promise<void> {
    for (const end of ends.splice(0).reverse()) await end();
  }
  try {
    await serveNode(options, engine, socketPath, ends, log);
  } catch (thrown) {
    await close().catch((again: unknown) => {
      log('warn', 'The daemon could not stop cleanly.', { error: describeError(again) });
    });
    throw thrown;
  }
  log('info', 'The daemon is ready.', { socket: socketPath, pid: process.pid });
  return { close };
}
