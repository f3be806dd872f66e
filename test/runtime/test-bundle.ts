import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cgroupParentFolders, readCgroupLayout } from '../../agent/executor/cgroup-plan.ts';
import { projectRoot } from '../../cli/project.ts';
import { BUNDLE_CONTROLLERS } from '../../runtime/groups-plan.ts';
import { buildLayer } from '../agent/executor/test-node.ts';

export const runtimePath = join(projectRoot(), 'bin/skep-runtime');

/** Why tests against the kernel cannot run here; false when they can. */
export const skipReason: string | false =
  process.getuid?.() !== 0 ? 'needs root' : existsSync('/bin/busybox') ? false : 'needs busybox-static';

/** The peer, where Debian's runc is installed. */
export const peerPath: string | null =
  ['/usr/sbin/runc', '/usr/bin/runc'].find((path) => existsSync(path)) ?? null;

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Its output goes through files, as what it leaves behind may hold them open. */
export async function finish(program: string, args: readonly string[], input = ''): Promise<Finished> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-output-'));
  const files = ['stdout', 'stderr'].map((name) => join(folder, name));
  const descriptors = files.map((path) => openSync(path, 'w'));
  try {
    const child = spawn(program, args, { stdio: ['pipe', ...descriptors] });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const [stdout = '', stderr = ''] = files.map((path) => readFileSync(path, 'utf8'));
    return { exitCode, stdout, stderr };
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
  }
}

const CAPABILITIES = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'];

/** Parts of a config.json, merged into the plain one. */
export interface ConfigChange {
  readonly process?: object;
  readonly root?: object;
  readonly linux?: object;
  readonly mounts?: readonly object[];
  readonly hooks?: object;
  readonly hostname?: string;
}

/** As `runc spec` writes it, with a program that is given. */
export function plainConfig(argv: readonly string[], cgroupsPath: string, change: ConfigChange = {}): object {
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: argv,
      env: ['PATH=/bin'],
      cwd: '/',
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      noNewPrivileges: true,
      ...change.process,
    },
    root: { path: 'rootfs', readonly: false, ...change.root },
    hostname: change.hostname ?? 'box',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      {
        destination: '/dev',
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
      },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
      },
      {
        destination: '/dev/shm',
        type: 'tmpfs',
        source: 'shm',
        options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
      },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      {
        destination: '/sys/fs/cgroup',
        type: 'cgroup',
        source: 'cgroup',
        options: ['nosuid', 'noexec', 'nodev', 'ro'],
      },
      ...(change.mounts ?? []),
    ],
    ...(change.hooks === undefined ? {} : { hooks: change.hooks }),
    linux: {
      cgroupsPath,
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      maskedPaths: ['/proc/kcore', '/proc/keys', '/sys/firmware'],
      readonlyPaths: ['/proc/sys', '/proc/sysrq-trigger'],
      ...change.linux,
    },
  };
}

export interface BundleFolder {
  readonly folder: string;
  readonly rootfs: string;
  readonly groupsParent: string;
  /** Writes config.json. */
  write(argv: readonly string[], change?: ConfigChange): void;
  /** One call of skep-runtime. */
  call(...args: readonly string[]): Promise<Finished>;
  /** One call of the peer. */
  callPeer(...args: readonly string[]): Promise<Finished>;
  /** The containers' groups that exist, in every hierarchy. */
  groups(): readonly string[];
  close(): void;
}

let lastFolder = 0;

/** A bundle in a temporary folder, with state folders and control groups of its own. */
export function makeBundle(): BundleFolder {
  execFileSync('make', ['-s', '-C', join(projectRoot(), 'agent/keeper')]);
  const folder = mkdtempSync(join(tmpdir(), 'skep-bundle-'));
  const rootfs = join(folder, 'rootfs');
  mkdirSync(rootfs);
  buildLayer(rootfs);
  lastFolder++;
  const groupsParent = `/skep-bundle-${process.pid}-${lastFolder}`;
  const layout = readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'), BUNDLE_CONTROLLERS);
  const parents = cgroupParentFolders(layout, groupsParent);
  const peerOnly = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'].map(
    (path) => `${path}${groupsParent}`,
  );
  return {
    folder,
    rootfs,
    groupsParent,
    write: (argv, change) => {
      const config = plainConfig(argv, `${groupsParent}/c`, change);
      writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    },
    call: (...args) => finish(runtimePath, ['--root', join(folder, 'state'), ...args]),
    callPeer: (...args) => finish(peerPath ?? '', ['--root', join(folder, 'peer'), ...args]),
    groups: () => parents.map((parent) => join(parent, 'c')).filter((path) => existsSync(path)),
    close: () => {
      for (const parent of [...parents, ...peerOnly]) {
        if (existsSync(parent)) rmdirSync(parent);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
