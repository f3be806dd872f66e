import type { LogDriver } from '../../../lib/domain/container-spec.ts';
import type { Labels } from '../../../lib/domain/meta.ts';
import { UsageError } from '../../usage.ts';
import { type Flags, listFlag, textFlag } from './flag-values.ts';

/** Whose options they are when no driver is named. */
const USUAL_DRIVER = 'json-file';

function readOptions(lines: readonly string[]): Labels {
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf('=');
      if (equals <= 0) {
        throw new UsageError(`invalid log option "${line}"`, 'use NAME=VALUE, for example max-size=10m');
      }
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}

/**
 * The log driver after `--log-driver` and `--log-opt`. A named driver begins with no options but those given; an empty
 * name goes back to the node's default; options alone are added to the driver that is there. Throws UsageError.
 */
export function applyLogFlags(existing: LogDriver | undefined, flags: Flags): LogDriver | undefined {
  const name = textFlag(flags, 'logDriver');
  const options = readOptions(listFlag(flags, 'logOpt'));
  const optionsGiven = Object.keys(options).length > 0;
  if (name === '') {
    if (optionsGiven) throw new UsageError('--log-opt without a driver', 'give --log-driver a name');
    return undefined;
  }
  if (name !== undefined) return { name, options };
  if (!optionsGiven) return existing;
  return { name: existing?.name ?? USUAL_DRIVER, options: { ...existing?.options, ...options } };
}

/** What `--log-driver` and `--log-opt` ask for; undefined = the node's default. Throws UsageError. */
export function readLogDriver(flags: Flags): LogDriver | undefined {
  return applyLogFlags(undefined, flags);
}
