import { SkepError } from '../../../lib/errors.ts';
import { type Context, SWARM_CALL_TIMEOUT_MS } from '../../context.ts';
import type { SkepCommand } from '../../usage.ts';
import { booleanFlag, type Flags } from '../service/flag-values.ts';

/** A key has some fifty characters; whatever is longer was not meant to be one. */
const MAX_KEY_INPUT_BYTES = 4096;

/** What an operator is told together with the unlock key. */
export function unlockInstructions(unlockKey: string): string {
  return (
    'To unlock a swarm manager after it restarts, run the `skep swarm unlock` command and provide the ' +
    `following key:\n\n    ${unlockKey}\n\n` +
    'Keep it in a password manager: without it, a manager that was stopped cannot start again.\n\n'
  );
}

async function readKeyInput(context: Context): Promise<string> {
  const { terminal } = context;
  if (terminal.inputIsTerminal) return terminal.readSecret('Enter unlock key: ');
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of terminal.readInput()) {
    parts.push(part);
    size += part.length;
    if (size > MAX_KEY_INPUT_BYTES) {
      throw new SkepError('INVALID_ARGUMENT', 'standard input is too long for an unlock key');
    }
  }
  return Buffer.concat(parts).toString('utf8');
}

async function unlock(context: Context): Promise<void> {
  const { swarmState } = await context.local().info({});
  if (swarmState === 'inactive') {
    throw new SkepError('FAILED_PRECONDITION', 'this node is not part of a swarm');
  }
  if (swarmState !== 'locked') {
    throw new SkepError('FAILED_PRECONDITION', 'this node is not locked', { help: 'there is nothing to do' });
  }
  const unlockKey = (await readKeyInput(context)).trim();
  if (unlockKey === '') throw new SkepError('INVALID_ARGUMENT', 'no unlock key was given');
  await context.local().swarmUnlock({ unlockKey }, { timeoutMs: SWARM_CALL_TIMEOUT_MS });
}

/** The key that unlocks a manager of this swarm. Throws FAILED_PRECONDITION when there is none. */
export async function fetchUnlockKey(context: Context): Promise<string> {
  const { unlockKey } = await context.control().getUnlockKey({});
  if (unlockKey !== '') return unlockKey;
  throw new SkepError(
    'FAILED_PRECONDITION',
    'no unlock key is set: the managers of this swarm are not locked',
    {
      help: 'lock them: skep swarm update --autolock=true',
    },
  );
}

async function rotate(context: Context): Promise<void> {
  const { version, spec } = await context.control().getCluster({});
  if (!spec.autolockManagers) {
    throw new SkepError('FAILED_PRECONDITION', 'cannot rotate the unlock key: autolock is not turned on', {
      help: 'turn it on: skep swarm update --autolock=true',
    });
  }
  await context.control().updateCluster({
    version,
    rotateWorkerToken: false,
    rotateManagerToken: false,
    rotateUnlockKey: true,
  });
}

async function unlockKey(context: Context, flags: Flags): Promise<void> {
  const quiet = booleanFlag(flags, 'quiet') === true;
  if (booleanFlag(flags, 'rotate') === true) {
    await rotate(context);
    if (!quiet) context.terminal.writeOut('Successfully rotated manager unlock key.\n\n');
  }
  const key = await fetchUnlockKey(context);
  context.terminal.writeOut(quiet ? `${key}\n` : unlockInstructions(key));
}

/** `skep swarm unlock` and `skep swarm unlock-key`. */
export function addUnlock(parent: SkepCommand, context: Context): void {
  const unlocking = parent.createCommand('unlock').description('Unlock this manager after a restart');
  unlocking.action(() => unlock(context));
  parent.addCommand(unlocking);
  const key = parent.createCommand('unlock-key').description('Show or change the key that unlocks a manager');
  key
    .option('--rotate', 'Make a new key')
    .option('-q, --quiet', 'Show the key only')
    .action((flags: Flags) => unlockKey(context, flags));
  parent.addCommand(key);
}
