import type { DeviceMapping } from './domain/container-spec.ts';

const PERMISSIONS_PATTERN = /^[rwm]{1,3}$/;
export const ALL_PERMISSIONS = 'rwm';

/** True for some of `r`, `w` and `m`, each at most once. */
export function isDevicePermissions(text: string): boolean {
  return PERMISSIONS_PATTERN.test(text) && new Set(text).size === text.length;
}

/** The kernel's numbers of devices have 12 and 20 bits (linux/kdev_t.h). */
const MOST_MAJOR = 4_095;
const MOST_MINOR = 1_048_575;

/** True for a line of cgroup v1's devices.allow: `c 10:200 rwm`, `b 8:* r`, `a *:* rwm`. */
export function isDeviceRule(text: string): boolean {
  const [, major = '', minor = '', permissions = ''] =
    /^[abc] (\d{1,7}|\*):(\d{1,7}|\*) ([rwm]{1,3})$/.exec(text) ?? [];
  const fits = (number: string, most: number): boolean => number === '*' || Number(number) <= most;
  return isDevicePermissions(permissions) && fits(major, MOST_MAJOR) && fits(minor, MOST_MINOR);
}

/**
 * `/dev/x`, `/dev/x:/dev/y`, `/dev/x:rw` or `/dev/x:/dev/y:rw` (docker run --device). Undefined when the text has
 * another form; whether the paths make sense is left to the validation.
 */
export function parseDevice(text: string): DeviceMapping | undefined {
  const parts = text.split(':');
  const [pathOnHost = '', second, third] = parts;
  if (pathOnHost === '' || parts.length > 3 || parts.includes('')) return undefined;
  const secondIsPermissions = second !== undefined && isDevicePermissions(second);
  if (third !== undefined && (secondIsPermissions || !isDevicePermissions(third))) return undefined;
  return {
    pathOnHost,
    pathInContainer: second === undefined || secondIsPermissions ? pathOnHost : second,
    permissions: third ?? (secondIsPermissions ? second : ALL_PERMISSIONS),
  };
}

/** A device as {@link parseDevice} reads it, as short as may be. */
export function formatDevice({ pathOnHost, pathInContainer, permissions }: DeviceMapping): string {
  const path = pathOnHost === pathInContainer ? pathOnHost : `${pathOnHost}:${pathInContainer}`;
  return permissions === ALL_PERMISSIONS ? path : `${path}:${permissions}`;
}
