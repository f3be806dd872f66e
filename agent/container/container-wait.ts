import { SkepError } from '../../lib/errors.ts';
import { isAlive, type LocalRecord } from './local-context.ts';

/** Callers that wait for one container at the same time. */
const MAX_WAITERS = 1_024;

/** Resolves once `holds` is true; CANCELLED when the caller gives up, or by the bound on waiters RESOURCE_EXHAUSTED. */
export function untilTrue(record: LocalRecord, holds: () => boolean, signal?: AbortSignal): Promise<void> {
  if (holds()) return Promise.resolve();
  const { name } = record.stored.spec;
  if (record.listeners.size >= MAX_WAITERS) {
    const message = `${MAX_WAITERS} callers wait for container ${name} already`;
    return Promise.reject(new SkepError('RESOURCE_EXHAUSTED', message));
  }
  return new Promise((resolve, reject) => {
    const look = () => {
      if (!holds()) return;
      release();
      resolve();
    };
    const giveUp = () => {
      release();
      reject(new SkepError('CANCELLED', `nobody waits for container ${name} any more`));
    };
    const release = () => {
      record.listeners.delete(look);
      signal?.removeEventListener('abort', giveUp);
    };
    record.listeners.add(look);
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp);
  });
}

/** What has to come true for a wait, from now on. INVALID_ARGUMENT for a condition that does not exist. */
export function waitCondition(record: LocalRecord, condition: string): () => boolean {
  const { rests } = record;
  switch (condition) {
    case '':
    case 'not-running':
      return () => record.isGone || !isAlive(record);
    case 'next-exit':
      return () => record.isGone || record.rests > rests;
    case 'removed':
      return () => record.isGone;
    default:
      throw new SkepError('INVALID_ARGUMENT', `there is nothing like "${condition}" to wait for`, {
        help: 'it is not-running, next-exit or removed',
      });
  }
}
