import { createDnsServer, type DnsServer } from '../agent/dns/dns-server.ts';
import type { Resolver } from '../agent/dns/resolvers.ts';
import type { Network } from '../agent/network/network.ts';
import type { NetworkPicture } from '../lib/domain/assignment.ts';
import { describeError } from '../lib/errors.ts';
import type { Clock, Log } from '../lib/ports.ts';

const DNS_PORT = 53;
const RETRY_MS = 1_000;

export interface NodeDnsOptions {
  readonly address: string;
  readonly network: Network;
  readonly picture: () => NetworkPicture;
  readonly resolvers: readonly Resolver[];
  readonly clock: Clock;
  readonly log: Log;
}

export interface NodeDns {
  /** Call once a picture was given to the network: the address to listen on comes with it. */
  start(): void;
  close(): Promise<void>;
}

/** The node's name server, started as soon as its address exists and tried again until it listens. */
export function createNodeDns(options: NodeDnsOptions): NodeDns {
  const { address, network, picture, resolvers, clock, log } = options;
  const closing = new AbortController();
  let started = false;
  let running: DnsServer | null = null;

  async function listen(): Promise<void> {
    await network.applied();
    while (!closing.signal.aborted) {
      const server = createDnsServer({ address, port: DNS_PORT, picture, resolvers, log });
      try {
        await server.listen();
        if (closing.signal.aborted) await server.close();
        else running = server;
        return;
      } catch (thrown) {
        log('warn', 'The name server could not start and is tried again.', { error: describeError(thrown) });
        await server.close();
        await new Promise<void>((resolve) => void clock.schedule(RETRY_MS, resolve));
      }
    }
  }

  return {
    start() {
      if (started) return;
      started = true;
      void listen();
    },
    async close() {
      closing.abort();
      await running?.close();
    },
  };
}
