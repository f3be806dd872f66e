import { describeError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import { createWakeup } from '../../lib/wakeup.ts';
import type { Campaign } from './campaign.ts';
import { compare, type Difference, type ListedKey, type Listing, repairFor } from './comparison.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { KeyValue } from './etcd-request.ts';
import type { Follower } from './follower.ts';
import type { Journal } from './journal.ts';
import type { KeyLayout } from './key-layout.ts';
import { PAGE_BARE_KEYS, rangeOf, readOutline } from './loader.ts';
import { pause } from './pause.ts';
import type { Snapshots } from './snapshots.ts';

/** Two comparisons are at least so far apart, whatever looks suspicious. */
const MIN_PAUSE_MS = 1_000;

export interface AuditOptions {
  readonly client: EtcdClient;
  readonly keys: KeyLayout;
  readonly journal: Journal;
  readonly campaign: Campaign;
  readonly follower: Follower;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly everyMs: number;
}

export interface Audit {
  /** Something was seen that no manager does: compare soon. */
  suspect(): void;
}

/** Compares all that etcd holds with the memory, now and then, and mends what differs. */
export function startAudit(options: AuditOptions): Audit {
  const { clock, log, signal, everyMs } = options;
  const wakeup = createWakeup(signal);
  let cancelTimer = (): void => undefined;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      cancelTimer = clock.schedule(everyMs, wakeup.wake);
      await wakeup.next();
      cancelTimer();
      if (signal.aborted) return;
      await audit(options).catch((thrown: unknown) => {
        if (signal.aborted) return;
        log('warn', 'What etcd holds could not be compared with the memory.', {
          error: describeError(thrown),
        });
      });
      await pause(clock, Math.min(MIN_PAUSE_MS, everyMs), signal);
    }
  };
  void run();
  return { suspect: wakeup.wake };
}

async function audit(options: AuditOptions): Promise<void> {
  const { journal, campaign, follower, snapshots, log } = options;
  const index = journal.index();
  const reign = campaign.reign();
  const { isLeader } = campaign.leadership();
  const listing = await list(options);
  const differences = compare(listing, { index, revisionOf: journal.revisionOf });
  // Who takes over mends what it finds, and what others find meanwhile is half done.
  const isTakingOver = reign !== undefined && !isLeader;
  if (differences.length === 0 || isTakingOver || campaign.reign() !== reign) return;
  const repair = repairFor(differences, listing, isLeader);
  log('error', 'etcd does not hold what the managers wrote.', {
    differences: differences.length,
    first: describe(differences[0]),
    snapshot: repair.writesSnapshot,
    takeOver: repair.takesOverAgain,
    reload: repair.reloads,
  });
  if (repair.writesSnapshot && reign !== undefined) await snapshots.write(reign);
  if (repair.takesOverAgain) reign?.lose('somebody else wrote to the log');
  if (repair.reloads) follower.reload();
}

function describe(difference: Difference | undefined): string {
  if (difference === undefined) return '';
  const { kind, index } = difference;
  return index === undefined ? kind : `${kind} ${index}`;
}

async function list({ client, keys }: AuditOptions): Promise<Listing> {
  const outline = await readOutline(client, keys);
  const { revision, latest, lastIndex, isHeadSound, isLatestSound, leader, headTerm } = outline;
  const options = { revision, limit: PAGE_BARE_KEYS, isKeysOnly: true };
  const entries: ListedKey[] = [];
  for await (const key of rangeOf(client, keys.log, options))
    entries.push(listed(key, keys.indexOf(key.key)));
  const found: ListedKey[] = [];
  if (latest !== undefined) {
    for await (const key of rangeOf(client, keys.chunks(latest.id), options)) {
      const digits = key.key.slice(keys.chunks(latest.id).key.length);
      found.push(listed(key, Number(digits)));
    }
  }
  return {
    lastIndex,
    isHeadSound,
    isLatestSound,
    isLeaderSettled: leader !== undefined && leader.createRevision === headTerm,
    entries,
    snapshot: latest === undefined ? undefined : { index: latest.index, chunks: latest.chunks, found },
  };
}

function listed({ modRevision, version }: KeyValue, number: number | undefined): ListedKey {
  return { number, modRevision, version };
}
