import type { GenericDevices } from '../agent/worker/node-options.ts';
import type { GenericResource } from '../lib/domain/service.ts';
import { SkepError } from '../lib/errors.ts';
import { formatGenericResource, parseGenericResource } from '../lib/generic-resource.ts';

/**
 * Reads `GPU=UUID1:/dev/nvidia0,/dev/nvidiactl`, one text for each resource, which must be among the node's own.
 * INVALID_ARGUMENT.
 */
export function parseGenericDevices(
  texts: readonly string[],
  resources: readonly GenericResource[],
): readonly GenericDevices[] {
  return texts.map((text) => {
    const refuse = (why: string): SkepError =>
      new SkepError('INVALID_ARGUMENT', `generic device "${text}": ${why}`, {
        help: 'for example --node-generic-resource GPU=UUID1 --generic-device GPU=UUID1:/dev/nvidia0,/dev/nvidiactl',
      });
    const colon = text.indexOf(':');
    if (colon < 0) throw refuse('it is not of the form KIND=NAME:/dev/x[,/dev/y]');
    const { kind, name, count } = parseGenericResource(text.slice(0, colon));
    if (name === undefined) throw refuse('only a resource with a name can stand for devices');
    const known = resources.map(formatGenericResource);
    if (!known.includes(formatGenericResource({ kind, name, count }))) {
      throw refuse(`the node has no generic resource ${kind}=${name}`);
    }
    const paths = text.slice(colon + 1).split(',');
    if (paths.some((path) => !/^\/./.test(path))) throw refuse('a device is not an absolute path');
    return { kind, name, paths };
  });
}
