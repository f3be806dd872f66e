import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startFailureExitCode } from '../../../agent/executor/keeper-errors.ts';
import { SkepError } from '../../../lib/errors.ts';
import { skipReason, startTestNode, type TestNode } from './test-node.ts';

function refusal(code: string, message: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof SkepError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

describe('a container', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('runs its program, keeps its exit code and leaves nothing once removed', async () => {
    const run = await node.run('plain', 'echo hello; echo oops >&2; exit 3');
    assert.equal(run.exitCode, 3);
    assert.equal(run.state.exit?.signal, null);
    assert.equal(run.state.exit?.oomKilled, false);
    const byStream = node.records('plain').map((record) => [record.stream, record.log]);
    assert.deepEqual(byStream.sort(), [
      ['stderr', 'oops\n'],
      ['stdout', 'hello\n'],
    ]);
    assert.ok(node.cgroups('plain').length > 0);
    await node.executor.remove('plain');
    await node.executor.remove('plain');
    assert.deepEqual(node.cgroups('plain'), []);
    assert.deepEqual(readdirSync(node.stateFolder), []);
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(node.stateFolder), false);
    assert.deepEqual(
      (await node.executor.list()).map((state) => state.id).filter((id) => id === 'plain'),
      [],
    );
  });

  it('says 127 and 126 for programs that cannot be run, and undoes the start', async () => {
    const missing = node.executor.start(node.request('missing', ['no-such-program']));
    await assert.rejects(missing, (error) => {
      assert.equal(startFailureExitCode(error), 127);
      return refusal(
        'FAILED_PRECONDITION',
        /exec: "no-such-program": executable file not found in \$PATH/,
      )(error);
    });
    const folder = node.executor.start(node.request('folder', ['/etc/passwd']));
    await assert.rejects(folder, (error) => startFailureExitCode(error) === 126);
    const path = node.executor.start(node.request('path', ['/no/such']));
    await assert.rejects(path, (error) => startFailureExitCode(error) === 127);
    const format = node.executor.start(node.request('format', ['no-such'], { init: true }));
    await assert.rejects(format, (error) => startFailureExitCode(error) === 127);
    assert.deepEqual(node.cgroups('missing'), []);
    assert.equal(existsSync(join(node.stateFolder, 'missing')), false);
    assert.equal(existsSync(join(node.stateFolder, 'format')), false);
  });

  it('names the step that failed', async () => {
    const start = node.executor.start(node.request('stranger', ['true'], { user: 'stranger' }));
    await assert.rejects(
      start,
      refusal('FAILED_PRECONDITION', /unable to find user stranger.*step \d+, become user stranger, ENOENT/),
    );
    const bind = node.executor.start(
      node.request('nosource', ['true'], {
        binds: [{ source: '/no/such', target: '/x', readOnly: false, propagation: 'rprivate' }],
      }),
    );
    await assert.rejects(
      bind,
      refusal('FAILED_PRECONDITION', /^bind source path does not exist: \/no\/such$/),
    );
    await node.run('twice', 'true');
    await assert.rejects(
      node.executor.start(node.request('twice', ['true'])),
      refusal('ALREADY_EXISTS', /twice/),
    );
  });

  it('gets signals, and tells a signal from an exit code', async () => {
    await node.executor.start(node.request('killed', ['sleep', '1000']));
    await assert.rejects(node.executor.remove('killed'), refusal('FAILED_PRECONDITION', /still running/));
    await node.executor.kill('killed');
    const killed = await node.ended('killed');
    assert.deepEqual([killed.exit?.exitCode, killed.exit?.signal], [137, 9]);
    await assert.rejects(node.executor.signal('killed', 15), refusal('NOT_FOUND', /ended/));
    await node.executor.kill('killed');

    await node.executor.start(
      node.request('trapped', ['sh', '-c', 'trap "exit 7" TERM; echo up; while :; do sleep 0.01; done']),
    );
    while (!node.output('trapped').includes('up')) await new Promise((resolve) => setTimeout(resolve, 5));
    await node.executor.signal('trapped', 15);
    assert.equal((await node.ended('trapped')).exit?.exitCode, 7);
    await assert.rejects(node.executor.signal('nobody', 15), refusal('NOT_FOUND', /nobody/));
  });

  it('with a reaper as PID 1 ends by a signal that its program does not handle', async () => {
    await node.executor.start(node.request('init', ['sleep', '1000'], { init: true }));
    const seen = await node.executor.exec('init', ['ps', '-o', 'pid,args'], {
      env: ['PATH=/bin'],
      workdir: '/',
      user: '',
      timeoutMs: 5_000,
    });
    assert.match(seen.output, /1 skep-init \/bin\/sleep sleep 1000/);
    await node.executor.signal('init', 15);
    assert.equal((await node.ended('init')).exit?.exitCode, 143);
    const code = await node.run('initcode', 'sleep 0.01 & exit 9', { init: true });
    assert.equal(code.exitCode, 9);
  });

  it('is killed at its memory limit, and that is told apart', async () => {
    const run = await node.run('oom', 'dd if=/dev/zero of=/dev/null bs=200M count=1; exit $?', {
      memoryBytes: 24 * 1024 * 1024,
    });
    assert.notEqual(run.exitCode, 0);
    assert.equal(run.state.exit?.oomKilled, true);
  });

  it('cannot have more processes than its limit', async () => {
    const run = await node.run('pids', 'for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; echo all', {
      pids: 5,
    });
    assert.match(run.output, /can't fork/);
  });

  it('has the processor share that it was given', async () => {
    await node.executor.start(node.request('cpu', ['sleep', '1000'], { nanoCpus: 250_000_000 }));
    const folder = node.cgroups('cpu').find((path) => existsSync(join(path, 'cpu.cfs_quota_us')));
    if (folder === undefined) {
      const unified = node.cgroups('cpu')[0] ?? '';
      assert.equal(readFileSync(join(unified, 'cpu.max'), 'utf8').trim(), '25000 100000');
    } else {
      assert.equal(readFileSync(join(folder, 'cpu.cfs_quota_us'), 'utf8').trim(), '25000');
    }
    await node.executor.kill('cpu');
  });

  it('changes neither its image nor another container', async () => {
    await node.run('writer', 'echo mine > /etc/changed; rm /etc/group');
    const reader = await node.run('reader', 'ls /etc');
    assert.equal(reader.output.includes('changed'), false);
    assert.ok(reader.output.includes('group'));
    assert.equal(existsSync(join(node.layer, 'etc/changed')), false);
  });

  it('stacks its layers in order', async () => {
    const upper = join(node.folder, 'upper-layer');
    mkdirSync(join(upper, 'etc'), { recursive: true });
    writeFileSync(join(upper, 'etc/passwd'), 'replaced\n');
    const run = await node.run('layers', 'cat /etc/passwd /etc/group', {
      layers: [node.layer, upper, node.layer, upper],
    });
    assert.match(run.output, /^replaced\nroot:x:0/);
  });

  it('with a read-only root writes only to its own mounts', async () => {
    const run = await node.run(
      'sealed',
      'echo x > /etc/x; echo y > /scratch/y && cat /scratch/y; touch /dev/shm/z && echo shm',
      {
        readOnlyRoot: true,
        tmpfs: [{ target: '/scratch', readOnly: false, sizeBytes: 65_536, mode: 0o1777 }],
      },
    );
    assert.match(run.output, /can't create \/etc\/x: Read-only file system/);
    assert.match(run.output, /y\nshm\n/);
  });

  it('sees its files and binds, and cannot write to the read-only ones', async () => {
    const shared = join(node.folder, 'shared');
    mkdirSync(shared);
    writeFileSync(join(shared, 'note'), 'from the node\n');
    const bind = (target: string, readOnly: boolean, source = shared) => ({
      source,
      target,
      readOnly,
      propagation: 'rprivate' as const,
    });
    const run = await node.run(
      'binds',
      'cat /etc/hosts /rw/deep/note /one; echo back > /rw/deep/back; echo x > /ro/x; mkdir /rw/deep/note/x',
      {
        files: [{ target: '/etc/hosts', content: '127.0.0.1 localhost\n' }],
        binds: [bind('/rw/deep', false), bind('/ro', true), bind('/one', true, join(shared, 'note'))],
      },
    );
    assert.match(run.output, /^127.0.0.1 localhost\nfrom the node\nfrom the node\n/);
    assert.match(run.output, /can't create \/ro\/x: Read-only file system/);
    assert.equal(readFileSync(join(shared, 'back'), 'utf8'), 'back\n');
  });

  it('never has a mount target led out of its root by a link', async () => {
    const layer = join(node.folder, 'escape-layer');
    mkdirSync(layer);
    const outside = join(node.folder, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(layer, 'absolute'));
    symlinkSync('../../../../../../../..', join(layer, 'climb'));
    const run = await node.run('escape', 'ls -d /climb/mounted', {
      layers: [node.layer, layer],
      tmpfs: [{ target: '/climb/mounted', readOnly: false, sizeBytes: null, mode: 0o755 }],
      workdir: '/climb/work',
    });
    assert.equal(run.exitCode, 0, run.output);
    assert.equal(existsSync('/mounted'), false);
    const dangling = node.request('dangling', ['true'], {
      layers: [node.layer, layer],
      tmpfs: [{ target: '/absolute/in', readOnly: false, sizeBytes: null, mode: 0o755 }],
    });
    await node.executor.start(dangling).catch(() => {});
    assert.deepEqual(readdirSync(outside), []);
  });

  it('whose image has a link for /dev, /proc or /sys is refused', async () => {
    for (const name of ['dev', 'proc', 'sys']) {
      const layer = join(node.folder, `linked-${name}`);
      mkdirSync(layer);
      symlinkSync('/etc', join(layer, name));
      const start = node.executor.start(
        node.request(`linked-${name}`, ['true'], { layers: [node.layer, layer] }),
      );
      await assert.rejects(
        start,
        refusal('FAILED_PRECONDITION', new RegExp(`/${name} of the image is a symbolic link`)),
      );
    }
  });
});
