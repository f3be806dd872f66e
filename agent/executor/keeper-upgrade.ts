import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describeError, SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { KeeperClient } from './keeper-client.ts';
import type { RunningKeeper } from './keeper-process.ts';
import { FIELDS, numberField, stringField } from './protocol.ts';
import {
  DEFAULT_UPGRADE_PATIENCE,
  planUpgrade,
  stepAfter,
  type UpgradeAnswer,
  type UpgradePatience,
} from './upgrade-plan.ts';

/** The keeper asks its successor for 10 s at most, and waits 1 s for requests that are on their way. */
const TAKEOVER_TIMEOUT_MS = 20_000;
const BUILD_TIMEOUT_MS = 10_000;

/** Replaces a running keeper by the program that this agent brings, while its containers go on. */
export interface KeeperUpgrade {
  /** To be called with every connection once it can be used; goes on by itself. */
  connected(keeper: RunningKeeper): void;
  /** True while the end of the connection is what is waited for. */
  isReplacing(): boolean;
  /** Resolves when requests can be sent: one that a takeover is near must not be lost with the connection. */
  untilOpen(): Promise<void>;
  close(): void;
}

/** Which build the program at this path is; null, and a line in the log, when it does not tell. */
export async function readBuild(binaryPath: string, log: Log): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(binaryPath, ['--build'], {
      env: {},
      timeout: BUILD_TIMEOUT_MS,
    });
    const build = stdout.trim();
    if (/^[0-9a-f]{16}$/.test(build)) return build;
    throw new SkepError('FAILED_PRECONDITION', `${binaryPath} --build answers nonsense`);
  } catch (error) {
    log('warn', 'The keeper program does not tell its build, so a running keeper is not replaced.', {
      reason: describeError(error),
    });
    return null;
  }
}

async function askToTakeOver(
  client: KeeperClient,
  binaryPath: string,
  force: boolean,
): Promise<UpgradeAnswer> {
  const fields = [stringField(FIELDS.program, binaryPath), numberField(FIELDS.force, force ? 1 : 0)];
  try {
    const reply = await client.request('takeOver', fields, TAKEOVER_TIMEOUT_MS);
    if ('refused' in reply) return { kind: 'refused', failure: reply.refused };
  } catch (error) {
    if (error instanceof SkepError && error.code === 'UNAVAILABLE') return { kind: 'connection-ended' };
    throw error;
  }
  throw new SkepError('DATA_LOSS', 'the keeper agreed to be replaced, but is still there');
}

/** Compares every keeper that is connected to with the program at `binaryPath`, and has it replaced. */
export function createKeeperUpgrade(
  binaryPath: string,
  log: Log,
  patience: UpgradePatience = DEFAULT_UPGRADE_PATIENCE,
): KeeperUpgrade {
  const end = new AbortController();
  let gate: Promise<void> | null = null;
  let replacing = false;
  let gaveUp = false;

  const attempt = async (client: KeeperClient, force: boolean): Promise<UpgradeAnswer> => {
    const asking = askToTakeOver(client, binaryPath, force);
    const passed: Promise<void> = asking.then(
      () => {},
      () => {},
    );
    gate = passed;
    replacing = true;
    try {
      const answer = await asking;
      replacing = answer.kind === 'connection-ended';
      return answer;
    } catch (error) {
      replacing = false;
      throw error;
    } finally {
      gate = null;
    }
  };

  const replace = async (client: KeeperClient): Promise<void> => {
    const startedMs = performance.now();
    for (let force = false, said = false; !end.signal.aborted; ) {
      const answer = await attempt(client, force);
      const step = stepAfter(answer, performance.now() - startedMs, patience);
      if (step.kind === 'done') return;
      if (step.kind === 'give-up') throw new SkepError('FAILED_PRECONDITION', step.reason);
      if (!said && answer.kind === 'refused') {
        log('info', 'The keeper is to be replaced by a new version, but is busy.', {
          reason: answer.failure.text,
        });
      }
      said = true;
      force = step.force;
      await sleep(step.afterMs, undefined, { ref: false, signal: end.signal });
    }
  };

  const compare = async ({ client, greeting }: RunningKeeper): Promise<void> => {
    // Every time: the file may have been replaced since.
    const build = await readBuild(binaryPath, log);
    if (build === null || gaveUp || end.signal.aborted) return;
    const plan = planUpgrade(greeting, build, replacing);
    if (plan === 'same' && replacing) log('info', 'A new version of the keeper took over.', { build });
    replacing = false;
    if (plan === 'same') return;
    if (plan === 'take-over') return replace(client);
    gaveUp = true;
    if (plan === 'came-back')
      throw new SkepError('FAILED_PRECONDITION', 'the new version could not go on with its state');
    log('warn', 'The keeper is of a version that cannot be replaced while it runs; it goes on.', {
      version: greeting.version,
    });
  };

  return {
    connected: (keeper) => {
      compare(keeper).catch((error: unknown) => {
        if (end.signal.aborted) return;
        gaveUp = true;
        log('warn', 'The keeper could not be replaced by a new version; the old one goes on.', {
          reason: describeError(error),
        });
      });
    },
    isReplacing: () => replacing,
    untilOpen: async () => {
      while (gate !== null) await gate;
    },
    close: () => end.abort(),
  };
}
