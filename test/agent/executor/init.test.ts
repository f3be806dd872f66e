import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

const inside = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 10_000 };

const showSignals = ['grep', '-E', '^Sig(Blk|Ign)', '/proc/self/status'];

describe('the reaper as PID 1', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  async function printed(id: string, text: string): Promise<void> {
    for (let turn = 0; turn < 2_000 && !node.output(id).includes(text); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(node.output(id).includes(text), `${text} is missing in ${node.output(id)}`);
  }

  it('reaps orphans that its program never waits for', async () => {
    const orphans = 'for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.05 & exit 0); done; ';
    const left =
      'sleep 0.3; echo zombies $(grep -h "^State:.Z" /proc/[0-9]*/status | wc -l); echo $$; exit 4';
    const run = await node.run('orphans', orphans + left, { init: true });
    assert.equal(run.output, 'zombies 0\n2\n');
    assert.equal(run.exitCode, 4);
  });

  it('hands every signal on to its program', async () => {
    const signals = { HUP: 1, INT: 2, QUIT: 3, USR1: 10, USR2: 12, TERM: 15, WINCH: 28 };
    const traps = Object.keys(signals).map((name) => `trap "echo got ${name}" ${name};`);
    await node.executor.start(
      node.request('signals', ['sh', '-c', `${traps.join(' ')} echo up; while :; do sleep 0.01; done`], {
        init: true,
      }),
    );
    await printed('signals', 'up');
    for (const [name, number] of Object.entries(signals)) {
      await node.executor.signal('signals', number);
      await printed('signals', `got ${name}`);
    }
    await node.executor.signal('signals', 9);
    assert.equal((await node.ended('signals')).exit?.exitCode, 137);
  });

  it('does not hear what its program tells its own process group', async () => {
    // A shell that stops its children with `kill 0` would hear its own signal again and again.
    const run = await node.run(
      'group',
      'trap "echo heard" TERM; sleep 100 & sleep 0.2; kill -TERM 0; sleep 0.2; wait; echo end',
      { init: true },
    );
    assert.equal(run.output, 'heard\nend\n');
    assert.equal(run.exitCode, 0);
  });

  it('ends as its program ends, whatever still runs', async () => {
    const codes = await Promise.all(
      [0, 1, 42, 255].map((code) => node.run(`code-${code}`, `sleep 1000 & exit ${code}`, { init: true })),
    );
    assert.deepEqual(
      codes.map(({ exitCode }) => exitCode),
      [0, 1, 42, 255],
    );
    const killed = await node.run('self-kill', 'kill -KILL $$', { init: true });
    assert.equal(killed.exitCode, 137);
    const aborted = await node.run('self-abort', 'kill -ABRT $$', { init: true });
    assert.equal(aborted.exitCode, 134);
  });

  it('leaves no signal ignored or blocked, nor does a start without it', async () => {
    for (const init of [true, false]) {
      // Without a shell, which would ignore SIGQUIT itself.
      const id = `dispositions-${init}`;
      await node.executor.start(node.request(id, showSignals, { init }));
      await node.ended(id);
      assert.equal(node.output(id), 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
    }
    await node.executor.start(node.request('dispositions', ['sleep', '1000']));
    const entered = await node.executor.exec('dispositions', showSignals, inside);
    assert.equal(entered.output, 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
    await node.executor.kill('dispositions');
    await node.ended('dispositions');
  });

  it('runs for a user without rights', async () => {
    const run = await node.run('bee', 'id -un; cat /proc/1/comm; exit 3', { init: true, user: 'bee' });
    assert.equal(run.output, 'bee\nskep-init\n');
    assert.equal(run.exitCode, 3);
    await node.executor.start(node.request('joined', ['sleep', '1000'], { init: true, user: 'bee' }));
    const joined = await node.executor.exec('joined', ['id', '-un'], { ...inside, user: 'bee' });
    assert.equal(joined.output, 'bee\n');
    await node.executor.kill('joined');
    await node.ended('joined');
    const bare = await node.run('bare', 'echo ran', { init: true, capabilities: [] });
    assert.equal(bare.output, 'ran\n');
  });

  it('says why it cannot start its program', async () => {
    const start = node.executor.start(node.request('crowded', ['sleep', '1'], { init: true, pids: 1 }));
    await assert.rejects(start, /exec: "sleep": Resource temporarily unavailable/);
  });

  it('has the limits of its container, and so has its program', async () => {
    const ulimits = [{ name: 'nofile', soft: 44, hard: 55 }];
    const run = await node.run('limits', 'grep -h "open files" /proc/1/limits /proc/self/limits', {
      init: true,
      ulimits,
    });
    assert.match(run.output, /^(Max open files +44 +55 +files *\n){2}$/);
  });

  it('cannot be stopped or traced away by its program', async () => {
    await node.executor.start(node.request('firm', ['sleep', '1000'], { init: true }));
    const tried = await node.executor.exec(
      'firm',
      ['sh', '-c', 'kill -KILL 1; kill -STOP 1; echo tried'],
      inside,
    );
    assert.equal(tried.output, 'tried\n');
    assert.match(
      (await node.executor.exec('firm', ['grep', 'State', '/proc/1/status'], inside)).output,
      /S \(/,
    );
    await node.executor.signal('firm', 15);
    assert.equal((await node.ended('firm')).exit?.exitCode, 143);
  });
});
