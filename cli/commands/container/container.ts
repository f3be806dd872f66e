import type { Context } from '../../context.ts';
import type { SkepCommand } from '../../usage.ts';
import { addAttach } from './attach.ts';
import { addCopy } from './copy.ts';
import { addCreate } from './create.ts';
import { addExec } from './exec.ts';
import { addLifecycle } from './lifecycle.ts';
import { addList } from './list.ts';
import { addLogs } from './logs.ts';
import { addLook } from './look.ts';
import { addPrune } from './prune.ts';
import { addRun } from './run.ts';
import { addStart } from './start.ts';
import { addStats } from './stats.ts';

/** Commands that Docker's users type with and without `container` before them. */
function addShared(parent: SkepCommand, context: Context): void {
  addRun(parent, context);
  addCreate(parent, context);
  addStart(parent, context);
  addLifecycle(parent, context);
  addLogs(parent, context);
  addExec(parent, context);
  addAttach(parent, context);
  addCopy(parent, context);
  addStats(parent, context);
  addLook(parent, context);
}

/** `skep run`, `skep ps`, …, and the same as `skep container …`. */
export function addContainer(program: SkepCommand, context: Context): void {
  addShared(program, context);
  addList(program, context, 'ps', []);
  const container = program.createCommand('container').description('Manage the containers of this node');
  container.enablePositionalOptions();
  addShared(container, context);
  addList(container, context, 'ls', ['list', 'ps']);
  addPrune(container, context);
  program.addCommand(container);
}
