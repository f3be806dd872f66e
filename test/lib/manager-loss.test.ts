import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ManagerStatus, Node } from '../../lib/domain/node.ts';
import { quorumOf, refuseManagerLoss } from '../../lib/manager-loss.ts';

type Reachability = ManagerStatus['reachability'];

function manager(id: string, reachability: Reachability | 'not joined' = 'reachable'): Node {
  const status = { raftId: 1, address: '', raftAddress: '', leader: false };
  return {
    kind: 'node',
    id,
    version: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
    spec: { role: 'manager', availability: 'active', labels: {} },
    status: { state: 'ready', message: '', address: '' },
    routerAddress: '',
    certificateExpiresAtMs: 0,
    ...(reachability === 'not joined' ? {} : { manager: { ...status, reachability } }),
  };
}

function refusal(leaving: Node, others: readonly Node[], managersVote = true) {
  return refuseManagerLoss({ leaving, nodes: [leaving, ...others], verb: 'demoted', managersVote });
}

describe('a manager', () => {
  it('may go when the managers that remain have a quorum that answers', () => {
    const [a, b, c] = [manager('a'), manager('b'), manager('c')];
    assert.equal(refusal(a, [b, c]), undefined);
    assert.equal(refusal(a, [b]), undefined);
    assert.equal(refusal(manager('a', 'unreachable'), [b, c]), undefined);
  });

  it('may not go when it is the last that takes part', () => {
    assert.match(refusal(manager('a'), [])?.message ?? '', /"a" is the last manager/);
    assert.match(refusal(manager('a'), [manager('b', 'not joined')])?.message ?? '', /last manager/);
    assert.match(refusal(manager('a', 'not joined'), [])?.message ?? '', /last manager/);
  });

  it('may go when it never joined the others', () => {
    assert.equal(refusal(manager('a', 'not joined'), [manager('b'), manager('c', 'unreachable')]), undefined);
  });

  it('may not go when too few would answer, and the numbers and names are told', () => {
    const error = refusal(manager('a'), [manager('b'), manager('c', 'unreachable')]);
    assert.equal(error?.code, 'FAILED_PRECONDITION');
    assert.equal(
      error?.message,
      'node "a" cannot be demoted: 1 of the 2 managers that remain is reachable, 2 needed for a quorum',
    );
    assert.equal(error?.help, 'bring back or demote first: c');
    assert.notEqual(refusal(manager('a'), [manager('b'), manager('c', 'unknown')]), undefined);
  });

  it('counts for no quorum where etcd keeps the state', () => {
    assert.equal(refusal(manager('a'), [manager('b', 'unreachable')], false), undefined);
    assert.match(refusal(manager('a'), [], false)?.message ?? '', /last manager/);
  });

  it('is let go exactly while a majority of the rest answers', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (answers) => {
        const others = answers.map((does, index) => manager(`n${index}`, does ? 'reachable' : 'unreachable'));
        const majority = answers.filter(Boolean).length * 2 > answers.length;
        assert.equal(refusal(manager('a'), others) === undefined, majority);
        assert.ok(quorumOf(answers.length) * 2 > answers.length);
        assert.ok((quorumOf(answers.length) - 1) * 2 <= answers.length);
      }),
    );
  });
});
