import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { KeeperReply } from './keeper-client.ts';
import { ensureKeeper, type KeeperPlace, type RunningKeeper } from './keeper-process.ts';
import { createKeeperUpgrade } from './keeper-upgrade.ts';
import type { KeptContainer, RequestKind } from './protocol.ts';
import type { UpgradePatience } from './upgrade-plan.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;

/** The keeper, whichever connection leads to it just now. */
export interface KeeperLink {
  request(kind: RequestKind, fields: readonly Uint8Array[], timeoutMs?: number): Promise<KeeperReply>;
  /** Of the keeper that answers now. */
  instance(): string;
  close(): void;
}

export interface KeeperLinkEvents {
  onExit(container: KeptContainer): void;
  /** After every connect, the first included, once exits are being pushed: the time to compare. */
  onConnected(link: KeeperLink): Promise<void>;
}

/**
 * Keeps a connection to the node's keeper: connects again when it is lost, starts a new keeper when there is none, and
 * lets the program at `place.binaryPath` take over from a keeper of another build.
 */
export async function openKeeperLink(
  place: KeeperPlace,
  events: KeeperLinkEvents,
  log: Log,
  patience?: UpgradePatience,
): Promise<KeeperLink> {
  const upgrade = createKeeperUpgrade(place.binaryPath, log, patience);
  let closed = false;
  let instance = '';
  let current: RunningKeeper | null = null;
  let connecting: Promise<RunningKeeper> | null = null;

  const request = async (
    kind: RequestKind,
    fields: readonly Uint8Array[],
    timeoutMs = REQUEST_TIMEOUT_MS,
  ) => {
    await upgrade.untilOpen();
    const keeper = current ?? (await connectOnce());
    return keeper.client.request(kind, fields, timeoutMs);
  };

  const connectOnce = (): Promise<RunningKeeper> => {
    if (closed) throw new SkepError('UNAVAILABLE', 'the executor is closed');
    connecting ??= connect().finally(() => {
      connecting = null;
    });
    return connecting;
  };

  const connect = async (): Promise<RunningKeeper> => {
    const keeper = await ensureKeeper(place, { onExit: events.onExit, onLost: lost });
    if (closed) {
      keeper.client.close();
      throw new SkepError('UNAVAILABLE', 'the executor is closed');
    }
    try {
      await keeper.client.request('subscribe', [], REQUEST_TIMEOUT_MS);
    } catch (error) {
      keeper.client.close();
      throw error;
    }
    if (instance !== '' && instance !== keeper.greeting.instance) {
      log('error', 'The keeper was replaced, its containers are gone.', {
        instance: keeper.greeting.instance,
      });
    }
    instance = keeper.greeting.instance;
    current = keeper;
    try {
      await events.onConnected(link);
    } catch (error) {
      current = null;
      keeper.client.close();
      throw error;
    }
    upgrade.connected(keeper);
    return keeper;
  };

  const lost = (reason: Error): void => {
    current = null;
    if (closed) return;
    if (!upgrade.isReplacing()) {
      log('warn', 'The connection to the keeper was lost.', { reason: describeError(reason) });
    }
    void reconnect();
  };

  const reconnect = async (): Promise<void> => {
    for (
      let pauseMs = FIRST_RETRY_MS;
      !closed && current === null;
      pauseMs = Math.min(pauseMs * 2, LAST_RETRY_MS)
    ) {
      try {
        await connectOnce();
        return;
      } catch (error) {
        if (closed) return;
        log('warn', 'The keeper could not be reached.', { reason: describeError(error) });
      }
      await sleep(pauseMs, undefined, { ref: false });
    }
  };

  const link: KeeperLink = {
    request,
    instance: () => instance,
    close: () => {
      closed = true;
      upgrade.close();
      current?.client.close();
      current = null;
    },
  };
  await connectOnce();
  return link;
}
