import type { Log } from '../../../lib/ports.ts';
import { type MemberId, NO_DATA, NO_MEMBER } from '../core/entry.ts';
import { createMemoryStorage, type MemoryStorage } from '../core/log/memory-storage.ts';
import { type ConfState, EMPTY_CONF_STATE, EMPTY_HARD_STATE, type HardState } from '../core/message.ts';
import { type DiskLog, type LogEntry, openDiskLog } from '../disk-log.ts';
import type { MemberAddress } from '../snapshot-envelope.ts';
import {
  openNewestSnapshot,
  type SnapshotHead,
  type SnapshotReader,
  writeSnapshot,
} from '../snapshot-file.ts';
import type { MemberSettings } from './thread-messages.ts';

/**
 * The index of the snapshot that a cluster begins with; the core wants one that is not zero. As if it had come from
 * another member: a crash before there is a log does no harm then.
 */
const BOOTSTRAP_ID = { index: 1, term: 1, origin: 'received' } as const;

/** Of a member's settings, those that its data depends on. */
export type DataSettings = Pick<
  MemberSettings,
  'folder' | 'key' | 'id' | 'peers' | 'bootstrapVoters' | 'segmentBytes'
>;

/** What a member finds in its folder. */
export interface MemberData {
  readonly diskLog: DiskLog;
  /** The mirror of the disk that the core reads. */
  readonly storage: MemoryStorage;
  readonly addresses: ReadonlyMap<MemberId, MemberAddress>;
  readonly confState: ConfState;
  /** Index of the snapshot, from which on entries are applied again; 0 without one. */
  readonly appliedIndex: number;
  /** Holds the application's state at `appliedIndex`; open, to be read to its end and closed. */
  readonly snapshot: SnapshotReader | undefined;
  /** The folder was that of a single member until now: others can only join after a snapshot. */
  readonly isAdopted: boolean;
}

/**
 * Opens the folder of a member. An empty one becomes the beginning of a new cluster if `bootstrapVoters` are given,
 * and otherwise that of a member which waits for a leader; that of a single member becomes a cluster of one.
 * Throws what openNewestSnapshot and openDiskLog throw.
 */
export async function openMemberData(settings: DataSettings, log: Log): Promise<MemberData> {
  const { folder, key } = settings;
  let snapshot = await openNewestSnapshot(folder, key);
  if (snapshot === undefined && (await bootstrap(settings))) snapshot = await openNewestSnapshot(folder, key);
  try {
    return await openBehind(snapshot, settings, log);
  } catch (thrown) {
    await snapshot?.close();
    throw thrown;
  }
}

async function openBehind(
  snapshot: SnapshotReader | undefined,
  settings: DataSettings,
  log: Log,
): Promise<MemberData> {
  const { folder, key, id, segmentBytes } = settings;
  const entries: LogEntry[] = [];
  const diskLog = await openDiskLog({
    folder,
    key,
    log,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
    afterIndex: snapshot?.index ?? 0,
    ...(snapshot?.origin === 'received' ? { received: snapshot } : {}),
    replay: (entry) => entries.push(entry),
  });
  await diskLog.removeThrough(snapshot?.index ?? 0);
  // A member that joins gets a snapshot before any entry, so a log without one is that of a single member.
  const isSingle = snapshot === undefined || snapshot.origin === 'single';
  const isAdopted = isSingle && diskLog.lastIndex() > 0;
  const alone: ConfState = { ...EMPTY_CONF_STATE, voters: isAdopted ? [id] : [] };
  const confState = snapshot?.description?.confState ?? alone;
  const storage = fillStorage(snapshot, confState, entries);
  storage.setHardState(hardStateOf(diskLog, snapshot, isAdopted));
  const addresses = new Map<MemberId, MemberAddress>();
  const known = { ...snapshot?.description?.addresses, ...settings.peers };
  for (const [member, address] of Object.entries(known)) addresses.set(Number(member), address);
  return { diskLog, storage, addresses, confState, appliedIndex: snapshot?.index ?? 0, snapshot, isAdopted };
}

/** A cluster begins with a snapshot that names its voters; every one of them makes the same. False: not begun here. */
async function bootstrap(settings: DataSettings): Promise<boolean> {
  const { folder, key, bootstrapVoters, peers } = settings;
  if (bootstrapVoters === undefined || (await hasLog(settings))) return false;
  const confState = { ...EMPTY_CONF_STATE, voters: [...bootstrapVoters].sort((one, other) => one - other) };
  const description = { confState, addresses: peers, hasState: false };
  await writeSnapshot(folder, key, { ...BOOTSTRAP_ID, description }, []);
  return true;
}

async function hasLog({ folder, key }: DataSettings): Promise<boolean> {
  const diskLog = await openDiskLog({
    folder,
    key,
    log: () => undefined,
    afterIndex: 0,
    replay: () => undefined,
  });
  await diskLog.close();
  return diskLog.lastIndex() > 0;
}

function fillStorage(
  snapshot: SnapshotHead | undefined,
  confState: ConfState,
  entries: readonly LogEntry[],
): MemoryStorage {
  const memory = createMemoryStorage();
  if (snapshot !== undefined) {
    const { index, term } = snapshot;
    memory.applySnapshot({ index, term, confState, data: NO_DATA });
  }
  memory.append(
    entries.map(({ index, term, payload, type }) => ({
      index,
      term,
      type: type ?? 'EntryNormal',
      data: payload,
    })),
  );
  if (snapshot !== undefined) return memory;
  return { ...memory, initialState: () => ({ ...memory.initialState(), confState }) };
}

/** A single member's entries are all committed, and it keeps no hard state. */
function hardStateOf(diskLog: DiskLog, snapshot: SnapshotHead | undefined, isAdopted: boolean): HardState {
  const stored = diskLog.hardState();
  const snapshotIndex = snapshot?.index ?? 0;
  if (stored !== undefined) return { ...stored, commit: Math.max(stored.commit, snapshotIndex) };
  const term = Math.max(diskLog.lastTerm(), snapshot?.term ?? 0);
  if (term === 0) return EMPTY_HARD_STATE;
  return { term, vote: NO_MEMBER, commit: isAdopted ? diskLog.lastIndex() : snapshotIndex };
}
