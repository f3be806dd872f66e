import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeMatches, parseConstraint, parseConstraints } from '../../lib/constraint.ts';
import { SkepError } from '../../lib/errors.ts';
import { node } from '../manager/api/cluster-samples.ts';

const h1 = node('n1', {
  spec: { role: 'manager', labels: { disk: 'SSD', 'rack.row': 'a 7' } },
  description: { hostname: 'H1', architecture: 'aarch64', engineLabels: { gpu: 'yes' } },
  status: { state: 'ready', message: '', address: '192.168.7.20' },
});

describe('a constraint', () => {
  const holds: readonly string[] = [
    'node.id==n1',
    'node.id!=n2',
    'node.hostname == h1',
    ' Node.Role==MANAGER ',
    'node.role!=worker',
    'node.platform.os==linux',
    'node.platform.arch==arm64',
    'node.platform.arch!=amd64',
    'node.ip==192.168.7.20',
    'node.ip==192.168.0.0/16',
    'node.ip!=10.0.0.0/8',
    'node.labels.disk==ssd',
    'node.labels.rack.row==a 7',
    'node.labels.absent!=x',
    'engine.labels.gpu==yes',
    'node.labels.toString!=x',
  ];
  for (const text of holds)
    it(`${text.trim()} holds`, () => assert.ok(nodeMatches([parseConstraint(text)], h1)));

  const fails: readonly string[] = [
    'node.id==N1',
    'node.hostname==h2',
    'node.role==worker',
    'node.labels.absent==x',
    'node.labels.Disk==ssd',
    'engine.labels.gpu!=YES',
    'node.ip==192.168.8.0/24',
    'node.labels.disk==ss',
  ];
  for (const text of fails) {
    it(`${text} does not hold`, () => assert.ok(!nodeMatches([parseConstraint(text)], h1)));
  }

  it('must hold together with all others', () => {
    assert.ok(!nodeMatches(parseConstraints(['node.id==n1', 'node.role==worker']), h1));
    assert.ok(nodeMatches([], h1));
  });

  it('on the hostname holds on no node that has not said its name', () => {
    const { description: _absent, ...silent } = h1;
    assert.ok(!nodeMatches([parseConstraint('node.hostname==H1')], silent));
    assert.ok(nodeMatches([parseConstraint('node.hostname!=H1')], silent));
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['node.role', /no operator/],
    ['node.role=worker', /operator must be == or !=/],
    ['node.role===worker', /operator must be == or !=/],
    ['node.role>=worker', /operator must be == or !=/],
    ['node.role==', /value is missing/],
    ['==worker', /key before the operator is missing/],
    ['node.role==boss', /worker or manager, not "boss"/],
    ['node.labels==x', /needs a label name/],
    ['node.labels.==x', /needs a label name/],
    ['node.labels.a b==x', /not a label name/],
    ['region==x', /unknown key "region"/],
    ['node.ip==1.2.3', /neither an IPv4 address nor a block/],
    ['node.labels.a==x\ny', /control character/],
    [`node.labels.a==${'x'.repeat(600)}`, /longer than 512/],
  ];
  for (const [text, reason] of wrong) {
    it(`"${text.slice(0, 30).replace('\n', '\\n')}" is refused with the text, the reason and an example`, () => {
      assert.throws(
        () => parseConstraint(text),
        (error: unknown) => {
          assert.ok(error instanceof SkepError);
          assert.equal(error.code, 'INVALID_ARGUMENT');
          assert.match(error.message, reason);
          assert.ok(error.message.includes(text.slice(0, 40)));
          assert.match(error.help, /node\.role==worker/);
          return true;
        },
      );
    });
  }
});
