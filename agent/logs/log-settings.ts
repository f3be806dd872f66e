import type { LogDriver } from '../../lib/domain/container-spec.ts';
import {
  expandLogTag,
  type LogReceiver,
  type LogTagValues,
  parseLogDriver,
} from '../../lib/validation/log-driver.ts';
import type { ContainerLog } from '../executor/executor.ts';

/** The driver of a node that was not told another one: files with a bound. */
export const DEFAULT_LOG_DRIVER: LogDriver = { name: 'json-file', options: {} };

export interface LogSettings {
  /** What the keeper does with the output. */
  readonly log: ContainerLog;
  /** Where the agent sends the records; null = nowhere. */
  readonly receiver: LogReceiver | null;
  /** With the placeholders of a tag. */
  readonly tag: string;
}

/** The driver of a container: its own, with the node's options where both name the same; else the node's. */
export function effectiveLogDriver(own: LogDriver | undefined, nodeDriver: LogDriver): LogDriver {
  if (own === undefined) return nodeDriver;
  if (own.name !== nodeDriver.name) return own;
  return { name: own.name, options: { ...nodeDriver.options, ...own.options } };
}

/** How a container's output is kept and where it goes. Throws INVALID_ARGUMENT for a driver that is none. */
export function logSettings(
  own: LogDriver | undefined,
  nodeDriver: LogDriver = DEFAULT_LOG_DRIVER,
): LogSettings {
  const { files, receiver, tag } = parseLogDriver('log', effectiveLogDriver(own, nodeDriver));
  if (files === null) return { log: { kind: 'none' }, receiver, tag };
  return { log: { kind: 'json-file', ...files }, receiver, tag };
}

/** The tag of a container's records: `{{.Name}}` and the like filled in. */
export function logTag(settings: LogSettings, values: LogTagValues): string {
  return expandLogTag(settings.tag, values);
}
