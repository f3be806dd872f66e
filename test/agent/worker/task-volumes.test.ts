import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imageVolumeTargets, volumesOf, volumeUser } from '../../../agent/worker/task-volumes.ts';
import type { Mount } from '../../../lib/domain/container-spec.ts';
import { sampleTask } from './sample-task.ts';

function taskWith(...mounts: Mount[]) {
  const { spec } = sampleTask();
  return sampleTask({ spec: { ...spec, container: { ...spec.container, mounts } } });
}

const NONE = { volumes: [] };

describe('the volumes of a task', () => {
  it('are those of its mounts; without a name they get the task’s and their place', () => {
    const task = taskWith(
      { kind: 'bind', source: '/a', target: '/b', readOnly: false },
      { kind: 'volume', source: '', target: '/own', readOnly: false },
      { kind: 'volume', source: 'db-{{.Task.Slot}}', target: '/db', readOnly: false, noCopy: true },
    );
    assert.deepEqual(volumesOf(task, 'h1', NONE), [
      { name: 'task1-1', target: '/own', copiesImage: true, anonymous: true },
      { name: 'db-3', target: '/db', copiesImage: false, anonymous: false },
    ]);
    assert.deepEqual(volumeUser(task), { taskId: 'task1', name: 'web.3.task1' });
  });

  it('cannot have a template that does not exist', () => {
    const task = taskWith({ kind: 'volume', source: '{{.Nothing}}', target: '/db', readOnly: false });
    assert.throws(() => volumesOf(task, 'h1', NONE), /unknown template/);
  });

  it('are also those that the image declares, unless something is mounted there', () => {
    const task = taskWith(
      { kind: 'volume', source: 'db', target: '/var/lib/db/', readOnly: false },
      { kind: 'tmpfs', target: '/run', readOnly: false },
    );
    const image = { volumes: ['/data', '/run/', '/var//lib/db', '/logs/../data', '/'] };
    assert.deepEqual(imageVolumeTargets(task.spec.container.mounts, image), ['/data']);
    assert.deepEqual(volumesOf(task, 'h1', image), [
      { name: 'db', target: '/var/lib/db/', copiesImage: true, anonymous: false },
      { name: 'task1-image-0', target: '/data', copiesImage: true, anonymous: true },
    ]);
  });
});
