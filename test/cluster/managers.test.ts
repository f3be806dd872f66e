import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { gatewayAddress, hostAddress } from '../../cli/playground/names.ts';
import { execInHost, killDaemon, releaseDaemon } from '../../cli/playground/playground.ts';
import type { Node } from '../../lib/domain/node.ts';
import {
  ask,
  awaitUp,
  bringUp,
  containersOf,
  eventually,
  requireSkep,
  sayContainer,
  skep,
  skip,
  type TestCluster,
} from './test-cluster.ts';

const MANAGERS = ['h1', 'h2', 'h3'];
const WORKER = 'h4';

function partOf({ spec, manager }: Node): string {
  if (manager === undefined) return spec.role;
  return manager.leader ? 'leader' : manager.reachability;
}

describe('a swarm of three managers and a worker', { skip }, () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await bringUp('managers', { managers: 3, workers: 1 });
  });

  after(() => cluster?.close());

  /** What each host is, by the word of one of them. */
  async function partsBy(host: string): Promise<Readonly<Record<string, string>>> {
    const { nodes } = await ask(cluster, (call) => call.listNodes({}), host);
    return Object.fromEntries(nodes.map((node) => [node.description?.hostname, partOf(node)]));
  }

  async function awaitParts(by: string, wanted: Readonly<Record<string, string>>): Promise<void> {
    await eventually(`by the word of ${by}: ${JSON.stringify(wanted)}`, async () => {
      const parts = await partsBy(by);
      return Object.entries(wanted).every(([host, part]) => parts[host] === part)
        ? ''
        : JSON.stringify(parts);
    });
  }

  async function leader(): Promise<string> {
    let found: string | undefined;
    await eventually('a leader', async () => {
      for (const host of MANAGERS) {
        const parts = await partsBy(host).catch(() => ({}));
        found = Object.entries(parts).find(([, part]) => part === 'leader')?.[0];
        if (found !== undefined) return '';
      }
      return 'nobody leads';
    });
    return found ?? '';
  }

  const others = (host: string) => MANAGERS.filter((other) => other !== host);

  it('gives the same answer whichever manager is asked', async () => {
    await requireSkep(
      cluster,
      'h3',
      'service',
      'create',
      '-d',
      '--name',
      'web',
      '--replicas',
      '4',
      'hello-web:1',
    );
    const running = await awaitUp(cluster, 'web', 4);
    assert.equal(new Set(running.map(({ nodeId }) => nodeId)).size, 4);
    const seen = await Promise.all(
      MANAGERS.map((host) => requireSkep(cluster, host, 'service', 'ps', '-q', 'web')),
    );
    assert.equal(new Set(seen).size, 1);
    const refused = await skep(cluster, WORKER, 'service', 'ls');
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /not a swarm manager/);
  });

  it('shows a write on another manager as soon as it is acknowledged', async () => {
    for (let label = 1; label <= 20; label++) {
      const [writer = 'h1', reader = 'h2'] = [MANAGERS[label % 3], MANAGERS[(label + 1) % 3]];
      await ask(
        cluster,
        async (call) => {
          const { version, spec } = await call.getService({ reference: 'web' });
          const next = { ...spec, labels: { label: String(label) } };
          await call.updateService({ reference: 'web', version, spec: next, rollback: false });
        },
        writer,
      );
      const { spec } = await ask(cluster, (call) => call.getService({ reference: 'web' }), reader);
      assert.equal(spec.labels.label, String(label));
    }
  });

  it('goes on when its leader is killed, without touching a container', async () => {
    const first = await leader();
    const [witness = 'h2'] = others(first);
    const containers = (await containersOf(cluster)).map(sayContainer).sort();
    assert.equal(containers.length, 4);
    await killDaemon(cluster.name, first, { hold: true });
    await requireSkep(cluster, witness, 'network', 'create', 'after-kill');
    await eventually('the loss is seen', async () => {
      const parts = await partsBy(witness);
      return parts[first] === 'unreachable' ? '' : JSON.stringify(parts);
    });
    await releaseDaemon(cluster.name, first);
    await awaitParts(witness, { [first]: 'reachable' });
    await awaitUp(cluster, 'web', 4);
    assert.deepEqual((await containersOf(cluster)).map(sayContainer).sort(), containers);
    assert.match(await requireSkep(cluster, first, 'network', 'ls'), /after-kill/);
  });

  it('makes a worker of its leader, which hands over first', async () => {
    const first = await leader();
    const [witness = 'h2', third = 'h3'] = others(first);
    await requireSkep(cluster, witness, 'node', 'demote', first);
    await awaitParts(witness, { [first]: 'worker' });
    assert.equal((await partsBy(witness))[WORKER], 'worker');
    await eventually('the demoted node answers as a worker', async () => {
      const { exitCode, stderr } = await skep(cluster, first, 'node', 'ls');
      return exitCode === 1 && /not a swarm manager/.test(stderr) ? '' : stderr;
    });
    const refused = await killAndDemote(third, witness);
    assert.match(refused, /quorum|majority/);
    await requireSkep(cluster, witness, 'node', 'promote', first);
    await awaitParts(witness, { [first]: 'reachable' });
    await eventually('a vote for all three', async () => {
      const info = await requireSkep(cluster, witness, 'info');
      return (info.match(/\(voter/g) ?? []).length === 3 ? '' : info;
    });
  });

  /** With one of two managers down, the other cannot let it go: it would have to agree. */
  async function killAndDemote(broken: string, by: string): Promise<string> {
    await killDaemon(cluster.name, broken, { hold: true });
    const { exitCode, stderr } = await skep(cluster, by, 'node', 'demote', by);
    assert.equal(exitCode, 1);
    await releaseDaemon(cluster.name, broken);
    await awaitParts(by, { [broken]: 'reachable' }).catch(() => awaitParts(by, { [broken]: 'leader' }));
    return stderr;
  }

  it('says what is missing when most of its managers are down, and goes on once they are back', async () => {
    const [up = 'h1', ...down] = MANAGERS;
    const containers = (await containersOf(cluster)).map(sayContainer).sort();
    await Promise.all(down.map((host) => killDaemon(cluster.name, host, { hold: true })));
    const { exitCode, stderr } = await skep(cluster, up, 'network', 'create', 'never');
    assert.equal(exitCode, 1);
    assert.match(stderr, /no leader.*2 of its 3 managers|may have been made or not/);
    assert.equal(stderr.trim().split('\n').length, 1);
    assert.match(await requireSkep(cluster, up, 'info'), /Is Manager: true/);
    await Promise.all(down.map((host) => releaseDaemon(cluster.name, host)));
    await requireSkep(cluster, up, 'network', 'create', 'again');
    await awaitUp(cluster, 'web', 4);
    assert.deepEqual((await containersOf(cluster)).map(sayContainer).sort(), containers);
  });

  it('finds a manager again whose address changed while it was off', async () => {
    const host = 'h3';
    const [witness = 'h1'] = others(host);
    const old = hostAddress(cluster.state.subnet, host);
    const fresh = old.replace(/\d+$/, '93');
    await killDaemon(cluster.name, host, { hold: true });
    for (const words of [
      ['addr', 'del', `${old}/24`, 'dev', 'eth0'],
      ['addr', 'add', `${fresh}/24`, 'dev', 'eth0'],
      ['route', 'add', 'default', 'via', gatewayAddress(cluster.state.subnet)],
    ]) {
      const { exitCode, stderr } = await execInHost(cluster.name, host, ['ip', ...words]);
      assert.equal(exitCode, 0, stderr);
    }
    await releaseDaemon(cluster.name, host);
    await eventually('the new address', async () => {
      const info = await requireSkep(cluster, witness, 'info');
      return info.includes(`${fresh}:2378`) && info.includes(`${fresh}:2377`) ? '' : info;
    });
    await awaitParts(witness, { [host]: 'reachable' }).catch(() => awaitParts(witness, { [host]: 'leader' }));
    await requireSkep(cluster, host, 'network', 'create', 'from-the-new-address');
  });

  it('lets a manager leave by force, and goes on with the two that remain', async () => {
    const refused = await skep(cluster, 'h3', 'swarm', 'leave');
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /one of 3 managers/);
    await requireSkep(cluster, 'h3', 'swarm', 'leave', '--force');
    await awaitParts('h1', { h3: 'worker' });
    await requireSkep(cluster, 'h2', 'network', 'create', 'by-two');
    await eventually('two votes', async () => {
      const info = await requireSkep(cluster, await leader(), 'info');
      return (info.match(/\(voter/g) ?? []).length === 2 ? '' : info;
    });
  });
});
