import { chmod, rm } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { type Server, ServerCredentials } from '@grpc/grpc-js';

import { SkepError } from '../lib/errors.ts';

const PROBE_TIMEOUT_MS = 1_000;

/** True when somebody answers on the socket. */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(path);
    const settle = (served: boolean) => {
      socket.destroy();
      resolve(served);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle(true));
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
}

/** FAILED_PRECONDITION when a living daemon answers on the socket. */
export async function requireUnserved(path: string): Promise<void> {
  if (!(await isServed(path))) return;
  throw new SkepError('FAILED_PRECONDITION', `another daemon answers on ${path}`, {
    help: 'stop that daemon, or give this one a --run-root of its own',
  });
}

/**
 * Serves `server` on a unix socket that only root may use. A socket that a dead daemon left is replaced;
 * FAILED_PRECONDITION when a living one answers there.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  await requireUnserved(path);
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  await chmod(path, 0o600);
}
