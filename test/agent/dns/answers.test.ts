import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerQuestion } from '../../../agent/dns/answers.ts';
import { parseResolvers } from '../../../agent/dns/resolvers.ts';
import { picture } from './picture.ts';

const SHOP = '10.1.0.21';
const STRANGER = '10.3.0.21';
const PICTURE = picture({ shop: SHOP, stranger: STRANGER });

function ask(name: string, options: { asker?: string; type?: string; rotation?: number } = {}): unknown {
  const answer = answerQuestion(PICTURE, {
    name,
    type: options.type ?? 'A',
    asker: options.asker ?? SHOP,
    rotation: options.rotation ?? 0,
  });
  if (answer.kind !== 'records') return answer.kind;
  return answer.records.map((record) => (record.type === 'A' ? record.address : record.target));
}

describe('DNS answers', () => {
  it('gives a service its VIP, in any case and with a final dot', () => {
    assert.deepEqual(ask('web'), ['10.1.0.2']);
    assert.deepEqual(ask('WEB.'), ['10.1.0.2']);
  });

  it('gives a service without VIP its ready tasks, beginning at another one each time', () => {
    assert.deepEqual(ask('db'), ['10.2.0.11', '10.2.0.12']);
    assert.deepEqual(ask('db', { rotation: 1 }), ['10.2.0.12', '10.2.0.11']);
  });

  it('gives tasks.NAME the ready tasks only', () => {
    assert.deepEqual(ask('tasks.web'), ['10.1.0.11', '10.1.0.12']);
  });

  it('knows a task by its name and by its id, ready or not', () => {
    assert.deepEqual(ask('web.3.w3'), ['10.1.0.13']);
    assert.deepEqual(ask('w2'), ['10.1.0.12']);
  });

  it('lets an alias stand for its service', () => {
    assert.deepEqual(ask('www'), ['10.1.0.2']);
    assert.deepEqual(ask('till', { asker: '10.2.0.11' }), ['10.2.0.21']);
  });

  it('takes a name with its network behind it, in that network only', () => {
    assert.deepEqual(ask('shop.front'), [SHOP]);
    assert.deepEqual(ask('shop.shop_back'), ['10.2.0.21']);
    assert.deepEqual(ask('tasks.web.front'), ['10.1.0.11', '10.1.0.12']);
    assert.equal(ask('web.shop_back'), 'forward');
    assert.equal(ask('web.other'), 'forward');
  });

  it('gives an asker on two networks the addresses on both, in its own order', () => {
    assert.deepEqual(ask('shop'), [SHOP, '10.2.0.21']);
    assert.deepEqual(ask('shop', { asker: '10.2.0.12' }), ['10.2.0.21']);
  });

  it('knows nothing for an asker on other networks, or on none', () => {
    assert.equal(ask('web', { asker: STRANGER }), 'forward');
    assert.equal(ask('web', { asker: '169.254.16.7' }), 'forward');
    assert.equal(ask('www', { asker: '10.2.0.11' }), 'forward');
  });

  it('answers a known name without records of another type', () => {
    assert.deepEqual(ask('web', { type: 'AAAA' }), []);
    assert.equal(ask('example.org', { type: 'AAAA' }), 'forward');
  });

  it('turns addresses back into names, within the networks of the asker', () => {
    assert.deepEqual(ask('11.0.1.10.in-addr.arpa', { type: 'PTR' }), ['web.1.w1.front']);
    assert.deepEqual(ask('2.0.1.10.in-addr.arpa', { type: 'PTR' }), ['web.front']);
    assert.equal(ask('21.0.3.10.in-addr.arpa', { type: 'PTR' }), 'no-such-name');
    assert.equal(ask('99.0.1.10.in-addr.arpa', { type: 'PTR' }), 'no-such-name');
    assert.equal(ask('8.8.8.8.in-addr.arpa', { type: 'PTR' }), 'forward');
  });
});

describe('the resolver list', () => {
  it('takes at most three name servers, and never the server itself', () => {
    const text =
      '# a\nnameserver 169.254.1.1\nnameserver 192.0.2.1\n nameserver\t2001:db8::1 \nnameserver x\n';
    assert.deepEqual(parseResolvers(`${text}nameserver 192.0.2.3\nnameserver 192.0.2.4`, '169.254.1.1'), [
      { address: '192.0.2.1', port: 53 },
      { address: '2001:db8::1', port: 53 },
      { address: '192.0.2.3', port: 53 },
    ]);
  });
});
