import { readyContainer, whileAtRest } from '../agent/container/at-rest.ts';
import { containerOnNode } from '../agent/container/describe-container.ts';
import { type LocalContext, runs } from '../agent/container/local-context.ts';
import { createLooker } from '../agent/container/look-process.ts';
import type { LookHandlers } from './container-handlers.ts';
import { containerLookHandlers } from './container-look-handlers.ts';
import { type Engine, UNPACK_BINARY } from './engine.ts';

function runningIds(context: LocalContext): readonly string[] {
  const own = [...context.records.values()].filter(runs).map(({ stored }) => stored.id);
  const ofTasks = context.tasks().filter(({ container }) => container.exit === null);
  return [...own, ...ofTasks.map(({ task }) => task.id)];
}

/** The looks into the containers of this node, on its own parts. */
export function nodeLook({ executor, images }: Engine, context: LocalContext): LookHandlers {
  return containerLookHandlers({
    find: (reference) => containerOnNode(context, reference),
    ready: (reference) => readyContainer(context, reference),
    atRest: (reference, work) => whileAtRest(context, reference, work),
    running: () => runningIds(context),
    looker: createLooker(UNPACK_BINARY),
    images,
    executor,
    clock: context.clock,
  });
}
