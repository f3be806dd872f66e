import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildLayer } from '../agent/executor/test-node.ts';
import { type Finished, finish, runtimePath, skipReason } from './test-bundle.ts';

const ENGINE = '/usr/sbin/dockerd';
const MAX_TRIES = 300;
const POLL_MS = 100;

const whyNot: string | false =
  skipReason !== false
    ? skipReason
    : ['/usr/sbin/dockerd', '/usr/bin/docker', '/usr/bin/containerd'].every((path) => existsSync(path))
      ? false
      : 'needs docker.io';

/** In namespaces of its own, so that bridge, mounts and the files below /run are nobody else's. */
const LAUNCH = `
set -e
mount --make-rprivate /
mount --bind "$1/run" /run
ip link set lo up
shift
exec "$@"
`;

interface Engine {
  readonly socket: string;
  /** The docker command line, against this engine. */
  docker(...args: readonly string[]): Promise<Finished>;
  /** `docker run --rm` in our runtime. */
  run(...args: readonly string[]): Promise<Finished>;
  close(): Promise<void>;
}

function groupParents(name: string): readonly string[] {
  const top = '/sys/fs/cgroup';
  return ['', ...readdirSync(top)]
    .map((hierarchy) => join(top, hierarchy, name))
    .filter((path) => existsSync(path));
}

async function stop(engine: ChildProcess, folder: string): Promise<void> {
  const containerd = Number(readFileSync(join(folder, 'exec/containerd/containerd.pid'), 'utf8'));
  engine.kill('SIGTERM');
  for (let tries = 0; engine.exitCode === null && engine.signalCode === null && tries < MAX_TRIES; tries++)
    await sleep(POLL_MS);
  if (engine.exitCode === null && engine.signalCode === null) {
    engine.kill('SIGKILL');
    process.kill(containerd, 'SIGKILL');
  }
}

async function startEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-docker-'));
  const parent = `skep-docker-${process.pid}`;
  for (const name of ['run', 'rootfs']) mkdirSync(join(folder, name));
  buildLayer(join(folder, 'rootfs'));
  const socket = `unix://${join(folder, 'docker.sock')}`;
  const log = openSync(join(folder, 'log'), 'w');
  const options = [
    ['-H', socket],
    ['--data-root', join(folder, 'data')],
    ['--exec-root', join(folder, 'exec')],
    ['--pidfile', join(folder, 'pid')],
    ['--cgroup-parent', `/${parent}`],
    ['--add-runtime', `skep=${runtimePath}`],
    ['--bip', '10.213.0.1/24'],
    ['--iptables=false'],
  ].flat();
  const engine = spawn('unshare', ['-mnu', 'sh', '-c', LAUNCH, 'sh', folder, ENGINE, ...options], {
    stdio: ['ignore', log, log],
  });
  const docker = (...args: readonly string[]): Promise<Finished> => finish('docker', ['-H', socket, ...args]);
  for (let tries = 0; (await docker('version')).exitCode !== 0; tries++) {
    if (tries > MAX_TRIES || engine.exitCode !== null)
      throw new Error(readFileSync(join(folder, 'log'), 'utf8'));
    await sleep(POLL_MS);
  }
  execFileSync('sh', [
    '-c',
    `tar -C "$1" -c . | docker -H "$2" import - busybox`,
    'sh',
    join(folder, 'rootfs'),
    socket,
  ]);
  return {
    socket,
    docker,
    run: (...args) => docker('run', '--rm', '--runtime', 'skep', ...args),
    close: async () => {
      const { stdout } = await docker('ps', '-aq');
      const left = stdout.split('\n').filter((id) => id !== '');
      if (left.length > 0) await docker('rm', '-f', ...left);
      await stop(engine, folder);
      for (const path of groupParents(parent)) rmdirSync(path);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe('a Docker Engine with our runtime', { skip: whyNot }, () => {
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  it('output and exit codes come back, those of programs that cannot run included', async () => {
    const ran = await engine.run('busybox', 'sh', '-c', 'echo out; echo err >&2; exit 5');
    assert.deepEqual(ran, { exitCode: 5, stdout: 'out\n', stderr: 'err\n' });
    assert.equal((await engine.run('busybox', 'nosuch')).exitCode, 127);
    assert.equal((await engine.run('busybox', '/etc/passwd')).exitCode, 126);
  });

  it('the network is Docker’s bridge, and host name, domain and hosts are right', async () => {
    const script = 'ping -c 1 -W 5 10.213.0.1 >/dev/null && echo pong; hostname; grep -c hive /etc/hosts';
    const ran = await engine.run('--hostname', 'hive', 'busybox', 'sh', '-c', script);
    assert.deepEqual(ran, { exitCode: 0, stdout: 'pong\nhive\n1\n', stderr: '' });
  });

  it('options of a container hold', async () => {
    const script = [
      'grep -E "^Cap(Eff|Bnd)|^Seccomp:|^NoNewPrivs" /proc/self/status | tr -s "\\t" " "',
      'touch /x 2>/dev/null || echo read-only',
      'cat /data/file; touch /data/x 2>/dev/null || echo bound',
      'df -k /scratch | tail -n 1 | tr -s " " | cut -d" " -f2',
      'cat /proc/sys/net/core/somaxconn; ulimit -n; cat /proc/self/oom_score_adj; id -u; id -G',
      'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null',
      'cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null',
      'cat /proc/1/comm',
      'true',
    ];
    const data = mkdtempSync(join(tmpdir(), 'skep-docker-volume-'));
    chmodSync(data, 0o755);
    writeFileSync(join(data, 'file'), 'in the volume\n');
    const options = [
      ['--read-only', '--init', '--tmpfs', '/scratch:size=1m', '-v', `${data}:/data:ro`],
      ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '-u', '1000:1001', '--group-add', '77'],
      ['-m', '48m', '--pids-limit', '33', '--ulimit', 'nofile=99:100', '--oom-score-adj', '500'],
      ['--sysctl', 'net.core.somaxconn=77'],
    ].flat();
    const { stdout, stderr, exitCode } = await engine.run(
      ...options,
      'busybox',
      'sh',
      '-c',
      script.join('\n'),
    );
    rmSync(data, { recursive: true });
    assert.deepEqual(
      [stdout.split('\n').filter((line) => line !== ''), exitCode],
      [
        [
          'CapEff: 0000000000000000',
          'CapBnd: 0000000000000000',
          'NoNewPrivs: 1',
          'Seccomp: 2',
          'read-only',
          'in the volume',
          'bound',
          '1024',
          '77',
          '99',
          '500',
          '1000',
          '1001 77',
          '50331648',
          '33',
          'docker-init',
        ],
        0,
      ],
      stderr,
    );
  });

  it('a terminal has its name, its owner and its exit code', async () => {
    const command = `docker -H "$DOCKER" run --rm -t -u 1000 --runtime skep busybox sh -c 'tty; test -w /dev/console && echo mine; exit 6'`;
    const ran = await finish('env', [`DOCKER=${engine.socket}`, 'script', '-qec', command, '/dev/null']);
    assert.match(ran.stdout, /\/dev\/pts\/0\r+\nmine\r+\n/);
    assert.equal(ran.exitCode, 6);
  });

  it('a container is entered, paused, stopped, started, killed and removed', async () => {
    const script = 'echo started; trap "exit 9" TERM; while true; do sleep 0.05; done';
    await engine.docker(
      'run',
      '-d',
      '--name',
      'long',
      '--runtime',
      'skep',
      '-m',
      '64m',
      'busybox',
      'sh',
      '-c',
      script,
    );
    const entered = await engine.docker(
      'exec',
      '-e',
      'A=b',
      '-w',
      '/tmp',
      'long',
      'sh',
      '-c',
      'pwd; echo $A; exit 4',
    );
    assert.deepEqual(entered, { exitCode: 4, stdout: '/tmp\nb\n', stderr: '' });
    // Debian's engine answers 126 for both kinds of failure.
    assert.ok([126, 127].includes((await engine.docker('exec', 'long', 'nosuch')).exitCode ?? 0));
    assert.equal((await engine.docker('logs', 'long')).stdout, 'started\n');
    assert.match((await engine.docker('top', 'long')).stdout, /echo started/);
    await engine.docker('pause', 'long');
    const status = ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'long'];
    assert.equal((await engine.docker(...status)).stdout, 'paused 0\n');
    await engine.docker('unpause', 'long');
    assert.equal((await engine.docker('update', '-m', '80m', '--memory-swap', '160m', 'long')).exitCode, 0);
    await engine.docker('stop', 'long');
    assert.equal((await engine.docker(...status)).stdout, 'exited 9\n');
    await engine.docker('start', 'long');
    await engine.docker('kill', 'long');
    await engine.docker('wait', 'long');
    assert.equal((await engine.docker(...status)).stdout, 'exited 137\n');
    assert.equal((await engine.docker('rm', 'long')).exitCode, 0);
  });

  it('ten start at once', async () => {
    const numbers = Array.from({ length: 10 }, (_, index) => `n${index}`);
    const runs = await Promise.all(
      numbers.map((name) => engine.run('--network', 'none', 'busybox', 'echo', name)),
    );
    assert.deepEqual(
      runs.map(({ stdout }) => stdout),
      numbers.map((name) => `${name}\n`),
    );
  });

  it('a memory limit ends what exceeds it', async () => {
    const ran = await engine.run(
      '-m',
      '16m',
      '--memory-swap',
      '16m',
      '--network',
      'none',
      'busybox',
      'tail',
      '/dev/zero',
    );
    assert.equal(ran.exitCode, 137);
  });
});
