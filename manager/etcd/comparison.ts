/** What etcd holds at one revision. */
export interface Listing {
  readonly lastIndex: number;
  readonly isHeadSound: boolean;
  readonly isLatestSound: boolean;
  /** True when the manager that holds the leader's key has written the head. */
  readonly isLeaderSettled: boolean;
  readonly entries: readonly ListedKey[];
  readonly snapshot:
    | { readonly index: number; readonly chunks: number; readonly found: readonly ListedKey[] }
    | undefined;
}

export interface ListedKey {
  /** Of an entry its index, of a piece of the snapshot its number; undefined for a key of no such form. */
  readonly number: number | undefined;
  readonly modRevision: number;
  readonly version: number;
}

/** What this manager remembers. */
export interface Memory {
  /** Taken before the listing was read: at least that much must be in it. */
  readonly index: number;
  readonly revisionOf: (index: number) => number | undefined;
}

export interface Difference {
  readonly kind:
    | 'head-damaged'
    | 'etcd-behind-memory'
    | 'entry-missing'
    | 'entry-changed'
    | 'foreign-key'
    | 'snapshot-damaged';
  /** Index of the entry, where there is one. */
  readonly index?: number;
  /** Of a changed entry that was written over, which no manager does. */
  readonly isEdited?: boolean;
}

/** More are not listed one by one. */
const MAX_DIFFERENCES = 100;

/**
 * Compares what etcd holds with what this manager has applied. Entries are written once and never changed, so that
 * their revisions say everything.
 */
export function compare(listing: Listing, memory: Memory): readonly Difference[] {
  const differences: Difference[] = [];
  if (!listing.isHeadSound) differences.push({ kind: 'head-damaged' });
  if (listing.lastIndex < memory.index) {
    differences.push({ kind: 'etcd-behind-memory', index: listing.lastIndex });
  }
  // Without the snapshot's name it is not known where the log should begin; a new snapshot settles that.
  if (!listing.isLatestSound) return [...differences, { kind: 'snapshot-damaged' }];
  if (listing.snapshot !== undefined && !isWhole(listing.snapshot)) {
    differences.push({ kind: 'snapshot-damaged', index: listing.snapshot.index });
  }
  compareEntries(listing, memory, differences);
  return differences.slice(0, MAX_DIFFERENCES);
}

function compareEntries({ entries, lastIndex, snapshot }: Listing, memory: Memory, into: Difference[]): void {
  let next = (snapshot?.index ?? 0) + 1;
  for (const { number: index, modRevision, version } of entries) {
    if (index === undefined || index > lastIndex) {
      into.push({ kind: 'foreign-key', ...(index === undefined ? {} : { index }) });
      continue;
    }
    // What stands before the snapshot is being deleted.
    if (index < next) continue;
    for (; next < index && into.length < MAX_DIFFERENCES; next++)
      into.push({ kind: 'entry-missing', index: next });
    next = index + 1;
    const remembered = memory.revisionOf(index);
    const isEdited = version !== 1;
    const isOther = remembered !== undefined && remembered !== modRevision;
    if (isEdited) into.push({ kind: 'entry-changed', index, isEdited });
    else if (isOther) into.push({ kind: 'entry-changed', index });
  }
  for (; next <= lastIndex && into.length < MAX_DIFFERENCES; next++)
    into.push({ kind: 'entry-missing', index: next });
}

function isWhole({ chunks, found }: NonNullable<Listing['snapshot']>): boolean {
  return (
    found.length === chunks && found.every(({ number, version }, place) => number === place && version === 1)
  );
}

export interface Repair {
  /** The leader writes a snapshot of its memory, which makes the log before it unnecessary. */
  readonly writesSnapshot: boolean;
  /** The leader gives up its key; whoever takes over writes the head and removes what stands behind it. */
  readonly takesOverAgain: boolean;
  /** Memory is read anew: it followed a history that etcd does not know any more. */
  readonly reloads: boolean;
}

/**
 * What this manager does about the differences. The leader mends etcd from its memory, which only ever applied what
 * was acknowledged. The others leave etcd alone.
 */
export function repairFor(differences: readonly Difference[], listing: Listing, isLeader: boolean): Repair {
  const kinds = new Set(differences.map(({ kind }) => kind));
  // An edited entry is not what was acknowledged, and the leader's snapshot will stand in its place: read anew before
  // that, memory would take the edit for the truth, and nothing would ever show that it had.
  const isDiverged = differences.some(
    ({ kind, isEdited }) => kind === 'etcd-behind-memory' || (kind === 'entry-changed' && isEdited !== true),
  );
  return {
    writesSnapshot:
      isLeader && (kinds.has('entry-missing') || kinds.has('entry-changed') || kinds.has('snapshot-damaged')),
    takesOverAgain:
      isLeader && (kinds.has('head-damaged') || kinds.has('foreign-key') || kinds.has('etcd-behind-memory')),
    reloads: !isLeader && isDiverged && listing.isLeaderSettled,
  };
}
