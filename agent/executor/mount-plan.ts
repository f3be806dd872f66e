import { SkepError } from '../../lib/errors.ts';
import { type FoundDevices, NO_DEVICES, planDeviceNodes } from './device-plan.ts';
import type { ContainerBind, ContainerRequest, ContainerTmpfs } from './executor.ts';
import type { Step } from './protocol.ts';
import { planConsole } from './terminal-plan.ts';

export interface MountPlan {
  /** Files that the keeper writes before the clone. */
  readonly fileSteps: readonly Step[];
  /** Bind sources, opened by the child while it still sees the node's mounts as they are. */
  readonly openSteps: readonly Step[];
  /** MS_ flags for the child's copy of the node's mounts. */
  readonly rootPropagation: bigint;
  /** Everything inside the new root, in order. */
  readonly rootSteps: readonly Step[];
}

const READ_ONLY = 0x1n;
const NOSUID = 0x2n;
const NODEV = 0x4n;
const NOEXEC = 0x8n;
const MAKE_TARGET = 1n << 32n;
const REFUSE_LINKS = 1n << 33n;

const MS_REC = 1n << 14n;
const MS_PRIVATE = 1n << 18n;
const MS_SLAVE = 1n << 19n;
const MS_SHARED = 1n << 20n;
const TREE_READ_ONLY = 1n << 32n;
const TREE_RECURSIVE = 1n << 33n;
const TREE_READ_ONLY_TOP = 1n << 34n;
const TREE_READ_ONLY_STRICT = 1n << 35n;
const TREE_OPEN_ALONE = 1n;
/** Of a tree that is opened: with the owners of the user namespace, if there is one. */
const TREE_MAPPED = 1n << 40n;

const WRITE_CREATE = 1n;
const CHARACTER_DEVICE = 0o020000n;

/** Bind sources of one container, the keeper's limit. */
const MAX_BINDS = 128;

/** moby, daemon/pkg/oci/defaults.go. */
const MASKED_PATHS: readonly string[] = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];
const READ_ONLY_PATHS: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

/** What every container but a privileged one is kept from. */
const PROTECTION: readonly Step[] = [
  ...MASKED_PATHS.map((path): Step => ({ kind: 'mask', name: `mask ${path}`, path })),
  ...READ_ONLY_PATHS.map((path): Step => ({ kind: 'readOnly', name: `make ${path} read-only`, path })),
];

const DEVICES: readonly (readonly [name: string, major: number, minor: number])[] = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
];

const DEVICE_LINKS: readonly (readonly [name: string, target: string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
];

function mount(type: string, path: string, flags: bigint, options?: string): Step {
  const step: Step = { kind: 'mount', name: `mount ${type} on ${path}`, path, other: type, flags };
  return options === undefined ? step : { ...step, text: options };
}

/** As in Docker. */
const DEFAULT_SHM_BYTES = 64 * 1024 * 1024;

function planDevices(
  { id, idMap }: ContainerRequest,
  found: FoundDevices,
  shmSteps: readonly Step[],
): Step[] {
  const fresh = MAKE_TARGET | REFUSE_LINKS;
  const nodes = found.nodes.map((node) => ({
    ...node,
    pathInContainer: checkTarget(id, node.pathInContainer),
  }));
  const given = new Set(nodes.map(({ pathInContainer }) => pathInContainer));
  const isOwn = ([name]: readonly [name: string, ...unknown[]]): boolean => !given.has(`/dev/${name}`);
  return [
    mount('tmpfs', '/dev', NOSUID | fresh, 'mode=755,size=65536k'),
    ...DEVICES.filter(isOwn).map(
      ([name, major, minor]): Step => ({
        kind: 'device',
        name: `make /dev/${name}`,
        path: `/dev/${name}`,
        mode: CHARACTER_DEVICE | 0o666n,
        number: BigInt(major * 256 + minor),
      }),
    ),
    ...DEVICE_LINKS.filter(isOwn).map(
      ([name, target]): Step => ({
        kind: 'symlink',
        name: `make /dev/${name}`,
        path: `/dev/${name}`,
        text: target,
      }),
    ),
    mount('devpts', '/dev/pts', NOSUID | NOEXEC | fresh, 'newinstance,ptmxmode=0666,mode=0620,gid=5'),
    ...shmSteps,
    mount('mqueue', '/dev/mqueue', NOSUID | NODEV | NOEXEC | fresh),
    ...planDeviceNodes(nodes, idMap !== undefined),
  ];
}

interface ShmPlan {
  readonly openSteps: readonly Step[];
  readonly rootSteps: readonly Step[];
}

/** /dev/shm goes with the IPC namespace: shared memory is a file there. `slot` is a free one. */
function planShm(request: ContainerRequest, slot: number): ShmPlan {
  const path = '/dev/shm';
  const number = BigInt(slot);
  const place: Step = { kind: 'treePlace', name: `share ${path}`, path, number, flags: MS_PRIVATE };
  const kind = request.ipcNamespace?.kind ?? 'own';
  if (kind === 'host') {
    return {
      openSteps: [{ kind: 'treeOpen', name: "open the node's /dev/shm", path, number }],
      rootSteps: [place],
    };
  }
  if (kind === 'container') {
    const name = "open the other container's /dev/shm";
    return { openSteps: [{ kind: 'shmOpen', name, number }], rootSteps: [place] };
  }
  if (request.ipcSharing === 'none') return { openSteps: [], rootSteps: [] };
  const size = request.shmSizeBytes ?? DEFAULT_SHM_BYTES;
  const flags = NOSUID | NODEV | NOEXEC | MAKE_TARGET | REFUSE_LINKS;
  return { openSteps: [], rootSteps: [mount('tmpfs', path, flags, `mode=1777,size=${size}`)] };
}

/** `/a//b/` → `/a/b`. INVALID_ARGUMENT for what cannot be mounted on. */
function checkTarget(id: string, target: string): string {
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const refuse = (why: string): never => {
    throw new SkepError('INVALID_ARGUMENT', `container ${id}: mount target ${JSON.stringify(target)} ${why}`);
  };
  if (!target.startsWith('/')) refuse('is not an absolute path');
  if (names.includes('..')) refuse('has .. in it');
  if (names.length === 0) refuse("is the container's root");
  if (names[0] === 'proc') refuse('is in /proc, which stays as the kernel makes it');
  return `/${names.join('/')}`;
}

interface UserMount {
  readonly target: string;
  readonly openSteps: readonly Step[];
  readonly rootStep: Step;
}

function propagationFlags(propagation: ContainerBind['propagation']): bigint {
  const recursive = propagation.startsWith('r') ? TREE_RECURSIVE : 0n;
  if (propagation.endsWith('shared')) return MS_SHARED | recursive;
  if (propagation.endsWith('slave')) return MS_SLAVE | recursive;
  return MS_PRIVATE | recursive;
}

/** Docker's ways with mounts below the source (bind-recursive); read-only reaches them as far as it can. */
function readOnlyFlags(bind: ContainerBind): bigint {
  if (!bind.readOnly) return 0n;
  if (bind.recursive === 'writable') return TREE_READ_ONLY | TREE_READ_ONLY_TOP;
  return bind.recursive === 'readonly' ? TREE_READ_ONLY | TREE_READ_ONLY_STRICT : TREE_READ_ONLY;
}

function treeFlags({ recursive, ofNode }: ContainerBind): Pick<Step, 'flags'> {
  const flags = (recursive === 'disabled' ? TREE_OPEN_ALONE : 0n) | (ofNode === true ? TREE_MAPPED : 0n);
  return flags === 0n ? {} : { flags };
}

function planBind(bind: ContainerBind, target: string, slot: number): UserMount {
  const number = BigInt(slot);
  return {
    target,
    openSteps: [
      {
        kind: 'treeOpen',
        name: `open bind source ${bind.source}`,
        path: bind.source,
        number,
        ...treeFlags(bind),
      },
    ],
    rootStep: {
      kind: 'treePlace',
      name: `bind ${bind.source} on ${target}`,
      path: target,
      number,
      flags: propagationFlags(bind.propagation) | readOnlyFlags(bind),
    },
  };
}

function planTmpfs(tmpfs: ContainerTmpfs, target: string): UserMount {
  const mode = `mode=${tmpfs.mode.toString(8)}`;
  const options = tmpfs.sizeBytes === null ? mode : `${mode},size=${tmpfs.sizeBytes}`;
  const flags = NOSUID | NODEV | NOEXEC | MAKE_TARGET | (tmpfs.readOnly ? READ_ONLY : 0n);
  return { target, openSteps: [], rootStep: mount('tmpfs', target, flags, options) };
}

function depthOf(path: string): number {
  return path.split('/').length;
}

/** All mounts of a container but its root. `cgroupSteps` put the control groups into /sys. */
export function planMounts(
  request: ContainerRequest,
  filesFolder: string,
  cgroupSteps: readonly Step[],
  found: FoundDevices = NO_DEVICES,
): MountPlan {
  const fileSteps: Step[] = [];
  const fileBinds: ContainerBind[] = request.files.map((file, index) => {
    const source = `${filesFolder}/${index}`;
    fileSteps.push({
      kind: 'hostWrite',
      name: `write ${file.target}`,
      path: source,
      bytes: new TextEncoder().encode(file.content),
      flags: WRITE_CREATE,
      mode: 0o644n,
    });
    const readOnly = request.readOnlyRoot;
    return { source, target: file.target, readOnly, propagation: 'rprivate', ofNode: true };
  });
  const binds = [...fileBinds, ...request.binds];
  if (binds.length > MAX_BINDS) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `container ${request.id}: ${binds.length} binds, ${MAX_BINDS} are allowed`,
    );
  }
  if (fileSteps.length > 0) {
    fileSteps.unshift({ kind: 'hostFolder', name: `make ${filesFolder}`, path: filesFolder, mode: 0o711n });
  }
  const privileged = request.privileged === true;
  const mounts = [
    ...binds.map((bind, slot) => planBind(bind, checkTarget(request.id, bind.target), slot)),
    ...request.tmpfs.map((tmpfs) => planTmpfs(tmpfs, checkTarget(request.id, tmpfs.target))),
  ].sort((left, right) => depthOf(left.target) - depthOf(right.target));
  const shm = planShm(request, binds.length);
  return {
    fileSteps,
    openSteps: [...mounts.flatMap((userMount) => userMount.openSteps), ...shm.openSteps],
    rootPropagation: MS_REC | MS_PRIVATE,
    rootSteps: [
      mount('proc', '/proc', NOSUID | NODEV | NOEXEC | MAKE_TARGET | REFUSE_LINKS),
      mount(
        'sysfs',
        '/sys',
        (privileged ? 0n : READ_ONLY) | NOSUID | NODEV | NOEXEC | MAKE_TARGET | REFUSE_LINKS,
      ),
      ...cgroupSteps,
      ...planDevices(request, found, shm.rootSteps),
      // Before the user's mounts, so that the terminal is one of the container's own devpts whatever they cover.
      ...planConsole(request),
      ...mounts.map((userMount) => userMount.rootStep),
      ...(privileged ? [] : PROTECTION),
      ...(request.readOnlyRoot ? [{ kind: 'rootReadOnly' as const, name: 'make the root read-only' }] : []),
    ],
  };
}
