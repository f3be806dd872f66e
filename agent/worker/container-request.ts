import type { ContainerSpec, LogDriver } from '../../lib/domain/container-spec.ts';
import type { GenericResources, Resources } from '../../lib/domain/service.ts';
import type { Task } from '../../lib/domain/task.ts';
import { SkepError } from '../../lib/errors.ts';
import { genericEnvironment } from '../../lib/generic-resource.ts';
import { applyCapabilities } from '../executor/capabilities.ts';
import type {
  ContainerBind,
  ContainerFile,
  ContainerNetwork,
  ContainerRequest,
  ContainerTmpfs,
} from '../executor/executor.ts';
import type { ResolvedImage } from '../image/image-store.ts';
import { logSettings } from '../logs/log-settings.ts';
import { type ContainerDefaults, confinementOf, NO_DEFAULTS, namespaceOptions } from './namespace-options.ts';
import { type GenericDevices, nodeOptions } from './node-options.ts';
import { type ImageVolumes, imageVolumeTargets } from './task-volumes.ts';
import { expandTemplate } from './template.ts';

/** What the node adds to a task's specification. */
export interface NodeFacts {
  readonly hostname: string;
  /** Address that DNS answers on inside tasks. */
  readonly resolverAddress: string;
  /** The node's own resolv.conf, for tasks on the host's network. */
  readonly hostResolvConf: string;
  readonly logPath: string;
  /** For containers that name no log driver; absent = bounded files. */
  readonly logDriver?: LogDriver;
  /** Data folder on the node of each volume of the task, by target. */
  readonly volumeFolders?: ReadonlyMap<string, string>;
  /** Devices that a task gets with a generic resource of this name. */
  readonly genericDevices?: readonly GenericDevices[];
  /** What the node's daemon was told for every container; absent = nothing. */
  readonly defaults?: ContainerDefaults;
}

/** A container of this node alone, in the words of a task as far as they say what is run. */
export interface LocalSubject {
  readonly kind: 'local';
  readonly id: string;
  readonly spec: {
    readonly container: ContainerSpec;
    readonly limits: Resources;
    readonly reservations: Resources;
  };
  /** One, or none where it has no network of its own. */
  readonly attachments: readonly { readonly address: string }[];
  readonly assignedGeneric?: GenericResources;
}

/** What a container is made for. */
export type ContainerSubject = Task | LocalSubject;

const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SHORT_ID_LENGTH = 12;
const DEFAULT_TMPFS_MODE = 0o1777;
const NO_FOLDERS: ReadonlyMap<string, string> = new Map();

/** What a container runs: the specification's part, and the image's where that leaves it out. */
export function argvOf(task: ContainerSubject, { image }: Pick<ResolvedImage, 'image'>): readonly string[] {
  const { command, args } = task.spec.container;
  // A command replaces the image's entrypoint, and with it the arguments that were made for that entrypoint.
  const head = command.length > 0 ? command : image.config.entrypoint;
  const tail = args.length > 0 ? args : command.length > 0 ? [] : image.config.cmd;
  const argv = [...head, ...tail];
  if (argv.length === 0) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `no command specified: image ${task.spec.container.image} has none`,
      {
        help: 'give one after the image name, or import the image with --change "CMD …"',
      },
    );
  }
  return argv;
}

/** Later entries win over earlier ones of the same key; order is that of first appearance. */
export function mergeEnv(...lists: readonly (readonly string[])[]): readonly string[] {
  const merged = new Map<string, string>();
  for (const entry of lists.flat()) {
    const split = entry.indexOf('=');
    if (split > 0) merged.set(entry.slice(0, split), entry);
  }
  return [...merged.values()];
}

/** Only what a service asks for may hold templates. */
function expanderOf(task: ContainerSubject, nodeHostname: string): (text: string) => string {
  return task.kind === 'task' ? (text) => expandTemplate(text, { task, nodeHostname }) : (text) => text;
}

function bindsOf(
  task: ContainerSubject,
  expand: (text: string) => string,
  volumeFolders: ReadonlyMap<string, string>,
  image: ImageVolumes,
): ContainerBind[] {
  const volumeAt = (target: string, readOnly: boolean): ContainerBind => {
    const source = volumeFolders.get(target);
    if (source === undefined) throw new SkepError('INTERNAL', `the volume at ${target} was not prepared`);
    return { source, target, readOnly, propagation: 'rprivate', ofNode: true };
  };
  const asked = task.spec.container.mounts.flatMap((mount): ContainerBind[] => {
    if (mount.kind === 'tmpfs') return [];
    const { target, readOnly } = mount;
    if (mount.kind === 'volume') return [volumeAt(target, readOnly)];
    const { propagation = 'rprivate', recursive } = mount;
    const bind = { source: expand(mount.source), target, readOnly, propagation };
    return [recursive === undefined ? bind : { ...bind, recursive }];
  });
  return [
    ...asked,
    ...imageVolumeTargets(task.spec.container.mounts, image).map((target) => volumeAt(target, false)),
  ];
}

function tmpfsOf(task: ContainerSubject): ContainerTmpfs[] {
  return task.spec.container.mounts.flatMap((mount) =>
    mount.kind === 'tmpfs'
      ? [
          {
            target: mount.target,
            readOnly: mount.readOnly,
            sizeBytes: mount.sizeBytes ?? null,
            mode: mount.mode ?? DEFAULT_TMPFS_MODE,
          },
        ]
      : [],
  );
}

function hostsFile(task: ContainerSubject, hostname: string): string {
  const own = task.attachments[0]?.address ?? '127.0.1.1';
  const lines = ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback', `${own} ${hostname}`];
  return `${[...lines, ...task.spec.container.hosts].join('\n')}\n`;
}

/** Only its node knows the names of a task's networks, so it comes first there; elsewhere there are none to know. */
function nameServers(task: ContainerSubject, resolverAddress: string, isOnHost: boolean): readonly string[] {
  const { dns } = task.spec.container;
  if (dns.length === 0) return [resolverAddress];
  const hasNames = task.kind === 'task' && task.attachments.length > 0 && !isOnHost;
  return hasNames ? [resolverAddress, ...dns] : dns;
}

function resolvConf(task: ContainerSubject, facts: NodeFacts, network: ContainerNetwork): string {
  const { dns, dnsSearch, dnsOptions } = task.spec.container;
  const isOnHost = network.kind === 'host';
  if (isOnHost && dns.length === 0) return facts.hostResolvConf;
  const lines = nameServers(task, facts.resolverAddress, isOnHost).map((server) => `nameserver ${server}`);
  if (dnsSearch.length > 0) lines.push(`search ${dnsSearch.join(' ')}`);
  lines.push(`options ${dnsOptions.length > 0 ? dnsOptions.join(' ') : 'ndots:0'}`);
  return `${lines.join('\n')}\n`;
}

type ProcessOptionName = 'groups' | 'ulimits' | 'sysctls' | 'oomScoreAdj' | 'shmSizeBytes';

function processOptions(spec: ContainerSpec): Pick<ContainerRequest, ProcessOptionName> {
  const { groups, ulimits, sysctls, oomScoreAdj, shmSizeBytes } = spec;
  return {
    groups,
    ulimits,
    sysctls,
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
    ...(shmSizeBytes === undefined ? {} : { shmSizeBytes }),
  };
}

/** What every program of a container starts with: the task's own, and its health checks. */
export interface ProgramSetting {
  readonly env: readonly string[];
  readonly workdir: string;
  /** `name|uid[:group|gid]`; empty = root. */
  readonly user: string;
}

function hostnameOf(task: ContainerSubject, nodeHostname: string): string {
  const { hostname, utsMode } = task.spec.container;
  if (utsMode === 'host') return nodeHostname;
  return hostname === undefined
    ? task.id.slice(0, SHORT_ID_LENGTH)
    : expanderOf(task, nodeHostname)(hostname);
}

/** Environment, folder and user of a task's programs, from its specification and its image's configuration. */
export function programSetting(
  task: ContainerSubject,
  config: Pick<ResolvedImage['image']['config'], 'env' | 'workingDir' | 'user'>,
  nodeHostname: string,
): ProgramSetting {
  const spec = task.spec.container;
  const own = spec.env.map(expanderOf(task, nodeHostname));
  const given = genericEnvironment(task.assignedGeneric?.items ?? []);
  const first = [DEFAULT_PATH, `HOSTNAME=${hostnameOf(task, nodeHostname)}`];
  const env = mergeEnv(first, config.env, own, given);
  return {
    env: spec.tty ? [...env, 'TERM=xterm'] : env,
    workdir: spec.workdir ?? (config.workingDir || '/'),
    user: spec.user ?? config.user,
  };
}

/**
 * Everything the executor needs to run a container, from its specification, its image and its node. Throws
 * INVALID_ARGUMENT or FAILED_PRECONDITION when the specification cannot be met.
 */
export function containerRequest(
  task: ContainerSubject,
  image: ResolvedImage,
  network: ContainerNetwork,
  facts: NodeFacts,
): ContainerRequest {
  const spec = task.spec.container;
  const expand = expanderOf(task, facts.hostname);
  const hostname = hostnameOf(task, facts.hostname);
  const files: ContainerFile[] = [
    { target: '/etc/hosts', content: hostsFile(task, hostname) },
    { target: '/etc/hostname', content: `${hostname}\n` },
    { target: '/etc/resolv.conf', content: resolvConf(task, facts, network) },
  ];
  return {
    ...programSetting(task, image.image.config, facts.hostname),
    id: task.id,
    layers: image.layerFolders,
    argv: argvOf(task, image),
    hostname,
    binds: bindsOf(task, expand, facts.volumeFolders ?? NO_FOLDERS, image.image.config),
    tmpfs: tmpfsOf(task),
    files,
    readOnlyRoot: spec.readOnlyRoot,
    init: spec.init,
    tty: spec.tty,
    openStdin: spec.openStdin ?? false,
    capabilities: applyCapabilities(spec.capabilityAdd, spec.capabilityDrop),
    ...confinementOf(spec, facts.defaults ?? NO_DEFAULTS),
    ...namespaceOptions(spec, facts.defaults ?? NO_DEFAULTS),
    network,
    ...nodeOptions(task, facts.genericDevices),
    ...processOptions(spec),
    logPath: facts.logPath,
    log: logSettings(spec.logDriver, facts.logDriver).log,
  };
}
