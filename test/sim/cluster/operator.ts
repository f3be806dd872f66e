import { SkepError } from '../../../lib/errors.ts';
import type { Member } from '../../../manager/raft/member/member.ts';
import type { MemberAddress } from '../../../manager/raft/snapshot-envelope.ts';
import { createProcess } from '../world/schedule.ts';
import { createManagerMachine, type ManagerMachine, startManager } from './manager.ts';
import type { Surroundings } from './surroundings.ts';

const PAUSE_MS = 1_500;
const MAX_MANAGERS = 7;
const CALL_TIMEOUT_MS = 10_000;

/** Somebody who adds managers, makes them voters and learners, removes them, and hands leadership over. */
export interface Operator {
  changes(): number;
  transfers(): number;
  rest(): void;
}

/** Where a member of that id is reached. */
export function addressesOf(machines: readonly ManagerMachine[]): Record<string, MemberAddress> {
  return Object.fromEntries(machines.map(({ raftId, name }) => [String(raftId), { address: name }]));
}

/** Begins at once; new machines are added to `machines`. At least `minimum` managers stay. */
export function startOperator(around: Surroundings, machines: ManagerMachine[], minimum: number): Operator {
  const { chance, rpc, schedule } = around;
  const process = createProcess('operator');
  let changes = 0;
  let transfers = 0;
  let isResting = false;

  const ask = async (act: (member: Member) => Promise<unknown>): Promise<boolean> => {
    const leader = machines.find(({ running }) => running?.leading !== undefined);
    const member = leader?.running?.member;
    if (leader === undefined || member === undefined) return false;
    try {
      await rpc.unary({ name: 'operator', process }, leader, () => act(member), {
        timeoutMs: CALL_TIMEOUT_MS,
      });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof SkepError) || thrown.code === 'INTERNAL') around.fail(thrown as Error);
      return false;
    }
  };
  const add = async (): Promise<void> => {
    const machine = createManagerMachine(Math.max(...machines.map(({ raftId }) => raftId)) + 1);
    // Its id is used up, whatever comes of it.
    machines.push(machine);
    machine.isRetired = true;
    startManager(machine, { peers: addressesOf(machines) }, around);
    if (!(await ask((member) => member.addMember(machine.raftId, { address: machine.name })))) return;
    machine.isRetired = false;
    changes++;
    if (chance.happens(0.25) && (await ask((member) => member.promote(machine.raftId)))) changes++;
  };
  const remove = async (machine: ManagerMachine): Promise<void> => {
    if (!(await ask((member) => member.removeMember(machine.raftId)))) return;
    changes++;
    // It stays up, but is not started again: with two voters, the other may need its vote to learn of the removal.
    machine.isRetired = true;
  };
  const act = async (): Promise<void> => {
    const present = machines.filter(({ isRetired }) => !isRetired);
    const machine = chance.pick(present);
    const kind = chance.pick(['transfer', 'demote', 'promote', 'grow'] as const);
    if (kind === 'transfer' && (await ask((member) => member.transferLeadership(machine.raftId))))
      transfers++;
    if (kind === 'demote' && (await ask((member) => member.demote(machine.raftId)))) changes++;
    if (kind === 'promote' && (await ask((member) => member.promote(machine.raftId)))) changes++;
    if (kind !== 'grow') return;
    if (present.length > minimum && chance.happens(0.5)) await remove(machine);
    else if (machines.length < MAX_MANAGERS) await add();
  };
  /** A change whose outcome was not heard may have been made: who belongs to the cluster is for its leader to say. */
  const settle = async (): Promise<void> => {
    let members: ReadonlySet<number> | undefined;
    await ask(async (member) => {
      const { voters, learners } = (await member.status()).confState;
      members = new Set([...voters, ...learners]);
    });
    for (const machine of machines) {
      if (members === undefined) return;
      machine.isRetired = !members.has(machine.raftId);
      if (!machine.isRetired && machine.running === undefined)
        startManager(machine, { peers: addressesOf(machines) }, around);
    }
  };
  const again = (): void => {
    schedule.after(process, chance.fraction() * 2 * PAUSE_MS, 'operator acts', () => {
      void (isResting ? settle() : act()).then(again);
    });
  };
  // A learner from the beginning.
  void add();
  again();
  return {
    changes: () => changes,
    transfers: () => transfers,
    rest: () => {
      isResting = true;
    },
  };
}
