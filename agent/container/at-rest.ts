import { SkepError } from '../../lib/errors.ts';
import type { ContainerOnNode } from './container-on-node.ts';
import { containerOnNode } from './describe-container.ts';
import { findOnNode } from './find-container.ts';
import { holdVolumes, type LocalContext, notify, runs } from './local-context.ts';

/** How long a copy waits for a container whose state just changes. */
const MAX_WAITS = 100;
const WAIT_MS = 50;

/** A container whose files are about to be looked at: one that does not run gets its volumes made ready first. */
export async function readyContainer(context: LocalContext, reference: string): Promise<ContainerOnNode> {
  const found = findOnNode(context, reference);
  const container = containerOnNode(context, found.id);
  if (found.kind === 'task' || container.pid > 0) return container;
  await holdVolumes(context, found.record, container.layers);
  return containerOnNode(context, found.id);
}

/**
 * Does work on the files of a container that does not run, and keeps it from being started meanwhile: the kernel does
 * not say what two mounts make of one writable folder. FAILED_PRECONDITION when it is being started or ended just now.
 */
export async function whileAtRest<Result>(
  context: LocalContext,
  reference: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const found = findOnNode(context, reference);
  if (found.kind === 'task' || runs(found.record)) return work();
  const { record } = found;
  // A step takes moments, but for one that waits for the network or a volume.
  for (let wait = 0; record.busy; wait++) {
    if (wait === MAX_WAITS) {
      throw new SkepError('FAILED_PRECONDITION', `container ${found.name} is just changing its state`, {
        help: 'try again in a moment',
      });
    }
    await new Promise<void>((resolve) => context.clock.schedule(WAIT_MS, resolve));
  }
  if (record.isGone || runs(record)) return work();
  record.busy = true;
  try {
    return await work();
  } finally {
    record.busy = false;
    notify(record);
    context.drive(record);
  }
}
