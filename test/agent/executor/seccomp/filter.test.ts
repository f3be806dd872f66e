import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CAPABILITY_NAMES, DEFAULT_CAPABILITIES } from '../../../../agent/executor/capabilities.ts';
import type { ContainerRequest } from '../../../../agent/executor/executor.ts';
import { connectKeeper } from '../../../../agent/executor/keeper-client.ts';
import { encodeSteps, FIELDS, numberField, stringField } from '../../../../agent/executor/protocol.ts';
import { projectRoot } from '../../../../cli/project.ts';
import { skipReason, startTestNode, type TestNode } from '../test-node.ts';

const missing = skipReason || (existsSync('/usr/bin/gcc') ? false : 'needs gcc');
const EPERM = 1;
const ENOSYS = 38;
const options = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 20_000 };
const notPermitted = ['keyctl', 'userfaultfd', 'io_uring_setup', 'alg', 'vsock', 'personality-bad'];
const forAdministrators = ['unshare', 'mount', 'setns', 'bpf', 'clone-user'];
const allowed = ['clone', 'ptrace', 'unix', 'personality', 'getppid'];

/** Refuses mkdir with errno 42, and logs nothing; everything else is allowed. */
const ownProfile = JSON.stringify({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 42 }],
});
/** What a static program and the last steps of a start need, and no more. */
const narrowProfile = JSON.stringify({
  defaultAction: 'SCMP_ACT_ERRNO',
  syscalls: [
    {
      names: (
        'execve exit_group brk write arch_prctl set_tid_address set_robust_list rseq prlimit64 readlink readlinkat ' +
        'getrandom mprotect newfstatat geteuid fstat capget capset prctl faccessat2 ioctl'
      ).split(' '),
      action: 'SCMP_ACT_ALLOW',
    },
  ],
});

describe('the system call filter of a container', { skip: missing }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
    const program = join(node.layer, 'bin/probe');
    const source = join(projectRoot(), 'test/agent/executor/seccomp/syscall-probe.c');
    try {
      execFileSync('gcc', ['-D_GNU_SOURCE', '-O1', '-static', '-o', program, source]);
      copyFileSync(program, join(node.layer, 'bin/gain'));
      chmodSync(join(node.layer, 'bin/gain'), 0o4755);
      copyFileSync(program, join(node.layer, 'bin/rootonly'));
      chmodSync(join(node.layer, 'bin/rootonly'), 0o700);
    } catch (error) {
      // A failing `before` skips `after`: the node must not stay behind.
      await node.close();
      throw error;
    }
  });
  after(async () => {
    await node.close();
  });

  const readProbe = (output: string): ReadonlyMap<string, number> =>
    new Map(
      output
        .trim()
        .split('\n')
        .map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]),
    );
  const probe = async (
    id: string,
    extra: Partial<ContainerRequest> = {},
  ): Promise<ReadonlyMap<string, number>> => {
    const run = await node.run(id, 'exec probe', extra);
    assert.equal(run.exitCode, 0, run.output);
    return readProbe(run.output);
  };
  const requireDefault = (results: ReadonlyMap<string, number>): void => {
    for (const name of [...notPermitted, ...forAdministrators]) assert.equal(results.get(name), EPERM, name);
    for (const name of allowed) assert.equal(results.get(name), 0, name);
    assert.equal(results.get('clone3'), ENOSYS);
    assert.equal(results.get('x32'), ENOSYS);
  };

  for (const user of ['', 'bee', '4242:4243']) {
    it(`is the default one for user "${user}"`, async () => {
      requireDefault(await probe(`default-${user.replace(':', '-')}`, { user }));
    });
  }

  it('is the default one under no-new-privileges too, and behind an init', async () => {
    requireDefault(await probe('default-nnp', { noNewPrivileges: true, user: 'bee' }));
    requireDefault(await probe('default-init', { init: true }));
  });

  it('is seen by the kernel as one filter, and as none when unconfined', async () => {
    const command = 'grep -E "^(NoNewPrivs|Seccomp)" /proc/self/status';
    const own = await node.run('seen', command);
    assert.match(own.output, /NoNewPrivs:\t0\nSeccomp:\t2\nSeccomp_filters:\t1\n/);
    const none = await node.run('unseen', command, { seccompProfile: 'unconfined' });
    assert.match(none.output, /NoNewPrivs:\t0\nSeccomp:\t0\n/);
    const locked = await node.run('locked', command, { seccompProfile: 'unconfined', noNewPrivileges: true });
    assert.match(locked.output, /NoNewPrivs:\t1\nSeccomp:\t0\n/);
  });

  it('refuses nothing when unconfined: the kernel alone decides', async () => {
    const results = await probe('unconfined', {
      seccompProfile: 'unconfined',
      capabilities: CAPABILITY_NAMES,
    });
    for (const name of ['unshare', 'mount', 'keyctl', 'clone-user', 'personality-bad', 'mkdir']) {
      assert.equal(results.get(name), 0, name);
    }
    for (const name of ['setns', 'io_uring_setup', 'clone3', 'bpf']) {
      assert.notEqual(results.get(name), EPERM, name);
      assert.notEqual(results.get(name), 0, name);
    }
  });

  it('opens with CAP_SYS_ADMIN what needs it, and no more', async () => {
    const results = await probe('administrator', {
      capabilities: [...DEFAULT_CAPABILITIES, 'CAP_SYS_ADMIN'],
    });
    for (const name of ['unshare', 'mount', 'clone-user']) assert.equal(results.get(name), 0, name);
    assert.notEqual(results.get('clone3'), ENOSYS);
    for (const name of notPermitted) assert.equal(results.get(name), EPERM, name);
  });

  it('can be a profile of one’s own', async () => {
    for (const noNewPrivileges of [false, true]) {
      const results = await probe(`own-${noNewPrivileges}`, { seccompProfile: ownProfile, noNewPrivileges });
      assert.equal(results.get('mkdir'), 42);
      assert.notEqual(results.get('clone3'), ENOSYS);
      assert.equal(results.get('personality-bad'), 0);
    }
  });

  it('asks little of a profile for the start itself', async () => {
    for (const user of ['', 'bee:wax']) {
      const id = `narrow-${user.replace(':', '-')}`;
      await node.executor.start(
        node.request(id, ['/bin/probe', 'user'], { seccompProfile: narrowProfile, user }),
      );
      const state = await node.ended(id);
      assert.equal(state.exit?.exitCode, 0);
      assert.equal(node.output(id), user === '' ? '0\n' : '1000\n');
    }
  });

  it('holds for programs that enter the container later, from another agent too', async () => {
    const other = await node.connect();
    try {
      const cases: readonly [
        string,
        Partial<ContainerRequest>,
        (results: ReadonlyMap<string, number>) => void,
      ][] = [
        ['later-default', {}, requireDefault],
        ['later-own', { seccompProfile: ownProfile }, (results) => assert.equal(results.get('mkdir'), 42)],
        ['later-none', { seccompProfile: 'unconfined' }, (results) => assert.equal(results.get('keyctl'), 0)],
        ['later-locked', { noNewPrivileges: true }, requireDefault],
      ];
      for (const [id, extra, check] of cases) {
        await node.executor.start(node.request(id, ['sleep', '1000'], extra));
        for (const executor of [node.executor, other]) {
          for (const user of ['', 'bee']) {
            const result = await executor.exec(id, ['probe'], { ...options, user });
            assert.equal(result.exitCode, 0, result.output);
            check(readProbe(result.output));
            await node.executor.exec(id, ['rm', '-rf', '/tmp/made'], options);
          }
        }
      }
      const locked = await other.exec('later-locked', ['grep', 'NoNewPrivs', '/proc/self/status'], options);
      assert.equal(locked.output, 'NoNewPrivs:\t1\n');
    } finally {
      other.close();
    }
  });

  it('leaves a user other than root no capability', async () => {
    const run = await node.run('bare', 'grep Cap /proc/self/status', { user: 'bee' });
    assert.match(
      run.output,
      /CapInh:\s0{16}\nCapPrm:\s0{16}\nCapEff:\s0{16}\nCapBnd:\s0*a80425fb\nCapAmb:\s0{16}/,
    );
  });

  it('that is empty, cut off, too long or senseless starts nothing', async () => {
    await node.executor.start(node.request('raw', ['sleep', '1000']));
    const client = await connectKeeper(node.socketPath, { onExit: () => {}, onLost: () => {} });
    const answerTo = async (bytes: Uint8Array): Promise<string> => {
      const reply = await client.request(
        'exec',
        [
          stringField(FIELDS.id, 'raw'),
          numberField(FIELDS.timeoutMs, 10_000),
          encodeSteps([{ kind: 'joinNamespaces', name: 'join' }]),
          encodeSteps([{ kind: 'filterSyscalls', name: 'load', bytes }]),
          encodeSteps([{ kind: 'exec', name: 'exec', argv: ['/bin/true'], env: [] }]),
        ],
        20_000,
      );
      return 'refused' in reply ? `${reply.refused.kind} ${reply.refused.stepName}`.trim() : 'ran';
    };
    const allowAll = Uint8Array.from([0x06, 0, 0, 0, 0, 0, 0xff, 0x7f]);
    try {
      assert.equal(await answerTo(allowAll), 'ran');
      assert.equal(await answerTo(new Uint8Array()), 'malformed');
      assert.equal(await answerTo(allowAll.subarray(0, 7)), 'malformed');
      assert.equal(await answerTo(new Uint8Array(8 * 4097)), 'malformed');
      assert.equal(await answerTo(Uint8Array.from([0xff, 0, 0, 0, 0, 0, 0, 0])), 'step-failed load');
    } finally {
      client.close();
    }
  });

  it('does not let a user start a program with the rights kept for the filter', async () => {
    const start = node.executor.start(node.request('barred', ['/bin/rootonly', 'user'], { user: 'bee' }));
    await assert.rejects(start, /permission denied/i);
    const run = await node.run('unbarred', 'rootonly user');
    assert.equal(run.output, '0\n');
  });

  it('lets a set-id program gain rights, unless no-new-privileges forbids it', async () => {
    const free = await node.run('set-id', 'gain user', { user: 'bee' });
    assert.equal(free.output, '0\n');
    const held = await node.run('set-id-held', 'gain user', { user: 'bee', noNewPrivileges: true });
    assert.equal(held.output, '1000\n');
  });
});
