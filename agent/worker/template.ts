import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import { taskName } from '../../lib/identifiers.ts';

/** What a `{{…}}` in an environment variable, a host name or a mount may speak of. */
export interface TemplateContext {
  readonly task: Task;
  readonly nodeHostname: string;
}

const PLACEHOLDER = /\{\{\s*(.*?)\s*\}\}/g;

/** Replaces `{{.Task.Name}}` and the like. INVALID_ARGUMENT names a placeholder that does not exist. */
export function expandTemplate(text: string, context: TemplateContext): string {
  const { task } = context;
  const values: Readonly<Record<string, string>> = {
    '.Service.ID': task.serviceId,
    '.Service.Name': task.serviceName,
    '.Node.ID': task.nodeId,
    '.Node.Hostname': context.nodeHostname,
    '.Task.ID': task.id,
    '.Task.Name': taskName(task),
    '.Task.Slot': task.slot > 0 ? String(task.slot) : task.nodeId,
  };
  return text.replace(PLACEHOLDER, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new SkepError('INVALID_ARGUMENT', `unknown template ${whole} in "${text}"`, {
        help: `known are ${Object.keys(values).join(', ')}`,
      });
    }
    return value;
  });
}
