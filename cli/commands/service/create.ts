import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { SkepError } from '../../../lib/errors.ts';
import type { Context } from '../../context.ts';
import type { SkepCommand } from '../../usage.ts';
import { awaitConvergence } from './convergence.ts';
import { specOfCreate } from './create-spec.ts';
import type { Surroundings } from './environment.ts';
import { booleanFlag, type Flags, listFlag } from './flag-values.ts';
import { addCreateOptions } from './options.ts';
import { securityFiles } from './security-flag.ts';

const ADJECTIVES =
  'amber bold brisk calm clever deft eager fair golden keen lively mellow noble quick sunny wise';
const NOUNS =
  'apiary bee blossom clover comb drone field garden hive honey linden meadow nectar orchard queen swarm';

function pick(words: string): string {
  const list = words.split(' ');
  return list[randomInt(list.length)] ?? '';
}

/** A name for a service that was given none. */
function randomName(): string {
  return `${pick(ADJECTIVES)}_${pick(NOUNS)}`;
}

/** Reads what the flags refer to outside the command line. */
export async function readSurroundings(context: Context, flags: Flags): Promise<Surroundings> {
  const files: Record<string, string> = {};
  for (const name of listFlag(flags, 'envFile')) {
    try {
      files[name] = await readFile(name, 'utf8');
    } catch (cause) {
      throw new SkepError('NOT_FOUND', `cannot read the environment file ${name}`, { cause });
    }
  }
  for (const name of securityFiles(flags)) {
    try {
      files[name] = await readFile(name, 'utf8');
    } catch (cause) {
      throw new SkepError('NOT_FOUND', `cannot read the seccomp profile ${name}`, { cause });
    }
  }
  return { environment: context.terminal.environment, files };
}

async function create(context: Context, image: string, args: readonly string[], flags: Flags): Promise<void> {
  const spec = specOfCreate(image, args, flags, await readSurroundings(context, flags), randomName());
  const { service, warnings } = await context.control().createService({ spec });
  for (const warning of warnings) context.terminal.writeError(`Warning: ${warning}\n`);
  context.terminal.writeOut(`${service.id}\n`);
  if (booleanFlag(flags, 'detach') === true) return;
  await awaitConvergence(context, {
    serviceId: service.id,
    serviceName: service.spec.name,
    operation: 'create',
    earlierStatus: undefined,
    quiet: booleanFlag(flags, 'quiet') === true,
  });
}

/** `skep service create`. */
export function addCreate(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('create').description('Create a service');
  command.argument('<image>', 'image to run').argument('[command...]', 'arguments of the container');
  addCreateOptions(command);
  command.endFlagsAtOperand();
  command.action((image: string, args: string[], flags: Flags) => create(context, image, args, flags));
  parent.addCommand(command);
}
