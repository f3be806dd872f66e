import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Server } from '@grpc/grpc-js';
import { describeError } from '../lib/errors.ts';
import type { Log } from '../lib/ports.ts';
import { MAX_MESSAGE_BYTES, serve } from '../proto/rpc.ts';
import { controlMethods, localMethods } from '../proto/services.ts';
import { controlProxy } from './control-proxy.ts';
import { lockDataRoot } from './data-root-lock.ts';
import { startEngine } from './engine.ts';
import { localHandlers } from './local-handlers.ts';
import { listenOnSocket, requireUnserved } from './local-socket.ts';
import { createMembership } from './membership.ts';
import type { DaemonOptions } from './options.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';

export interface Daemon {
  /** Stops serving; containers go on under the keeper. */
  close(): Promise<void>;
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
  const membership = createMembership({ options, engine, clock: systemClock, random: systemRandom, log });
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.enable_channelz': 0,
  });
  async function close(): Promise<void> {
    server.forceShutdown();
    await membership.close();
    engine.close();
    await rm(socketPath, { force: true });
    await unlock();
  }
  try {
    serve(server, localMethods, localHandlers({ options, engine, membership }));
    serve(server, controlMethods, controlProxy(membership));
    await membership.resume();
    await listenOnSocket(server, socketPath);
  } catch (thrown) {
    await membership.close().catch((again: unknown) => {
      log('warn', 'The daemon could not stop cleanly.', { error: describeError(again) });
    });
    engine.close();
    await unlock();
    throw thrown;
  }
  log('info', 'The daemon is ready.', { socket: socketPath, pid: process.pid });
  return { close };
}
