import { openKeeperSocket } from '../../../agent/executor/keeper-client.ts';

/** A bare connection to the keeper, for frames that no client would send. */
export interface RawKeeper {
  send(bytes: Uint8Array): void;
  /** All bytes until the keeper closes, or until it is quiet for `quietMs`. */
  receive(quietMs: number): Promise<{ readonly bytes: Buffer; readonly closed: boolean }>;
  /** What comes first, waited for as long as a slow machine may take; empty when the keeper closes before. */
  receiveSomething(): Promise<Buffer>;
  destroy(): void;
}

const LONGEST_WAIT_MS = 10_000;

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
  /** True when nothing came for that long. */
  const isQuiet = (quietMs: number): Promise<boolean> =>
    new Promise((done) => {
      const timer = setTimeout(done, quietMs, true);
      wake = () => {
        clearTimeout(timer);
        done(false);
      };
    });
  return {
    send: (bytes) => {
      socket.write(bytes);
    },
    receive: async (quietMs) => {
      while (!closed) if (await isQuiet(quietMs)) break;
      return { bytes: Buffer.concat(chunks.splice(0)), closed };
    },
    receiveSomething: async () => {
      if (chunks.length === 0 && !closed) await isQuiet(LONGEST_WAIT_MS);
      return Buffer.concat(chunks.splice(0));
    },
    destroy: () => socket.destroy(),
  };
}
