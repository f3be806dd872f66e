// Proposes ascending numbers until it is killed, and prints each one that was acknowledged.
import { writeSync } from 'node:fs';
import { numberEntry, startNumberList } from './number-list-member.ts';

const IN_FLIGHT = 12;

const [folder = '', firstText = '1'] = process.argv.slice(2);
const { member } = await startNumberList(folder, { snapshotEveryEntries: 50, segmentBytes: 2_000 });
let next = Number(firstText);

async function proposeForEver(): Promise<void> {
  for (;;) {
    const value = next++;
    await member.propose(numberEntry(value));
    writeSync(1, `${value}\n`);
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, proposeForEver));
