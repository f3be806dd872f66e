import { blankTaskSpec } from '../../../lib/blank-service.ts';
import type { ContainerSpec, Mount } from '../../../lib/domain/container-spec.ts';
import type { LocalContainerSpec, PortBinding, RestartRule } from '../../../lib/domain/local-container.ts';
import type { Resources } from '../../../lib/domain/service.ts';
import { UsageError } from '../../usage.ts';
import { applyContainerFlags } from '../service/container-flags.ts';
import type { Surroundings } from '../service/environment.ts';
import {
  booleanFlag,
  byteFlag,
  countFlag,
  cpuFlag,
  type Flags,
  integerFlag,
  listFlag,
  textFlag,
} from '../service/flag-values.ts';
import { parseExposedPort, parsePortBinding } from './publish-flag.ts';
import { parseTmpfs, parseVolume } from './volume-flag.ts';

/** What a line of `run` refers to outside itself. */
export interface ContainerSurroundings extends Surroundings {
  /** Makes a path absolute. */
  readonly resolvePath: (path: string) => string;
  /** `linux/amd64` of this machine. */
  readonly platform: string;
}

/** Flags of `run` by the names that they have in `service update`. */
const NAMES_OF_UPDATE: Readonly<Record<string, string>> = {
  env: 'envAdd',
  mount: 'mountAdd',
  dns: 'dnsAdd',
  dnsSearch: 'dnsSearchAdd',
  dnsOption: 'dnsOptionAdd',
  ulimit: 'ulimitAdd',
  sysctl: 'sysctlAdd',
};

/** `key=value` lines of label files, then those of flags; later ones win. */
function labelLines(flags: Flags, files: Surroundings['files']): readonly string[] {
  const fromFiles = listFlag(flags, 'labelFile').flatMap((name) =>
    (files[name] ?? '')
      .split('\n')
      .map((line) => line.replace(/\r$/, '').trimStart())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
  return [...fromFiles, ...listFlag(flags, 'label')];
}

/** `name:address` or `name=address`; brackets around an IPv6 address are taken off. */
function hostFlag(text: string): string {
  const match = /^([^:=]+)[:=]\[?([^\]]+)\]?$/.exec(text);
  if (match === null) throw new UsageError(`invalid host "${text}"`, 'use NAME:ADDRESS');
  return `${match[1]}:${match[2]}`;
}

function forContainerFlags(flags: Flags, files: Surroundings['files']): Flags {
  const { entrypoint: _entrypoint, ...others } = flags;
  const renamed = Object.entries(others).map(([key, value]) => [NAMES_OF_UPDATE[key] ?? key, value]);
  const stopTimeout = countFlag(flags, 'stopTimeout');
  return {
    ...Object.fromEntries(renamed),
    dnsOptionAdd: [...listFlag(flags, 'dnsOption'), ...listFlag(flags, 'dnsOpt')],
    containerLabelAdd: labelLines(flags, files),
    hostAdd: listFlag(flags, 'addHost').map(hostFlag),
    stopGracePeriod: stopTimeout === undefined ? undefined : `${stopTimeout}s`,
  };
}

/** The program and its arguments: an entrypoint is one word, and an empty one takes that of the image away. */
function commandOf(flags: Flags, args: readonly string[]): Pick<ContainerSpec, 'command' | 'args'> {
  const entrypoint = textFlag(flags, 'entrypoint');
  if (entrypoint === undefined) return { command: [], args };
  if (entrypoint !== '') return { command: [entrypoint], args };
  if (args.length === 0)
    throw new UsageError('--entrypoint "" leaves nothing to run', 'name a command after the image');
  return { command: args, args: [] };
}

function mountsOf(flags: Flags, fromMountFlags: readonly Mount[], resolvePath: (path: string) => string) {
  const mounts = [
    ...listFlag(flags, 'volume').map((text) => parseVolume(text, resolvePath)),
    ...fromMountFlags,
    ...listFlag(flags, 'tmpfs').map(parseTmpfs),
  ];
  const targets = mounts.map(({ target }) => target);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) throw new UsageError(`duplicate mount point: ${twice}`);
  return mounts;
}

function containerOf(
  image: string,
  args: readonly string[],
  flags: Flags,
  surroundings: ContainerSurroundings,
): ContainerSpec {
  const blank = blankTaskSpec(image).container;
  const applied = applyContainerFlags(blank, forContainerFlags(flags, surroundings.files), surroundings, {
    allowContainer: true,
  });
  return {
    ...applied,
    ...commandOf(flags, args),
    mounts: mountsOf(flags, applied.mounts, surroundings.resolvePath),
    ...(booleanFlag(flags, 'interactive') === true ? { openStdin: true } : {}),
  };
}

function limitsOf(flags: Flags): Resources {
  const memoryBytes = byteFlag(flags, 'memory');
  const nanoCpus = cpuFlag(flags, 'cpus');
  const pids = integerFlag(flags, 'pidsLimit');
  if (pids !== undefined && pids < -1) throw new UsageError(`invalid value "${pids}" for --pids-limit`);
  if (nanoCpus && (countFlag(flags, 'cpuQuota') || countFlag(flags, 'cpuPeriod'))) {
    throw new UsageError('--cpus does not go with --cpu-quota or --cpu-period');
  }
  return {
    ...(memoryBytes ? { memoryBytes } : {}),
    ...(nanoCpus ? { nanoCpus } : {}),
    ...(pids !== undefined && pids > 0 ? { pids } : {}),
  };
}

/** Reads `--restart`. Throws UsageError. */
export function parseRestart(text: string | undefined): RestartRule {
  const [name = '', times, ...rest] = (text || 'no').split(':');
  const maxRetries = times === undefined ? 0 : Number(times);
  const isCount = times === undefined || /^\d{1,9}$/.test(times);
  if (rest.length === 0 && isCount && (times === undefined || name === 'on-failure')) {
    if (name === 'no' || name === 'always' || name === 'unless-stopped' || name === 'on-failure') {
      return { name, maxRetries };
    }
  }
  throw new UsageError(
    `invalid value "${text ?? ''}" for --restart`,
    'use no, always, unless-stopped, on-failure or on-failure:TIMES',
  );
}

function networkOf(flags: Flags): string {
  const [name = '', ...more] = [...listFlag(flags, 'network'), ...listFlag(flags, 'net')];
  if (more.length > 0) throw new UsageError('a container of one node has one network', 'give --network once');
  return name === 'default' || name === '' ? 'bridge' : name;
}

function portsOf(flags: Flags, network: string): readonly PortBinding[] {
  const published = listFlag(flags, 'publish').flatMap(parsePortBinding);
  const exposed = listFlag(flags, 'expose').flatMap(parseExposedPort);
  if (network.startsWith('container:') && published.length > 0) {
    throw new UsageError(`--publish does not go with --network ${network}`, 'publish on the other container');
  }
  if (flags.publishAll !== true) return published;
  const isPublished = (port: PortBinding) =>
    published.some((other) => other.containerPort === port.containerPort && other.protocol === port.protocol);
  return [...published, ...exposed.filter((port) => !isPublished(port))];
}

function checkImageFlags(flags: Flags, platform: string): void {
  const pull = textFlag(flags, 'pull') ?? 'missing';
  if (pull !== 'missing' && pull !== 'never') {
    throw new UsageError(
      `--pull ${pull} is not supported by Skep`,
      'there are no registries yet: use skep image load',
    );
  }
  const asked = textFlag(flags, 'platform') ?? platform;
  if (asked !== platform && asked !== 'linux' && asked !== platform.split('/')[1]) {
    throw new UsageError(`--platform ${asked} does not run here`, `this node is ${platform}`);
  }
}

/** The container that a line of `run` or `create` asks for. Throws UsageError on what makes no sense. */
export function specOfContainer(
  image: string,
  args: readonly string[],
  flags: Flags,
  surroundings: ContainerSurroundings,
): LocalContainerSpec {
  checkImageFlags(flags, surroundings.platform);
  const restart = parseRestart(textFlag(flags, 'restart'));
  const autoRemove = booleanFlag(flags, 'rm') === true;
  if (autoRemove && restart.name !== 'no') throw new UsageError('conflicting options: --restart and --rm');
  const network = networkOf(flags);
  const reservation = byteFlag(flags, 'memoryReservation');
  return {
    name: textFlag(flags, 'name') ?? '',
    container: containerOf(image, args, flags, surroundings),
    limits: limitsOf(flags),
    reservations: reservation ? { memoryBytes: reservation } : {},
    restart,
    network,
    ports: portsOf(flags, network),
    publishAll: booleanFlag(flags, 'publishAll') === true,
    autoRemove,
  };
}
