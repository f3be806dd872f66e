import type { Log } from '../../../lib/ports.ts';
import { startSingleMember } from './earlier-member.ts';
import { numberParts, numbersOfPart } from './number-parts.ts';
import { KEY } from './raft-samples.ts';

/** The smallest replicated state: the list of all numbers that were proposed, in order. */
export interface NumberList {
  readonly numbers: number[];
  readonly indexes: number[];
  readonly restoredAt: number[];
}

export type Member = Awaited<ReturnType<typeof startSingleMember>>;

/** Starts a member over a list of numbers. */
export async function startNumberList(
  folder: string,
  limits: {
    readonly snapshotEveryEntries?: number;
    readonly snapshotEveryBytes?: number;
    readonly segmentBytes?: number;
  } = {},
  log: Log = () => {},
): Promise<{ readonly member: Member; readonly list: NumberList }> {
  const list: NumberList = { numbers: [], indexes: [], restoredAt: [] };
  const member = await startSingleMember({
    folder,
    key: KEY,
    apply: (entry, index) => {
      list.numbers.push(Number(Buffer.from(entry).toString()));
      list.indexes.push(index);
    },
    snapshot: () => numberParts(list.numbers),
    restore: (index) => ({
      add: (part) => list.numbers.push(...numbersOfPart(part)),
      finish: () => list.restoredAt.push(index),
    }),
    log,
    ...limits,
  });
  return { member, list };
}

/** The entry that adds a number. */
export function numberEntry(value: number): Uint8Array {
  return Buffer.from(String(value));
}
