import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Command, flag, print, text } from './command.ts';
import { numberOption, type OptionForm, type ReadOptions, textOption } from './command-line.ts';
import { checkId } from './container-record.ts';
import { readLayout, writeLimits } from './control-groups.ts';
import { type CreateOptions, createContainer, execInContainer } from './creation.ts';
import { chooseProcess, RESOURCE_OPTION_NAMES, resourcesOfOptions } from './exec-process.ts';
import { describeFeatures } from './features.ts';
import { planLimits } from './groups-plan.ts';
import { unsupported } from './json-reader.ts';
import { deleteContainer, type Runtime } from './lifecycle.ts';
import type { OneShotProgram } from './one-shot.ts';
import { readProcess } from './process-reader.ts';
import { readResources } from './resources-reader.ts';
import { readRecord } from './state-folder.ts';

const CREATE_FORMS: readonly OptionForm[] = [
  text('bundle', 'b'),
  text('console-socket'),
  text('pid-file'),
  flag('no-pivot'),
  flag('no-new-keyring'),
  text('preserve-fds'),
];
const EXEC_FORMS: readonly OptionForm[] = [
  text('console-socket'),
  text('cwd'),
  { name: 'env', short: 'e', kind: 'list' },
  flag('tty', 't'),
  text('user', 'u'),
  { name: 'additional-gids', short: 'g', kind: 'list' },
  text('process', 'p'),
  flag('detach', 'd'),
  text('pid-file'),
  flag('no-new-privs'),
  { name: 'cap', short: 'c', kind: 'list' },
  text('preserve-fds'),
  text('cgroup'),
];
const UPDATE_FORMS: readonly OptionForm[] = [
  text('resources', 'r'),
  text('cpuset-cpus'),
  text('cpuset-mems'),
  ...RESOURCE_OPTION_NAMES.map((name) => text(name)),
];
/** A terminal's size changes go to the relay by themselves; these are for the program. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
function refuseDescriptors(options: ReadOptions): void {
  if ((numberOption(options, 'preserve-fds') ?? 0) !== 0) throw unsupported('--preserve-fds');
  if (options.flags.has('no-pivot')) throw unsupported('--no-pivot', 'the root is always pivoted into');
}

function createOptions(options: ReadOptions, gated: boolean, wait: boolean): CreateOptions {
  refuseDescriptors(options);
  return {
    bundlePath: textOption(options, 'bundle') ?? '.',
    consoleSocket: textOption(options, 'console-socket') ?? null,
    pidFile: textOption(options, 'pid-file') ?? null,
    gated,
    wait,
  };
}

/** Hands the caller's signals on until the program ended. */
async function followProgram(program: OneShotProgram): Promise<number> {
  for (const name of FORWARDED) {
    process.on(name, () => {
      try {
        process.kill(program.pid, name);
      } catch {
        // It has just ended.
      }
    });
  }
  return await program.ended;
}

async function runCommand(runtime: Runtime, options: ReadOptions): Promise<number> {
  const wait = !options.flags.has('detach');
  const { program, record } = await createContainer(
    runtime,
    options.rest[0],
    createOptions(options, false, wait),
  );
  if (!wait) return 0;
  const code = await followProgram(program);
  if (!options.flags.has('keep')) await deleteContainer(runtime, record.id, true);
  return code;
}

async function execCommand(runtime: Runtime, options: ReadOptions): Promise<number> {
  refuseDescriptors(options);
  if (options.values.has('cgroup')) throw unsupported('--cgroup');
  const [id, ...argv] = options.rest;
  const file = textOption(options, 'process');
  const wanted = file === undefined ? null : readProcess('process', JSON.parse(await readFile(file, 'utf8')));
  const wait = !options.flags.has('detach');
  const program = await execInContainer(runtime, id, (own) => wanted ?? chooseProcess(own, argv, options), {
    consoleSocket: textOption(options, 'console-socket') ?? null,
    pidFile: textOption(options, 'pid-file') ?? null,
    wait,
  });
  return wait ? await followProgram(program) : 0;
}

async function updateCommand(runtime: Runtime, options: ReadOptions): Promise<number> {
  const record = await readRecord(runtime.root, checkId(options.rest[0]));
  const file = textOption(options, 'resources');
  const given: unknown =
    file === undefined
      ? resourcesOfOptions(options)
      : JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  const resources = readResources('resources', given);
  // runc takes no rules for devices here either: the container's stay as they are.
  await writeLimits(planLimits(await readLayout(), record.groupsPath, resources));
  return 0;
}

/** Commands that read bundles. */
export const CREATE_COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'create',
    {
      forms: CREATE_FORMS,
      run: async (runtime, options) => {
        await createContainer(runtime, options.rest[0], createOptions(options, true, false));
        return 0;
      },
    },
  ],
  [
    'run',
    { forms: [...CREATE_FORMS, flag('detach', 'd'), flag('keep'), flag('no-subreaper')], run: runCommand },
  ],
  ['exec', { forms: EXEC_FORMS, run: execCommand }],
  ['update', { forms: UPDATE_FORMS, run: updateCommand }],
  [
    'features',
    {
      forms: [],
      run: () => {
        print(JSON.stringify(describeFeatures(), null, 2));
        return Promise.resolve(0);
      },
    },
  ],
]);
