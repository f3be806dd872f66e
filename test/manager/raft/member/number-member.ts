// A member whose state is the list of all numbers that were proposed, as a process of its own: requests come as
// lines of JSON on standard input, answers go to standard output.
import { createInterface } from 'node:readline';
import { describeError } from '../../../../lib/errors.ts';
import { type MemberOptions, startMember } from '../../../../manager/raft/member/member.ts';
import { numberParts, numbersOfPart } from '../number-parts.ts';

export type NumberRequest =
  | { readonly kind: 'propose'; readonly value: number }
  | { readonly kind: 'numbers' | 'read' | 'status' | 'close' }
  | { readonly kind: 'add'; readonly memberId: number; readonly address: string }
  | { readonly kind: 'promote' | 'remove' | 'transfer'; readonly memberId: number };

type Plain = Omit<MemberOptions, 'apply' | 'snapshot' | 'restore' | 'log'>;

const settings = JSON.parse(process.argv[2] ?? '{}') as Plain;
let numbers: number[] = [];
let restores = 0;
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const member = await startMember({
  ...settings,
  key: new Uint8Array(32).fill(7),
  apply: (entry) => numbers.push(Number(Buffer.from(entry).toString())),
  snapshot: () => numberParts(numbers),
  restore: () => {
    const restored: number[] = [];
    return {
      add: (part) => restored.push(...numbersOfPart(part)),
      finish: () => {
        numbers = restored;
        restores++;
      },
    };
  },
  onLeadership: (leadership) => say({ leadership }),
  log: (level, message, fields) => process.stderr.write(`${level} ${message} ${JSON.stringify(fields)}\n`),
}).catch((thrown: unknown) => {
  say({ failed: describeError(thrown) });
  process.exit(1);
});

async function answer(request: NumberRequest): Promise<unknown> {
  switch (request.kind) {
    case 'propose':
      return member.propose(Buffer.from(String(request.value)));
    case 'numbers':
      return { numbers, restores };
    case 'read':
      await member.readIndex();
      return { numbers, restores };
    case 'status': {
      const { progress: _progress, ...status } = await member.status();
      return status;
    }
    case 'add':
      return member.addMember(request.memberId, { address: request.address });
    case 'promote':
      return member.promote(request.memberId);
    case 'remove':
      return member.removeMember(request.memberId);
    case 'transfer':
      return member.transferLeadership(request.memberId);
    case 'close':
      return member.close();
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { requestId, request } = JSON.parse(line) as { requestId: number; request: NumberRequest };
  answer(request).then(
    (value) => {
      say({ requestId, value: value ?? null });
      if (request.kind === 'close') process.exit(0);
    },
    (thrown: unknown) => say({ requestId, error: describeError(thrown) }),
  );
});
say({ started: member.port });
