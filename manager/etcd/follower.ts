import { describeError, ensureError, SkepError } from '../../lib/errors.ts';
import type { Clock, Log } from '../../lib/ports.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { KeyValue, WatchEnd, WatchEvent } from './etcd-request.ts';
import type { Journal } from './journal.ts';
import type { KeyLayout } from './key-layout.ts';
import { load, type Outline, readOutline } from './loader.ts';
import { pause } from './pause.ts';
import { decodeEntry, decodeReference } from './records.ts';

/** etcd is asked so often whether the watch missed something, and who leads. */
const POLL_EVERY_MS = 2_000;
const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

export interface FollowerOptions {
  readonly client: EtcdClient;
  readonly keys: KeyLayout;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the replica closes. */
  readonly signal: AbortSignal;
  readonly onLeader: (key: KeyValue | undefined, revision: number) => void;
  /** Something was changed that no manager changes. */
  readonly onSuspicion: (what: string) => void;
}

export interface Follower {
  /** Reads everything anew, soon. */
  reload(): void;
}

/** How a watch came to its end. */
type Ending = WatchEnd | { readonly kind: 'restart'; readonly isWhole: boolean; readonly because: string };

/** Keeps the memory at what etcd holds, from `loaded` on, which the memory was brought to already. */
export function startFollower(options: FollowerOptions, loaded: Outline): Follower {
  const { clock, log, signal } = options;
  /** Asked for while no watch was open. */
  let asked: Ending | undefined;
  const keepForLater = (ending: Ending): void => {
    asked = ending;
  };
  let restart = keepForLater;
  const openWatch = (revision: number): ReturnType<typeof watchUntilEnd> =>
    watchUntilEnd(options, revision, (callback) => {
      restart = callback;
      if (asked !== undefined) callback(asked);
      asked = undefined;
    });

  const run = async (): Promise<void> => {
    let nextRevision = loaded.revision + 1;
    let retryMs = MIN_RETRY_MS;
    while (!signal.aborted) {
      const openedAtMs = clock.nowMs();
      const { ending, revision } = await openWatch(nextRevision);
      restart = keepForLater;
      nextRevision = revision;
      if (signal.aborted) return;
      if (clock.nowMs() - openedAtMs > MAX_RETRY_MS) retryMs = MIN_RETRY_MS;
      // An etcd that is down is told of once.
      if (ending.kind !== 'broken' || retryMs === MIN_RETRY_MS) report(ending, log);
      await pause(clock, retryMs, signal);
      retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
      if (ending.kind === 'broken') continue;
      const isWhole = ending.kind === 'restart' && ending.isWhole;
      nextRevision = (await loadUntilDone(options, isWhole))?.revision ?? nextRevision - 1;
      nextRevision++;
    }
  };
  void run();
  void poll(options, (ending) => restart(ending));
  return { reload: () => restart({ kind: 'restart', isWhole: true, because: 'the memory differs' }) };
}

function report(ending: Ending, log: Log): void {
  if (ending.kind === 'broken') {
    log('warn', 'The watch on etcd broke; it is taken up again where it ended.', {
      error: describeError(ending.error),
    });
  } else if (ending.kind === 'compacted') {
    log('warn', 'etcd has forgotten the changes that came meanwhile; the state is read anew.');
  } else {
    log('warn', 'The watch on etcd is opened anew.', { because: ending.because });
  }
}

/** Resolves with how the watch ended, and the revision to go on from. */
function watchUntilEnd(
  options: FollowerOptions,
  fromRevision: number,
  onOpen: (restart: (ending: Ending) => void) => void,
): Promise<{ readonly ending: Ending; readonly revision: number }> {
  const { client, keys, signal } = options;
  return new Promise((resolve) => {
    let revision = fromRevision;
    const finish = (ending: Ending): void => {
      cancel();
      signal.removeEventListener('abort', stop);
      resolve({ ending, revision });
    };
    const stop = (): void => finish({ kind: 'broken', error: new Error('this manager is stopping') });
    const cancel = client.watch(keys.watched, fromRevision, {
      onEnd: finish,
      onEvents: (events, isWhole) => {
        const problem = applyEvents(options, events);
        if (problem !== undefined) return finish(problem);
        // A revision of which only a part has come is asked for again.
        if (isWhole) revision = Math.max(revision, (events.at(-1)?.key.modRevision ?? 0) + 1);
      },
    });
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    onOpen(finish);
  });
}

/** Applies what a watch brought; undefined when it can go on. */
function applyEvents(options: FollowerOptions, events: readonly WatchEvent[]): Ending | undefined {
  for (const event of events) {
    const { keys, onSuspicion } = options;
    try {
      if (applyEvent(options, event) !== 'gap') continue;
      return { kind: 'restart', isWhole: false, because: 'entries are missing' };
    } catch (thrown) {
      const what = event.key.key === keys.latest ? 'the name of the snapshot' : 'an entry';
      onSuspicion(`${what} cannot be read: ${ensureError(thrown).message}`);
    }
  }
  return undefined;
}

function applyEvent(options: FollowerOptions, { kind, key }: WatchEvent): 'gap' | 'fine' {
  const { keys, journal, onLeader, onSuspicion } = options;
  if (key.key === keys.leader) {
    onLeader(kind === 'put' ? key : undefined, key.modRevision);
  } else if (key.key === keys.latest && kind === 'put') {
    journal.noteSnapshot(decodeReference(key.value));
  } else if (key.key === keys.head || key.key === keys.latest) {
    if (kind === 'delete') onSuspicion(`${key.key} was deleted`);
  } else {
    return applyEntry(options, kind, key, keys.indexOf(key.key));
  }
  return 'fine';
}

function applyEntry(
  { journal, onSuspicion }: FollowerOptions,
  kind: WatchEvent['kind'],
  { key, value, modRevision, version }: KeyValue,
  index: number | undefined,
): 'gap' | 'fine' {
  if (index === undefined) {
    if (kind === 'put') onSuspicion(`${key} is no key of a manager`);
  } else if (kind === 'delete') {
    if (index > journal.snapshotIndex()) onSuspicion(`log entry ${index} was deleted`);
  } else if (index > journal.index()) {
    return journal.apply(decodeEntry(value, index), modRevision) === 'gap' ? 'gap' : 'fine';
  } else if (version > 1) {
    onSuspicion(`log entry ${index} was written over`);
  }
  return 'fine';
}

/** Reads what etcd holds until it works; undefined when the replica closes before. */
async function loadUntilDone(options: FollowerOptions, isWhole: boolean): Promise<Outline | undefined> {
  const { clock, log, signal } = options;
  let retryMs = MIN_RETRY_MS;
  while (!signal.aborted) {
    try {
      return await loadNow(options, isWhole);
    } catch (thrown) {
      const isDamaged = thrown instanceof SkepError && thrown.code === 'DATA_LOSS';
      log(
        isDamaged ? 'error' : 'warn',
        'The state could not be read from etcd; what was read before stays.',
        {
          error: describeError(thrown),
        },
      );
      if (isDamaged) options.onSuspicion('the state cannot be read');
    }
    await pause(clock, retryMs, signal);
    retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
  }
  return undefined;
}

/** Brings the memory to what etcd holds now. Throws what readOutline and load throw. */
export async function loadNow(
  { client, keys, journal, onLeader }: Pick<FollowerOptions, 'client' | 'keys' | 'journal' | 'onLeader'>,
  isWhole = false,
): Promise<Outline> {
  const outline = await readOutline(client, keys);
  await load(client, keys, journal, outline, isWhole);
  onLeader(outline.leader, outline.revision);
  return outline;
}

/** Finds out what a watch that hangs does not tell. */
async function poll(options: FollowerOptions, restart: (ending: Ending) => void): Promise<void> {
  const { client, keys, journal, clock, signal, onLeader, onSuspicion } = options;
  let expectedIndex = 0;
  let revision = 0;
  for (;;) {
    await pause(clock, POLL_EVERY_MS, signal);
    if (signal.aborted) return;
    try {
      const outline = await readOutline(client, keys);
      if (outline.revision < revision) {
        onSuspicion('etcd went back to an older revision');
        restart({ kind: 'restart', isWhole: false, because: 'etcd went back to an older revision' });
      } else if (journal.index() < expectedIndex) {
        restart({ kind: 'restart', isWhole: false, because: 'it brings nothing' });
      }
      onLeader(outline.leader, outline.revision);
      ({ revision, lastIndex: expectedIndex } = outline);
    } catch {
      // The next one will tell; whoever needs an answer asks for it with a deadline.
    }
  }
}
