import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keeperBinaryPath } from '../agent/executor/test-node.ts';
import { type BundleFolder, type ConfigChange, finish, makeBundle, skipReason } from './test-bundle.ts';

const SLEEPER = ['sh', '-c', 'echo ran > /out/ran; trap "exit 9" TERM; while true; do sleep 0.05; done'];
const MAX_TRIES = 200;

/** Prints what comes out of the terminal that is sent to the socket, and its name. */
const CONSOLE_RECEIVER = `
import array, os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1])
listener.listen(1)
sys.stdout.write("listening\\n")
sys.stdout.flush()
connection, _ = listener.accept()
fds = array.array("i")
_, ancillary, _, _ = connection.recvmsg(4096, socket.CMSG_LEN(4))
fds.frombytes(ancillary[0][2][:4])
while True:
    try:
        data = os.read(fds[0], 4096)
    except OSError:
        break
    if not data:
        break
    sys.stdout.write(data.decode())
`;

const noReceiver =
  spawnSync('python3', ['--version']).error === undefined
    ? false
    : 'needs python3, which receives descriptors';

/** Empty for a process that has ended, whether it was waited for or not. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

describe('a container of a bundle from create to delete', { skip: skipReason }, () => {
  let bundle: BundleFolder;
  const outFile = (name: string): string => join(bundle.folder, 'out', name);
  before(() => {
    bundle = makeBundle();
    mkdirSync(join(bundle.folder, 'out'));
  });
  afterEach(() => bundle.call('delete', '--force', 'c'));
  after(() => bundle.close());

  const create = async (argv: readonly string[], change: ConfigChange = {}): Promise<void> => {
    const out = { destination: '/out', type: 'bind', source: join(bundle.folder, 'out'), options: ['bind'] };
    bundle.write(argv, { ...change, mounts: [out, ...(change.mounts ?? [])] });
    const made = await bundle.call('create', '--bundle', bundle.folder, '--pid-file', outFile('pid'), 'c');
    assert.equal(made.exitCode, 0, made.stderr);
  };
  const state = async (): Promise<{ status: string; pid: number }> =>
    JSON.parse((await bundle.call('state', 'c')).stdout);
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await holds()); tries++) {
      assert.ok(tries < MAX_TRIES, 'it never came to hold');
      await sleep(20);
    }
  };
  const run = async (argv: readonly string[]): Promise<void> => {
    await create(argv);
    assert.equal((await bundle.call('start', 'c')).exitCode, 0);
  };

  it('a created container waits, a started one runs, a killed one is stopped, a deleted one is gone', async () => {
    await create(SLEEPER);
    const created = await state();
    assert.equal(created.status, 'created');
    assert.equal(readFileSync(outFile('pid'), 'utf8'), String(created.pid));
    assert.equal(existsSync(outFile('ran')), false);
    assert.equal((await bundle.call('start', 'c')).exitCode, 0);
    await until(() => existsSync(outFile('ran')));
    assert.deepEqual(await state(), { ...created, status: 'running' });
    assert.match((await bundle.call('start', 'c')).stderr, /cannot start a container in the running state/);
    const refused = await bundle.call('delete', 'c');
    assert.match(refused.stderr, /cannot delete container c that is not stopped: running/);
    assert.equal((await bundle.call('kill', 'c', 'TERM')).exitCode, 0);
    await until(async () => (await state()).status === 'stopped');
    assert.match((await bundle.call('kill', 'c', 'KILL')).stderr, /container not running/);
    assert.equal((await bundle.call('delete', 'c')).exitCode, 0);
    assert.match((await bundle.call('state', 'c')).stderr, /container does not exist/);
    assert.deepEqual(bundle.groups(), []);
  });

  it('a created container can be deleted, and one whose id is taken is refused without harm to it', async () => {
    await create(SLEEPER);
    const { pid } = await state();
    const second = await bundle.call('create', '--bundle', bundle.folder, 'c');
    assert.match(second.stderr, /container with given ID already exists/);
    assert.equal((await state()).status, 'created');
    assert.equal((await bundle.call('delete', 'c')).exitCode, 0);
    // Whoever is its parent by now may not have waited for it yet.
    assert.equal(commandLine(pid), '');
    assert.deepEqual(bundle.groups(), []);
  });

  it('programs enter it with its namespaces, groups, user and exit code', async () => {
    await run(SLEEPER);
    const { pid } = await state();
    const inside = await bundle.call(
      'exec',
      '-u',
      '1000:1001',
      '-e',
      'A=b',
      '--cwd',
      '/tmp',
      'c',
      'sh',
      '-c',
      'id -u; echo $A; pwd; readlink /proc/self/ns/net; exit 3',
    );
    assert.equal(inside.stdout, `1000\nb\n/tmp\n${readlinkSync(`/proc/${pid}/ns/net`)}\n`);
    assert.equal(inside.exitCode, 3);
    const missing = await bundle.call('exec', 'c', 'nosuch');
    assert.equal(missing.exitCode, 255);
    assert.match(missing.stderr, /executable file not found in \$PATH/);
    writeFileSync(
      outFile('process.json'),
      JSON.stringify({
        args: ['sh', '-c', 'echo by file > /out/file; sleep 60'],
        cwd: '/',
        env: ['PATH=/bin'],
      }),
    );
    const detached = await bundle.call(
      'exec',
      '--detach',
      '--process',
      outFile('process.json'),
      '--pid-file',
      outFile('exec-pid'),
      'c',
    );
    assert.equal(detached.exitCode, 0, detached.stderr);
    await until(() => existsSync(outFile('file')));
    const listed: number[] = JSON.parse((await bundle.call('ps', '--format', 'json', 'c')).stdout);
    assert.ok(listed.includes(pid) && listed.includes(Number(readFileSync(outFile('exec-pid'), 'utf8'))));
    await bundle.call('kill', '--all', 'c', 'KILL');
    await until(async () => (await state()).status === 'stopped');
    assert.match((await bundle.call('exec', 'c', 'true')).stderr, /stopped container/);
  });

  it('a program that is run detached goes on when its caller has ended', async () => {
    const out = { destination: '/out', type: 'bind', source: join(bundle.folder, 'out'), options: ['bind'] };
    bundle.write(['sh', '-c', 'sleep 0.3; echo > /out/later; sleep 60'], { mounts: [out] });
    const made = await bundle.call('run', '--detach', '--bundle', bundle.folder, 'c');
    assert.equal(made.exitCode, 0, made.stderr);
    await until(() => existsSync(outFile('later')));
    assert.equal((await state()).status, 'running');
  });

  it('the one-shot keeper does nothing for a request that makes no sense', async () => {
    // Its frame says 6 bytes: kind 2, number 1, and no fields.
    const requests = [
      '',
      '\\006\\000\\000\\000\\002\\000\\001\\000\\000\\000',
      '\\377\\377\\377\\377',
      'garbage of some length',
    ];
    for (const request of requests) {
      const script = `printf '${request}' | "$0" --one-shot 3<&0 </dev/null`;
      const { exitCode, stderr } = await finish('sh', ['-c', script, keeperBinaryPath]);
      assert.deepEqual([exitCode, stderr], [2, 'skep-keeper: no request on descriptor 3\n']);
    }
  });

  it('a paused container is told so and goes on, and a killed one ends though it is paused', async () => {
    await run(SLEEPER);
    assert.equal((await bundle.call('pause', 'c')).exitCode, 0);
    assert.equal((await state()).status, 'paused');
    assert.equal((await bundle.call('resume', 'c')).exitCode, 0);
    assert.equal((await state()).status, 'running');
    await bundle.call('pause', 'c');
    await bundle.call('kill', 'c', 'SIGKILL');
    await until(async () => (await state()).status === 'stopped');
  });

  it('limits of a running container change', async () => {
    await run(SLEEPER);
    const changed = await bundle.call('update', '--pids-limit', '17', '--memory', '50000000', 'c');
    assert.equal(changed.exitCode, 0, changed.stderr);
    const files = bundle
      .groups()
      .map((group) => `${group}/pids.max`)
      .filter((path) => existsSync(path));
    assert.deepEqual(
      files.map((path) => readFileSync(path, 'utf8')),
      ['17\n'],
    );
  });

  it('hooks get the state, run before the program, and one that fails undoes the container', async () => {
    const save = (name: string): object => ({
      path: '/bin/sh',
      args: [
        'sh',
        '-c',
        `cat > ${outFile(name)}; test -e ${outFile('ran2')} && echo late >> ${outFile(name)}; true`,
      ],
    });
    await create(['sh', '-c', 'echo > /out/ran2'], {
      hooks: { prestart: [save('prestart')], poststart: [save('poststart')], poststop: [save('poststop')] },
    });
    const before = JSON.parse(readFileSync(outFile('prestart'), 'utf8'));
    assert.deepEqual([before.id, before.status, before.pid], ['c', 'creating', (await state()).pid]);
    await bundle.call('start', 'c');
    assert.match(readFileSync(outFile('poststart'), 'utf8'), /"running"/);
    await until(async () => (await state()).status === 'stopped');
    await bundle.call('delete', 'c');
    assert.match(readFileSync(outFile('poststop'), 'utf8'), /"stopped"/);
    bundle.write(['true'], {
      hooks: { createRuntime: [{ path: '/bin/sh', args: ['sh', '-c', 'echo no luck; exit 4'] }] },
    });
    const failed = await bundle.call('create', '--bundle', bundle.folder, 'c');
    assert.match(failed.stderr, /hook \/bin\/sh: exit status 4, output: no luck/);
    assert.match((await bundle.call('state', 'c')).stderr, /does not exist/);
    assert.deepEqual(bundle.groups(), []);
  });

  it('a container joins the network namespace at a path', async () => {
    const other: ChildProcess = spawn('unshare', ['--net', 'sleep', '60'], { stdio: 'ignore' });
    try {
      const own = readlinkSync('/proc/self/ns/net');
      await until(() => readlinkSync(`/proc/${other.pid}/ns/net`) !== own);
      const namespaces = [
        { type: 'network', path: `/proc/${other.pid}/ns/net` },
        ...['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      ];
      bundle.write(['readlink', '/proc/self/ns/net'], { linux: { namespaces } });
      const joined = await bundle.call('run', '--bundle', bundle.folder, 'c');
      assert.equal(joined.stdout, `${readlinkSync(`/proc/${other.pid}/ns/net`)}\n`);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('the terminal is sent to the console socket, with its size', { skip: noReceiver }, async () => {
    const path = join(bundle.folder, 'console.sock');
    const receiver = spawn('python3', ['-c', CONSOLE_RECEIVER, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let received = '';
    receiver.stdout.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    try {
      await until(() => received.includes('listening'));
      bundle.write(['sh', '-c', 'stty size; tty; test -c /dev/console && echo console'], {
        process: { terminal: true, consoleSize: { height: 31, width: 97 } },
      });
      const refused = await bundle.call('create', '--bundle', bundle.folder, 'c');
      assert.match(refused.stderr, /without setting console socket/);
      const made = await bundle.call('create', '--bundle', bundle.folder, '--console-socket', path, 'c');
      assert.equal(made.exitCode, 0, made.stderr);
      await bundle.call('start', 'c');
      await new Promise((resolve) => receiver.once('close', resolve));
      assert.match(received, /31 97\r\n\/dev\/pts\/0\r\nconsole\r\n/);
    } finally {
      receiver.kill('SIGKILL');
    }
  });

  it('a reason goes to the log in the form that containerd reads', async () => {
    const log = join(bundle.folder, 'log.json');
    bundle.write(['nosuch']);
    await bundle.call('--log', log, '--log-format', 'json', 'create', '--bundle', bundle.folder, 'c');
    const { level, msg } = JSON.parse(readFileSync(log, 'utf8'));
    assert.equal(level, 'error');
    assert.match(msg, /executable file not found/);
  });
});
