import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { attempt, command, findProgram } from './command.ts';
import type { Kernel } from './kernel.ts';

/** Where the project is inside the machine. */
export const GUEST_PROJECT = '/skep';

/** Programs that Skep and its tests call; busybox is what the machine has of everything else. */
const PROGRAMS = [
  ...[
    'sh',
    'bash',
    'make',
    'tar',
    'nft',
    'ip',
    'bridge',
    'conntrack',
    'nsenter',
    'unshare',
    'mount',
    'umount',
    'prlimit',
  ],
  ...['setpriv', 'dig', 'curl', 'ps', 'busybox'],
];
/** What of the project is not needed inside: built anew outside, or larger than everything else. */
const LEFT_OUT = ['node_modules', '.git', 'build', 'docs'];
const LEFT_OUT_MODULES = [
  '@biomejs',
  '@typescript',
  'typescript',
  '@esbuild',
  'esbuild',
  'tsx',
  '.bin',
  '.cache',
];
/** Drivers that the first file system needs before it can be mounted. */
const DISK_DRIVERS = ['virtio_pci', 'virtio_blk'];
const DISK_BYTES = 2 * 1024 ** 3;

export interface Image {
  readonly diskPath: string;
  readonly initramfsPath: string;
}

export interface ImageRequest {
  readonly folder: string;
  readonly kernel: Kernel;
  readonly project: string;
  /** The script that the machine runs as its first process. */
  readonly initPath: string;
  /** Further programs: path here, path inside. */
  readonly files: Readonly<Record<string, string>>;
  readonly filters: readonly string[];
}

/** Debian's merged folders: /lib is /usr/lib. */
function merged(path: string): string {
  return /^\/(bin|sbin|lib|lib64)\//.test(path) ? `/usr${path}` : path;
}

function copyInto(root: string, source: string, target: string): void {
  const path = join(root, merged(target));
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(realpathSync(source), path);
  chmodSync(path, 0o755);
}

/** A program and the shared libraries that the loader names for it. */
function copyProgram(root: string, source: string, target: string): void {
  copyInto(root, source, target);
  const libraries = attempt('ldd', [source], {}) ?? '';
  for (const [, path] of libraries.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)) {
    if (path !== undefined) copyInto(root, path, path);
  }
}

function makeFolders(root: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  for (const name of [
    'proc',
    'sys',
    'dev',
    'run',
    'tmp',
    'etc',
    'root',
    'var/lib',
    'var/log',
    'usr/local/bin',
  ]) {
    mkdirSync(join(root, name), { recursive: true });
  }
  symlinkSync('/run', join(root, 'var/run'));
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n',
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost vm\n');
  writeFileSync(join(root, 'etc/resolv.conf'), '');
  // nft names protocols by /etc/protocols, as a Debian node has it.
  for (const name of ['nsswitch.conf', 'protocols']) {
    if (existsSync(join('/etc', name))) copyFileSync(join('/etc', name), join(root, 'etc', name));
  }
}

function addPrograms(root: string): void {
  for (const name of PROGRAMS) {
    const path = findProgram(name);
    if (path !== undefined) copyProgram(root, path, `/usr/bin/${name}`);
  }
  copyProgram(root, process.execPath, '/usr/bin/node');
  for (const name of command('busybox', ['--list']).trim().split('\n')) {
    const path = join(root, 'usr/bin', name);
    if (!existsSync(path)) symlinkSync('busybox', path);
  }
  // The kernel calls modprobe by this name; Skep's tests look for nft and others here.
  for (const name of ['modprobe', 'nft', 'ip', 'conntrack'])
    symlinkSync(`../bin/${name}`, join(root, 'usr/sbin', name));
}

function addProject(root: string, project: string): void {
  const target = join(root, GUEST_PROJECT);
  cpSync(project, target, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => dirname(path) !== project || !LEFT_OUT.includes(basename(path)),
  });
  cpSync(join(project, 'build'), join(target, 'build'), {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => basename(path) !== 'vm',
  });
  const modules = realpathSync(join(project, 'node_modules'));
  cpSync(modules, join(target, 'node_modules'), {
    recursive: true,
    filter: (path) => dirname(path) !== modules || !LEFT_OUT_MODULES.includes(basename(path)),
  });
}

function addModules(root: string, kernel: Kernel): void {
  const modules = join('lib/modules', kernel.release);
  cpSync(join(kernel.folder, modules), join(root, 'usr', modules), { recursive: true });
  command('busybox', ['depmod', '-b', root, kernel.release]);
}

/** The module files that drivers need, in the order to load them. `dependencies` is the text of modules.dep. */
export function loadOrder(dependencies: string, drivers: readonly string[]): readonly string[] {
  const lines = dependencies.split('\n').map((line) => line.split(':'));
  const order: string[] = [];
  for (const driver of drivers) {
    const [file, needed = ''] = lines.find(([path = '']) => basename(path) === `${driver}.ko`) ?? [];
    if (file === undefined) throw new Error(`the kernel has no module ${driver}`);
    const needs = needed.trim() === '' ? [] : needed.trim().split(' ').reverse();
    for (const path of [...needs, file]) if (!order.includes(path)) order.push(path);
  }
  return order;
}

/** A first file system that does nothing but find the disk and go on from there. */
function makeInitramfs(folder: string, root: string, kernel: Kernel): string {
  const stage = join(folder, 'initramfs');
  for (const name of ['bin', 'modules', 'proc', 'sys', 'dev', 'root'])
    mkdirSync(join(stage, name), { recursive: true });
  copyFileSync(join(root, 'usr/bin/busybox'), join(stage, 'bin/busybox'));
  chmodSync(join(stage, 'bin/busybox'), 0o755);
  const modules = join(root, 'usr/lib/modules', kernel.release);
  const order = loadOrder(readFileSync(join(modules, 'modules.dep'), 'utf8'), DISK_DRIVERS);
  for (const path of order) copyFileSync(join(modules, path), join(stage, 'modules', basename(path)));
  const script = [
    '#!/bin/busybox sh',
    'export PATH=/bin; /bin/busybox --install -s /bin',
    'mount -t devtmpfs dev /dev',
    ...order.map((path) => `insmod /modules/${basename(path)}`),
    'while [ ! -e /dev/vda ]; do sleep 0.1; done',
    'mount -t ext4 /dev/vda /root && exec switch_root /root /sbin/init',
    '',
  ];
  writeFileSync(join(stage, 'init'), script.join('\n'), { mode: 0o755 });
  const path = join(folder, 'initramfs.cpio');
  command('sh', ['-c', 'find . | busybox cpio -o -H newc > "$1"', 'sh', path], { cwd: stage });
  return path;
}

/** Builds disk and first file system of a machine from the programs of this one, below `folder`. */
export function buildImage(request: ImageRequest): Image {
  const { folder, kernel } = request;
  const root = join(folder, 'root');
  makeFolders(root);
  addPrograms(root);
  addProject(root, request.project);
  addModules(root, kernel);
  for (const [source, target] of Object.entries(request.files)) copyProgram(root, source, target);
  copyInto(root, request.initPath, '/usr/sbin/init');
  writeFileSync(join(root, 'etc/skep-tests'), request.filters.map((filter) => `${filter}\n`).join(''));
  const initramfsPath = makeInitramfs(folder, root, kernel);
  const diskPath = join(folder, 'disk.ext4');
  command('mke2fs', [
    '-q',
    '-t',
    'ext4',
    '-O',
    '^has_journal',
    '-d',
    root,
    diskPath,
    `${DISK_BYTES / 1024}k`,
  ]);
  return { diskPath, initramfsPath };
}
