import { Option } from 'commander';

import type { SkepCommand } from '../../usage.ts';
import { addListOption, addSwitchOption, addUnsupportedOptions, appendValue } from '../options.ts';
import { NAMESPACE_OPTIONS } from './namespace-flags.ts';
import { GPUS_OPTION, RESOURCE_LISTS, RESOURCE_OPTIONS, refuseGpus } from './resource-flags.ts';

type OptionKind = 'text' | 'list' | 'switch';
type OptionRow = readonly [flags: string, kind: OptionKind, description: string];

/** Flags that `create` and `update` share. */
const SHARED: readonly OptionRow[] = [
  ['--entrypoint <command>', 'text', "Replace the image's entrypoint"],
  ['--user <user>', 'text', 'User name or id, with :group if wanted'],
  ['--workdir <path>', 'text', 'Working directory inside the container'],
  ['--hostname <name>', 'text', 'Host name of the container'],
  ['--read-only', 'switch', "Mount the container's root read-only"],
  ['--init', 'switch', 'Run an init that forwards signals and reaps processes'],
  ['--tty', 'switch', 'Give the container a terminal'],
  ['--stop-signal <signal>', 'text', 'Signal that stops the container'],
  ['--stop-grace-period <duration>', 'text', 'Time from the stop signal to the kill (default 10s)'],
  ['--drain <duration>', 'text', 'Time for open connections before the stop signal (default 2s)'],
  ['--cap-add <capability>', 'list', 'Add a capability'],
  ['--cap-drop <capability>', 'list', 'Drop a capability'],
  ['--oom-score-adj <score>', 'text', "Who is killed first when the node's memory ends (-1000 to 1000)"],
  ['--shm-size <bytes>', 'text', 'Size of /dev/shm (default 64m)'],
  ['--security-opt <option>', 'list', 'no-new-privileges, seccomp=FILE, seccomp=unconfined, seccomp=builtin'],
  ['--log-driver <driver>', 'text', "json-file, none, syslog or tcp (default: the node's own)"],
  ['--log-opt <name=value>', 'list', 'Option of the log driver: max-size, max-file, syslog-address, ...'],
  ['--limit-cpu <cpus>', 'text', 'Most CPU that a task may use'],
  ['--limit-memory <bytes>', 'text', 'Most memory that a task may use'],
  ['--limit-pids <count>', 'text', 'Most processes that a task may have (0 = no limit)'],
  ['--reserve-cpu <cpus>', 'text', 'CPU kept free for a task'],
  ['--reserve-memory <bytes>', 'text', 'Memory kept free for a task'],
  ['--restart-condition <word>', 'text', 'When to restart: none, on-failure, any (default any)'],
  ['--restart-delay <duration>', 'text', 'Pause before a restart (default 5s)'],
  ['--restart-max-attempts <count>', 'text', 'Restarts before giving up (0 = no bound)'],
  ['--restart-window <duration>', 'text', 'Window in which restarts are counted (0 = all time)'],
  ['--update-parallelism <count>', 'text', 'Tasks updated at once (0 = all)'],
  ['--update-delay <duration>', 'text', 'Pause between updates'],
  ['--update-failure-action <word>', 'text', 'On failure: pause, continue, rollback'],
  ['--update-monitor <duration>', 'text', 'How long each new task is watched (default 5s)'],
  ['--update-max-failure-ratio <share>', 'text', 'Failures to tolerate, 0 to 1'],
  ['--update-order <word>', 'text', 'stop-first or start-first'],
  ['--rollback-parallelism <count>', 'text', 'Tasks rolled back at once (0 = all)'],
  ['--rollback-delay <duration>', 'text', 'Pause between rollbacks'],
  ['--rollback-failure-action <word>', 'text', 'On failure: pause, continue'],
  ['--rollback-monitor <duration>', 'text', 'How long each task is watched (default 5s)'],
  ['--rollback-max-failure-ratio <share>', 'text', 'Failures to tolerate, 0 to 1'],
  ['--rollback-order <word>', 'text', 'stop-first or start-first'],
  ['--replicas <count>', 'text', 'Number of tasks'],
  ['--replicas-max-per-node <count>', 'text', 'Most tasks on one node (0 = no limit)'],
  ['--endpoint-mode <word>', 'text', 'vip or dnsrr'],
  ['--health-cmd <command>', 'text', 'Command that checks health'],
  ['--health-interval <duration>', 'text', 'Time between checks'],
  ['--health-timeout <duration>', 'text', 'Longest time for one check'],
  ['--health-retries <count>', 'text', 'Failures in a row that mean unhealthy'],
  ['--health-start-period <duration>', 'text', 'Time to start up in which failures do not count'],
  ['--health-start-interval <duration>', 'text', 'Time between checks while starting up'],
  ['--no-healthcheck', 'switch', "Disable the image's health check"],
  ['-d, --detach', 'switch', 'Do not wait for the service to converge'],
  ['-q, --quiet', 'switch', 'Wait without showing progress'],
];

/** Lists: plain in `create`; with `-add` and `-rm` in `update`. */
const LISTS: readonly {
  readonly name: string;
  readonly short?: string;
  readonly value: string;
  readonly what: string;
}[] = [
  { name: 'env', short: '-e', value: 'KEY=value', what: 'variable of the environment' },
  { name: 'label', short: '-l', value: 'key=value', what: 'service label' },
  { name: 'container-label', value: 'key=value', what: 'container label' },
  { name: 'mount', value: 'mount', what: 'bind or tmpfs mount' },
  { name: 'host', value: 'name:address', what: 'line of /etc/hosts' },
  { name: 'dns', value: 'address', what: 'DNS server' },
  { name: 'dns-search', value: 'domain', what: 'DNS search domain' },
  { name: 'dns-option', value: 'option', what: 'DNS option' },
  { name: 'constraint', value: 'constraint', what: 'placement constraint' },
  { name: 'network', value: 'network', what: 'network' },
  { name: 'group', value: 'group', what: 'further group of the user' },
  { name: 'ulimit', value: 'name=soft[:hard]', what: 'resource limit (-1 = unlimited)' },
  { name: 'sysctl', value: 'name=value', what: 'kernel setting of the container' },
  ...RESOURCE_LISTS,
  { name: 'generic-resource', value: 'KIND=count', what: 'generic resource that a node keeps for a task' },
  { name: 'publish', short: '-p', value: 'port', what: 'published port' },
];

/** Docker's flags for services that Skep does not have: named as such instead of "unknown". */
const UNSUPPORTED = [
  'config',
  'config-add',
  'config-rm',
  'credential-spec',
  'isolation',
  'max-concurrent',
  'no-resolve-image',
  'placement-pref',
  'placement-pref-add',
  'placement-pref-rm',
  'secret',
  'secret-add',
  'secret-rm',
  'with-registry-auth',
] as const;

const SHORT_NAMES: Readonly<Record<string, string>> = {
  '--user <user>': '-u, --user <user>',
  '--workdir <path>': '-w, --workdir <path>',
  '--tty': '-t, --tty',
};

function addRow(command: SkepCommand, [flags, kind, description]: OptionRow): void {
  const option = new Option(SHORT_NAMES[flags] ?? flags, description);
  if (kind === 'list') option.argParser(appendValue);
  command.addOption(option);
}

/** Declares the flags of rights, devices and control group that take one value, for services and single containers. */
export function addResourceOptions(command: SkepCommand): void {
  for (const [flags, kind, description] of RESOURCE_OPTIONS) {
    if (kind === 'onOff') addSwitchOption(command, flags, description);
    else addRow(command, [flags, kind, description]);
  }
  command.addOption(new Option(GPUS_OPTION).hideHelp().argParser(refuseGpus));
}

/** Declares every flag of `service create`. */
export function addCreateOptions(command: SkepCommand): void {
  command.option('--name <name>', 'Name of the service');
  command.option('--mode <mode>', 'replicated or global', undefined);
  addListOption(command, '--env-file <file>', 'Read environment variables from a file');
  for (const { name, short, value, what } of LISTS) {
    addListOption(command, `${short === undefined ? '' : `${short}, `}--${name} <${value}>`, `Add a ${what}`);
  }
  for (const row of SHARED) addRow(command, row);
  addResourceOptions(command);
  for (const [flags, description] of NAMESPACE_OPTIONS) command.option(flags, description);
  addUnsupportedOptions(command, UNSUPPORTED);
}

/** Declares every flag of `service update`. */
export function addUpdateOptions(command: SkepCommand): void {
  command.option('--image <image>', 'Image of the service');
  command.option('--args <command>', 'Arguments of the service');
  command.option('--force', 'Replace every task even if nothing changed');
  command.option('--rollback', 'Return to the specification before the last update');
  for (const { name, value, what } of LISTS) {
    addListOption(command, `--${name}-add <${value}>`, `Add or replace a ${what}`);
    addListOption(command, `--${name}-rm <name>`, `Remove a ${what}`);
  }
  for (const row of SHARED) addRow(command, row);
  addResourceOptions(command);
  for (const [flags, description] of NAMESPACE_OPTIONS) command.option(flags, description);
  addUnsupportedOptions(command, UNSUPPORTED);
}
