import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type Member, startMember } from '../../../../manager/raft/member/member.ts';
import { KEY, withFolder } from '../raft-samples.ts';
import { eventually, freePort, SKIP_REASON } from './number-cluster.ts';
import { createRoots, type Identity, type Roots, tlsOf } from './roots.ts';

/** Two founders, the second with the identity given; true once the first leads, which takes both. */
async function hasLeader(roots: Roots, second: Identity, hasTime: () => boolean): Promise<boolean> {
  const ports = [await freePort(), await freePort()];
  const peers = Object.fromEntries(
    ports.map((port, place) => [
      String(place + 1),
      { address: `127.0.0.1:${port}`, commonName: `node-${place + 1}` },
    ]),
  );
  const identities = [await roots.identity('node-1', 'manager'), second];
  const members: Member[] = [];
  let refusals = 0;
  let result = false;
  await withFolder(async (root) => {
    try {
      for (const [place, identity] of identities.entries()) {
        const member = await startMember({
          folder: path.join(root, String(place)),
          key: KEY,
          id: place + 1,
          peers,
          bootstrapVoters: [1, 2],
          transport: { listen: `127.0.0.1:${ports[place]}`, tls: tlsOf(roots, identity) },
          tickMs: 20,
          apply: () => {},
          snapshot: () => [],
          restore: () => ({ add: () => {}, finish: () => {} }),
          log: (_level, message) => {
            if (message === 'A member cannot be reached.') refusals++;
          },
        });
        members.push(member);
      }
      result = await eventually('a leader, or a refusal', () => {
        if (members.some((member) => member.isLeader())) return { leads: true };
        return refusals >= 2 && !hasTime() ? { leads: false } : undefined;
      }).then(({ leads }) => leads);
      if (result) await members.find((member) => member.isLeader())?.propose(Buffer.from('entry'));
    } finally {
      await Promise.all(members.map((member) => member.close()));
    }
  });
  return result;
}

describe('members with certificates', { skip: SKIP_REASON }, () => {
  it('speak to managers of their cluster', async () => {
    const roots = await createRoots();
    assert.equal(await hasLeader(roots, await roots.identity('node-2', 'manager'), () => true), true);
  });

  it('speak to no worker, to no other manager under that id, and to nobody below another root', async () => {
    const roots = await createRoots();
    const elsewhere = await createRoots();
    for (const identity of [
      await roots.identity('node-2', 'worker'),
      await roots.identity('node-3', 'manager'),
      await elsewhere.identity('node-2', 'manager'),
    ]) {
      // Twenty elections' time; there is nothing to wait for but that nothing happens.
      const untilMs = Date.now() + 1_000;
      assert.equal(await hasLeader(roots, identity, () => Date.now() < untilMs), false);
    }
  });
});
