import { SkepError } from '../lib/errors.ts';
import type { LookHandlers } from './container-handlers.ts';

function notYet(what: string): SkepError {
  return new SkepError('UNIMPLEMENTED', `${what} of containers is not there yet`);
}

function failing(what: string): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(notYet(what)) }) };
}

/** Stands in until files and processes of containers can be looked at. */
export function noLook(): LookHandlers {
  return {
    diff: () => Promise.reject(notYet('diff')),
    top: () => Promise.reject(notYet('top')),
    commit: () => Promise.reject(notYet('commit')),
    stats: () => failing('stats'),
    statPath: () => Promise.reject(notYet('cp')),
    copyFrom: () => failing('cp'),
    copyTo: () => Promise.reject(notYet('cp')),
  };
}
