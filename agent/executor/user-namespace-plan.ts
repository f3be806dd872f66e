import { SkepError } from '../../lib/errors.ts';
import type { IdMap, IdRange } from './executor.ts';
import type { Step, StepKind } from './protocol.ts';

/** FOLDER_OWNED of the keeper's steps.h. */
const FOLDER_OWNED = 1n;
const JOIN_USERS = 1n;
/** Slots of the keeper for detached mounts. */
const MAX_TREE_SLOTS = 192;
/** Lines of a map, the kernel's bound (UID_GID_MAP_MAX_EXTENTS, user_namespaces(7)). */
export const MAX_ID_RANGES = 340;
const LAST_ID = 2 ** 32 - 2;

/** Done by the node's root, whatever comes before and after them in the list. */
const OUTSIDE: ReadonlySet<StepKind> = new Set(['shmOpen', 'treeOpen', 'propagation']);
const BY_THE_KEEPER: ReadonlySet<StepKind> = new Set([
  'hostFolder',
  'hostWrite',
  'cgroup',
  'filterDevices',
  'limit',
  'cpuset',
  'netlinkHost',
]);

function isSound(range: IdRange): boolean {
  const { inside, outside, count } = range;
  const whole = [inside, outside, count].every(Number.isSafeInteger);
  return whole && inside >= 0 && outside > 0 && count > 0 && Math.max(inside, outside) + count - 1 <= LAST_ID;
}

function checkRanges(what: string, ranges: readonly IdRange[]): void {
  const bad = ranges.find((range) => !isSound(range));
  if (bad !== undefined) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `the map of ${what} has the range ${bad.inside} to ${bad.outside}, ${bad.count} ids, which cannot be`,
    );
  }
  if (outsideId(ranges, 0) === undefined)
    throw new SkepError('INVALID_ARGUMENT', `the map of ${what} has no root`);
  if (ranges.length > MAX_ID_RANGES) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `the map of ${what} has ${ranges.length} ranges, ${MAX_ID_RANGES} are allowed`,
    );
  }
}

/** Throws INVALID_ARGUMENT for a map without root, with the node's own root in it, or that no kernel would take. */
export function checkIdMap(idMap: IdMap): void {
  checkRanges('users', idMap.users);
  checkRanges('groups', idMap.groups);
}

/** What an id inside is on the node; undefined when it is not mapped. */
export function outsideId(ranges: readonly IdRange[], inside: number): number | undefined {
  const range = ranges.find(
    (candidate) => inside >= candidate.inside && inside < candidate.inside + candidate.count,
  );
  return range === undefined ? undefined : range.outside + inside - range.inside;
}

/** What an id of the node is inside; undefined when it is not mapped. */
export function insideId(ranges: readonly IdRange[], outside: number): number | undefined {
  const range = ranges.find(
    (candidate) => outside >= candidate.outside && outside < candidate.outside + candidate.count,
  );
  return range === undefined ? undefined : range.inside + outside - range.outside;
}

function mapText(ranges: readonly IdRange[]): string {
  return ranges.map(({ inside, outside, count }) => `${inside} ${outside} ${count}\n`).join('');
}

interface Root {
  readonly user: number;
  readonly group: number;
}

function rootOf(idMap: IdMap): Root {
  return { user: outsideId(idMap.users, 0) ?? 0, group: outsideId(idMap.groups, 0) ?? 0 };
}

function ownedFolder(path: string, root: Root): Step {
  return {
    kind: 'hostFolder',
    name: `give ${path} to the mapped root`,
    path,
    mode: 0o755n,
    flags: FOLDER_OWNED,
    number: (BigInt(root.user) << 32n) | BigInt(root.group),
  };
}

function nodeFolder(path: string): Step {
  return { kind: 'hostFolder', name: `make ${path}`, path, mode: 0o700n };
}

/** The layers seen through the map, at a place of their own; the overlay is made of them there. */
function mapOverlay(overlay: Step, folder: string): readonly Step[] {
  const source = overlay.other ?? '/';
  const target = `${folder}/layers`;
  return [
    { kind: 'mappedLayers', name: 'map the layers', path: source, other: target },
    { ...overlay, other: target },
  ];
}

interface DevicePlan {
  readonly open: readonly Step[];
  /** By path in the container. */
  readonly place: ReadonlyMap<Step, Step>;
}

/** No node can be made inside a user namespace: each is made outside and bound into the container. */
function mapDevices(steps: readonly Step[], folder: string): DevicePlan {
  const devices = steps.filter(({ kind }) => kind === 'device');
  const used = steps.filter(({ kind }) => kind === 'treeOpen' || kind === 'shmOpen');
  const first = used.reduce((next, { number = 0n }) => Math.max(next, Number(number) + 1), 0);
  if (first + devices.length > MAX_TREE_SLOTS) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `${devices.length} devices and ${first} binds are more than the ${MAX_TREE_SLOTS} that mapped users allow`,
    );
  }
  const open: Step[] = [];
  const place = new Map<Step, Step>();
  devices.forEach((device, index) => {
    const { name, path = '', mode = 0n, number = 0n } = device;
    const slot = BigInt(first + index);
    open.push({ kind: 'deviceTree', name, path: `${folder}/devices`, mode, number, flags: slot });
    place.set(device, { kind: 'treePlace', name, path, number: slot });
  });
  return { open, place };
}

/**
 * A start's steps for a container with users of its own. `steps` are those of a container without; `namespaces`
 * (CLONE_NEW…) are made by the second stage. The first stage keeps the node's rights and does what needs them: control
 * groups, limits, overlay, bind sources, device nodes. Everything else is done inside. `folder` is the container's own
 * on the node.
 */
export function mapUsers(
  steps: readonly Step[],
  idMap: IdMap,
  namespaces: number,
  folder: string,
): readonly Step[] {
  checkIdMap(idMap);
  const root = rootOf(idMap);
  const overlay = steps.find(({ kind }) => kind === 'overlay');
  const upper = /(?:^|,)upperdir=([^,]*)/.exec(overlay?.text ?? '')?.[1];
  if (overlay === undefined || upper === undefined) {
    throw new SkepError('INTERNAL', 'a container with mapped users has no overlay root');
  }
  const devices = mapDevices(steps, folder);
  const entry = steps.findIndex(({ kind }) => kind === 'unshare');
  const rest = steps.filter(({ kind }) => !BY_THE_KEEPER.has(kind));
  const first = rest.filter((step) => steps.indexOf(step) < entry);
  const later = rest.filter((step) => steps.indexOf(step) >= entry);
  return [
    ...steps.filter(({ kind }) => BY_THE_KEEPER.has(kind)),
    ownedFolder(upper, root),
    nodeFolder(`${folder}/layers`),
    nodeFolder(`${folder}/devices`),
    ...first,
    {
      kind: 'userNamespace',
      name: 'make a user namespace',
      text: mapText(idMap.users),
      other: mapText(idMap.groups),
      number: BigInt(root.user),
      mode: BigInt(root.group),
    },
    ...later.filter(({ kind }) => OUTSIDE.has(kind)),
    ...mapOverlay(overlay, folder),
    ...devices.open,
    // Limits are raised by the right of the node's root.
    ...later.filter(({ kind }) => kind === 'rlimit'),
    { kind: 'enterUsers', name: 'enter the user namespace', flags: BigInt(namespaces) },
    ...later
      .filter((step) => step !== overlay && step.kind !== 'rlimit' && !OUTSIDE.has(step.kind))
      .map((step) => devices.place.get(step) ?? step),
  ];
}

/** The same for a program that enters a running container: limits first, then the users, then the rest. */
export function mapEnteringUsers(steps: readonly Step[], idMap: IdMap): readonly Step[] {
  const root = rootOf(idMap);
  const joinAt = steps.findIndex(({ kind }) => kind === 'joinNamespaces');
  const rest = steps.slice(joinAt + 1);
  return [
    ...steps.slice(0, joinAt),
    ...rest.filter(({ kind }) => kind === 'rlimit'),
    ...steps.slice(joinAt, joinAt + 1).map((join) => ({
      ...join,
      flags: JOIN_USERS,
      number: BigInt(root.user),
      mode: BigInt(root.group),
    })),
    ...rest.filter(({ kind }) => kind !== 'rlimit'),
  ];
}
