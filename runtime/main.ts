import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, SkepError } from '../lib/errors.ts';
import { type OptionForm, type ReadOptions, readOptions, textOption } from './command-line.ts';
import { unsupported } from './json-reader.ts';
import { STATE_COMMANDS } from './state-commands.ts';

/** skep-runtime: containers of OCI bundles, with the command line of runc. */

const PROJECT_ROOT = join(import.meta.dirname, '..', '..');
/** The newest runtime-spec whose fields are known here. */
const SPEC_VERSION = '1.1.0';
const DEFAULT_ROOT = '/run/skep-runtime';
/** What runc answers when a program could not be run inside a container. */
const EXEC_FAILED = 255;

const GLOBAL_FORMS: readonly OptionForm[] = [
  { name: 'root', kind: 'text' },
  { name: 'log', kind: 'text' },
  { name: 'log-format', kind: 'text' },
  { name: 'rootless', kind: 'text' },
  { name: 'debug', kind: 'flag' },
  { name: 'systemd-cgroup', kind: 'flag' },
  { name: 'version', short: 'v', kind: 'flag' },
  { name: 'help', short: 'h', kind: 'flag' },
];

function versionText(): string {
  const content: { version?: string } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  return `skep-runtime version ${content.version ?? 'unknown'}\nspec: ${SPEC_VERSION}\n`;
}

function usageText(): string {
  const globals = '[--root FOLDER] [--log FILE] [--log-format text|json]';
  return `usage: skep-runtime ${globals} COMMAND [options] CONTAINER-ID …\ncommands: create start state kill delete run exec ps list pause resume update features\n`;
}

/** On standard error, and in the log file, where containerd's shim looks for the reason. */
function reportError(globals: ReadOptions | null, error: unknown): void {
  const message = describeError(error);
  writeSync(2, `${message}\n`);
  const log = globals === null ? undefined : textOption(globals, 'log');
  if (globals === null || log === undefined || log === '') return;
  const time = new Date().toISOString();
  const isJson = textOption(globals, 'log-format') === 'json';
  const line = isJson
    ? JSON.stringify({ level: 'error', msg: message, time })
    : `time="${time}" level=error msg=${JSON.stringify(message)}`;
  try {
    appendFileSync(log, `${line}\n`);
  } catch {
    // The error itself was told; a log that cannot be written is not worth another.
  }
}

async function runCommandLine(globals: ReadOptions): Promise<number> {
  const [name, ...args] = globals.rest;
  if (globals.flags.has('version')) {
    writeSync(1, versionText());
    return 0;
  }
  if (globals.flags.has('help') || name === undefined || name === 'help') {
    writeSync(1, usageText());
    return 0;
  }
  if (globals.flags.has('systemd-cgroup')) throw unsupported('--systemd-cgroup', 'groups are made by files');
  // Node's own start is most of what a call takes, and the reading of files most of the rest: only what is needed is.
  const command =
    STATE_COMMANDS.get(name) ?? (await import('./create-commands.ts')).CREATE_COMMANDS.get(name);
  if (command === undefined) throw new SkepError('INVALID_ARGUMENT', `there is no command ${name}`);
  const openFiles = process.env.SKEP_OPEN_FILES ?? '';
  const runtime = {
    root: textOption(globals, 'root') ?? DEFAULT_ROOT,
    keeperPath: join(PROJECT_ROOT, 'build', 'skep-keeper'),
    openFiles: /^\d{1,9}$/.test(openFiles) ? Number(openFiles) : null,
  };
  return await command.run(runtime, readOptions(args, command.forms));
}

let globals: ReadOptions | null = null;
try {
  globals = readOptions(process.argv.slice(2), GLOBAL_FORMS);
  process.exit(await runCommandLine(globals));
} catch (error) {
  reportError(globals, error);
  process.exit(globals?.rest[0] === 'exec' ? EXEC_FAILED : 1);
}
