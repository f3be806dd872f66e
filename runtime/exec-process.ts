import { SkepError } from '../lib/errors.ts';
import type { BundleProcess } from './bundle.ts';
import { numberOption, type ReadOptions, textOption } from './command-line.ts';

/** `1000`, `1000:100`. */
const USER_PATTERN = /^(\d{1,10})(?::(\d{1,10}))?$/;

function readGroup(text: string): number {
  if (!/^\d{1,10}$/.test(text))
    throw new SkepError('INVALID_ARGUMENT', `--additional-gids: ${text} is no number`);
  return Number(text);
}

/** The program of `exec` without a process.json: the container's own process with what the options say. INVALID_ARGUMENT. */
export function chooseProcess(
  own: BundleProcess,
  argv: readonly string[],
  options: ReadOptions,
): BundleProcess {
  if (argv.length === 0) throw new SkepError('INVALID_ARGUMENT', 'exec needs a command');
  const user = textOption(options, 'user');
  const [, userId, groupId] = USER_PATTERN.exec(user ?? '') ?? [];
  if (user !== undefined && userId === undefined)
    throw new SkepError('INVALID_ARGUMENT', `--user ${user} is not of the form UID[:GID]`);
  const added = options.values.get('cap') ?? [];
  const { capabilities } = own;
  return {
    ...own,
    argv,
    env: [...own.env, ...(options.values.get('env') ?? [])],
    workdir: textOption(options, 'cwd') ?? own.workdir,
    terminal: options.flags.has('tty'),
    noNewPrivileges: own.noNewPrivileges || options.flags.has('no-new-privs'),
    ...(userId === undefined ? {} : { userId: Number(userId), groupId: Number(groupId ?? own.groupId) }),
    groups: [...own.groups, ...(options.values.get('additional-gids') ?? []).map(readGroup)],
    capabilities: {
      ...capabilities,
      bounding: [...capabilities.bounding, ...added],
      effective: [...capabilities.effective, ...added],
      permitted: [...capabilities.permitted, ...added],
    },
  };
}

const RESOURCE_OPTIONS: readonly (readonly [option: string, group: string, field: string])[] = [
  ['memory', 'memory', 'limit'],
  ['memory-reservation', 'memory', 'reservation'],
  ['memory-swap', 'memory', 'swap'],
  ['cpu-share', 'cpu', 'shares'],
  ['cpu-quota', 'cpu', 'quota'],
  ['cpu-period', 'cpu', 'period'],
  ['pids-limit', 'pids', 'limit'],
  ['blkio-weight', 'blockIO', 'weight'],
];

/** Names of the options of `update` that carry a number. */
export const RESOURCE_OPTION_NAMES: readonly string[] = RESOURCE_OPTIONS.map(([option]) => option);

/** The options of `update` in the form of `linux.resources`. INVALID_ARGUMENT. */
export function resourcesOfOptions(options: ReadOptions): object {
  const groups: Record<string, Record<string, number | string>> = {};
  for (const [option, group, field] of RESOURCE_OPTIONS) {
    const value = numberOption(options, option);
    if (value !== undefined) groups[group] = { ...groups[group], [field]: value };
  }
  for (const field of ['cpus', 'mems']) {
    const value = textOption(options, `cpuset-${field}`);
    if (value !== undefined) groups.cpu = { ...groups.cpu, [field]: value };
  }
  return groups;
}
