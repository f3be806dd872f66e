import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { ContainerNetwork } from '../../../agent/executor/executor.ts';
import { addAddress, addRoute, createVeth, deleteLink, EEXIST, getLink, linkUp } from './netlink-builder.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const ENODEV = 19;
const RTM_NEWLINK = 16;

describe('netlink through the keeper', { skip: skipReason }, () => {
  let node: TestNode;
  // Interface names have 15 characters at most.
  const link = `skt${process.pid}`;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.executor.netlink([deleteLink(link)]);
    await node.close();
  });

  const network: ContainerNetwork = {
    kind: 'link',
    hostMessages: [createVeth(link, 'eth0'), linkUp(link)],
    containerMessages: [linkUp('eth0'), addAddress(2, [192, 0, 2, 7], 32), addRoute(2, [192, 0, 2, 1])],
  };

  it('gives a container a link with an address and a route', async () => {
    const run = await node.run('linked', 'ip addr show; ip route; cat /sys/class/net/eth0/operstate', {
      network,
    });
    assert.match(run.output, /2: eth0@\w+: <(NO-CARRIER,)?BROADCAST,MULTICAST,UP/);
    assert.match(run.output, /inet 192\.0\.2\.7\/32 scope global eth0/);
    assert.match(run.output, /192\.0\.2\.1 dev eth0/);
    assert.match(run.output, /LOOPBACK,UP/);
    await node.executor.remove('linked');
  });

  it('that fails names the message, and the kernel says why', async () => {
    const twice: ContainerNetwork = {
      kind: 'link',
      hostMessages: [],
      containerMessages: [linkUp('eth7')],
    };
    const start = node.executor.start(node.request('nolink', ['true'], { network: twice }));
    await assert.rejects(start, /bring eth7 up, ENODEV/);
    const host: ContainerNetwork = {
      kind: 'link',
      hostMessages: [deleteLink('nolink0')],
      containerMessages: [],
    };
    const hostStart = node.executor.start(node.request('nohost', ['true'], { network: host }));
    await assert.rejects(hostStart, /delete nolink0, ENODEV/);
    assert.deepEqual(node.cgroups('nohost'), []);
    const tolerant: ContainerNetwork = {
      kind: 'link',
      hostMessages: [{ ...deleteLink('nolink0'), tolerated: [ENODEV] }],
      containerMessages: [],
    };
    const run = await node.run('tolerant', 'exit 8', { network: tolerant });
    assert.equal(run.exitCode, 8);
  });

  it('answers each request with its errno and the messages of a dump', async () => {
    const answers = await node.executor.netlink([getLink('lo'), getLink('nolink0'), getLink(null)]);
    assert.deepEqual(
      answers.map((answer) => answer.errno),
      [0, ENODEV, 0],
    );
    assert.equal(answers[0]?.messages.length, 1);
    const dump = answers[2]?.messages ?? [];
    assert.ok(dump.length >= 1);
    for (const bytes of dump) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      assert.equal(view.getUint16(4, true), RTM_NEWLINK);
      assert.equal(view.getUint32(0, true), bytes.length);
    }
  });

  it('takes more messages than fit into one request', async () => {
    const many = Array.from({ length: 20_000 }, () => getLink('nolink0'));
    const answers = await node.executor.netlink(many);
    assert.equal(answers.length, many.length);
    assert.ok(answers.every((answer) => answer.errno === ENODEV));
  });

  it('creates and deletes links of the node', async () => {
    const name = `${link}b`;
    const pair = { ...createVeth(name, `${link}c`), namespaceOffset: null };
    // Without a namespace the descriptor stays 0, which is none: the kernel refuses and nothing is made.
    const [refused] = await node.executor.netlink([pair]);
    assert.notEqual(refused?.errno, 0);
    assert.notEqual(refused?.errno, EEXIST);
    assert.equal(existsSync(`/sys/class/net/${name}`), false);
  });
});
