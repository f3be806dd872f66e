import type { Labels } from '../../lib/domain/meta.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import { requireLabels } from '../../lib/validation/name.ts';
import { requireVolumeName } from '../../lib/validation/volume-name.ts';
import { copyUp } from './copy-up.ts';
import { openVolumeFolder, type VolumeFolder } from './volume-folder.ts';
import type { VolumeRecord } from './volume-record.ts';

/** A volume as users see it. */
export interface Volume extends VolumeRecord {
  /** The folder that tasks see, absolute. */
  readonly mountpoint: string;
  /** Names of the tasks that use it. */
  readonly users: readonly string[];
}

/** Who uses volumes. */
export interface VolumeUser {
  readonly taskId: string;
  /** For messages: `web.1.<id>`. */
  readonly name: string;
}

/** A volume that a task wants to use. */
export interface WantedVolume {
  readonly name: string;
  /** Path in the container. */
  readonly target: string;
  /** What the image has at the target becomes the first content of an empty volume. */
  readonly copiesImage: boolean;
  /** Belongs to the task and goes with it. */
  readonly anonymous: boolean;
}

export interface PrunedVolumes {
  readonly deleted: readonly string[];
  readonly reclaimedBytes: number;
}

export interface VolumeStore {
  /** Makes a volume; one of that name that is there already is the answer, as in Docker. */
  create(request: {
    readonly name: string;
    readonly driver: string;
    readonly labels: Labels;
  }): Promise<Volume>;
  list(): readonly Volume[];
  /** NOT_FOUND when there is none of that name. */
  inspect(name: string): Volume;
  /** FAILED_PRECONDITION, with the tasks' names, while it is used. `force`: a missing one is no error. */
  remove(name: string, options: { readonly force: boolean }): Promise<void>;
  /** Removes the unused anonymous volumes, with `all` every unused one, that `matches` holds for. */
  prune(options: {
    readonly all: boolean;
    readonly matches: (volume: Volume) => boolean;
  }): Promise<PrunedVolumes>;
  /**
   * Makes what a task wants ready for it and counts it as used by the task until `release`. Answers with the data
   * folder for each target.
   */
  hold(
    user: VolumeUser,
    wanted: readonly WantedVolume[],
    layerFolders: readonly string[],
  ): Promise<ReadonlyMap<string, string>>;
  /** Counts the volumes as used by a task that an earlier daemon started. */
  adopt(user: VolumeUser, wanted: readonly WantedVolume[]): void;
  /** The task has ended: its named volumes are free, its anonymous ones are removed. Idempotent. */
  release(taskId: string): Promise<void>;
  /** The user is gone, and its volumes stay, those without a name too. Idempotent. */
  letGo(taskId: string): void;
  /** Removes the anonymous volumes of tasks that nobody knows any more. */
  dropStrangers(isKnown: (taskId: string) => boolean): Promise<void>;
}

export interface VolumeStoreOptions {
  /** Absolute; created when missing. One store per folder at a time. */
  readonly folder: string;
  /** skep-unpack. */
  readonly copyBinaryPath: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** Volumes of one node. */
export const MAX_VOLUMES = 10_000;
const SUBJECT = 'volume';

/** What the functions of one store share. */
interface StoreContext extends VolumeStoreOptions {
  readonly disk: VolumeFolder;
  readonly records: Map<string, VolumeRecord>;
  /** By volume, then by task. */
  readonly users: Map<string, Map<string, VolumeUser>>;
  /** What is being done to a volume, by name: one thing at a time. */
  readonly turns: Map<string, Promise<unknown>>;
}

function inTurn<Result>({ turns }: StoreContext, name: string, work: () => Promise<Result>): Promise<Result> {
  const result = (turns.get(name) ?? Promise.resolve()).then(work);
  const settled = result
    .catch(() => undefined)
    .finally(() => {
      if (turns.get(name) === settled) turns.delete(name);
    });
  turns.set(name, settled);
  return result;
}

function usersOf(context: StoreContext, name: string): readonly VolumeUser[] {
  return [...(context.users.get(name)?.values() ?? [])];
}

function show(context: StoreContext, record: VolumeRecord): Volume {
  const users = usersOf(context, record.name).map((user) => user.name);
  return { ...record, mountpoint: context.disk.dataFolder(record.name), users: users.sort() };
}

function find(context: StoreContext, name: string): VolumeRecord {
  const record = context.records.get(name);
  if (record === undefined) throw new SkepError('NOT_FOUND', `no such volume: ${name}`);
  return record;
}

async function createMissing(context: StoreContext, record: Omit<VolumeRecord, 'createdAtMs'>) {
  const present = context.records.get(record.name);
  if (present !== undefined) return present;
  if (context.records.size >= MAX_VOLUMES) {
    throw new SkepError('RESOURCE_EXHAUSTED', `the node has ${MAX_VOLUMES} volumes, no more are allowed`, {
      help: 'remove unused ones with skep volume prune',
    });
  }
  const fresh = { ...record, createdAtMs: context.nowMs() };
  // In the list first: the limit counts what is being made too.
  context.records.set(fresh.name, fresh);
  try {
    await context.disk.create(fresh);
  } catch (cause) {
    context.records.delete(fresh.name);
    throw new SkepError('INTERNAL', `cannot create volume ${fresh.name}`, { cause });
  }
  context.log('info', 'A volume was created.', { volume: fresh.name });
  return fresh;
}

async function removeVolume(context: StoreContext, name: string): Promise<void> {
  const users = usersOf(context, name)
    .map((user) => user.name)
    .sort();
  if (users.length > 0) {
    throw new SkepError('FAILED_PRECONDITION', `remove ${name}: volume is in use - [${users.join(', ')}]`);
  }
  const doomed = await context.disk.takeAway(name);
  context.records.delete(name);
  context.log('info', 'A volume was removed.', { volume: name });
  await context.disk.discard(doomed);
}

function addUser(context: StoreContext, name: string, user: VolumeUser): void {
  const users = context.users.get(name) ?? new Map<string, VolumeUser>();
  users.set(user.taskId, user);
  context.users.set(name, users);
}

function removeUser(context: StoreContext, name: string, taskId: string): void {
  const users = context.users.get(name);
  users?.delete(taskId);
  if (users?.size === 0) context.users.delete(name);
}

/** Makes one volume ready for a task. A volume that another task may have mounted is never filled any more. */
async function holdOne(
  context: StoreContext,
  user: VolumeUser,
  wanted: WantedVolume,
  layerFolders: readonly string[],
): Promise<string> {
  const { name, target, anonymous } = wanted;
  const taskId = anonymous ? user.taskId : '';
  const record = await createMissing(context, { name, labels: {}, taskId });
  if (record.taskId !== taskId) {
    throw new SkepError('FAILED_PRECONDITION', `volume ${name} belongs to another task`);
  }
  const isShared = usersOf(context, name).some((other) => other.taskId !== user.taskId);
  if (wanted.copiesImage && !isShared && (await context.disk.isEmpty(name))) {
    await context.disk
      .fill(name, (temporary) => copyUp(context.copyBinaryPath, { layerFolders, target }, temporary))
      .catch((cause: unknown) => {
        const message = `cannot copy ${target} of the image into volume ${name}`;
        throw new SkepError('FAILED_PRECONDITION', message, { cause });
      });
  }
  addUser(context, name, user);
  return context.disk.dataFolder(name);
}

function letGo(context: StoreContext, taskId: string): void {
  for (const [name, users] of [...context.users]) {
    if (users.has(taskId)) removeUser(context, name, taskId);
  }
}

async function release(context: StoreContext, taskId: string): Promise<void> {
  letGo(context, taskId);
  await removeAnonymous(context, (record) => record.taskId === taskId);
}

async function removeAnonymous(
  context: StoreContext,
  isDoomed: (record: VolumeRecord) => boolean,
): Promise<void> {
  for (const { name, taskId } of [...context.records.values()].filter(isDoomed)) {
    if (taskId === '') continue;
    await inTurn(context, name, async () => {
      if (context.records.has(name)) await removeVolume(context, name);
    });
  }
}

async function prune(
  context: StoreContext,
  { all, matches }: Parameters<VolumeStore['prune']>[0],
): Promise<PrunedVolumes> {
  const deleted: string[] = [];
  let reclaimedBytes = 0;
  for (const { name, taskId } of [...context.records.values()]) {
    await inTurn(context, name, async () => {
      const record = context.records.get(name);
      if (record === undefined || usersOf(context, name).length > 0) return;
      if ((!all && taskId === '') || !matches(show(context, record))) return;
      const bytes = await context.disk.usedBytes(name);
      await removeVolume(context, name);
      deleted.push(name);
      reclaimedBytes += bytes;
    });
  }
  return { deleted, reclaimedBytes };
}

function methods(context: StoreContext): VolumeStore {
  return {
    create: async ({ name, driver, labels }) => {
      requireVolumeName(SUBJECT, name);
      requireLabels(SUBJECT, 'labels', labels);
      if (driver !== '' && driver !== 'local') {
        throw new SkepError('INVALID_ARGUMENT', `volume ${name}: there is no volume driver "${driver}"`, {
          help: 'the only one is local',
        });
      }
      const record = await inTurn(context, name, () => createMissing(context, { name, labels, taskId: '' }));
      return show(context, record);
    },
    list: () => [...context.records.values()].map((record) => show(context, record)),
    inspect: (name) => show(context, find(context, name)),
    remove: (name, { force }) =>
      inTurn(context, name, async () => {
        if (force && !context.records.has(name)) return;
        find(context, name);
        await removeVolume(context, name);
      }),
    prune: (options) => prune(context, options),
    hold: async (user, wanted, layerFolders) => {
      const folders = new Map<string, string>();
      for (const volume of wanted) {
        requireVolumeName(SUBJECT, volume.name);
        const hold = () => holdOne(context, user, volume, layerFolders);
        folders.set(volume.target, await inTurn(context, volume.name, hold));
      }
      return folders;
    },
    adopt: (user, wanted) => {
      for (const { name } of wanted) addUser(context, name, user);
    },
    release: (taskId) => release(context, taskId),
    letGo: (taskId) => letGo(context, taskId),
    dropStrangers: (isKnown) =>
      removeAnonymous(context, ({ taskId, name }) => !isKnown(taskId) && usersOf(context, name).length === 0),
  };
}

/** Opens the volumes of a node. */
export async function createVolumeStore(options: VolumeStoreOptions): Promise<VolumeStore> {
  const disk = await openVolumeFolder(options.folder, options.log);
  const records = new Map((await disk.load()).map((record) => [record.name, record]));
  return methods({ ...options, disk, records, users: new Map(), turns: new Map() });
}
