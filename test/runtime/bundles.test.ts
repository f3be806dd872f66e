import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type BundleFolder,
  type ConfigChange,
  makeBundle,
  peerPath,
  runtimePath,
  skipReason,
} from './test-bundle.ts';

interface Case {
  readonly title: string;
  readonly command: string;
  readonly change?: (folder: string) => ConfigChange;
  readonly output: RegExp;
  readonly exitCode?: number;
}

const flagsOf = (target: string): string =>
  `grep " ${target} " /proc/self/mountinfo | cut -d" " -f6 | sed "s/,relatime//"`;

const CASES: readonly Case[] = [
  { title: 'an exit code comes back', command: 'echo out; exit 7', output: /^out\n$/, exitCode: 7 },
  {
    title: 'the first process of a pid namespace cannot kill itself',
    command: 'kill -9 $$; echo on',
    output: /^on\n$/,
  },
  {
    title: 'a program that a signal ended counts as 128 and its number',
    command: 'sh -c "kill -9 \\$\\$"; echo $?',
    output: /^137\n$/,
  },
  {
    title: 'user, groups, umask and working directory are those of the bundle',
    command: 'id; umask; pwd; echo $HOME; echo $A',
    change: () => ({
      process: {
        user: { uid: 1000, gid: 1001, umask: 0o27, additionalGids: [5, 1500] },
        cwd: '/tmp',
        env: ['PATH=/bin', 'A=b=c'],
      },
    }),
    output: /uid=1000\(bee\) gid=1001\(bees\) groups=5,1500\(hive\)\n0027\n\/tmp\n\/home\/bee\nb=c\n/,
  },
  {
    title: 'capability sets are set one by one',
    command: 'grep -E "^(Cap|NoNewPrivs)" /proc/self/status',
    change: () => ({
      process: {
        noNewPrivileges: false,
        capabilities: {
          bounding: ['CAP_CHOWN', 'CAP_KILL', 'CAP_NET_RAW'],
          permitted: ['CAP_CHOWN', 'CAP_KILL'],
          effective: ['CAP_CHOWN'],
          inheritable: ['CAP_KILL'],
        },
      },
    }),
    output: /CapInh:\s+0000000000000020[\s\S]*CapBnd:\s+0000000000002021[\s\S]*NoNewPrivs:\s+0/,
  },
  {
    title: 'ambient capabilities reach a program of another user, through a filter',
    command: 'grep -E "^(Cap|Seccomp:)" /proc/self/status',
    change: () => ({
      process: {
        noNewPrivileges: false,
        user: { uid: 1000, gid: 1001 },
        capabilities: Object.fromEntries(
          ['bounding', 'permitted', 'effective', 'inheritable', 'ambient'].map((set) => [
            set,
            ['CAP_NET_RAW'],
          ]),
        ),
      },
      linux: {
        seccomp: {
          defaultAction: 'SCMP_ACT_ALLOW',
          syscalls: [{ names: ['chroot'], action: 'SCMP_ACT_ERRNO' }],
        },
      },
    }),
    output: /CapEff:\s+0000000000002000[\s\S]*CapAmb:\s+0000000000002000[\s\S]*Seccomp:\s+2/,
  },
  {
    title: 'limits and the score of the memory killer',
    command: 'ulimit -Sn; ulimit -Hn; ulimit -c; cat /proc/self/oom_score_adj',
    change: () => ({
      process: {
        oomScoreAdj: 321,
        rlimits: [
          { type: 'RLIMIT_NOFILE', soft: 99, hard: 100 },
          { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
        ],
      },
    }),
    output: /^99\n100\n0\n321\n$/,
  },
  {
    title: 'a root that is read-only cannot be written',
    command: 'touch /x 2>&1; echo $?',
    change: () => ({ root: { readonly: true } }),
    output: /Read-only file system\n1\n/,
  },
  {
    title: 'the options of a bind hold',
    command: `${flagsOf('/data')}; cat /data/file; touch /data/x 2>/dev/null || echo refused`,
    change: (folder) => ({
      mounts: [
        {
          destination: '/data',
          type: 'bind',
          source: join(folder, 'data'),
          options: ['rbind', 'ro', 'nosuid', 'nodev', 'noexec'],
        },
      ],
    }),
    output: /^ro,nosuid,nodev,noexec\ninside\nrefused\n$/,
  },
  {
    title: 'a bind without options can be written, and a file is bound as one',
    command: 'touch /data/y && rm /data/y && cat /one',
    change: (folder) => ({
      mounts: [
        { destination: '/data', type: 'bind', source: join(folder, 'data'), options: ['bind'] },
        { destination: '/one', type: 'none', source: 'data/file', options: ['bind', 'rprivate'] },
      ],
    }),
    output: /^inside\n$/,
  },
  {
    title: 'a tmpfs has its size and options',
    command: `${flagsOf('/scratch')}; df -k /scratch | tail -n 1 | tr -s " " | cut -d" " -f2`,
    change: () => ({
      mounts: [
        {
          destination: '/scratch',
          type: 'tmpfs',
          source: 'tmpfs',
          options: ['noexec', 'nosuid', 'rprivate', 'size=1m'],
        },
      ],
    }),
    output: /^rw,nosuid,noexec\n1024\n$/,
  },
  {
    title: 'masked paths are empty, read-only ones refuse',
    command: 'cat /proc/keys; ls /sys/firmware; (echo x > /proc/sys/kernel/domainname) 2>&1',
    output: /Read-only file system/,
    exitCode: 1,
  },
  {
    title: 'host name and kernel settings are of the container',
    command: 'hostname; cat /proc/sys/net/core/somaxconn',
    change: () => ({ hostname: 'hive', linux: { sysctl: { 'net.core.somaxconn': '77' } } }),
    output: /^hive\n77\n$/,
  },
  {
    title: 'a seccomp profile answers with its errno',
    command: 'mkdir /tmp/never 2>&1; echo $?; grep Seccomp: /proc/self/status',
    change: () => ({
      linux: {
        seccomp: {
          defaultAction: 'SCMP_ACT_ALLOW',
          architectures: ['SCMP_ARCH_X86_64'],
          syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 28 }],
        },
      },
    }),
    output: /No space left on device\n1\nSeccomp:\s+2\n/,
  },
  {
    title: 'a device is there with its owner, and others are refused',
    command:
      'stat -c "%F %t:%T %a %u:%g" /dev/mine; head -c 1 /dev/mine | wc -c; mknod /dev/kmsg2 c 1 11; head -c1 /dev/kmsg2 2>&1',
    change: () => ({
      process: {
        capabilities: Object.fromEntries(
          ['bounding', 'permitted', 'effective'].map((set) => [set, ['CAP_MKNOD', 'CAP_DAC_OVERRIDE']]),
        ),
      },
      linux: {
        devices: [{ path: '/dev/mine', type: 'c', major: 1, minor: 5, fileMode: 0o640, uid: 7, gid: 8 }],
        resources: {
          devices: [
            { allow: false, access: 'rwm' },
            { allow: true, type: 'c', major: 1, minor: 5, access: 'rw' },
          ],
        },
      },
    }),
    output: /character special file 1:5 640 7:8\n1\n.*not permitted/,
    exitCode: 1,
  },
  {
    title: 'standard devices and links are there',
    command:
      'for f in fd stdin stdout stderr ptmx; do readlink /dev/$f; done; cd /dev; stat -c "%n %t:%T %a" full null random tty urandom zero',
    output: /^\/proc\/self\/fd\n[\s\S]*pts\/ptmx\nfull 1:7 666\nnull 1:3 666\n/,
  },
  {
    title: 'a namespace that the bundle does not name is the node’s',
    command: 'hostname >/dev/null; readlink /proc/self/ns/net',
    change: () => ({ linux: { namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })) } }),
    output: /^net:\[\d+\]\n$/,
  },
  {
    title: 'lo is up in a new network namespace',
    command: 'ip -o addr show lo | grep -c 127.0.0.1',
    output: /^1\n$/,
  },
];

describe('skep-runtime run, beside runc', { skip: skipReason }, () => {
  let bundle: BundleFolder;
  before(() => {
    bundle = makeBundle();
    mkdirSync(join(bundle.folder, 'data'));
    writeFileSync(join(bundle.folder, 'data/file'), 'inside\n');
  });
  after(() => bundle.close());

  for (const { title, command, change, output, exitCode = 0 } of CASES) {
    it(title, async (test) => {
      bundle.write(['sh', '-c', command], change?.(bundle.folder));
      const ours = await bundle.call('run', '--bundle', bundle.folder, 'c');
      assert.match(ours.stdout, output, ours.stderr);
      assert.equal(ours.exitCode, exitCode);
      assert.deepEqual(bundle.groups(), []);
      if (peerPath === null) {
        test.diagnostic('runc is not installed: not compared');
        return;
      }
      const peer = await bundle.callPeer('run', '--bundle', bundle.folder, 'c');
      assert.deepEqual({ ...ours, stderr: '' }, { ...peer, stderr: '' }, peer.stderr);
    });
  }

  it('standard streams that are the null device are that of the container', () => {
    const number = 'stat -L -c %d:%i';
    bundle.write(['sh', '-c', `test "$(${number} /proc/self/fd/0)" = "$(${number} /dev/null)" && echo own`]);
    const runs = ['run', '--bundle', bundle.folder, 'c'];
    const args = ['--root', join(bundle.folder, 'state'), ...runs];
    assert.equal(
      execFileSync(runtimePath, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' }),
      'own\n',
    );
  });

  it('a program that is missing is named', async () => {
    bundle.write(['nosuch']);
    const ours = await bundle.call('run', '--bundle', bundle.folder, 'c');
    assert.equal(ours.exitCode, 1);
    assert.match(ours.stderr, /exec: "nosuch": executable file not found in \$PATH/);
    assert.deepEqual(bundle.groups(), []);
  });

  it('a limit of memory and of processes is kept', async () => {
    bundle.write(
      [
        'sh',
        '-c',
        'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true',
      ],
      {
        linux: { resources: { memory: { limit: 33_554_432 }, pids: { limit: 20 }, cpu: { shares: 512 } } },
      },
    );
    const ours = await bundle.call('run', '--bundle', bundle.folder, 'c');
    assert.match(ours.stdout, /^33554432\n/);
  });
});
