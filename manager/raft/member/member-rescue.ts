import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { SkepError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import { encodeConfChange } from '../core/confchange/change-codec.ts';
import type { MemberId } from '../core/entry.ts';
import type { HardState } from '../core/message.ts';
import type { LogEntry } from '../disk-log.ts';
import { replaceFile } from '../durable-file.ts';
import { encodeBatch } from '../log-records.ts';
import { encodeSegmentHeader } from '../log-segment.ts';
import { createSealer, newSalt } from '../seal.ts';
import { writeSnapshot } from '../snapshot-file.ts';
import { type MemberData, openMemberData } from './member-data.ts';
import type { ChangeContext } from './member-requests.ts';
import { planSingleVoter, singleVoter } from './rescue-plan.ts';
import type { MemberSettings } from './thread-messages.ts';

const SEGMENT_NAME = /^log-(\d{16})\.segment$/;
const SNAPSHOT_NAME = /^snapshot-\d{16}\.skep$/;
const HELP_EMPTY = 'begin a new cluster, or restore a backup';

export interface RescueOptions {
  /** Of a member that does not run. */
  readonly folder: string;
  readonly key: MemberSettings['key'];
  readonly id: MemberId;
  /** `host:port` of its raft listener from now on. */
  readonly address: string;
  readonly commonName?: string;
  readonly log: Log;
}

/** What has been made of the folder. */
export interface Rescued {
  /** Of the last entry kept, which counts as committed now. */
  readonly lastIndex: number;
  /** The members that are none any more. */
  readonly removed: readonly MemberId[];
}

/**
 * Makes a stopped member the only voter of its cluster, for when the quorum is lost for good. Every entry of its log is
 * kept and counts as committed, also where it is not known to be: what was acknowledged may be nowhere else. The other
 * members must not be started again with their data. All is done by one new file: after a crash the folder is as it was
 * before, or done; to do it again does no harm. Throws what openMemberData throws, and FAILED_PRECONDITION for a folder
 * that holds nothing, or the data of another member.
 */
export async function forceSingleVoter(options: RescueOptions): Promise<Rescued> {
  const { folder, key, id, log } = options;
  await refuseMissing(folder);
  const data = await openMemberData({ folder, key, id, peers: {} }, log);
  await data.snapshot?.close();
  // Only what was cut off or restarted while it opened is written; all else waits for the new segment.
  await data.diskLog.close();
  const lastIndex = data.storage.lastIndex();
  if (lastIndex === 0) {
    throw new SkepError('FAILED_PRECONDITION', `${folder} holds nothing to go on with`, { help: HELP_EMPTY });
  }
  const entries = data.storage.entries(data.appliedIndex + 1, lastIndex + 1, Number.POSITIVE_INFINITY) ?? [];
  const { changes, removed } = planSingleVoter({ confState: data.confState, entries, id });
  const term = highestTerm(data) + 1;
  const context = Buffer.from(JSON.stringify(contextOf(options)));
  const added = changes.map((change, place): LogEntry => {
    const isLast = place === changes.length - 1;
    const payload = encodeConfChange(isLast ? { ...change, context } : change);
    return { index: lastIndex + 1 + place, term, payload, type: 'EntryConfChangeV2' };
  });
  const commit = lastIndex + added.length;
  await addSegment(options, lastIndex, added, { term, vote: id, commit });
  return { lastIndex: commit, removed };
}

export interface SeedOptions {
  /** Made when it is missing; must not hold the data of a member. */
  readonly folder: string;
  readonly key: MemberSettings['key'];
  readonly id: MemberId;
  readonly address: string;
  readonly commonName?: string;
  /** The index that the state is of: no version in it is higher. */
  readonly index: number;
  /** The state, as `MemberOptions.snapshot` gives it. */
  readonly parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Makes the folder of a member that is the only voter of a new cluster with that state: what a backup is restored to.
 * It is there whole or not at all. Throws FAILED_PRECONDITION when there is data in the folder, and what reading the
 * parts throws.
 */
export async function seedMember(options: SeedOptions): Promise<void> {
  const { folder, key, id, index, parts } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  if (names.some((name) => SEGMENT_NAME.test(name) || SNAPSHOT_NAME.test(name))) {
    throw new SkepError('FAILED_PRECONDITION', `${folder} holds the data of a manager already`, {
      help: 'let this node leave its cluster first',
    });
  }
  const { memberId, address } = contextOf(options);
  const description = { confState: singleVoter(id), addresses: { [memberId]: address }, hasState: true };
  // As if it had come from another member: the log begins after it.
  const head = { index: Math.max(1, index), term: 1, origin: 'received', description } as const;
  await writeSnapshot(folder, key, head, parts);
}

function contextOf({ id, address, commonName }: RescueOptions | SeedOptions): ChangeContext {
  return { memberId: id, address: { address, ...(commonName === undefined ? {} : { commonName }) } };
}

/** Opening it would make it. */
async function refuseMissing(folder: string): Promise<void> {
  await readdir(folder).catch((cause: unknown) => {
    throw new SkepError('FAILED_PRECONDITION', `the data folder ${folder} cannot be read`, {
      help: HELP_EMPTY,
      cause,
    });
  });
}

function highestTerm({ storage }: MemberData): number {
  const lastTerm = storage.term(storage.lastIndex()) ?? 0;
  return Math.max(storage.initialState().hardState.term, lastTerm, storage.snapshot()?.term ?? 0);
}

/** A segment gets its name when it is whole, so that the entries and the hard state come to count at once. */
async function addSegment(
  { folder, key }: RescueOptions,
  lastIndex: number,
  entries: readonly LogEntry[],
  hardState: HardState,
): Promise<void> {
  let number = lastIndex;
  for (const name of await readdir(folder)) {
    number = Math.max(number, Number(SEGMENT_NAME.exec(name)?.[1] ?? 0));
  }
  number++;
  const sealer = createSealer(key, newSalt());
  const { salt, keyCheck } = sealer;
  await replaceFile(path.join(folder, `log-${String(number).padStart(16, '0')}.segment`), [
    encodeSegmentHeader({ salt, keyCheck, firstIndex: lastIndex + 1 }),
    encodeBatch(sealer, lastIndex, entries),
    // A batch of its own: within one, nothing counts as committed that comes after the hard state.
    encodeBatch(sealer, lastIndex + entries.length, [], hardState),
  ]);
}
