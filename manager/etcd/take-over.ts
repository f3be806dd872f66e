import { describeError, SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { Journal } from './journal.ts';
import type { KeyLayout } from './key-layout.ts';
import { load, type Outline, readOutline } from './loader.ts';
import { pause } from './pause.ts';
import type { HeadPlace } from './proposals.ts';
import { encodeHead } from './records.ts';
import { replaced } from './refusals.ts';
import type { Reign } from './reign.ts';
import type { Snapshots } from './snapshots.ts';

const RETRY_MS = 100;
/** A manager that cannot read the whole log leaves the lead to one that still remembers it. */
const PAUSE_AFTER_DATA_LOSS_MS = 3_000;

export interface TakeOverOptions {
  readonly client: EtcdClient;
  readonly keys: KeyLayout;
  readonly journal: Journal;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the replica closes. */
  readonly signal: AbortSignal;
}

/**
 * Makes the winner of the leader's key fit to lead: it reads what was written before it, after which nobody else can
 * write, and puts its term into the head. Resolves with the head. Throws when the reign ends before, and
 * DATA_LOSS when this manager cannot know all that was acknowledged.
 */
export async function takeOver(options: TakeOverOptions, reign: Reign): Promise<HeadPlace> {
  const { clock, log, signal } = options;
  for (;;) {
    try {
      const head = await attempt(options, reign);
      if (head !== undefined) return head;
    } catch (thrown) {
      const code = thrown instanceof SkepError ? thrown.code : 'INTERNAL';
      if (code === 'DATA_LOSS') {
        reign.lose('it cannot read the whole log');
        await pause(clock, PAUSE_AFTER_DATA_LOSS_MS, signal);
      }
      // A revision that was compacted meanwhile is as good a reason to try again as a call without an answer.
      if (code !== 'UNAVAILABLE' && code !== 'FAILED_PRECONDITION') throw thrown;
      log('warn', 'The log could not be read yet.', { error: describeError(thrown) });
    }
    if (!reign.isLeading()) throw replaced();
    await pause(clock, RETRY_MS, reign.over);
  }
}

/** Undefined when something moved meanwhile. */
async function attempt(options: TakeOverOptions, reign: Reign): Promise<HeadPlace | undefined> {
  const { client, keys, journal } = options;
  const outline = await readOutline(client, keys);
  if (outline.leader?.createRevision !== reign.term) throw replaced();
  const isBehind = outline.lastIndex < journal.index();
  if (!isBehind) await load(client, keys, journal, outline);
  const index = isBehind ? await writeBack(options, reign, outline) : outline.lastIndex;
  if (!outline.isHeadSound) {
    options.log('error', 'The head of the log in etcd was not what the managers wrote; it is written anew.', {
      index,
    });
  }
  const { isDone, revision } = await client.transact({
    conditions: [
      { what: 'created', key: keys.leader, revision: reign.term },
      { what: 'modified', key: keys.head, revision: outline.headRevision },
    ],
    steps: [
      { kind: 'put', key: keys.head, value: encodeHead({ index, term: reign.term }) },
      // Nothing can follow it yet, unless somebody else put it there.
      { kind: 'delete', key: keys.entry(index + 1), end: keys.log.end },
    ],
  });
  return isDone ? { index, revision } : undefined;
}

/**
 * etcd was emptied, or came back from an older copy: this manager has seen acknowledged what is missing there. Resolves
 * with the index of what it wrote.
 */
async function writeBack(
  { journal, log, snapshots }: TakeOverOptions,
  reign: Reign,
  outline: Outline,
): Promise<number> {
  log('error', 'etcd has lost entries of the log; the state is written back from memory.', {
    etcdIndex: outline.lastIndex,
    index: journal.index(),
  });
  return snapshots.write(reign);
}
