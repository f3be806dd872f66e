import type { LogDriver } from '../../../lib/domain/container-spec.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { taskName } from '../../../lib/identifiers.ts';
import type { LogSource } from './forwarder.ts';
import { logSources } from './log-sources.ts';

/** What is asked of a worker about its logs. */
export interface TaskLogs {
  readonly tasks: () => readonly Task[];
  readonly logPath: (taskId: string) => string;
  readonly isLive: (taskId: string) => boolean;
}

/** The logs of a node's tasks that are to be sent on. */
export function taskLogSources(logs: TaskLogs, nodeDriver: LogDriver): readonly LogSource[] {
  const containers = logs.tasks().map((task) => ({
    id: task.id,
    name: taskName(task),
    spec: task.spec.container,
    path: logs.logPath(task.id),
    isLive: () => logs.isLive(task.id),
  }));
  return logSources(containers, nodeDriver);
}
