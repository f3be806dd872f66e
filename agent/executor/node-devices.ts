import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceMapping } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import { limitedDevices } from './cgroup-limits.ts';
import {
  type DeviceNode,
  deviceNumbers,
  deviceType,
  type FoundDevices,
  MAX_DEVICES,
  NO_DEVICES,
  pathBelow,
} from './device-plan.ts';
import type { ContainerRequest } from './executor.ts';

/** Folders of /dev that a container has for itself, or that are none of its business (runc, devices.GetDevices). */
const SKIPPED_FOLDERS: readonly string[] = ['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev'];
/** Names in /dev that a container has for itself. */
const OWN_NAMES: readonly string[] = ['console', 'ptmx'];
/** Folders below a mapped one. */
const MAX_DEPTH = 16;

function refuse(path: string, problem: string, cause?: unknown): SkepError {
  return new SkepError('FAILED_PRECONDITION', `device ${path} ${problem}`, {
    cause,
    help: 'the device must exist on every node where the container may run: add a constraint, or leave it out',
  });
}

async function statOf(path: string) {
  return stat(path, { bigint: true });
}

function nodeOf(
  status: Awaited<ReturnType<typeof statOf>>,
  pathInContainer: string,
  permissions: string,
): DeviceNode | null {
  const mode = Number(status.mode);
  const type = deviceType(mode);
  if (type === undefined) return null;
  const { uid, gid, rdev } = status;
  return {
    ...deviceNumbers(rdev),
    pathInContainer,
    type,
    number: rdev,
    mode,
    userId: Number(uid),
    groupId: Number(gid),
    permissions,
  };
}

/** Every device in a folder and below; links are not followed, so nothing is found twice. */
async function devicesBelow(
  folder: string,
  mapping: DeviceMapping,
  skip: (name: string, depth: number) => boolean,
  depth = 0,
): Promise<DeviceNode[]> {
  if (depth > MAX_DEPTH) throw refuse(folder, `lies more than ${MAX_DEPTH} folders deep`);
  const nodes: DeviceNode[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (skip(entry.name, depth)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) nodes.push(...(await devicesBelow(path, mapping, skip, depth + 1)));
    else if (entry.isBlockDevice() || entry.isCharacterDevice()) {
      // A device may go while the folder is read: then it is not there.
      const status = await statOf(path).catch(() => null);
      const node = status === null ? null : nodeOf(status, pathBelow(mapping, path), mapping.permissions);
      if (node !== null) nodes.push(node);
    }
    if (nodes.length > MAX_DEVICES) throw refuse(folder, `holds more than ${MAX_DEVICES} devices`);
  }
  return nodes;
}

/** True for what in /dev a container has of its own. */
function isOwn(name: string, depth: number): boolean {
  return SKIPPED_FOLDERS.includes(name) || (depth === 0 && OWN_NAMES.includes(name));
}

async function devicesOf(mapping: DeviceMapping): Promise<readonly DeviceNode[]> {
  const path = await realpath(mapping.pathOnHost).catch((cause: unknown) => {
    throw refuse(mapping.pathOnHost, 'does not exist on the node', cause);
  });
  const status = await statOf(path);
  const node = nodeOf(status, mapping.pathInContainer, mapping.permissions);
  if (node !== null) return [node];
  if (!status.isDirectory()) throw refuse(mapping.pathOnHost, 'is no device');
  const nodes = await devicesBelow(
    path,
    { ...mapping, pathOnHost: path },
    (name, depth) => path === '/dev' && isOwn(name, depth),
  );
  if (nodes.length === 0) throw refuse(mapping.pathOnHost, 'is a folder without devices');
  return nodes;
}

/** Everything in the node's /dev, but for what each container has of its own. */
function allDevices(): Promise<readonly DeviceNode[]> {
  const mapping = { pathOnHost: '/dev', pathInContainer: '/dev', permissions: 'rwm' };
  return devicesBelow('/dev', mapping, isOwn);
}

async function blockNumber(path: string): Promise<readonly [path: string, number: string]> {
  const status = await statOf(path).catch((cause: unknown) => {
    throw refuse(path, 'whose rate is to be limited does not exist on the node', cause);
  });
  if (!status.isBlockDevice()) throw refuse(path, 'whose rate is to be limited is no block device');
  const { major, minor } = deviceNumbers(status.rdev);
  return [path, `${major}:${minor}`];
}

/**
 * Looks up on the node every device that the request names, and all of them for a privileged container. Devices asked
 * for by name come last and win. FAILED_PRECONDITION for what is not there, or is no device.
 */
export async function findDevices(request: ContainerRequest): Promise<FoundDevices> {
  const mappings = request.devices ?? [];
  const limited = limitedDevices(request.controlGroup);
  if (mappings.length === 0 && limited.length === 0 && request.privileged !== true) return NO_DEVICES;
  const [all, asked, numbers] = await Promise.all([
    request.privileged === true ? allDevices() : [],
    Promise.all(mappings.map(devicesOf)),
    Promise.all(limited.map(blockNumber)),
  ]);
  const nodes = new Map([...all, ...asked.flat()].map((node) => [node.pathInContainer, node]));
  if (nodes.size > MAX_DEVICES) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `container ${request.id}: ${nodes.size} devices, ${MAX_DEVICES} are allowed`,
    );
  }
  return { nodes: [...nodes.values()], blockNumbers: new Map(numbers) };
}
