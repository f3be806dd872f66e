import { isDevicePermissions, isDeviceRule } from '../device.ts';
import type { DeviceAccess, DeviceMapping } from '../domain/container-spec.ts';
import { invalid, quote, requireText } from './rule.ts';

/** Most devices and folders of devices that one container asks for by name. */
export const MAX_DEVICE_MAPPINGS = 128;
/** Most rules of one container. */
export const MAX_ASKED_RULES = 100;

function requirePath(subject: string, name: string, path: string): void {
  requireText(subject, name, path);
  const parts = path.split('/');
  if (!path.startsWith('/') || parts.includes('..') || parts.every((part) => part === '' || part === '.')) {
    throw invalid(subject, `${name} ${quote(path)} is not an absolute path below /`);
  }
}

function validateMapping(subject: string, mapping: DeviceMapping): void {
  requirePath(subject, 'device', mapping.pathOnHost);
  requirePath(subject, 'the place of a device', mapping.pathInContainer);
  if (!isDevicePermissions(mapping.permissions)) {
    throw invalid(
      subject,
      `device ${quote(mapping.pathOnHost)}: ${quote(mapping.permissions)} are no permissions`,
      'use some of r, w and m',
    );
  }
}

/** Checks the devices and device rules of a container. Throws INVALID_ARGUMENT with one line that starts with `subject`. */
export function validateDevices(subject: string, { mappings, rules }: DeviceAccess): void {
  if (mappings.length > MAX_DEVICE_MAPPINGS) {
    throw invalid(subject, `${mappings.length} devices, more than the ${MAX_DEVICE_MAPPINGS} allowed`);
  }
  if (rules.length > MAX_ASKED_RULES) {
    throw invalid(subject, `${rules.length} device rules, more than the ${MAX_ASKED_RULES} allowed`);
  }
  const places = new Set<string>();
  for (const mapping of mappings) {
    validateMapping(subject, mapping);
    if (places.has(mapping.pathInContainer)) {
      throw invalid(subject, `two devices are to be at ${quote(mapping.pathInContainer)}`);
    }
    places.add(mapping.pathInContainer);
  }
  for (const rule of rules) {
    if (!isDeviceRule(rule)) {
      throw invalid(subject, `device rule ${quote(rule)} is not one`, 'for example: c 10:200 rwm');
    }
  }
}
