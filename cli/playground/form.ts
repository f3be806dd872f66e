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
/** A daemon that comes back finds its swarm within a second or two when there is one to find. */
const REJOIN_PATIENCE_MS = 20_000;
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

/** Asks a daemon about itself. A new connection each time: an old one would sit out its pause between attempts. */
async function askInfo(name: string, host: string): Promise<NodeInfo> {
  return withConnection(connectLocal(name, host), ({ call }) => call.info({}, { timeoutMs: 2_000 }));
}

/** Waits until the daemon of a test host answers and knows whether it is part of a swarm. */
async function awaitDaemon(name: string, host: string): Promise<NodeInfo> {
  return ask(
    `the daemon of ${host} did not answer`,
    DAEMON_TIMEOUT_MS,
    () => askInfo(name, host),
    (info) => (info.swarmState === 'pending' ? 'it is still joining its swarm' : ''),
  );
}

/**
 * Waits until the daemon of a test host answers, and a while for it to find its swarm: that may take another
 * host that is off, so it is no failure when it does not.
 */
export async function awaitAnswer(name: string, host: string): Promise<void> {
  let answeredAtMs = 0;
  await ask(
    `the daemon of ${host} did not answer`,
    DAEMON_TIMEOUT_MS,
    () => askInfo(name, host),
    ({ swarmState }) => {
      answeredAtMs ||= Date.now();
      const patient = Date.now() - answeredAtMs < REJOIN_PATIENCE_MS;
      return swarmState === 'pending' && patient ? 'it is still looking for its swarm' : '';
    },
  );
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
        forceNewCluster: false,
        storeAddress: '',
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

/** Waits until a manager that joined has a vote: before that it makes the swarm no safer. */
async function awaitVoter(name: string, viaHost: string, host: string): Promise<void> {
  const { nodeId } = await askInfo(name, host);
  await ask(
    `${host} did not become a manager with a vote`,
    READY_TIMEOUT_MS,
    () => askInfo(name, viaHost),
    ({ quorum }) => {
      // Where another store keeps the state there is nothing to vote on.
      if (quorum === undefined || quorum.storeAddress !== '') return '';
      const member = quorum.members.find((candidate) => candidate.nodeId === nodeId);
      return member?.voter === true ? '' : member === undefined ? 'it is no member' : 'it is catching up';
    },
  );
}

/** A test host whose daemon manages the swarm; undefined when no host is in one. */
function findManager(hosts: readonly string[], infos: readonly NodeInfo[]): string | undefined {
  const manager = hosts.find(
    (_, index) => infos[index]?.swarmState === 'active' && infos[index]?.role === 'manager',
  );
  if (manager !== undefined || infos.every(({ swarmState }) => swarmState === 'inactive')) return manager;
  const states = hosts.map((host, index) => `${host} ${infos[index]?.swarmState ?? ''}`).join(', ');
  throw new SkepError('FAILED_PRECONDITION', `no manager of the playground can be asked: ${states}`, {
    help: 'unlock one, or end the playground: skep playground down',
  });
}

/** Makes a swarm of the test hosts, as far as they are not in it yet, and waits until all are ready. */
export async function formSwarm({ name, subnet, hosts, managers }: Formation): Promise<void> {
  const infos = await Promise.all(hosts.map((host) => awaitDaemon(name, host)));
  const [first = 'h1'] = hosts;
  const found = findManager(hosts, infos);
  const via = found ?? first;
  if (found === undefined) await initSwarm(name, first, hostAddress(subnet, first));
  const { joinTokens } = await withConnection(connectControl(name, via), ({ call }) => call.getCluster({}));
  for (const [index, host] of hosts.entries()) {
    if (host === via || infos[index]?.swarmState !== 'inactive') continue;
    const isManager = index < managers;
    await joinSwarm(name, host, {
      token: isManager ? joinTokens.manager : joinTokens.worker,
      remoteAddress: `${hostAddress(subnet, via)}:${DEFAULT_API_PORT}`,
      address: hostAddress(subnet, host),
    });
    if (isManager) await awaitVoter(name, via, host);
  }
  await awaitReady(name, via, hosts);
}
