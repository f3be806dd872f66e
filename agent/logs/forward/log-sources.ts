import type { LogDriver } from '../../../lib/domain/container-spec.ts';
import { parseLogDriver } from '../../../lib/validation/log-driver.ts';
import { effectiveLogDriver, logSettings, logTag } from '../log-settings.ts';
import type { LogSource } from './forwarder.ts';

/** What of a container its log is named by and kept under. */
export interface LoggedContainer {
  readonly id: string;
  readonly name: string;
  readonly spec: { readonly image: string; readonly logDriver?: LogDriver };
  readonly path: string;
  /** False once nothing more will be written. */
  readonly isLive: () => boolean;
}

function isSound({ spec }: LoggedContainer, nodeDriver: LogDriver): boolean {
  try {
    parseLogDriver('log', effectiveLogDriver(spec.logDriver, nodeDriver));
    return true;
  } catch {
    // The container is refused with a reason; here there is nothing to send.
    return false;
  }
}

function sourceOf(container: LoggedContainer, nodeDriver: LogDriver): readonly LogSource[] {
  const { id, name, spec, path, isLive } = container;
  const settings = logSettings(spec.logDriver, nodeDriver);
  if (settings.receiver === null) return [];
  const tag = logTag(settings, { id, name, imageName: spec.image });
  return [{ containerId: id, path, receiver: settings.receiver, tag, isLive }];
}

/** The logs that are to be sent on, of these containers. */
export function logSources(
  containers: readonly LoggedContainer[],
  nodeDriver: LogDriver,
): readonly LogSource[] {
  return containers
    .filter((container) => isSound(container, nodeDriver))
    .flatMap((container) => sourceOf(container, nodeDriver));
}
