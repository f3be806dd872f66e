import type { Mount } from '../../lib/domain/container-spec.ts';
import type { Task } from '../../lib/domain/task.ts';
import { taskName } from '../../lib/identifiers.ts';
import type { ImageConfig } from '../image/image-store.ts';
import type { VolumeUser, WantedVolume } from '../volume/volume-store.ts';
import { expandTemplate } from './template.ts';

/** What an image says of volumes. */
export type ImageVolumes = Pick<ImageConfig, 'volumes'>;

/** The path without empty, `.` and `..` parts. */
function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Paths that the image declares as volumes, in its order, without those where the container mounts something itself. */
export function imageVolumeTargets(mounts: readonly Mount[], { volumes }: ImageVolumes): readonly string[] {
  const mounted = new Set(mounts.map(({ target }) => plainPath(target)));
  return [...new Set(volumes.map(plainPath))].filter((path) => path !== '/' && !mounted.has(path));
}

/**
 * The volumes of a task: those of its mounts in their order, then one of its own for each that the image declares. One
 * without a name gets that of the task and its place, so that it is found again after the agent was restarted.
 * INVALID_ARGUMENT for a template that does not exist.
 */
export function volumesOf(task: Task, nodeHostname: string, image: ImageVolumes): readonly WantedVolume[] {
  const declared = imageVolumeTargets(task.spec.container.mounts, image).map((target, place) => ({
    name: `${task.id}-image-${place}`,
    target,
    copiesImage: true,
    anonymous: true,
  }));
  return [...mountedVolumes(task, nodeHostname), ...declared];
}

function mountedVolumes(task: Task, nodeHostname: string): readonly WantedVolume[] {
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
