import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTestNode, type TestNode } from '../test-node.ts';
import {
  addAttacker,
  attackSkipReason,
  changesOf,
  endContainer,
  execOptions,
  startAttack,
  until,
} from './hostile-image.ts';

describe('a container that uses up what it gets', { skip: attackSkipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
    addAttacker(node);
  });
  after(async () => {
    await node.close();
  });

  it('can be removed however deep it nested its folders', async () => {
    const nest = 'cd /tmp; i=0; while [ $i -lt 1500 ]; do mkdir d; cd d; i=$((i+1)); done; echo $i';
    const run = await node.run('deep', nest);
    assert.equal(run.output, '1500\n');
    await node.executor.remove('deep');
    assert.equal(existsSync(join(node.stateFolder, 'deep')), false);
    assert.equal(existsSync(join(node.layer, 'tmp/d')), false);
  });

  it('keeps no health check of the node waiting by holding on to what ended', async () => {
    await startAttack(node, 'holder', ['attacker', 'hold-joined']);
    const check = (): Promise<unknown> =>
      node.executor.exec('holder', ['sleep', '0.3'], { ...execOptions, timeoutMs: 2_000 });
    const answers: unknown[] = [];
    for (let round = 0; round < 50 && !existsSync(join(changesOf(node, 'holder'), 'seen')); round++) {
      answers.push(await check());
    }
    assert.ok(existsSync(join(changesOf(node, 'holder'), 'seen')), 'a check was traced');
    const last = answers.at(-1);
    assert.deepEqual(last, { exitCode: 137, timedOut: true, output: '' });
    await endContainer(node, 'holder');
  });

  it('fills only its own part of the log disk, and the keeper and its neighbours go on', async () => {
    const disk = join(node.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
    try {
      await startAttack(node, 'neighbour', [
        'sh',
        '-c',
        'while [ ! -e /go ]; do sleep 0.01; done; echo written',
      ]);
      const logPath = join(disk, 'flood.json');
      await startAttack(node, 'flood', ['sh', '-c', 'yes floods & yes floods >&2'], { logPath });
      const isFull = (): boolean => {
        const size = statSync(logPath).size;
        return (
          size > 200_000 &&
          execFileSync('stat', ['-f', '-c', '%a', disk], { encoding: 'utf8' }).trim() === '0'
        );
      };
      await until('the disk to be full', isFull);
      const joined = await node.executor.exec('flood', ['echo', 'answers'], execOptions);
      assert.equal(joined.output, 'answers\n');
      await node.executor.exec('neighbour', ['touch', '/go'], execOptions);
      assert.equal((await node.ended('neighbour')).exit?.exitCode, 0);
      assert.equal(node.output('neighbour'), 'written\n');
      // One more on the same full disk starts and ends; its log is lost, it is not.
      const quiet = node.request('quiet', ['sh', '-c', 'echo lost; exit 3'], {
        logPath: join(disk, 'quiet.json'),
      });
      await node.executor.start(quiet);
      assert.equal((await node.ended('quiet')).exit?.exitCode, 3);
      await endContainer(node, 'flood');
      const text = readFileSync(logPath, 'utf8');
      assert.ok(text.endsWith('\n'), 'no half record');
      for (const line of text.trim().split('\n')) assert.equal(JSON.parse(line).log, 'floods\n');
    } finally {
      execFileSync('umount', [disk]);
    }
    assert.deepEqual(readdirSync(disk), []);
  });
});
