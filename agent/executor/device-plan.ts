import type { DeviceMapping } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import type { BlockNumbers } from './cgroup-limits.ts';
import type { ContainerRequest } from './executor.ts';
import type { Step } from './protocol.ts';

/** A device of the node as the container gets it. */
export interface DeviceNode {
  readonly pathInContainer: string;
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
  /** The kernel's own form of both numbers. */
  readonly number: bigint;
  /** Type and permission bits. */
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
  /** Some of `r`, `w` and `m`. */
  readonly permissions: string;
}

/** What the node was found to have of the devices that a container asks for. */
export interface FoundDevices {
  readonly nodes: readonly DeviceNode[];
  readonly blockNumbers: BlockNumbers;
}

export const NO_DEVICES: FoundDevices = { nodes: [], blockNumbers: new Map() };

/** Devices of one container, those of a folder or of a privileged container's /dev together. */
export const MAX_DEVICES = 4_096;
/** Device rules of one container's group, the usual ones included; the keeper's limit. */
export const MAX_DEVICE_RULES = 256;

const RECORD_BYTES = 24;

/** Docker's device list (OCI defaults): deny all, nodes may be made, and the harmless ones used. */
const DEFAULT_RULES = [
  'c *:* m',
  'b *:* m',
  'c 1:3 rwm',
  'c 1:5 rwm',
  'c 1:7 rwm',
  'c 1:8 rwm',
  'c 1:9 rwm',
  'c 5:0 rwm',
  'c 5:1 rwm',
  'c 5:2 rwm',
  'c 136:* rwm',
] as const;

/** What a device's type in `st_mode` is called in a rule; undefined for what is no device. */
export function deviceType(mode: number): 'b' | 'c' | undefined {
  const type = mode & 0o170000;
  if (type === 0o060000) return 'b';
  return type === 0o020000 ? 'c' : undefined;
}

/** Major and minor of a `dev_t` as the C library packs them (gnu_dev_major(3)). */
export function deviceNumbers(device: bigint): { readonly major: number; readonly minor: number } {
  return {
    major: Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)),
    minor: Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n)),
  };
}

/** Rules of both types in the place of one for any: neither version's kernel takes `a` with numbers. */
function expandRule(rule: string): readonly string[] {
  return rule.startsWith('a ') ? [`b${rule.slice(1)}`, `c${rule.slice(1)}`] : [rule];
}

/**
 * The rules of a container's group, in the words of version 1's devices.allow; null = every device is allowed.
 * INVALID_ARGUMENT for more than the keeper takes.
 */
export function deviceRules(request: ContainerRequest, found: FoundDevices): readonly string[] | null {
  if (request.privileged === true) return null;
  const own = found.nodes.map(
    ({ type, major, minor, permissions }) => `${type} ${major}:${minor} ${permissions}`,
  );
  const asked = (request.deviceRules ?? []).flatMap(expandRule);
  const rules = [...new Set([...DEFAULT_RULES, ...own, ...asked])];
  if (rules.length > MAX_DEVICE_RULES) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `container ${request.id}: ${rules.length} device rules, ${MAX_DEVICE_RULES} are allowed`,
      { help: 'allow whole majors with --device-cgroup-rule, or run it privileged' },
    );
  }
  return rules;
}

/** The rules of a container that asks for no device. */
export const USUAL_RULES: readonly string[] = DEFAULT_RULES;

/**
 * One step that makes every device found; none when there are none. With users of its own (`mapped`) a step for each, as
 * those are made outside of the container, and without their owners, which it may not have.
 */
export function planDeviceNodes(nodes: readonly DeviceNode[], mapped: boolean): Step[] {
  if (nodes.length === 0) return [];
  if (mapped) {
    return nodes.map(({ pathInContainer, mode, number }) => ({
      kind: 'device',
      name: `make ${pathInContainer}`,
      path: pathInContainer,
      mode: BigInt(mode),
      number,
    }));
  }
  const bytes = new Uint8Array(nodes.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  nodes.forEach((node, index) => {
    const at = index * RECORD_BYTES;
    view.setUint32(at, node.mode, true);
    view.setUint32(at + 4, node.userId, true);
    view.setUint32(at + 8, node.groupId, true);
    view.setBigUint64(at + 16, node.number, true);
  });
  return [
    {
      kind: 'devices',
      name: `make ${nodes.length} of the node's devices`,
      argv: nodes.map(({ pathInContainer }) => pathInContainer),
      bytes,
    },
  ];
}

/** The path in the container of a device that lies below a mapped folder. */
export function pathBelow(mapping: DeviceMapping, path: string): string {
  return `${mapping.pathInContainer}${path.slice(mapping.pathOnHost.length)}`;
}
