import type { Task } from '../../lib/domain/task.ts';
import { taskName } from '../../lib/identifiers.ts';
import type { VolumeUser, WantedVolume } from '../volume/volume-store.ts';
import { expandTemplate } from './template.ts';

/**
 * The volumes of a task, in the order of its mounts. One without a name gets that of the task and its place, so that
 * it is found again after the agent was restarted. INVALID_ARGUMENT for a template that does not exist.
 */
export function volumesOf(task: Task, nodeHostname: string): readonly WantedVolume[] {
  return task.spec.container.mounts.flatMap((mount, place) =>
    mount.kind === 'volume'
      ? [
          {
            name:
              mount.source === ''
                ? `${task.id}-${place}`
                : expandTemplate(mount.source, { task, nodeHostname }),
            target: mount.target,
            copiesImage: mount.noCopy !== true,
            anonymous: mount.source === '',
          },
        ]
      : [],
  );
}

/** A task as the user of its volumes. */
export function volumeUser(task: Task): VolumeUser {
  return { taskId: task.id, name: taskName(task) };
}
