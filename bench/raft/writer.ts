import { ChannelCredentials } from '@grpc/grpc-js';
import { type Connection, connect } from '../../proto/rpc.ts';
import type { BenchMember } from './cluster.ts';
import { keyValueMethods } from './key-value.ts';

const VALUE = new Uint8Array(256).fill(5);
/** A member that was killed with a call on its way does not answer it. */
const CALL_TIMEOUT_MS = 500;
const PAUSE_MS = 2;
const TIMEOUT_MS = 30_000;

/** A client that knows all members and takes whichever accepts its write, as a command line does. */
export interface Writer {
  /** Resolves once any of these members has taken a write. */
  untilAccepted(members: readonly BenchMember[]): Promise<void>;
  close(): void;
}

/** Connects when it is needed. */
export function createWriter(): Writer {
  const connections = new Map<string, Connection<typeof keyValueMethods>>();
  let writes = 0;

  const put = async ({ front }: BenchMember): Promise<boolean> => {
    const connection =
      connections.get(front) ??
      connect(keyValueMethods, front, ChannelCredentials.createInsecure(), {
        'grpc.initial_reconnect_backoff_ms': 20,
        'grpc.max_reconnect_backoff_ms': 100,
      });
    connections.set(front, connection);
    try {
      await connection.call.put({ key: `write-${writes++}`, value: VALUE }, { timeoutMs: CALL_TIMEOUT_MS });
      return true;
    } catch {
      return false;
    }
  };

  return {
    untilAccepted: async (members) => {
      const untilMs = performance.now() + TIMEOUT_MS;
      while (performance.now() < untilMs) {
        const accepted = await Promise.all(members.map(put));
        if (accepted.includes(true)) return;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      throw new Error(`no write was accepted within ${TIMEOUT_MS / 1_000} s`);
    },
    close: () => {
      for (const connection of connections.values()) connection.close();
    },
  };
}
