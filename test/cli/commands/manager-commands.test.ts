import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { DEFAULT_CLUSTER_SPEC } from '../../../lib/defaults.ts';
import type { Node, NodeRole } from '../../../lib/domain/node.ts';
import { SkepError } from '../../../lib/errors.ts';
import type {
  ClusterResponse,
  SwarmInitRequest,
  SwarmState,
  UpdateClusterRequest,
} from '../../../proto/messages.ts';
import { withDaemon } from '../daemon-double.ts';
import { sampleInfo, sampleNode, THEN_MS } from '../sample-objects.ts';

const KEY = 'SWMKEY-1-bm9ib2R5IGtub3dzIHdoYXQgaXMgaW4gaGVyZQ';
const INIT_ANSWER = {
  nodeId: 'node1',
  workerToken: 'SWMTKN-1-x-y',
  managerAddress: '10.0.0.1:2377',
  unlockKey: '',
};

function cluster(autolockManagers: boolean): ClusterResponse {
  return {
    id: 'cluster1',
    version: 12,
    createdAtMs: THEN_MS,
    updatedAtMs: THEN_MS,
    spec: { ...DEFAULT_CLUSTER_SPEC, taskHistoryLimit: 3, autolockManagers },
    joinTokens: { worker: 'SWMTKN-1-x-y', manager: 'SWMTKN-1-x-z' },
    rootCertificatePem: '',
  };
}

/** A daemon of a cluster that is locked or not; collects the changes it is asked for. */
function clusterDouble(locked: boolean) {
  const updates: UpdateClusterRequest[] = [];
  let current = cluster(locked);
  const control = {
    getCluster: async () => current,
    updateCluster: async (request: UpdateClusterRequest) => {
      updates.push(request);
      current = { ...current, spec: request.spec ?? current.spec };
      return current;
    },
    getUnlockKey: async () => ({ unlockKey: current.spec.autolockManagers ? KEY : '' }),
  };
  return { control, updates };
}

describe('swarm init', () => {
  const rows: readonly (readonly [line: string, expected: Partial<SwarmInitRequest>])[] = [
    ['swarm init', { forceNewCluster: false, storeAddress: '' }],
    ['swarm init --force-new-cluster', { forceNewCluster: true }],
    ['swarm init --force-new-cluster=false', { forceNewCluster: false }],
    ['swarm init --store etcd://e1:2379', { storeAddress: 'etcd://e1:2379' }],
    ['swarm init --store etcd://e1:2379,10.0.0.2:2379', { storeAddress: 'etcd://e1:2379,10.0.0.2:2379' }],
    ['swarm init --autolock', { spec: { ...DEFAULT_CLUSTER_SPEC, autolockManagers: true } }],
    ['swarm init --autolock=true', { spec: { ...DEFAULT_CLUSTER_SPEC, autolockManagers: true } }],
    ['swarm init --autolock=false', { spec: DEFAULT_CLUSTER_SPEC }],
  ];
  for (const [line, expected] of rows) {
    it(`asks the daemon for what was meant: skep ${line}`, async () => {
      const requests: SwarmInitRequest[] = [];
      const swarmInit = async (request: SwarmInitRequest) => {
        requests.push(request);
        return INIT_ANSWER;
      };
      await withDaemon({ local: { swarmInit } }, async ({ run }) => {
        const { exitCode, stdout, stderr } = await run(line.split(' '));
        assert.equal(exitCode, 0);
        assert.doesNotMatch(stdout, /unlock/);
        assert.equal(stderr.startsWith('Warning: the other managers'), expected.forceNewCluster === true);
        assert.deepEqual({ ...requests[0], ...expected }, requests[0]);
      });
    });
  }

  it('shows the key of a swarm whose managers are locked', async () => {
    const swarmInit = async () => ({ ...INIT_ANSWER, unlockKey: KEY });
    await withDaemon({ local: { swarmInit } }, async ({ run }) => {
      const { stdout } = await run(['swarm', 'init', '--autolock']);
      assert.match(stdout, new RegExp(`\`skep swarm unlock\` command [\\s\\S]*\\n\\n {4}${KEY}\\n\\n`));
    });
  });
});

describe('swarm join', () => {
  it('tells which part the node plays', async () => {
    const swarmJoin = async () => ({ nodeId: 'node2', role: 'manager' });
    await withDaemon({ local: { swarmJoin } }, async ({ run }) => {
      const { stdout } = await run(['swarm', 'join', '--token', 'SWMTKN-1-x-z', '10.0.0.1:2377']);
      assert.equal(stdout, 'This node joined a swarm as a manager.\n');
    });
  });
});

describe('autolock', () => {
  it('is turned on with the other settings kept, and shows the key', async () => {
    const { control, updates } = clusterDouble(false);
    await withDaemon({ control }, async ({ run }) => {
      const { exitCode, stdout } = await run(['swarm', 'update', '--autolock=true']);
      assert.equal(exitCode, 0);
      assert.match(stdout, new RegExp(`^Swarm updated\\.\\n[\\s\\S]*${KEY}`));
      assert.deepEqual(updates[0]?.spec, cluster(true).spec);
      assert.equal(updates[0]?.version, 12);
    });
  });

  it('shows no key when it was on before, or is turned off', async () => {
    const { control, updates } = clusterDouble(true);
    await withDaemon({ control }, async ({ run }) => {
      assert.equal((await run(['swarm', 'update', '--autolock'])).stdout, 'Swarm updated.\n');
      assert.equal((await run(['swarm', 'update', '--autolock=false'])).stdout, 'Swarm updated.\n');
      assert.deepEqual(
        updates.map(({ spec }) => spec?.autolockManagers),
        [true, false],
      );
    });
  });

  it('is left as it is by an update of something else', async () => {
    const { control, updates } = clusterDouble(true);
    await withDaemon({ control }, async ({ run }) => {
      await run(['swarm', 'update', '--task-history-limit', '9']);
      assert.deepEqual(updates[0]?.spec, { ...cluster(true).spec, taskHistoryLimit: 9 });
    });
  });

  it('has a key that can be shown and changed', async () => {
    const { control, updates } = clusterDouble(true);
    await withDaemon({ control }, async ({ run }) => {
      assert.equal((await run(['swarm', 'unlock-key', '-q'])).stdout, `${KEY}\n`);
      assert.match((await run(['swarm', 'unlock-key'])).stdout, /^To unlock a swarm manager/);
      assert.deepEqual(updates, []);
      assert.equal((await run(['swarm', 'unlock-key', '--rotate', '-q'])).stdout, `${KEY}\n`);
      const { stdout } = await run(['swarm', 'unlock-key', '--rotate']);
      assert.match(stdout, /^Successfully rotated manager unlock key\.\n\nTo unlock/);
      assert.deepEqual(
        updates.map(({ version, rotateUnlockKey, spec }) => [version, rotateUnlockKey, spec]),
        [
          [12, true, undefined],
          [12, true, undefined],
        ],
      );
    });
  });

  it('says what to do when there is no key', async () => {
    const { control, updates } = clusterDouble(false);
    await withDaemon({ control }, async ({ run }) => {
      const shown = await run(['swarm', 'unlock-key', '-q']);
      assert.deepEqual([shown.exitCode, shown.stdout], [1, '']);
      assert.match(shown.stderr, /^Error: no unlock key is set[^\n]*--autolock=true[^\n]*\n$/);
      const rotated = await run(['swarm', 'unlock-key', '--rotate']);
      assert.deepEqual([rotated.exitCode, rotated.stdout], [1, '']);
      assert.match(rotated.stderr, /^Error: cannot rotate the unlock key[^\n]*\n$/);
      assert.deepEqual(updates, []);
    });
  });
});

describe('swarm unlock', () => {
  function lockedDouble(swarmState: SwarmState) {
    const keys: string[] = [];
    const local = {
      info: async () => sampleInfo({ swarmState }),
      swarmUnlock: async ({ unlockKey }: { unlockKey: string }) => {
        if (unlockKey !== KEY) throw new SkepError('PERMISSION_DENIED', 'invalid key');
        keys.push(unlockKey);
        return {};
      },
    };
    return { local, keys };
  }

  it('asks a person for the key, and takes it from standard input otherwise', async () => {
    const { local, keys } = lockedDouble('locked');
    await withDaemon({ local }, async ({ run }) => {
      const asked = await run(['swarm', 'unlock'], { secret: KEY });
      assert.deepEqual([asked.exitCode, asked.stdout, asked.stderr], [0, '', 'Enter unlock key: ']);
      const piped = await run(['swarm', 'unlock'], { input: `${KEY}\n` });
      assert.deepEqual([piped.exitCode, piped.stdout, piped.stderr], [0, '', '']);
      assert.deepEqual(keys, [KEY, KEY]);
    });
  });

  const refused: readonly (readonly [SwarmState, string, RegExp])[] = [
    ['locked', 'SWMKEY-1-wrong', /^Error: invalid key\n$/],
    ['locked', ' \n', /^Error: no unlock key was given\n$/],
    ['locked', 'x'.repeat(5_000), /^Error: standard input is too long for an unlock key\n$/],
    ['active', KEY, /^Error: this node is not locked/],
    ['inactive', KEY, /^Error: this node is not part of a swarm\n$/],
  ];
  for (const [swarmState, input, pattern] of refused) {
    it(`fails in one line: ${pattern.source}`, async () => {
      const { local, keys } = lockedDouble(swarmState);
      await withDaemon({ local }, async ({ run }) => {
        const { exitCode, stderr } = await run(['swarm', 'unlock'], { input });
        assert.equal(exitCode, 1);
        assert.match(stderr, pattern);
        assert.deepEqual(keys, []);
      });
    });
  }
});

describe('node promote and node demote', () => {
  function nodesDouble(conflicts: number) {
    const roles = new Map<string, NodeRole>([
      ['h1', 'manager'],
      ['h2', 'worker'],
    ]);
    let left = conflicts;
    const nodeOf = (reference: string): Node => {
      const role = roles.get(reference);
      if (role === undefined) throw new SkepError('NOT_FOUND', `no such node: ${reference}`);
      const node = sampleNode(reference, reference);
      return { ...node, spec: { ...node.spec, role } };
    };
    const control = {
      getNode: async ({ reference }: { reference: string }) => nodeOf(reference),
      updateNode: async ({ reference, spec }: { reference: string; spec: Node['spec'] }) => {
        if (left-- > 0) throw new SkepError('CONFLICT', 'the node was changed meanwhile');
        roles.set(reference, spec.role);
        return nodeOf(reference);
      },
      removeNode: async (request: { reference: string; force: boolean }) => {
        removals.push(request);
        return {};
      },
    };
    const removals: { reference: string; force: boolean }[] = [];
    return { control, roles, removals };
  }

  const rows: readonly (readonly [line: string, exitCode: number, stdout: string, stderr: string])[] = [
    ['node promote h2', 0, 'Node h2 promoted to a manager in the swarm.\n', ''],
    ['node demote h1', 0, 'Manager h1 demoted in the swarm.\n', ''],
    ['node promote h1', 0, 'Node h1 is already a manager.\n', ''],
    ['node demote h2', 0, 'Node h2 is already a worker.\n', ''],
    [
      'node promote gone h2',
      1,
      'Node h2 promoted to a manager in the swarm.\n',
      'Error: no such node: gone\n',
    ],
    ['node demote gone', 1, '', 'Error: no such node: gone\n'],
  ];
  for (const [line, ...expected] of rows) {
    it(`tell what became of each node: skep ${line}`, async () => {
      await withDaemon(nodesDouble(0), async ({ run }) => {
        const { exitCode, stdout, stderr } = await run(line.split(' '));
        assert.deepEqual([exitCode, stdout, stderr], expected);
      });
    });
  }

  it('try again when the node was changed meanwhile, but not for ever', async () => {
    const few = nodesDouble(3);
    await withDaemon(few, async ({ run }) => {
      assert.equal((await run(['node', 'promote', 'h2'])).exitCode, 0);
      assert.equal(few.roles.get('h2'), 'manager');
    });
    await withDaemon(nodesDouble(1_000), async ({ run }) => {
      const { exitCode, stderr } = await run(['node', 'promote', 'h2']);
      assert.deepEqual([exitCode, stderr], [1, 'Error: the node was changed meanwhile\n']);
    });
  });

  it('leave the removal of a lost manager to node rm --force', async () => {
    const { control, removals } = nodesDouble(0);
    await withDaemon({ control }, async ({ run }) => {
      await run(['node', 'rm', 'h2']);
      await run(['node', 'rm', '--force', 'h1']);
      assert.deepEqual(removals, [
        { reference: 'h2', force: false },
        { reference: 'h1', force: true },
      ]);
    });
  });
});

describe('managers in lists', () => {
  const nodes = [
    sampleNode('node1', 'h1', true),
    sampleNode('node2', 'h2', false),
    sampleNode('node3', 'h3', false, 'unreachable'),
    sampleNode('node4', 'h4'),
  ];

  it('are told apart: leader, reachable, unreachable', async () => {
    const control = { listNodes: async () => ({ nodes }) };
    await withDaemon({ control, local: { info: async () => sampleInfo() } }, async ({ run }) => {
      const { stdout } = await run(['node', 'ls', '--format', '{{.Hostname}}:{{.ManagerStatus}}']);
      assert.equal(stdout, 'h1:Leader\nh2:Reachable\nh3:Unreachable\nh4:\n');
    });
  });

  it('have a block of their own in words, workers none', async () => {
    const getNode = async ({ reference }: { reference: string }) =>
      nodes.find(({ id }) => id === reference) ?? sampleNode('none', 'none');
    await withDaemon({ control: { getNode } }, async ({ run }) => {
      const { stdout } = await run(['node', 'inspect', '--pretty', 'node3', 'node4']);
      const [manager = '', worker = ''] = stdout.split('\n\n');
      assert.match(
        manager,
        /Manager Status:\n Address:\t+10\.0\.0\.1:2377\n Raft ID:\t+1\n Raft Address:\t+10\.0\.0\.1:2378\n Raft Status:\t+Unreachable\n Leader:\t+No\n/,
      );
      assert.doesNotMatch(worker, /Manager Status/);
    });
  });
});
