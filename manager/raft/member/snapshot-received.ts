import { assert, SkepError } from '../../../lib/errors.ts';
import type { EntryId } from '../core/entry.ts';
import type { RaftState } from '../core/state.ts';
import { openSnapshot, type SnapshotReader, type StagedSnapshot } from '../snapshot-file.ts';
import type { MemberSettings } from './thread-messages.ts';

/** Snapshots of other members, from their arrival until the core wants them written. */
export interface ReceivedSnapshots {
  /** Keeps the snapshot if it is the one that the core took up (or none, with undefined), and removes it otherwise. */
  keep(staged: StagedSnapshot, takenUp: EntryId | undefined): void;
  /** Makes the snapshot that of the folder, and opens it. Those before it are removed. */
  save(id: EntryId): Promise<SnapshotReader>;
}

/** `publish` gives a snapshot its place on the disk. */
export function createReceivedSnapshots(
  { folder, key }: Pick<MemberSettings, 'folder' | 'key'>,
  publish: (staged: StagedSnapshot) => Promise<void>,
): ReceivedSnapshots {
  let kept: StagedSnapshot[] = [];
  let saved: EntryId = { index: 0, term: 0 };
  return {
    keep: (staged, takenUp) => {
      const isTakenUp = takenUp !== undefined && isSame(takenUp, staged);
      // The same one again, from a leader that gave up waiting for it, brings nothing new.
      const isKnown = [saved, ...kept].some((one) => isSame(one, staged));
      if (isTakenUp && !isKnown) kept.push(staged);
      else void staged.discard().catch(() => undefined);
    },
    save: async (id) => {
      const staged = kept.find((one) => isSame(one, id));
      assert(staged !== undefined, `the snapshot of entry ${id.index} has arrived`);
      const overtaken = kept.filter((one) => one !== staged && one.index <= id.index);
      kept = kept.filter((one) => one !== staged && !overtaken.includes(one));
      saved = staged;
      for (const one of overtaken) await one.discard();
      await publish(staged);
      const reader = await openSnapshot(folder, key, id.index);
      if (reader !== undefined) return reader;
      throw new SkepError('DATA_LOSS', `the snapshot of entry ${id.index} vanished from ${folder}`);
    },
  };
}

function isSame(one: EntryId, other: EntryId): boolean {
  return one.index === other.index && one.term === other.term;
}

/**
 * The index up to which every other member that keeps up has the log, or will have once the snapshot that it is taking
 * has arrived. Infinity on a member that does not lead, or has nobody to serve.
 */
export function lowestMatch(state: RaftState): number {
  if (state.role !== 'StateLeader') return Number.POSITIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (const [id, progress] of state.tracker.progress) {
    // Whoever is only probed may be gone; a snapshot is there for it when it comes back.
    if (id === state.settings.id || !progress.isRecentlyActive || progress.state === 'StateProbe') continue;
    lowest = Math.min(lowest, Math.max(progress.match, progress.pendingSnapshot));
  }
  return lowest;
}
