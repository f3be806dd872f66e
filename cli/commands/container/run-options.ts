import { Option } from 'commander';

import type { SkepCommand } from '../../usage.ts';
import { addListOption, addSwitchOption, addUnsupportedOptions, appendValue } from '../options.ts';
import { NAMESPACE_OPTIONS } from '../service/namespace-flags.ts';
import { GPUS_OPTION, RESOURCE_LISTS, RESOURCE_OPTIONS, refuseGpus } from '../service/resource-flags.ts';

type OptionRow = readonly [flags: string, kind: 'text' | 'list' | 'switch', description: string];

/** Flags of `run` and `create`, by Docker's names. */
const ROWS: readonly OptionRow[] = [
  ['--name <name>', 'text', 'Name of the container'],
  ['-t, --tty', 'switch', 'Give the container a terminal'],
  ['-i, --interactive', 'switch', 'Keep standard input open'],
  ['-a, --attach <stream>', 'list', 'Attach to stdin, stdout or stderr'],
  ['--rm', 'switch', 'Remove the container when it ends'],
  ['--entrypoint <program>', 'text', "Replace the image's entrypoint"],
  ['-e, --env <KEY=value>', 'list', 'Set a variable of the environment'],
  ['--env-file <file>', 'list', 'Read variables from a file'],
  ['-l, --label <key=value>', 'list', 'Add a label'],
  ['--label-file <file>', 'list', 'Read labels from a file'],
  ['-w, --workdir <path>', 'text', 'Working directory inside the container'],
  ['-u, --user <user>', 'text', 'User name or id, with :group if wanted'],
  ['--group-add <group>', 'list', 'Add a further group of the user'],
  ['-h, --hostname <name>', 'text', 'Host name of the container'],
  ['-v, --volume <volume>', 'list', '[SOURCE:]TARGET[:ro], a volume or a folder of the node'],
  ['--mount <mount>', 'list', 'Attach a file system: type=volume|bind|tmpfs,source=…,target=…'],
  ['--tmpfs <target>', 'list', 'TARGET[:size=64m,mode=1777], a file system in memory'],
  ['--read-only', 'switch', "Mount the container's root read-only"],
  ['--init', 'switch', 'Run an init that forwards signals and reaps processes'],
  ['-p, --publish <port>', 'list', '[[ADDRESS:]PORT:]PORT_INSIDE[/tcp|udp|sctp]'],
  ['-P, --publish-all', 'switch', 'Publish every exposed port on a free one of the node'],
  ['--expose <port>', 'list', 'Expose a port, for --publish-all'],
  ['--network <network>', 'list', 'bridge, host, none or container:NAME'],
  ['--dns <address>', 'list', 'DNS server'],
  ['--dns-search <domain>', 'list', 'DNS search domain'],
  ['--dns-option <option>', 'list', 'DNS option'],
  ['--add-host <name:address>', 'list', 'Add a line to /etc/hosts'],
  ['--restart <policy>', 'text', 'no, always, unless-stopped or on-failure[:times]'],
  ['--stop-signal <signal>', 'text', 'Signal that stops the container'],
  ['--stop-timeout <seconds>', 'text', 'Time from the stop signal to the kill (default 10)'],
  ['--health-cmd <command>', 'text', 'Command that checks health'],
  ['--health-interval <duration>', 'text', 'Time between checks'],
  ['--health-timeout <duration>', 'text', 'Longest time for one check'],
  ['--health-retries <count>', 'text', 'Failures in a row that mean unhealthy'],
  ['--health-start-period <duration>', 'text', 'Time to start up in which failures do not count'],
  ['--health-start-interval <duration>', 'text', 'Time between checks while starting up'],
  ['--no-healthcheck', 'switch', "Disable the image's health check"],
  ['--cap-add <capability>', 'list', 'Add a capability'],
  ['--cap-drop <capability>', 'list', 'Drop a capability'],
  ['--security-opt <option>', 'list', 'no-new-privileges, seccomp=FILE, seccomp=unconfined, seccomp=builtin'],
  ['--ulimit <name=soft[:hard]>', 'list', 'Resource limit (-1 = unlimited)'],
  ['--sysctl <name=value>', 'list', 'Kernel setting of the container'],
  ['--shm-size <bytes>', 'text', 'Size of /dev/shm (default 64m)'],
  ['--oom-score-adj <score>', 'text', "Who is killed first when the node's memory ends (-1000 to 1000)"],
  ['-m, --memory <bytes>', 'text', 'Most memory'],
  ['--memory-reservation <bytes>', 'text', 'Memory that the kernel tries to leave to the container'],
  ['--cpus <cpus>', 'text', 'Most CPU'],
  ['--pids-limit <count>', 'text', 'Most processes (-1 = no limit)'],
  ['--log-driver <name>', 'text', 'How output is kept'],
  ['--log-opt <key=value>', 'list', 'Option of the log driver'],
  ['--cidfile <file>', 'text', 'Write the id of the container to a file'],
  ['--pull <word>', 'text', 'missing or never: an image is never fetched'],
  ['--platform <platform>', 'text', 'Must be that of the image'],
  ['-q, --quiet', 'switch', 'Has no effect: nothing is fetched'],
];

/** Other names that Docker takes for the same. */
const ALIASES: readonly OptionRow[] = [
  ['--net <network>', 'list', ''],
  ['--dns-opt <option>', 'list', ''],
];

/** Docker's flags that Skep does not have: named as such instead of "unknown". */
const UNSUPPORTED = [
  'annotation',
  'blkio-weight-device',
  'cgroup-parent',
  'cgroupns',
  'cpu-rt-period',
  'cpu-rt-runtime',
  'disable-content-trust',
  'domainname',
  'ip',
  'ip6',
  'isolation',
  'kernel-memory',
  'link',
  'link-local-ip',
  'mac-address',
  'network-alias',
  'net-alias',
  'runtime',
  'storage-opt',
  'use-api-socket',
  'volume-driver',
  'volumes-from',
] as const;

function addRow(command: SkepCommand, [flags, kind, description]: OptionRow): void {
  const option = new Option(flags, description);
  if (kind === 'list') option.argParser(appendValue);
  if (description === '') option.hideHelp();
  command.addOption(option);
}

/** Those that services have as well. Only a single container has a short name for one of them. */
function addResourceRows(command: SkepCommand): void {
  for (const [flags, kind, description] of RESOURCE_OPTIONS) {
    const named = flags.startsWith('--cpu-shares') ? `-c, ${flags}` : flags;
    if (kind === 'onOff') addSwitchOption(command, named, description);
    else addRow(command, [named, kind, description]);
  }
  for (const { name, value, what } of RESOURCE_LISTS) {
    addListOption(command, `--${name} <${value}>`, `Add a ${what}`);
  }
  command.addOption(new Option(GPUS_OPTION).hideHelp().argParser(refuseGpus));
}

/** Declares the flags that `run` and `create` share. `-h` is the host name there, so that help has no short name. */
export function addContainerOptions(command: SkepCommand): void {
  command.helpOption('--help', 'display help for command');
  for (const row of [...ROWS, ...ALIASES]) addRow(command, row);
  addResourceRows(command);
  for (const [flags, description] of NAMESPACE_OPTIONS) command.option(flags, description);
  addUnsupportedOptions(command, UNSUPPORTED);
}
