import type { BindRecursion, Mount, MountPropagation } from '../../../lib/domain/container-spec.ts';
import { parseByteCount } from '../../../lib/units.ts';
import { UsageError } from '../../usage.ts';
import { parseFields, parseTruth } from './flag-values.ts';

const PROPAGATIONS: readonly MountPropagation[] = [
  'private',
  'rprivate',
  'shared',
  'rshared',
  'slave',
  'rslave',
];

const RECURSIONS: readonly BindRecursion[] = ['enabled', 'disabled', 'writable', 'readonly'];

function refuse(text: string, why: string): UsageError {
  return new UsageError(
    `invalid mount "${text}": ${why}`,
    'for example type=volume,source=data,target=/b or type=bind,source=/a,target=/b,readonly',
  );
}

interface MountFields {
  kind?: string;
  source?: string;
  target?: string;
  readOnly: boolean;
  propagation?: MountPropagation;
  recursive?: BindRecursion;
  sizeBytes?: number;
  mode?: number;
  noCopy?: boolean;
}

function parsePropagation(text: string, value: string): MountPropagation {
  const propagation = PROPAGATIONS.find((known) => known === value);
  if (propagation === undefined) throw refuse(text, `unknown bind-propagation "${value}"`);
  return propagation;
}

function parseRecursion(text: string, value: string): BindRecursion {
  const recursion = RECURSIONS.find((known) => known === value);
  if (recursion === undefined)
    throw refuse(text, `bind-recursive is ${RECURSIONS.join(', ')}, not "${value}"`);
  return recursion;
}

/** Fields that are true when they stand alone. */
function readTruth(fields: MountFields, name: string, value: string | undefined): boolean {
  if (name === 'readonly' || name === 'ro') fields.readOnly = parseTruth('mount', name, value);
  else if (name === 'volume-nocopy') fields.noCopy = parseTruth('mount', name, value);
  else if (name === 'bind-nonrecursive') {
    // Docker's older word for it.
    fields.recursive = parseTruth('mount', name, value) ? 'disabled' : 'enabled';
  } else return false;
  return true;
}

function parseSize(text: string, value: string): number {
  const sizeBytes = parseByteCount(value);
  if (sizeBytes === undefined) throw refuse(text, `tmpfs-size "${value}" is not a number of bytes`);
  return sizeBytes;
}

function parseMode(text: string, value: string): number {
  if (!/^[0-7]{1,5}$/.test(value)) throw refuse(text, `tmpfs-mode "${value}" is not an octal mode`);
  return Number.parseInt(value, 8);
}

function readFields(text: string): MountFields {
  const fields: MountFields = { readOnly: false };
  for (const { name, value } of parseFields('mount', text)) {
    if (readTruth(fields, name, value)) continue;
    if (value === undefined) throw refuse(text, `the field "${name}" needs a value`);
    if (name === 'type') fields.kind = value;
    else if (name === 'source' || name === 'src') fields.source = value;
    else if (name === 'target' || name === 'dst' || name === 'destination') fields.target = value;
    else if (name === 'bind-propagation') fields.propagation = parsePropagation(text, value);
    else if (name === 'bind-recursive') fields.recursive = parseRecursion(text, value);
    else if (name === 'tmpfs-size') fields.sizeBytes = parseSize(text, value);
    else if (name === 'tmpfs-mode') fields.mode = parseMode(text, value);
    else if (name === 'volume-driver' && value === 'local') fields.noCopy ??= false;
    else if (name === 'volume-driver') throw refuse(text, `there is no volume driver "${value}"`);
    else throw refuse(text, `the field "${name}" is not supported`);
  }
  return fields;
}

function volumeMount(text: string, target: string, fields: MountFields): Mount {
  const { source, readOnly, propagation, sizeBytes, mode, noCopy } = fields;
  if (propagation !== undefined) throw refuse(text, 'a volume takes no bind-propagation');
  if (sizeBytes !== undefined || mode !== undefined) throw refuse(text, 'a volume takes no tmpfs fields');
  return {
    kind: 'volume',
    source: source ?? '',
    target,
    readOnly,
    ...(noCopy === true ? { noCopy } : {}),
  };
}

function bindMount(text: string, target: string, fields: MountFields): Mount {
  const { source, readOnly, propagation, recursive, sizeBytes, mode } = fields;
  if (source === undefined || source === '') throw refuse(text, 'the field "source" is missing');
  if (sizeBytes !== undefined || mode !== undefined) throw refuse(text, 'a bind mount takes no tmpfs fields');
  return {
    kind: 'bind',
    source,
    target,
    readOnly,
    ...(propagation === undefined ? {} : { propagation }),
    ...(recursive === undefined ? {} : { recursive }),
  };
}

function tmpfsMount(text: string, target: string, fields: MountFields): Mount {
  const { source, readOnly, propagation, sizeBytes, mode } = fields;
  if (source !== undefined) throw refuse(text, 'a tmpfs mount takes no source');
  if (propagation !== undefined) throw refuse(text, 'a tmpfs mount takes no bind-propagation');
  return {
    kind: 'tmpfs',
    target,
    readOnly,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** Reads one value of `--mount`, of type volume (when it names none), bind or tmpfs. */
export function parseMount(text: string): Mount {
  const fields = readFields(text);
  const { target, noCopy, kind = 'volume' } = fields;
  if (target === undefined || target === '') throw refuse(text, 'the field "target" is missing');
  if (kind !== 'bind' && fields.recursive !== undefined)
    throw refuse(text, `a ${kind} mount takes no bind-recursive`);
  if (kind === 'volume') return volumeMount(text, target, fields);
  if (noCopy !== undefined) throw refuse(text, `a ${kind} mount takes no volume fields`);
  if (kind === 'bind') return bindMount(text, target, fields);
  if (kind === 'tmpfs') return tmpfsMount(text, target, fields);
  throw refuse(text, `mounts of type "${kind}" are not supported`);
}
