import type { LogDriver } from '../../../lib/domain/container-spec.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { taskName } from '../../../lib/identifiers.ts';
import { parseLogDriver } from '../../../lib/validation/log-driver.ts';
import { effectiveLogDriver, logSettings, logTag } from '../log-settings.ts';
import type { LogSource } from './forwarder.ts';

/** What is asked of a worker about its logs. */
export interface TaskLogs {
  readonly tasks: () => readonly Task[];
  readonly logPath: (taskId: string) => string;
  readonly isLive: (taskId: string) => boolean;
}

function sourceOf(task: Task, logs: TaskLogs, nodeDriver: LogDriver): readonly LogSource[] {
  const { logDriver, image } = task.spec.container;
  const settings = logSettings(logDriver, nodeDriver);
  if (settings.receiver === null) return [];
  const name = taskName(task);
  return [
    {
      containerId: task.id,
      path: logs.logPath(task.id),
      receiver: settings.receiver,
      tag: logTag(settings, { id: task.id, name, imageName: image }),
      isLive: () => logs.isLive(task.id),
    },
  ];
}

function isSound(task: Task, nodeDriver: LogDriver): boolean {
  try {
    parseLogDriver('log', effectiveLogDriver(task.spec.container.logDriver, nodeDriver));
    return true;
  } catch {
    // Its container is refused with a reason; here there is nothing to send.
    return false;
  }
}

/** The logs of a node's tasks that are to be sent on. */
export function taskLogSources(logs: TaskLogs, nodeDriver: LogDriver): readonly LogSource[] {
  return logs
    .tasks()
    .filter((task) => isSound(task, nodeDriver))
    .flatMap((task) => sourceOf(task, logs, nodeDriver));
}
