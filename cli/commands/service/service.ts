import type { Context } from '../../context.ts';
import type { SkepCommand } from '../../usage.ts';
import { addCreate } from './create.ts';
import { addLogs } from './logs.ts';
import { addLooks } from './look.ts';
import { addUpdates } from './update.ts';

/** `skep service …`. */
export function addService(program: SkepCommand, context: Context): void {
  const service = program.createCommand('service').description('Manage services').enablePositionalOptions();
  addCreate(service, context);
  addLooks(service, context);
  addUpdates(service, context);
  addLogs(service, context);
  program.addCommand(service);
}
