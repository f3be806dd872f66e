// Proposes ascending numbers and changes its keys and its lock, over and over until it is killed. Prints each number
// that was acknowledged, and "rotated" for each key that all data are under.
import { writeSync } from 'node:fs';
import path from 'node:path';
import {
  createManagerKeys,
  finishDataKeyRotation,
  openManagerKeys,
  rotateDataKey,
} from '../../../../manager/raft/keys/manager-keys.ts';
import { startMember } from '../../../../manager/raft/member/member.ts';

const UNLOCK_KEY = new Uint8Array(32).fill(5);
const IN_FLIGHT = 8;

const [root = '', firstText = '1', untilText = 'killed'] = process.argv.slice(2);
const file = path.join(root, 'log.key');
const opened = await openManagerKeys(file, UNLOCK_KEY);
const keys = opened?.kind === 'open' ? opened.keys : await createManagerKeys(file, null);
let numbers: number[] = [];
let lead: () => void = () => undefined;
const leading = new Promise<void>((resolve) => {
  lead = resolve;
});
const member = await startMember({
  folder: path.join(root, 'raft'),
  key: keys.current().dataKeys,
  id: 1,
  peers: { 1: { address: '127.0.0.1:1' } },
  bootstrapVoters: [1],
  transport: { listen: '127.0.0.1:0' },
  tickMs: 10,
  snapshotEveryEntries: 300,
  segmentBytes: 4_000,
  apply: (entry) => numbers.push(Number(Buffer.from(entry).toString())),
  snapshot: () => [new Uint8Array(Buffer.from(JSON.stringify(numbers)))],
  restore: () => {
    let restored: number[] = [];
    return {
      add: (part) => {
        restored = JSON.parse(Buffer.from(part).toString()) as number[];
      },
      finish: () => {
        numbers = restored;
      },
    };
  },
  onLeadership: ({ isLeader }) => {
    if (isLeader) lead();
  },
  log: (level, message, fields) => process.stderr.write(`${level} ${message} ${JSON.stringify(fields)}\n`),
});
await leading;

if (untilText === 'read') {
  await member.readIndex();
  await finishDataKeyRotation(keys, member);
  // With nothing new in the log, a snapshot takes the place of one of the same index.
  await rotateDataKey(keys, member);
  await rotateDataKey(keys, member);
  writeSync(1, `${JSON.stringify({ numbers, dataKeys: keys.current().dataKeys.length })}\n`);
  await member.close();
  process.exit(0);
}

let next = Number(firstText);
async function proposeForEver(): Promise<void> {
  for (;;) {
    const value = next++;
    await member.propose(Buffer.from(String(value)));
    writeSync(1, `${value}\n`);
  }
}

async function rotateForEver(): Promise<void> {
  for (let version = keys.current().unlockKeyVersion + 1; ; version++) {
    await finishDataKeyRotation(keys, member);
    writeSync(1, 'rotated\n');
    // Locking brings a new key with it; without a change of the lock one is asked for.
    await keys.follow({ unlockKey: version % 2 === 0 ? null : UNLOCK_KEY, version });
    if (version % 2 === 0) await rotateDataKey(keys, member);
  }
}

await Promise.all([rotateForEver(), ...Array.from({ length: IN_FLIGHT }, proposeForEver)]);
