import type { CgroupLayout } from '../agent/executor/cgroup-plan.ts';
import type { Step } from '../agent/executor/protocol.ts';
import { SkepError } from '../lib/errors.ts';
import type { Bundle, BundleDevice, BundleMount } from './bundle.ts';
import { unsupported } from './json-reader.ts';
import { type MountWords, propagationBits, readMountWords } from './mount-words.ts';

/** The root of a container that is described by a bundle. */
export interface BundleMountsPlan {
  /** While the node's mounts are seen as they are. */
  readonly openSteps: readonly Step[];
  /** MS_ bits for the child's copy of the node's mounts. */
  readonly rootPropagation: bigint;
  /** In the new root, in order. */
  readonly rootSteps: readonly Step[];
  /** After the pivot. */
  readonly lastSteps: readonly Step[];
}

export interface GroupsView {
  readonly layout: CgroupLayout;
  /** The container's group below each mount point. */
  readonly path: string;
  readonly hasNamespace: boolean;
}

const MAKE_TARGET = 1n << 32n;
const REFUSE_LINKS = 1n << 33n;
const TREE_RECURSIVE = 1n << 33n;
const OPEN_ALONE = 1n;
const CONSOLE_PLACE = 1n;

const MS_REC = 1n << 14n;
const MS_PRIVATE = 1n << 18n;
const MS_SLAVE = 1n << 19n;
const MS_SHARED = 1n << 20n;
const READ_ONLY = 0x1n;
const ATIME_MASK = 0x70n;
/** MOUNT_ATTR_RDONLY | NOSUID | NODEV | NOEXEC. */
const SEALED = 0xfn;

const EEXIST = 17;
/** The keeper's slots for bind sources. */
const MAX_BINDS = 128;
const KERNEL_FILE_SYSTEMS: readonly string[] = ['proc', 'sysfs', 'tmpfs', 'devpts', 'mqueue'];
/** Below these no link of the image is followed. */
const SYSTEM_FOLDERS: readonly string[] = ['proc', 'sys', 'dev'];

const DEFAULT_DEVICES: readonly BundleDevice[] = (
  [
    ['null', 1, 3],
    ['zero', 1, 5],
    ['full', 1, 7],
    ['random', 1, 8],
    ['urandom', 1, 9],
    ['tty', 5, 0],
  ] as const
).map(([name, major, minor]) => ({
  path: `/dev/${name}`,
  type: 'c',
  major,
  minor,
  mode: 0o666,
  userId: 0,
  groupId: 0,
}));
const DEVICE_LINKS: readonly (readonly [string, string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
];
const FILE_TYPES: Readonly<Record<string, number>> = { c: 0o020000, u: 0o020000, b: 0o060000, p: 0o010000 };

/** `/a//b/` → `/a/b`. INVALID_ARGUMENT for what cannot be mounted on. */
function cleanTarget(where: string, target: string): string {
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  if (names.length === 0 || names.includes('..'))
    throw new SkepError('INVALID_ARGUMENT', `${where}: nothing can be mounted on ${JSON.stringify(target)}`);
  return `/${names.join('/')}`;
}

/** linux/kdev_t.h, new_encode_dev. */
function deviceNumber(major: number, minor: number): bigint {
  return BigInt((minor & 0xff) | (major << 8)) | (BigInt(minor & ~0xff) << 12n);
}

function planDevice(device: BundleDevice): Step {
  return {
    kind: 'device',
    name: `make ${device.path}`,
    path: cleanTarget('linux.devices', device.path),
    mode: BigInt((FILE_TYPES[device.type] ?? 0) | (device.mode & 0o7777)),
    number: deviceNumber(device.major, device.minor),
    flags: BigInt(device.userId) | (BigInt(device.groupId) << 32n),
    tolerated: [EEXIST],
  };
}

/** The devices that every container has, unless /dev is the node's. */
function planDevices(bundle: Bundle): Step[] {
  if (bundle.mounts.some(({ type, target }) => type === 'bind' && /^\/dev\/*$/.test(target))) return [];
  const named = new Set(bundle.devices.map(({ path }) => path));
  return [
    ...bundle.devices.map(planDevice),
    ...DEFAULT_DEVICES.filter(({ path }) => !named.has(path)).map(planDevice),
    ...DEVICE_LINKS.map(
      ([name, target]): Step => ({
        kind: 'symlink',
        name: `make /dev/${name}`,
        path: `/dev/${name}`,
        text: target,
        tolerated: [EEXIST],
      }),
    ),
  ];
}

interface PlacedMount {
  readonly openSteps: readonly Step[];
  readonly rootSteps: readonly Step[];
}

function attributeSteps(target: string, words: MountWords): Step[] {
  const name = `set the options of ${target}`;
  // Words that only clear are what a bind is like anyway, as runc does; they count once there is something to set.
  const own: Step[] =
    words.set === 0n
      ? []
      : [{ kind: 'attributes', name, path: target, flags: words.set, mode: words.clear & ATIME_MASK }];
  const all: Step[] =
    words.setAll === 0n && words.clearAll === 0n
      ? []
      : [{ kind: 'attributes', name, path: target, flags: words.setAll, mode: words.clearAll, number: 1n }];
  return [...own, ...all];
}

function placeTree(
  source: string,
  target: string,
  slot: number,
  recursive: boolean,
  propagation: bigint,
): PlacedMount {
  if (slot >= MAX_BINDS) throw new SkepError('INVALID_ARGUMENT', `mounts: more than ${MAX_BINDS} binds`);
  const number = BigInt(slot);
  const tree = (propagation & MS_REC) === 0n ? 0n : TREE_RECURSIVE;
  return {
    openSteps: [
      {
        kind: 'treeOpen',
        name: `open bind source ${source}`,
        path: source,
        number,
        flags: recursive ? 0n : OPEN_ALONE,
      },
    ],
    rootSteps: [
      {
        kind: 'treePlace',
        name: `bind ${source} on ${target}`,
        path: target,
        number,
        flags: (propagation & ~MS_REC) | tree,
      },
    ],
  };
}

/** A file system that the kernel makes. */
function planNew(where: string, { type }: BundleMount, target: string, words: MountWords): PlacedMount {
  if (!KERNEL_FILE_SYSTEMS.includes(type))
    throw unsupported(`${where}: a mount of the type ${JSON.stringify(type)}`);
  if (words.propagation !== null && (words.propagation & MS_SHARED) !== 0n)
    throw unsupported(`${where}: a shared mount of the type ${type}`);
  const isSystem = SYSTEM_FOLDERS.includes(target.split('/')[1] ?? '');
  const step: Step = {
    kind: 'mount',
    name: `mount ${type} on ${target}`,
    path: target,
    other: type,
    flags: words.set | words.setAll | MAKE_TARGET | (isSystem ? REFUSE_LINKS : 0n),
    ...(words.data === '' ? {} : { text: words.data }),
  };
  return { openSteps: [], rootSteps: [step] };
}

function cgroupMount(type: string, target: string, text?: string): Step {
  const step: Step = {
    kind: 'mount',
    name: `mount ${type} on ${target}`,
    path: target,
    other: type,
    flags: SEALED | MAKE_TARGET | REFUSE_LINKS,
  };
  return text === undefined ? step : { ...step, text };
}

/** The container's own groups: in its namespace by a mount of their file system, else by binds. */
function planCgroupMount(target: string, words: MountWords, view: GroupsView, slot: number): PlacedMount {
  const seal = (path: string): Step => ({
    kind: 'attributes',
    name: `seal ${path}`,
    path,
    flags: SEALED & (words.set | ~READ_ONLY),
  });
  if (view.layout.version === 2) {
    const folder = `${view.layout.mountPoint}${view.path}`;
    if (view.hasNamespace)
      return {
        openSteps: [],
        rootSteps: [{ ...cgroupMount('cgroup2', target), flags: (words.set & SEALED) | MAKE_TARGET }],
      };
    const bind = placeTree(folder, target, slot, false, MS_PRIVATE);
    return { ...bind, rootSteps: [...bind.rootSteps, seal(target)] };
  }
  const parts = view.layout.hierarchies.map(({ mountPoint, controllers }, index): PlacedMount => {
    const name = mountPoint.slice(mountPoint.lastIndexOf('/') + 1);
    const place = `${target}/${name}`;
    const links = controllers
      .filter((controller) => controller !== name && name.includes(','))
      .map(
        (controller): Step => ({
          kind: 'symlink',
          name: `make ${controller}`,
          path: `${target}/${controller}`,
          text: name,
        }),
      );
    if (view.hasNamespace)
      return { openSteps: [], rootSteps: [cgroupMount('cgroup', place, controllers.join(',')), ...links] };
    const bind = placeTree(`${mountPoint}${view.path}`, place, slot + index, false, MS_PRIVATE);
    return { ...bind, rootSteps: [...bind.rootSteps, seal(place), ...links] };
  });
  const base: Step = {
    ...cgroupMount('tmpfs', target, 'mode=755'),
    flags: (SEALED & ~READ_ONLY) | MAKE_TARGET | REFUSE_LINKS,
  };
  const last: Step[] =
    (words.set & READ_ONLY) === 0n
      ? []
      : [{ kind: 'rootReadOnly', name: `make ${target} read-only`, path: target }];
  return {
    openSteps: parts.flatMap(({ openSteps }) => openSteps),
    rootSteps: [base, ...parts.flatMap(({ rootSteps }) => rootSteps), ...last],
  };
}

function planOne(
  mount: BundleMount,
  index: number,
  slot: number,
  bundlePath: string,
  inherited: bigint,
  view: GroupsView,
): PlacedMount {
  const where = `mounts[${index}]`;
  const target = cleanTarget(where, mount.target);
  const words = readMountWords(where, mount.options);
  if (mount.type === 'cgroup' || mount.type === 'cgroup2') return planCgroupMount(target, words, view, slot);
  if (mount.type !== 'bind') return planNew(where, mount, target, words);
  if (words.data !== '') throw unsupported(`${where}: the option ${words.data} of a bind`);
  const source = mount.source.startsWith('/') ? mount.source : `${bundlePath}/${mount.source}`;
  const bind = placeTree(source, target, slot, words.recursive, words.propagation ?? inherited);
  return { ...bind, rootSteps: [...bind.rootSteps, ...attributeSteps(target, words)] };
}

function planConsole({ program }: Bundle): Step[] {
  if (!program.terminal) return [];
  return [
    {
      kind: 'console',
      name: 'open the terminal',
      flags: CONSOLE_PLACE,
      ...(program.consoleSize === null
        ? {}
        : { number: BigInt(program.consoleSize.columns), mode: BigInt(program.consoleSize.rows) }),
    },
  ];
}

/** All that is mounted. `rootFolder` and `bundlePath` are absolute. UNIMPLEMENTED and INVALID_ARGUMENT name the mount. */
export function planBundleMounts(
  bundle: Bundle,
  bundlePath: string,
  rootFolder: string,
  view: GroupsView,
): BundleMountsPlan {
  const asked = bundle.rootPropagation === '' ? MS_SLAVE | MS_REC : propagationBits(bundle.rootPropagation);
  if (asked === null)
    throw new SkepError('INVALID_ARGUMENT', `linux.rootfsPropagation: ${bundle.rootPropagation} is none`);
  // The node's mounts must not follow the container's, whatever its own root is made afterwards.
  const isShared = (asked & MS_SHARED) !== 0n;
  const inherited = (asked & MS_PRIVATE) !== 0n ? asked : MS_SLAVE | MS_REC;
  const mounts: PlacedMount[] = [];
  for (const [index, mount] of bundle.mounts.entries()) {
    const slot = mounts.reduce((sum, { openSteps }) => sum + openSteps.length, 0);
    mounts.push(planOne(mount, index, slot, bundlePath, inherited, view));
  }
  return {
    openSteps: mounts.flatMap(({ openSteps }) => openSteps),
    rootPropagation: isShared ? MS_SLAVE | MS_REC : asked,
    rootSteps: [
      { kind: 'bindRoot', name: 'bind the root folder', path: rootFolder },
      ...mounts.flatMap(({ rootSteps }) => rootSteps),
      ...planDevices(bundle),
      ...planConsole(bundle),
      ...bundle.maskedPaths.map((path): Step => ({ kind: 'mask', name: `mask ${path}`, path })),
      ...bundle.readOnlyPaths.map(
        (path): Step => ({ kind: 'readOnly', name: `make ${path} read-only`, path }),
      ),
      ...(bundle.rootReadOnly ? [{ kind: 'rootReadOnly' as const, name: 'make the root read-only' }] : []),
    ],
    lastSteps: isShared
      ? [{ kind: 'propagation', name: 'share the mounts of the root', path: '/', flags: asked }]
      : [],
  };
}
