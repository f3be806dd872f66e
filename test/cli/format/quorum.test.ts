import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { quorumLines, quorumTrouble } from '../../../cli/format/quorum.ts';
import type { QuorumInfo, QuorumMember } from '../../../proto/messages.ts';
import { withDaemon } from '../daemon-double.ts';
import { sampleInfo, sampleNode } from '../sample-objects.ts';

/** Members with raft ids from 1: `+` heard of, `-` not, `?` unknown, `l` a learner. */
function members(pattern: string): readonly QuorumMember[] {
  return [...pattern].map((mark, index) => ({
    raftId: index + 1,
    nodeId: `node${index + 1}`,
    raftAddress: `10.0.0.${index + 1}:2378`,
    voter: mark !== 'l',
    ...(mark === '?' || mark === 'l' ? {} : { reachable: mark === '+' }),
  }));
}

function quorum(pattern: string, fields: Partial<QuorumInfo> = {}): QuorumInfo {
  return {
    storeAddress: '',
    raftId: 1,
    term: 4,
    appliedIndex: 99,
    leaderId: 'node1',
    members: members(pattern),
    ...fields,
  };
}

describe('the trouble of a quorum', () => {
  const rows: readonly (readonly [pattern: string, leaderId: string, expected: RegExp | undefined])[] = [
    ['?', 'node1', undefined],
    ['???', 'node2', undefined],
    ['?++', 'node1', undefined],
    ['?+-', 'node1', undefined],
    ['?++--', 'node1', undefined],
    ['?+-l', 'node1', undefined],
    ['?--', 'node1', /^only 1 of 3 voting managers can be reached, 2 are needed\. /],
    ['?+---', 'node1', /^only 2 of 5 voting managers can be reached, 3 are needed\. /],
    ['?-lll', 'node1', /^only 1 of 2 voting managers can be reached, 2 are needed\. /],
    ['???', '', /^no manager leads: of 3 voting managers 2 must reach each other\. /],
    ['????', '', /^no manager leads: of 4 voting managers 3 must reach each other\. /],
    ['?', '', /^no manager leads: of 1 voting manager 1 must /],
  ];
  for (const [pattern, leaderId, expected] of rows) {
    it(`${pattern} with ${leaderId || 'no leader'}: ${expected?.source ?? 'none'}`, () => {
      const trouble = quorumTrouble(quorum(pattern, { leaderId }));
      if (expected === undefined) assert.equal(trouble, undefined);
      else {
        assert.match(trouble ?? '', expected);
        assert.match(trouble ?? '', /skep swarm init --force-new-cluster/);
      }
    });
  }

  it('is a matter of the store where another one keeps the state', () => {
    const etcd = { storeAddress: 'etcd://e1:2379', members: [] };
    assert.equal(quorumTrouble(quorum('', etcd)), undefined);
    const trouble = quorumTrouble(quorum('', { ...etcd, leaderId: '' }));
    assert.match(trouble ?? '', /etcd:\/\/e1:2379$/);
    assert.doesNotMatch(trouble ?? '', /force-new-cluster/);
  });
});

describe('the quorum in skep info', () => {
  it('has a role, a leader and every member', () => {
    assert.deepEqual(quorumLines(sampleInfo({ quorum: quorum('?+-l') })), [
      '  Quorum:',
      '   Role: leader',
      '   Leader: node1',
      '   Term: 4',
      '   Applied Index: 99',
      '   Members:',
      '    node1 10.0.0.1:2378 (voter, leader, this node)',
      '    node2 10.0.0.2:2378 (voter, reachable)',
      '    node3 10.0.0.3:2378 (voter, unreachable)',
      '    node4 10.0.0.4:2378 (learner)',
    ]);
  });

  it('tells followers and learners apart, and shows the store', () => {
    const follower = quorumLines(sampleInfo({ quorum: quorum('??l', { leaderId: 'node2' }) }));
    assert.equal(follower[1], '   Role: follower');
    const learner = quorumLines(sampleInfo({ quorum: quorum('??l', { leaderId: 'node2', raftId: 3 }) }));
    assert.equal(learner[1], '   Role: learner');
    const etcd = quorumLines(
      sampleInfo({ quorum: quorum('', { storeAddress: 'etcd://e1:2379', leaderId: 'node9' }) }),
    );
    assert.equal(etcd[1], '   Store: etcd://e1:2379');
    assert.ok(!etcd.includes('   Members:'));
  });

  it('is not part of what a worker says', () => {
    assert.deepEqual(quorumLines(sampleInfo({ role: 'worker' })), []);
  });

  it('stands beside the counts of managers and nodes, or says what is wrong', async () => {
    const nodes = [sampleNode('node1', 'h1', true), sampleNode('node2', 'h2')];
    let leaderId = 'node1';
    const control = {
      listNodes: async () => ({ nodes }),
      getCluster: async () => {
        throw new Error('no leader');
      },
    };
    const info = async () => sampleInfo({ quorum: quorum('???', { leaderId }) });
    await withDaemon({ control, local: { info } }, async ({ run }) => {
      const { exitCode, stdout } = await run(['info']);
      assert.equal(exitCode, 0);
      assert.match(stdout, /\n {2}Error: [^\n]*no leader\n/);
      assert.match(stdout, /\n {2}Is Manager: true\n[\s\S]*\n {2}Quorum:\n {3}Role: leader\n/);
      leaderId = '';
      const lost = await run(['info']);
      assert.equal(lost.exitCode, 0);
      assert.match(lost.stdout, /\n {3}Leader: none\n[\s\S]*\n {3}Error: no manager leads: of 3 voting/);
      assert.equal(lost.stdout.split('Error:').length, 2);
      assert.match(lost.stdout, /\nContainers Running: 2\n/);
    });
  });

  it('gives way to one sentence on a manager that is locked, which asks the managers nothing', async () => {
    const info = async () => sampleInfo({ swarmState: 'locked', quorum: quorum('???') });
    await withDaemon({ local: { info } }, async ({ run }) => {
      const { exitCode, stdout } = await run(['info']);
      assert.equal(exitCode, 0);
      assert.match(stdout, /\nSwarm: locked\n {2}Error: this manager is locked[^\n]*skep swarm unlock'\nCon/);
    });
  });
});
