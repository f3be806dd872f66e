import { hostname } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { GenericDevices } from '../agent/worker/node-options.ts';
import { DEFAULT_API_PORT } from '../lib/defaults.ts';
import type { LogDriver } from '../lib/domain/container-spec.ts';
import type { GenericResource } from '../lib/domain/service.ts';
import { describeError, SkepError } from '../lib/errors.ts';
import { parseNodeResources } from '../lib/generic-resource.ts';
import type { LogLevel } from '../lib/ports.ts';
import { LOG_DRIVER_NAMES, parseLogDriver } from '../lib/validation/log-driver.ts';
import { parseGenericDevices } from './generic-devices.ts';

/** What skepd was started with. */
export interface DaemonOptions {
  readonly dataRoot: string;
  readonly runRoot: string;
  /** Group below which every container's group is made, in each hierarchy. */
  readonly cgroupParent: string;
  /** Default of `swarm init` and `swarm join`. */
  readonly listenAddress: string;
  /** Default of `swarm init` and `swarm join`; empty = found out. */
  readonly advertiseAddress: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly logLevel: LogLevel;
  /** What the node has besides what it can count itself. */
  readonly genericResources: readonly GenericResource[];
  /** Devices that a task gets with a generic resource. */
  readonly genericDevices: readonly GenericDevices[];
  /** Of containers that name none. */
  readonly logDriver: LogDriver;
  /** Default of every container that does not say otherwise. */
  readonly noNewPrivileges: boolean;
  /** File of a seccomp profile, or `unconfined`; empty = the built-in profile. */
  readonly seccompProfile: string;
  /** `default` or `USER[:GROUP]`, whose subordinate ids containers get; empty = the node's own users. */
  readonly usernsRemap: string;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function addLabel(text: string, labels: Record<string, string>): Record<string, string> {
  const split = text.indexOf('=');
  if (split <= 0) throw new InvalidArgumentError('A label is written key=value.');
  return { ...labels, [text.slice(0, split)]: text.slice(split + 1) };
}

function addLogOption(text: string, options: Record<string, string>): Record<string, string> {
  const split = text.indexOf('=');
  if (split <= 0) throw new InvalidArgumentError('A log option is written name=value.');
  return { ...options, [text.slice(0, split)]: text.slice(split + 1) };
}

function parseLevel(text: string): LogLevel {
  const level = LEVELS.find((candidate) => candidate === text);
  if (level === undefined) throw new InvalidArgumentError(`One of ${LEVELS.join(', ')}.`);
  return level;
}

function append(text: string, texts: readonly string[]): readonly string[] {
  return [...texts, text];
}

interface GenericOptions {
  readonly nodeGenericResource: readonly string[];
  readonly genericDevice: readonly string[];
}

function genericOf(
  command: Command,
  { nodeGenericResource, genericDevice }: GenericOptions,
): Pick<DaemonOptions, 'genericResources' | 'genericDevices'> {
  try {
    const genericResources = parseNodeResources(nodeGenericResource);
    return { genericResources, genericDevices: parseGenericDevices(genericDevice, genericResources) };
  } catch (thrown) {
    if (thrown instanceof SkepError) return command.error(`${thrown.message}; ${thrown.help}`);
    throw thrown;
  }
}

/** Reads the command line of skepd; prints usage and exits with 2 when it is wrong. */
export function parseDaemonOptions(argv: readonly string[]): DaemonOptions {
  const command = new Command('skepd')
    .description('The Skep daemon: one process on every node.')
    .option('--data-root <folder>', 'images, state and logs', '/var/lib/skep')
    .option('--run-root <folder>', 'sockets and locks', '/run/skep')
    .option('--cgroup-parent <group>', 'control group that holds the containers', '/skep')
    .option('--listen-addr <address>', 'address of the cluster API', `0.0.0.0:${DEFAULT_API_PORT}`)
    .option('--advertise-addr <address>', 'address that other nodes reach this one at (ip or interface)', '')
    .option('--label <key=value>', 'label of this node, matched by engine.labels.KEY', addLabel, {})
    .option('--hostname <name>', 'name of this node', hostname())
    .option(
      '--node-generic-resource <resource>',
      'what the node has: GPU=2, or GPU=NAME (repeatable)',
      append,
      [],
    )
    .option(
      '--generic-device <device>',
      'what one stands for: GPU=NAME:/dev/x[,/dev/y] (repeatable)',
      append,
      [],
    )
    .option(
      '--log-driver <driver>',
      `of containers that name none: ${LOG_DRIVER_NAMES.join(', ')}`,
      'json-file',
    )
    .option('--log-opt <name=value>', 'option of that log driver', addLogOption, {})
    .option('--no-new-privileges', 'default of containers: no program gains rights by set-id bits')
    .option('--seccomp-profile <file>', 'default system call filter of containers, or "unconfined"', '')
    .option(
      '--userns-remap <user[:group]>',
      'map the users of containers: "default", or whose ids to use',
      '',
    )
    .option('--log-level <level>', LEVELS.join(', '), parseLevel, 'info')
    .configureOutput({
      outputError: (text, write) =>
        write(
          `skepd: ${text
            .replace(/^error: /, '')
            .replaceAll(/\s*\n\s*/g, ' ')
            .trim()}\n`,
        ),
    })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse([...argv]);
  const options = command.opts();
  const logDriver: LogDriver = { name: options.logDriver, options: options.logOpt };
  try {
    parseLogDriver('--log-driver', logDriver);
  } catch (thrown) {
    command.error(describeError(thrown), { exitCode: 2 });
  }
  return {
    dataRoot: options.dataRoot,
    runRoot: options.runRoot,
    cgroupParent: options.cgroupParent,
    listenAddress: options.listenAddr,
    advertiseAddress: options.advertiseAddr,
    labels: options.label,
    hostname: options.hostname,
    logLevel: options.logLevel,
    ...genericOf(command, {
      nodeGenericResource: options.nodeGenericResource,
      genericDevice: options.genericDevice,
    }),
    logDriver,
    // Commander reads a name with `no-` as the opposite of the rest.
    noNewPrivileges: options.newPrivileges === false,
    seccompProfile: options.seccompProfile,
    usernsRemap: options.usernsRemap,
  };
}
