import assert from 'node:assert/strict';
import { SkepError } from '../../../lib/errors.ts';
import { checkLinearizable } from '../linearizability/linearizability.ts';
import {
  REGISTER,
  type RegisterInput,
  type RegisterOperation,
  type RegisterOutput,
  withoutUnseen,
} from '../linearizability/register.ts';
import { createProcess } from '../world/schedule.ts';
import type { ManagerMachine } from './manager.ts';
import { heldBy, REGISTER_KEYS, registerOf } from './objects.ts';
import type { Surroundings } from './surroundings.ts';

const PAUSE_MS = 200;
const TIMEOUT_MS = 1_500;

/** Clients that write and read a few registers through whichever manager they come to, and remember what they saw. */
export interface Clients {
  counts(): ClientCounts;
  /** Throws when no order of the operations explains what the clients saw. */
  checkHistories(): void;
}

export interface ClientCounts {
  readonly reads: number;
  readonly writes: number;
  readonly unknown: number;
}

interface Recorded {
  readonly input: RegisterInput;
  readonly calledAt: number;
  returned: RegisterOperation['returned'];
}

/** Errors after which nothing can have happened. */
const NOTHING_HAPPENED: ReadonlySet<string> = new Set([
  'NOT_LEADER',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
]);

/** Starts so many clients, each with one operation at a time. */
export function startClients(
  count: number,
  around: Surroundings,
  managers: () => readonly ManagerMachine[],
): Clients {
  const histories = new Map<string, Recorded[]>(REGISTER_KEYS.map((key) => [key, []]));
  /** Moments of calls and returns: never two at once, so that nothing overlaps that did not. */
  let moment = 0;
  let writes = 0;
  let sequence = 0;

  const runOne = async (name: string, process: ReturnType<typeof createProcess>): Promise<void> => {
    const { chance } = around;
    const key = chance.pick(REGISTER_KEYS);
    const value = `v${++sequence}`;
    const kind = chance.pick(['read', 'write', 'swap'] as const);
    const leading = managers().filter(({ running }) => running?.leading !== undefined);
    // Clients mostly go to one that leads, or thinks so; anybody may be asked.
    const isAnybody = leading.length === 0 || chance.happens(kind === 'read' ? 0.4 : 0.1);
    const manager = chance.pick(isAnybody ? managers() : leading);
    const seen = heldBy(manager.running?.store.view().networks.get(`register-${key}`));
    const input: RegisterInput =
      kind === 'read' ? { kind } : kind === 'write' ? { kind, value } : { kind, expected: seen, value };
    const recorded: Recorded = { input, calledAt: ++moment, returned: undefined };
    try {
      const output = await around.rpc.unary(
        { name, process },
        manager,
        () => (input.kind === 'read' ? read(manager, key) : write(manager, key, input)),
        { timeoutMs: TIMEOUT_MS },
      );
      if (output === undefined) return;
      if (input.kind !== 'read') writes++;
      recorded.returned = { at: ++moment, output };
      histories.get(key)?.push(recorded);
    } catch (thrown) {
      const isRefused = thrown instanceof SkepError && NOTHING_HAPPENED.has(thrown.code);
      // A read whose answer is not known says nothing.
      if (!isRefused && input.kind !== 'read') histories.get(key)?.push(recorded);
    }
  };

  for (let client = 1; client <= count; client++) {
    const name = `c${client}`;
    const process = createProcess(name);
    const again = (): void => {
      around.schedule.after(process, around.chance.fraction() * 2 * PAUSE_MS, 'client acts', () => {
        void runOne(name, process).then(again);
      });
    };
    again();
  }

  return {
    counts: () => {
      const all = [...histories.values()].flat();
      return {
        reads: all.filter(({ input }) => input.kind === 'read').length,
        writes,
        unknown: all.filter(({ returned }) => returned === undefined).length,
      };
    },
    checkHistories: () => {
      for (const [key, history] of histories) {
        const { isLinearizable, longest } = checkLinearizable(REGISTER, withoutUnseen(history));
        const outcome = `the history of register ${key} breaks after ${longest} of ${history.length} operations`;
        assert.ok(isLinearizable, outcome);
      }
    },
  };
}

async function read(manager: ManagerMachine, key: string): Promise<RegisterOutput> {
  const running = manager.running;
  const member = running?.member;
  if (running === undefined || member === undefined) throw new SkepError('NOT_LEADER', 'still starting');
  await member.readIndex();
  return heldBy(running.store.view().networks.get(`register-${key}`));
}

/** The value written; undefined when a swap found another one than it expected. */
async function write(
  manager: ManagerMachine,
  key: string,
  input: Exclude<RegisterInput, { readonly kind: 'read' }>,
): Promise<RegisterOutput | undefined> {
  const { running } = manager;
  if (running === undefined) throw new SkepError('NOT_LEADER', 'still starting');
  let isMade = false;
  await running.store.update((view) => {
    const register = view.networks.get(`register-${key}`);
    if (register === undefined) throw new SkepError('FAILED_PRECONDITION', `there is no register ${key} yet`);
    isMade = input.kind === 'write' || heldBy(register) === input.expected;
    return isMade ? [{ kind: 'put', object: registerOf(key, input.value) }] : [];
  });
  return isMade ? input.value : undefined;
}
