import { SkepError } from '../lib/errors.ts';
import {
  type Bundle,
  type BundleDevice,
  type BundleHook,
  type BundleHooks,
  type BundleMount,
  type BundleNamespace,
  NAMESPACE_KINDS,
} from './bundle.ts';
import { readHookList } from './hook-reader.ts';
import {
  isBlank,
  readFlag,
  readKnown,
  readList,
  readNumber,
  readText,
  readTextMap,
  readTexts,
  unsupported,
} from './json-reader.ts';
import { readProcess } from './process-reader.ts';
import { readResources } from './resources-reader.ts';

const WHOLE_FIELDS = [
  'ociVersion',
  'process',
  'root',
  'hostname',
  'domainname',
  'mounts',
  'hooks',
  'annotations',
  'linux',
];
const LINUX_FIELDS = [
  'namespaces',
  'resources',
  'cgroupsPath',
  'maskedPaths',
  'readonlyPaths',
  'sysctl',
  'seccomp',
  'devices',
  'rootfsPropagation',
];
const DEVICE_TYPES = ['c', 'u', 'b', 'p'];
const DEFAULT_DEVICE_MODE = 0o666;
/** The filter is put on all threads anyway: there is one at that time. */
const NEEDLESS_FILTER_FLAG = 'SECCOMP_FILTER_FLAG_TSYNC';

function invalid(what: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', what);
}

function readMount(where: string, value: unknown): BundleMount {
  const entry = readKnown(where, value, ['destination', 'type', 'source', 'options']);
  const target = readText(`${where}.destination`, entry.destination);
  const options = readTexts(`${where}.options`, entry.options);
  const isBind = options.includes('bind') || options.includes('rbind');
  const type = isBind ? 'bind' : readText(`${where}.type`, entry.type);
  if (target === '') throw invalid(`${where}.destination is missing`);
  // runtime-spec: a relative one is taken from the root.
  return {
    target: target.startsWith('/') ? target : `/${target}`,
    type,
    source: readText(`${where}.source`, entry.source),
    options,
  };
}

function readNamespaces(value: unknown): readonly BundleNamespace[] {
  const namespaces = readList('linux.namespaces', value).map((one, index): BundleNamespace => {
    const where = `linux.namespaces[${index}]`;
    const entry = readKnown(where, one, ['type', 'path']);
    const type = readText(`${where}.type`, entry.type);
    const kind = NAMESPACE_KINDS.find((known) => known === type);
    if (kind === undefined) throw unsupported(`${where}: a namespace of the type ${JSON.stringify(type)}`);
    return { kind, path: readText(`${where}.path`, entry.path) };
  });
  const kinds = namespaces.map(({ kind }) => kind);
  if (new Set(kinds).size !== kinds.length) throw invalid('linux.namespaces has the same type twice');
  const mount = namespaces.find(({ kind }) => kind === 'mount');
  if (mount === undefined) throw unsupported('a container without a mount namespace of its own');
  if (mount.path !== '') throw unsupported('linux.namespaces: a mount namespace by path');
  return namespaces;
}

function readDevice(where: string, value: unknown): BundleDevice {
  const fields = ['path', 'type', 'major', 'minor', 'fileMode', 'uid', 'gid'];
  const entry = readKnown(where, value, fields);
  const type = readText(`${where}.type`, entry.type);
  const path = readText(`${where}.path`, entry.path);
  if (!DEVICE_TYPES.includes(type) || !path.startsWith('/'))
    throw invalid(`${where} is no device: ${type} ${path}`);
  return {
    path,
    type,
    major: readNumber(`${where}.major`, entry.major) ?? 0,
    minor: readNumber(`${where}.minor`, entry.minor) ?? 0,
    mode: readNumber(`${where}.fileMode`, entry.fileMode) ?? DEFAULT_DEVICE_MODE,
    userId: readNumber(`${where}.uid`, entry.uid) ?? 0,
    groupId: readNumber(`${where}.gid`, entry.gid) ?? 0,
  };
}

function readHooks(value: unknown): BundleHooks {
  const kinds = ['prestart', 'createRuntime', 'poststart', 'poststop'];
  // createContainer and startContainer run inside the container's namespaces.
  const entry = readKnown('hooks', value, kinds);
  const read = (kind: string): readonly BundleHook[] => readHookList(`hooks.${kind}`, entry[kind]);
  return {
    create: [...read('prestart'), ...read('createRuntime')],
    poststart: read('poststart'),
    poststop: read('poststop'),
  };
}

function readSeccomp(value: unknown): string | null {
  if (isBlank(value)) return null;
  const where = 'linux.seccomp';
  const known = ['defaultAction', 'defaultErrnoRet', 'architectures', 'flags', 'syscalls'];
  const entry = readKnown(where, value, known);
  const flag = readTexts(`${where}.flags`, entry.flags).find((name) => name !== NEEDLESS_FILTER_FLAG);
  if (flag !== undefined) throw unsupported(`${where}.flags: ${flag}`);
  const architectures = readTexts(`${where}.architectures`, entry.architectures);
  if (architectures.length > 0 && !architectures.includes('SCMP_ARCH_X86_64'))
    throw unsupported(`${where}.architectures without SCMP_ARCH_X86_64`);
  return JSON.stringify(entry);
}

function checkNames(bundle: Bundle): Bundle {
  const kinds = bundle.namespaces.map(({ kind }) => kind);
  if (bundle.hostname !== '' && !kinds.includes('uts'))
    throw invalid('hostname needs a uts namespace of the container');
  const network = bundle.namespaces.find(({ kind }) => kind === 'network');
  const setting = Object.keys(bundle.sysctls).find((name) => name.startsWith('net.'));
  if (network === undefined && setting !== undefined)
    throw invalid(`linux.sysctl: ${setting} would change the host: the container has its network`);
  return bundle;
}

/**
 * A config.json. INVALID_ARGUMENT for what cannot be right, UNIMPLEMENTED for what this runtime does not do; both name the
 * field. Nothing is passed over in silence but `process.apparmorProfile`.
 */
export function readBundle(text: string): Bundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SkepError('INVALID_ARGUMENT', 'config.json is not JSON', { cause });
  }
  const whole = readKnown('', value, WHOLE_FIELDS);
  const ociVersion = readText('ociVersion', whole.ociVersion);
  if (!ociVersion.startsWith('1.')) throw unsupported(`ociVersion ${JSON.stringify(ociVersion)}`);
  const root = readKnown('root', whole.root, ['path', 'readonly']);
  const linux = readKnown('linux', whole.linux, LINUX_FIELDS);
  const domain = readText('domainname', whole.domainname);
  const rootPath = readText('root.path', root.path);
  if (rootPath === '') throw invalid('root.path is missing');
  return checkNames({
    ociVersion,
    rootPath,
    rootReadOnly: readFlag('root.readonly', root.readonly),
    rootPropagation: readText('linux.rootfsPropagation', linux.rootfsPropagation),
    hostname: readText('hostname', whole.hostname),
    program: readProcess('process', whole.process),
    mounts: readList('mounts', whole.mounts).map((mount, index) => readMount(`mounts[${index}]`, mount)),
    namespaces: readNamespaces(linux.namespaces),
    resources: readResources('linux.resources', linux.resources),
    cgroupsPath: readText('linux.cgroupsPath', linux.cgroupsPath),
    maskedPaths: readTexts('linux.maskedPaths', linux.maskedPaths),
    readOnlyPaths: readTexts('linux.readonlyPaths', linux.readonlyPaths),
    sysctls: {
      ...readTextMap('linux.sysctl', linux.sysctl),
      ...(domain === '' ? {} : { 'kernel.domainname': domain }),
    },
    seccompText: readSeccomp(linux.seccomp),
    devices: readList('linux.devices', linux.devices).map((device, index) =>
      readDevice(`linux.devices[${index}]`, device),
    ),
    hooks: readHooks(whole.hooks),
    annotations: readTextMap('annotations', whole.annotations),
  });
}
