import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

/** A device that a container cannot open says so in the words of EPERM, whether or not the node has it. */
const REFUSED = /Operation not permitted/;

describe('the devices of a container', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(() => node.close());

  it('can be made of any kind, and used from the usual list only', async () => {
    const usable = ['1 3', '1 5', '1 7', '1 8', '1 9'];
    const refused = [
      'c 1 1',
      'c 1 4',
      'c 1 11',
      'c 10 200',
      'c 10 229',
      'b 7 0',
      'b 8 0',
      'b 253 0',
      'b 254 0',
    ];
    const script = [
      ...usable.map(
        (numbers) => `mknod /tmp/c c ${numbers} && (: < /tmp/c) 2>&1; echo "c ${numbers} made $?"; rm /tmp/c`,
      ),
      ...refused.map(
        (device) => `mknod /tmp/d ${device} && echo made; (: < /tmp/d) 2>&1; (: >> /tmp/d) 2>&1; rm /tmp/d`,
      ),
    ];
    const { output } = await node.run('devices', script.join('\n'));
    const lines = output.trim().split('\n');
    for (const numbers of usable)
      assert.ok(lines.includes(`c ${numbers} made 0`), `c ${numbers} in ${output}`);
    const rest = lines.slice(lines.indexOf('made'));
    assert.equal(rest.length, refused.length * 3, output);
    for (const [index, device] of refused.entries()) {
      assert.equal(rest[index * 3], 'made', device);
      for (const line of rest.slice(index * 3 + 1, index * 3 + 3)) assert.match(line, REFUSED, device);
    }
  });

  it('are the same for a program that enters it', async () => {
    await node.executor.start(node.request('entered', ['sleep', '1000']));
    const script = 'mknod /tmp/kmsg c 1 11; (: < /tmp/kmsg) 2>&1; head -c 4 /dev/zero | wc -c';
    const entered = await node.executor.exec('entered', ['sh', '-c', script], {
      env: ['PATH=/bin'],
      timeoutMs: 60_000,
      workdir: '/',
      user: '',
    });
    assert.match(entered.output, REFUSED);
    assert.match(entered.output, /\n4\n$/);
    await node.executor.kill('entered');
  });
});
