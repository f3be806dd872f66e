import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CommitContainerRequest, ContainerStatsMessage } from '../../proto/container-messages.ts';
import { skipReason } from '../agent/executor/test-node.ts';
import { boxOf, type LocalNode, startLocalNode } from './local-node.ts';
import { type LookNode, lookNode } from './look-node.ts';

describe('looks into containers', { skip: skipReason }, () => {
  let node: LocalNode;
  let look: LookNode;
  before(async () => {
    node = await startLocalNode();
    look = lookNode(node);
  });
  after(() => node.close());

  const changesOf = async (reference: string) =>
    (await node.containers().diff({ reference })).changes.map(({ kind, path }) => `${kind} ${path}`);
  const commit = (reference: string, more: Partial<CommitContainerRequest> = {}) =>
    node
      .containers()
      .commit({ reference, image: '', message: '', author: '', changes: [], pause: true, ...more });
  async function outputOf(image: string): Promise<string> {
    const spec = boxOf('', {}, { image, args: [] });
    const { id } = await node.containers().create({ spec });
    await node.containers().start({ reference: id });
    await node.containers().wait({ reference: id, condition: '' });
    let text = '';
    for await (const { lines } of node.containers().logs({ reference: id, follow: false, tail: -1 }))
      for (const { data } of lines) text += Buffer.from(data).toString();
    await look.remove(id);
    return text;
  }

  it('find no change in a container that changed nothing, whatever its start mounted', async () => {
    const mounts = [{ kind: 'tmpfs', target: '/made/for/it', readOnly: false }] as const;
    const id = await look.run('sleep 1000', {}, { mounts });
    assert.deepEqual(await changesOf(id), []);
    await look.remove(id);
  });

  it('tell what was added, changed and deleted, running and after', async () => {
    const id = await look.run('sleep 1000');
    await look.inside(
      id,
      `echo x >> /etc/passwd; rm /bin/vi; mkdir -p /new/er; : > /new/er/empty; chmod 700 /tmp
       rm -r /root 2>/dev/null; ln -s a /new/link; rm -r /etc/group; mkdir /etc/group`,
    );
    const expected = [
      'changed /bin',
      'deleted /bin/vi',
      'changed /etc',
      'changed /etc/group',
      'changed /etc/passwd',
      'added /new',
      'added /new/er',
      'added /new/er/empty',
      'added /new/link',
      'changed /tmp',
    ];
    assert.deepEqual(await changesOf(id), expected);
    await look.stop(id);
    assert.deepEqual(await changesOf(id), expected);
    await look.remove(id);
  });

  it('make an image that runs, with what was added and without what was deleted', async () => {
    const mounts = [{ kind: 'volume', source: 'kept', target: '/volume', readOnly: false }] as const;
    const id = await look.run('sleep 1000', {}, { env: ['MINE=1'], mounts });
    await look.inside(
      id,
      `mkdir /new; echo new > /new/file; chown 1000:1001 /new/file; chmod 4750 /new/file; ln /new/file /new/twin
       rm /bin/vi; rm -r /etc; mkdir /etc; echo only > /etc/only; echo v > /volume/v; mknod /new/n c 1 3`,
    );
    const show = 'CMD stat -c "%n %f %u %g %h" /new/file; ls /bin/vi; ls -A /etc /volume; echo $MINE$YOURS';
    const { imageId } = await commit(id, {
      image: 'derived',
      message: 'with a file',
      author: 'bee',
      changes: [show, 'ENV YOURS=2'],
    });
    const { state } = await node.containers().inspect({ reference: id, size: false });
    assert.equal(state, 'running');
    const output = await outputOf('derived');
    assert.match(output, /^\/new\/file 89e8 1000 1001 2\n/);
    assert.match(output, /^\/etc:\nhostname\nhosts\nonly\nresolv.conf\n12\n$/m);
    assert.match(output, /vi: No such file/);
    const stored = join(node.dataRoot, 'image/images/sha256', `${imageId.slice('sha256:'.length)}.json`);
    const document = JSON.parse(readFileSync(stored, 'utf8')) as {
      readonly author: string;
      readonly history: readonly Record<string, string>[];
      readonly rootfs: { readonly diff_ids: readonly string[] };
    };
    assert.equal(document.author, 'bee');
    assert.deepEqual([document.history.length, document.rootfs.diff_ids.length], [2, 2]);
    const { created, ...line } = document.history.at(-1) ?? {};
    assert.deepEqual(line, { created_by: 'sh -c sleep 1000', author: 'bee', comment: 'with a file' });
    assert.ok(!Number.isNaN(Date.parse(created ?? '')));
    await look.remove(id);
  });

  it('make an image without a name, of a container that ended, and one on top of it', async () => {
    const id = await look.run('echo 1 > /one; mkdir /folder; echo a > /folder/a');
    await node.containers().wait({ reference: id, condition: '' });
    const first = await commit(id, { changes: ['CMD cat /one /two'] });
    const spec = boxOf(
      'echo 2 > /two; rm -r /folder; mkdir /folder; : > /folder/b',
      {},
      { image: first.imageId },
    );
    const { id: other } = await node.containers().create({ spec });
    await node.containers().start({ reference: other });
    await node.containers().wait({ reference: other, condition: '' });
    const second = await commit(other, { changes: ['CMD cat /one /two; ls /folder'] });
    assert.equal(await outputOf(second.imageId), '1\n2\nb\n');
    await Promise.all([look.remove(id), look.remove(other)]);
  });

  it('make no image of what no image can hold, and none with a bad instruction', async () => {
    const id = await look.run('sleep 1000');
    await assert.rejects(commit(id, { changes: ['FLY away'] }), { code: 'INVALID_ARGUMENT' });
    await look.inside(id, ': > /.wh.name');
    await assert.rejects(commit(id), { code: 'FAILED_PRECONDITION' });
    const { state } = await node.containers().inspect({ reference: id, size: false });
    assert.equal(state, 'running');
    await look.remove(id);
  });

  it('list the processes of one container in the columns of ps', async () => {
    const id = await look.run('sleep 1111 & sleep 2222; true');
    const top = (...psArguments: string[]) => node.containers().top({ reference: id, psArguments });
    const all = await top();
    assert.deepEqual(all.titles, ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD']);
    const commands = all.processes.map(({ fields }) => fields[7]);
    assert.deepEqual(commands.sort(), ['sh -c sleep 1111 & sleep 2222; true', 'sleep 1111', 'sleep 2222']);
    const some = await top('-o', 'pid,comm');
    assert.deepEqual(some.titles, ['PID', 'COMMAND']);
    assert.equal(some.processes[0]?.fields[0], String(await look.pidOf(id)));
    await assert.rejects(top('--forest'), { code: 'INVALID_ARGUMENT' });
    await look.stop(id);
    await assert.rejects(top(), { code: 'FAILED_PRECONDITION' });
    await look.remove(id);
  });

  it('measure what containers use, with a share of the processor from the second sample on', async () => {
    const busy = await look.run('while :; do :; done', { limits: { memoryBytes: 64 << 20 } });
    const idle = await look.run('sleep 1000');
    const calls = node.containers();
    const messages: ContainerStatsMessage[] = [];
    for await (const message of calls.stats({ references: [busy, idle], stream: true })) {
      messages.push(message);
      if (messages.length === 2) break;
    }
    const [first, second] = messages.map(({ containers }) => containers.find(({ id }) => id === busy));
    assert.equal(first?.cpuRatio, undefined);
    assert.ok(second?.cpuRatio !== undefined && second.cpuRatio > 0 && second.cpuRatio < 1.5);
    assert.equal(second.memoryLimitBytes, 64 << 20);
    assert.ok(second.memoryBytes > 0 && second.memoryBytes < 64 << 20);
    assert.ok(second.cpuTimeMs > (first?.cpuTimeMs ?? 0));
    const shown: ContainerStatsMessage[] = [];
    for await (const message of calls.stats({ references: [], stream: false })) shown.push(message);
    assert.equal(shown.length, 1);
    const byId = new Map(shown[0]?.containers.map((usage) => [usage.id, usage]));
    assert.ok(byId.has(busy) && byId.has(idle));
    assert.equal(byId.get(idle)?.processes, 1);
    assert.ok((byId.get(idle)?.cpuRatio ?? 1) < (byId.get(busy)?.cpuRatio ?? 0));
    const unknown = calls.stats({ references: ['nobody'], stream: false });
    await assert.rejects(unknown[Symbol.asyncIterator]().next(), { code: 'NOT_FOUND' });
    await Promise.all([look.remove(busy), look.remove(idle)]);
    assert.equal(existsSync(join(node.dataRoot, 'containers.local', busy)), false);
  });
});
