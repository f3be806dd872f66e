import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodeLogSettings } from '../../../agent/executor/log-fields.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const execOptions = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 10_000 };

function texts(path: string): string[] {
  if (!existsSync(path)) return [];
  const content = readFileSync(path, 'utf8');
  assert.ok(content === '' || content.endsWith('\n'), `${path} ends with half a record`);
  return content
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { log: string }).log);
}

/** The lines of a log over all of its files, the oldest first. */
function row(path: string, files: number): string[] {
  return Array.from({ length: files }, (_, index) => files - 1 - index).flatMap((index) =>
    texts(index === 0 ? path : `${path}.${index}`),
  );
}

const count = (lines: number) => `i=0; while [ $i -lt ${lines} ]; do echo line $i; i=$((i+1)); done`;
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`);

describe('the files of a log', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });
  const pathOf = (id: string) => node.request(id, ['true']).logPath;
  const rotating = (maxBytes: number, maxFiles: number) =>
    ({ log: { kind: 'json-file', maxBytes, maxFiles } }) as const;

  it('hold the newest lines without a gap, each within its bound', async () => {
    await node.run('rotated', count(3_000), rotating(20_000, 4));
    const path = pathOf('rotated');
    const lines = row(path, 4);
    assert.deepEqual(lines, numbered(3_000 - lines.length, 3_000));
    assert.equal(existsSync(`${path}.4`), false);
    for (const name of [path, `${path}.1`, `${path}.2`, `${path}.3`])
      assert.ok(statSync(name).size <= 20_000, name);
    // Full to the last record that fits, so that the bound is what the user gets.
    for (const name of [`${path}.1`, `${path}.2`, `${path}.3`]) assert.ok(statSync(name).size > 19_900, name);
  });

  it('are one when one is asked for: it begins anew', async () => {
    await node.run('single', count(1_000), rotating(10_000, 1));
    const lines = texts(pathOf('single'));
    assert.deepEqual(lines, numbered(1_000 - lines.length, 1_000));
    assert.ok(lines.length > 0 && statSync(pathOf('single')).size <= 10_000);
    assert.equal(existsSync(`${pathOf('single')}.1`), false);
  });

  it('hold a record that alone is larger than a file', async () => {
    await node.run('large', 'echo a; head -c 9000 /dev/zero | tr "\\0" x; echo; echo b', rotating(1_024, 5));
    assert.deepEqual(
      row(pathOf('large'), 5).map((text) => text.length),
      [2, 9_001, 2],
    );
  });

  it('are mended after a crash between two renames: no old file is lost to a gap', async () => {
    const path = pathOf('gap');
    mkdirSync(dirname(path), { recursive: true });
    const record = (text: string) =>
      `${JSON.stringify({ log: text, stream: 'stdout', time: '2026-01-01T00:00:00Z' })}\n`;
    writeFileSync(`${path}.1`, record('b\n'));
    writeFileSync(`${path}.3`, record('a\n'));
    writeFileSync(`${path}.next`, 'left by a crash');
    // More than are asked for now.
    writeFileSync(`${path}.5`, record('gone\n'));
    writeFileSync(`${path}.6`, record('gone\n'));
    await node.run(
      'gap',
      'head -c 1000 /dev/zero | tr "\\0" x; echo; head -c 900 /dev/zero | tr "\\0" y',
      rotating(1_024, 5),
    );
    assert.deepEqual(
      row(path, 7).map((text) => text.slice(0, 1)),
      ['a', 'b', 'x', 'y'],
    );
    assert.deepEqual(texts(`${path}.3`), ['a\n']);
    assert.deepEqual(texts(`${path}.2`), ['b\n']);
    assert.equal(existsSync(`${path}.next`), false);
  });

  it('begin behind the last whole record that an earlier run left', async () => {
    const path = pathOf('torn');
    mkdirSync(dirname(path), { recursive: true });
    await node.run('torn', 'echo one');
    appendFileSync(path, `{"log":"${'x'.repeat(9_000)}`);
    await node.executor.start(node.request('torn-again', ['echo', 'two'], { logPath: path }));
    await node.ended('torn-again');
    assert.deepEqual(texts(path), ['one\n', 'two\n']);
  });

  it('are none when none is asked for, and the container is not held up', async () => {
    const run = 'head -c 3000000 /dev/zero | tr "\\0" x; echo done >&2; exit 7';
    await node.executor.start(node.request('quiet', ['sh', '-c', run], { log: { kind: 'none' } }));
    assert.equal((await node.ended('quiet')).exit?.exitCode, 7);
    assert.equal(existsSync(pathOf('quiet')), false);
  });

  it('stay within what the keeper can do', () => {
    assert.deepEqual(encodeLogSettings(undefined), []);
    for (const bad of [0, 1_023, 1.5, Number.NaN])
      assert.throws(
        () => encodeLogSettings({ kind: 'json-file', maxBytes: bad, maxFiles: 2 }),
        /files of .* bytes/,
      );
    for (const bad of [0, 1_001, 1.5])
      assert.throws(
        () => encodeLogSettings({ kind: 'json-file', maxBytes: null, maxFiles: bad }),
        /kept in .* files/,
      );
  });

  it('go on after a full disk, with a record that says how much is missing', async () => {
    const disk = join(node.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]);
    try {
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(400_000));
      const logPath = join(disk, 'log.json');
      const wait = (file: string) => `while [ ! -e /${file} ]; do sleep 0.01; done`;
      const command = `${count(3_000)}; touch /full; ${wait('go')}; echo after; ${wait('end')}`;
      await node.executor.start(node.request('full', ['sh', '-c', command], { logPath }));
      await node.executor.exec('full', ['sh', '-c', wait('full')], execOptions);
      assert.ok(texts(logPath).length > 500 && texts(logPath).length < 2_500);
      rmSync(join(disk, 'ballast'));
      const neighbour = await node.run('beside', 'echo hello');
      assert.equal(neighbour.output, 'hello\n');
      await node.executor.exec('full', ['touch', '/go', '/end'], execOptions);
      await node.ended('full');
      const lines = texts(logPath);
      const written = lines.length - 2;
      assert.deepEqual(lines.slice(0, written), numbered(0, written));
      const lost =
        /^skep: (\d+) records \((\d+) bytes\) of this log were lost here: No space left on device\n$/;
      const [, records, bytes] = lost.exec(lines[written] ?? '') ?? [];
      assert.equal(Number(records), 3_000 - written);
      assert.ok(Number(bytes) > 70 * Number(records) && Number(bytes) < 100 * Number(records));
      assert.equal(lines.at(-1), 'after\n');
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('rotate on a full disk too, and lose only what does not fit', async () => {
    const disk = join(node.folder, 'small');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]);
    try {
      const logPath = join(disk, 'log.json');
      // Four files of 40 kB do not fit; when the oldest goes there is room again.
      await node.executor.start(
        node.request('cramped', ['sh', '-c', count(6_000)], { logPath, ...rotating(40_000, 4) }),
      );
      await node.ended('cramped');
      const lines = row(logPath, 4).filter((line) => !line.startsWith('skep: '));
      assert.ok(lines.length > 500);
      const numbers = lines.map((line) => Number(/^line (\d+)\n$/.exec(line)?.[1]));
      for (const [index, number] of numbers.entries())
        assert.ok(index === 0 || number > (numbers[index - 1] ?? 0), `order at ${index}`);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('of twenty quiet containers miss nothing beside one that prints as fast as it can, and the keeper answers', async () => {
    await node.executor.start(node.request('loud', ['yes'], rotating(4_000_000, 2)));
    const ids = Array.from({ length: 20 }, (_, index) => `calm-${index}`);
    const slowly = 'i=0; while [ $i -lt 60 ]; do echo line $i; i=$((i+1)); sleep 0.01; done';
    await Promise.all(ids.map((id) => node.executor.start(node.request(id, ['sh', '-c', slowly]))));
    let goingOn = true;
    const allEnded = Promise.all(ids.map((id) => node.ended(id))).then(() => {
      goingOn = false;
    });
    let answers = 0;
    for (; goingOn || answers < 5; answers++) {
      const echoed = await node.executor.exec('loud', ['echo', 'here'], execOptions);
      assert.equal(echoed.output, 'here\n');
      assert.equal((await node.run(`passer-${answers}`, 'echo by')).output, 'by\n');
      await node.executor.remove(`passer-${answers}`);
    }
    await allEnded;
    for (const id of ids) assert.deepEqual(texts(pathOf(id)), numbered(0, 60), id);
    const loud = (await node.executor.list()).find(({ id }) => id === 'loud');
    assert.equal(loud?.exit, null);
    assert.ok(existsSync(`${pathOf('loud')}.1`), 'the loud one has filled more than a file meanwhile');
    await node.executor.kill('loud');
    await node.ended('loud');
  });
});
