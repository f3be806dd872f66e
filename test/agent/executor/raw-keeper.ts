import { openKeeperSocket } from '../../../agent/executor/keeper-client.ts';

/** A bare connection to the keeper, for frames that no client would send. */
export interface RawKeeper {
  send(bytes: Uint8Array): void;
  /** All bytes until the keeper closes, or until it is quiet for `quietMs`. */
  receive(quietMs: number): Promise<{ readonly bytes: Buffer; readonly closed: boolean }>;
  destroy(): void;
}

/** Connects to the keeper's socket. */
export async function connectRaw(path: string): Promise<RawKeeper> {
  const socket = await openKeeperSocket(path);
  const chunks: Buffer[] = [];
  let closed = false;
  let wake = (): void => {};
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    wake();
  });
  socket.on('close', () => {
    closed = true;
    wake();
  });
  socket.on('error', () => {});
  return {
    send: (bytes) => {
      socket.write(bytes);
    },
    receive: async (quietMs) => {
      while (!closed) {
        const quiet = await new Promise<boolean>((done) => {
          const timer = setTimeout(done, quietMs, true);
          wake = () => {
            clearTimeout(timer);
            done(false);
          };
        });
        if (quiet) break;
      }
      return { bytes: Buffer.concat(chunks.splice(0)), closed };
    },
    destroy: () => socket.destroy(),
  };
}
