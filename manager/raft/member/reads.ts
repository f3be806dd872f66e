import { SkepError } from '../../../lib/errors.ts';
import type { ToConsensus } from './thread-messages.ts';

const MAX_WAITING = 4_096;
/** An election and a confirmation take less than this while there is a quorum. */
const TIMEOUT_MS = 10_000;

interface Reader {
  readonly resolve: (index: number) => void;
  readonly reject: (error: Error) => void;
}

interface Round {
  readonly readers: Reader[];
  timer: NodeJS.Timeout | undefined;
  /** Undefined until a leader has confirmed it. */
  index: number | undefined;
}

/** Reads that wait for a leader's word, and then for being applied here. */
export interface Reads {
  read(): Promise<number>;
  confirmed(readIds: readonly number[], index: number, appliedIndex: number): void;
  applied(appliedIndex: number): void;
  rejectAll(error: SkepError): void;
}

/** No reads yet; each turn's share one round. */
export function createReads(post: (message: ToConsensus) => void): Reads {
  const rounds = new Map<number, Round>();
  let nextId = 1;
  let gathering: Round | undefined;
  let waiting = 0;

  const finish = (readId: number, settle: (reader: Reader) => void): void => {
    const round = rounds.get(readId);
    if (round === undefined) return;
    rounds.delete(readId);
    clearTimeout(round.timer);
    waiting -= round.readers.length;
    for (const reader of round.readers) settle(reader);
  };
  const send = (round: Round): void => {
    gathering = undefined;
    const readId = nextId++;
    rounds.set(readId, round);
    round.timer = setTimeout(() => finish(readId, ({ reject }) => reject(unconfirmed())), TIMEOUT_MS);
    post({ kind: 'read', readId });
  };
  const finishApplied = (appliedIndex: number): void => {
    for (const [readId, { index }] of rounds) {
      if (index !== undefined && index <= appliedIndex) finish(readId, ({ resolve }) => resolve(index));
    }
  };

  return {
    read: () =>
      new Promise((resolve, reject) => {
        if (waiting >= MAX_WAITING) {
          throw new SkepError('RESOURCE_EXHAUSTED', `${waiting} reads already wait for the managers`, {
            help: 'try again in a moment',
          });
        }
        waiting++;
        if (gathering === undefined) {
          const round: Round = { readers: [], timer: undefined, index: undefined };
          gathering = round;
          setImmediate(() => send(round));
        }
        gathering.readers.push({ resolve, reject });
      }),
    confirmed: (readIds, index, appliedIndex) => {
      for (const readId of readIds) {
        const round = rounds.get(readId);
        if (round !== undefined) round.index = index;
      }
      finishApplied(appliedIndex);
    },
    applied: finishApplied,
    rejectAll: (error) => {
      for (const readId of [...rounds.keys()]) finish(readId, ({ reject }) => reject(error));
    },
  };
}

function unconfirmed(): SkepError {
  return new SkepError('UNAVAILABLE', `no leader confirmed a read within ${TIMEOUT_MS / 1_000} s`, {
    help: 'see that a majority of the managers is up and reaches one another',
  });
}
