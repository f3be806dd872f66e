import assert from 'node:assert/strict';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

import { formSwarm } from '../../../cli/playground/form.ts';
import { hostPaths, RUN_ROOT } from '../../../cli/playground/names.ts';
import { DEFAULT_CLUSTER_SPEC } from '../../../lib/defaults.ts';
import type { ClusterResponse, NodeInfo, SwarmState } from '../../../proto/messages.ts';
import { serveDaemon } from '../daemon-double.ts';
import { sampleInfo, sampleNode, THEN_MS } from '../sample-objects.ts';
import { skip } from './test-playground.ts';

const CLUSTER: ClusterResponse = {
  id: 'cluster1',
  version: 1,
  createdAtMs: THEN_MS,
  updatedAtMs: THEN_MS,
  spec: DEFAULT_CLUSTER_SPEC,
  joinTokens: { worker: 'worker-token', manager: 'manager-token' },
  rootCertificatePem: '',
};

type Part = 'none' | 'manager' | 'worker' | 'locked';

/** A swarm of doubles, one for each host: what each of them is part of, and what they were asked in order. */
function doublesOf(hosts: readonly string[], parts: Readonly<Record<string, Part>>) {
  const present = new Map<string, Part>(hosts.map((host) => [host, parts[host] ?? 'none']));
  const asked: string[] = [];
  /** A new manager needs to be looked at twice before it has a vote. */
  const looks = new Map<string, number>();
  const membersSeen = () =>
    hosts
      .filter((host) => present.get(host) === 'manager')
      .map((host, index) => {
        const times = (looks.get(host) ?? 0) + 1;
        looks.set(host, times);
        const voter = times > 1;
        if (voter && times === 2) asked.push(`${host} got its vote`);
        return { raftId: index + 1, nodeId: host, raftAddress: '', voter };
      });
  const infoOf = (host: string): NodeInfo => {
    const part = present.get(host) ?? 'none';
    const swarmState: SwarmState = part === 'none' ? 'inactive' : part === 'locked' ? 'locked' : 'active';
    const quorum = { storeAddress: '', raftId: 1, term: 1, appliedIndex: 1, leaderId: host };
    return sampleInfo({
      nodeId: host,
      swarmState,
      role: part === 'none' ? '' : part === 'worker' ? 'worker' : 'manager',
      ...(part === 'manager' ? { quorum: { ...quorum, members: membersSeen() } } : {}),
    });
  };
  const answersOf = (host: string) => ({
    local: {
      info: async () => infoOf(host),
      swarmInit: async () => {
        asked.push(`${host} init`);
        present.set(host, 'manager');
        looks.set(host, 2);
        return { nodeId: host, workerToken: '', managerAddress: '', unlockKey: '' };
      },
      swarmJoin: async ({ token, remoteAddress }: { token: string; remoteAddress: string }) => {
        asked.push(`${host} join ${remoteAddress} ${token}`);
        present.set(host, token === 'manager-token' ? 'manager' : 'worker');
        return { nodeId: host, role: '' };
      },
    },
    control: {
      getCluster: async () => CLUSTER,
      listNodes: async () => ({
        nodes: hosts
          .filter((other) => present.get(other) !== 'none')
          .map((other) => sampleNode(other, other)),
      }),
    },
  });
  return { asked, answersOf };
}

async function form(
  label: string,
  managers: number,
  parts: Readonly<Record<string, Part>>,
): Promise<readonly string[]> {
  const name = `form-${label}-${process.pid}`;
  const hosts = ['h1', 'h2', 'h3', 'h4'];
  const { asked, answersOf } = doublesOf(hosts, parts);
  const closing: (() => void)[] = [];
  try {
    for (const host of hosts) {
      const { socket } = hostPaths(name, host);
      await mkdir(dirname(socket), { recursive: true });
      closing.push(await serveDaemon(socket, answersOf(host)));
    }
    await formSwarm({ name, subnet: 88, hosts, managers });
    return asked;
  } finally {
    for (const close of closing) close();
    await rm(join(RUN_ROOT, name), { recursive: true, force: true });
    await rmdir(RUN_ROOT).catch(() => undefined);
  }
}

describe('the swarm of a playground', { skip }, () => {
  it('begins with the first host; managers join one after another, each once the one before has a vote', async () => {
    assert.deepEqual(await form('a', 3, {}), [
      'h1 init',
      'h2 join 172.30.88.11:2377 manager-token',
      'h2 got its vote',
      'h3 join 172.30.88.11:2377 manager-token',
      'h3 got its vote',
      'h4 join 172.30.88.11:2377 worker-token',
    ]);
  });

  it('takes in only who is missing, through any manager that is there', async () => {
    const asked = await form('b', 3, { h2: 'manager', h3: 'manager' });
    assert.deepEqual(
      asked.filter((line) => line.includes(' join ') || line.includes(' init')),
      ['h1 join 172.30.88.12:2377 manager-token', 'h4 join 172.30.88.12:2377 worker-token'],
    );
  });

  it('asks nothing of a swarm that is whole', async () => {
    const whole = { h1: 'worker', h2: 'manager', h3: 'worker', h4: 'worker' } as const;
    assert.deepEqual(await form('c', 1, whole), []);
  });

  it('never becomes a second one while the managers of the first are locked', async () => {
    await assert.rejects(
      form('d', 1, { h1: 'locked' }),
      /no manager of the playground can be asked: h1 locked, h2 inactive, h3 inactive, h4 inactive/,
    );
  });
});
