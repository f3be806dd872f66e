import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTestNode, type TestNode } from '../test-node.ts';
import {
  addAttacker,
  attackSkipReason,
  changesOf,
  endContainer,
  execOptions,
  hostileLayers,
  startAttack,
  until,
} from './hostile-image.ts';

/** Descriptors that a process has while it becomes the program. */
const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20];

describe('what a program is given at its start', { skip: attackSkipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
    addAttacker(node);
  });
  after(async () => {
    await node.close();
  });

  it('is three descriptors and a folder inside the root, with a reaper, without, and by exec', async () => {
    const expected = 'descriptor 0\ndescriptor 1\ndescriptor 2\nfolder /\n';
    for (const init of [false, true]) {
      const id = `given-${init}`;
      const run = await node.run(id, 'exec attacker show-descriptors', { init });
      assert.equal(run.output, expected);
      await node.executor.remove(id);
    }
    await startAttack(node, 'joined', ['sleep', '1000']);
    const joined = await node.executor.exec('joined', ['attacker', 'show-descriptors'], execOptions);
    assert.equal(joined.output, expected);
    await endContainer(node, 'joined');
  });

  // CVE-2024-21626.
  it('is never a working folder behind a descriptor, named or by a link', async () => {
    const layers = hostileLayers(node, 'cwd-links', (layer) => {
      for (const number of NUMBERS)
        symlinkSync(`/proc/self/fd/${number}/../..`, join(layer, `way-${number}`));
      symlinkSync('/proc/1/cwd', join(layer, 'way-cwd'));
      symlinkSync('/proc/self/root', join(layer, 'way-root'));
    });
    await startAttack(node, 'victim', ['sleep', '1000'], { layers });
    const ways = NUMBERS.flatMap((number) => [
      `/proc/self/fd/${number}`,
      `/proc/self/fd/${number}/../../..`,
      `/way-${number}`,
    ]);
    for (const workdir of [...ways, '/way-cwd', '/way-root', '/proc/1/cwd', '/proc/thread-self/root/etc']) {
      const start = node.executor.start(node.request('cwd', ['true'], { layers, workdir }));
      await assert.rejects(start, /working directory/, workdir);
      const joined = node.executor.exec('victim', ['pwd'], { ...execOptions, workdir });
      await assert.rejects(joined, /working directory/, workdir);
    }
    await endContainer(node, 'victim');
  });

  it('is never a program behind a descriptor of the node', async () => {
    const secret = join(node.folder, 'secret-program');
    writeFileSync(secret, '#!/bin/sh\necho escaped\n', { mode: 0o755 });
    for (const number of NUMBERS.slice(3)) {
      const name = `program-${number}`;
      try {
        await node.executor.start(node.request(name, [`/proc/self/fd/${number}`, 'a', 'b']));
        const { exit } = await node.ended(name);
        assert.notEqual(exit?.exitCode, 0);
        await node.executor.remove(name);
      } catch (error) {
        assert.match(String(error), /exec: /);
      }
    }
    assert.equal(existsSync(`${secret}.new`), false);
  });

  // CVE-2016-9962: a large /etc/passwd keeps a joining process busy, so that it can be looked at.
  for (const user of ['', 'bee']) {
    it(`shows nothing of the node while ${user === '' ? 'root' : user} joins a container that lies in wait`, async () => {
      const id = `waiting-${user}`;
      const layers = hostileLayers(node, id, (layer) => {
        mkdirSync(join(layer, 'etc'));
        const bulk = 'x:x:2000:2000::/:/bin/sh\n'.repeat(140_000);
        writeFileSync(
          join(layer, 'etc/passwd'),
          `${bulk}root:x:0:0::/:/bin/sh\nbee:x:1000:1001::/:/bin/sh\n`,
        );
      });
      await startAttack(node, id, ['attacker', 'catch-joining'], { layers });
      const seen = join(changesOf(node, id), 'seen');
      for (let round = 0; round < 500 && (round < 20 || !existsSync(seen)); round++) {
        const joined = await node.executor.exec(id, ['true'], { ...execOptions, user });
        assert.equal(joined.exitCode, 0);
      }
      await node.executor.exec(id, ['touch', '/stop'], execOptions);
      await until('the end of the attack', () => node.output(id) !== '');
      await node.ended(id);
      assert.equal(node.output(id), 'held\n');
      await node.executor.remove(id);
    });
  }
});

describe("the keeper's own program", { skip: attackSkipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  // CVE-2019-5736.
  it('cannot be written, renamed, removed or shut by a container that has it as its reaper', async () => {
    const attacks = [
      'echo x > /proc/1/exe',
      'dd if=/dev/zero of=/proc/1/exe count=1 conv=notrunc',
      'truncate -s 0 /proc/1/exe',
      'chmod 0 /proc/1/exe',
      'chmod 4777 /proc/1/exe',
      'chown 1000:1000 /proc/1/exe',
      'touch -d 2001-01-01 /proc/1/exe',
    ];
    const run = await node.run(
      'reaper',
      `${attacks.map((attack) => `(${attack}) 2>/dev/null && echo "done: ${attack}"`).join(';')}; true`,
      {
        init: true,
      },
    );
    assert.equal(run.output, '');
    for (const user of ['', 'bee']) {
      const id = `next-${user}`;
      const next = await node.run(id, 'echo runs', { init: true, user });
      assert.equal(next.output, 'runs\n');
    }
  });

  it('harms nobody when an image runs it by /proc/self/exe or as an interpreter', async () => {
    const layers = hostileLayers(node, 'self-exe', (layer) => {
      mkdirSync(join(layer, 'bin'));
      writeFileSync(join(layer, 'bin/script'), '#!/proc/self/exe\n', { mode: 0o755 });
      symlinkSync('/proc/self/exe', join(layer, 'bin/self'));
    });
    const victimScript =
      'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do for p in /proc/[0-9]*; do ' +
      'case $(readlink $p/exe) in *memfd*|*skep*) chmod 0 $p/exe; echo x > $p/exe;; esac; done; done; sleep 1000';
    await startAttack(node, 'lurking', ['sh', '-c', victimScript], { layers });
    const programs = ['/proc/self/exe', '/bin/script', '/bin/self', 'self', 'script'];
    for (const [index, program] of programs.entries()) {
      const id = `self-${index}`;
      const started = node.executor.start(node.request(id, [program], { layers }));
      const ended = started.then(async () => (await node.ended(id)).exit?.exitCode);
      const code = await ended.catch(() => 126);
      assert.notEqual(code, 0);
      await node.executor.remove(id);
      await node.executor.exec('lurking', [program], execOptions).catch(() => {});
    }
    await endContainer(node, 'lurking');
    for (const init of [true, false]) {
      const run = await node.run(`after-${init}`, 'echo runs', { init });
      assert.equal(run.output, 'runs\n');
    }
  });
});
