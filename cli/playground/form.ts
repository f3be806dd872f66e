import { credentials } from '@grpc/grpc-js';

import { DEFAULT_API_PORT, DEFAULT_CLUSTER_SPEC } from '../../lib/defaults.ts';
import { describeError, SkepError } from '../../lib/errors.ts';
import type { NodeInfo } from '../../proto/messages.ts';
import { type Connection, connect } from '../../proto/rpc.ts';
import { controlMethods, localMethods } from '../../proto/services.ts';
import { SWARM_CALL_TIMEOUT_MS } from '../context.ts';
import { hostAddress, hostPaths } from './names.ts';

/** A daemon listens within a second or two; several that start at once on a small machine get more. */
const DAEMON_TIMEOUT_MS = 60_000;
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** A connection to the managers through the socket of a test host. The caller closes it. */
export function connectControl(name: string, host: string): Connection<typeof controlMethods> {
  return connect(controlMethods, `unix:${hostPaths(name, host).socket}`, credentials.createInsecure());
}

/** A connection to the daemon of a test host. The caller closes it. */
export function connectLocal(name: string, host: string): Connection<typeof localMethods> {
  return connect(localMethods, `unix:${hostPaths(name, host).socket}`, credentials.createInsecure());
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** Asks until there is an answer that is good enough. The last problem is part of the error when time runs out. */
async function ask<Answer>(
  what: string,
  timeoutMs: number,
  question: () => Promise<Answer>,
  problemOf: (answer: Answer) => string,
): Promise<Answer> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    let problem: string;
    try {
      const answer = await question();
      problem = problemOf(answer);
      if (problem === '') return answer;
    } catch (thrown) {
      problem = describeError(thrown);
    }
    if (Date.now() > deadlineMs) {
      throw new SkepError('DEADLINE_EXCEEDED', `${what} within ${timeoutMs / 1_000} s: ${problem}`);
    }
    await pause(POLL_MS);
  }
}

/** Waits until the daemon of a test host answers. */
export async function awaitDaemon(name: string, host: string): Promise<NodeInfo> {
  return ask(
    `the daemon of ${host} did not answer`,
    DAEMON_TIMEOUT_MS,
    async () => {
      // A new connection each time: an old one would sit out its pause between attempts.
      const connection = connectLocal(name, host);
      try {
        return await connection.call.info({}, { timeoutMs: 2_000 });
      } finally {
        connection.close();
      }
    },
    (info) => (info.swarmState === 'pending' ? 'it is still joining its swarm' : ''),
  );
}

async function withConnection<Table extends { close(): void }, Result>(
  connection: Table,
  use: (connection: Table) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

function initSwarm(name: string, host: string, address: string): Promise<unknown> {
  return withConnection(connectLocal(name, host), ({ call }) =>
    call.swarmInit(
      {
        advertiseAddress: address,
        listenAddress: '',
        dataPathAddress: address,
        availability: 'active',
        spec: DEFAULT_CLUSTER_SPEC,
      },
      { timeoutMs: SWARM_CALL_TIMEOUT_MS },
    ),
  );
}

function joinSwarm(
  name: string,
  host: string,
  request: { readonly token: string; readonly remoteAddress: string; readonly address: string },
): Promise<unknown> {
  return withConnection(connectLocal(name, host), ({ call }) =>
    call.swarmJoin(
      {
        token: request.token,
        remoteAddress: request.remoteAddress,
        advertiseAddress: request.address,
        listenAddress: '',
        dataPathAddress: request.address,
        availability: 'active',
      },
      { timeoutMs: SWARM_CALL_TIMEOUT_MS },
    ),
  );
}

/** Waits until the managers call every one of these test hosts ready. */
export async function awaitReady(name: string, viaHost: string, hosts: readonly string[]): Promise<void> {
  await withConnection(connectControl(name, viaHost), ({ call }) =>
    ask(
      'the nodes were not all ready',
      READY_TIMEOUT_MS,
      () => call.listNodes({}, { timeoutMs: 5_000 }),
      ({ nodes }) => {
        const ready = new Set(
          nodes
            .filter((node) => node.status.state === 'ready')
            .map((node) => node.description?.hostname ?? ''),
        );
        const missing = hosts.filter((host) => !ready.has(host));
        return missing.length === 0 ? '' : `${missing.join(', ')} not ready`;
      },
    ),
  );
}

export interface Formation {
  readonly name: string;
  readonly subnet: number;
  /** Test hosts with a daemon, managers first. */
  readonly hosts: readonly string[];
  readonly managers: number;
}

/** Makes a swarm of the test hosts, as far as they are not in it yet, and waits until all are ready. */
export async function formSwarm({ name, subnet, hosts, managers }: Formation): Promise<void> {
  const [first = 'h1', ...others] = hosts;
  const firstAddress = hostAddress(subnet, first);
  const firstInfo = await awaitDaemon(name, first);
  if (firstInfo.swarmState === 'inactive') await initSwarm(name, first, firstAddress);
  for (const [index, host] of others.entries()) {
    const info = await awaitDaemon(name, host);
    if (info.swarmState !== 'inactive') continue;
    const { joinTokens } = await withConnection(connectControl(name, first), ({ call }) =>
      call.getCluster({}),
    );
    await joinSwarm(name, host, {
      token: index + 1 < managers ? joinTokens.manager : joinTokens.worker,
      remoteAddress: `${firstAddress}:${DEFAULT_API_PORT}`,
      address: hostAddress(subnet, host),
    });
  }
  await awaitReady(name, first, hosts);
}
