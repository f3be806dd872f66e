import { constants } from 'node:os';
import { SkepError } from '../lib/errors.ts';
import { type Command, flag, print, text } from './command.ts';
import { type ReadOptions, readSignal, textOption } from './command-line.ts';
import { checkId, describeState } from './container-record.ts';
import { processesOf, setFrozen } from './control-groups.ts';
import { deleteContainer, type Runtime, signalContainer, startContainer } from './lifecycle.ts';
import { listRecords, readRecord, statusOf } from './state-folder.ts';

const SIGTERM = 15;

async function stateCommand(runtime: Runtime, options: ReadOptions): Promise<number> {
  const record = await readRecord(runtime.root, checkId(options.rest[0]));
  print(JSON.stringify(describeState(record, await statusOf(runtime.root, record)), null, 2));
  return 0;
}

async function killCommand(runtime: Runtime, options: ReadOptions): Promise<number> {
  const [id, name] = options.rest;
  const signal = name === undefined ? SIGTERM : readSignal(name, constants.signals);
  await signalContainer(runtime, id, signal, options.flags.has('all'));
  return 0;
}

async function psCommand(runtime: Runtime, options: ReadOptions): Promise<number> {
  const [id, ...columns] = options.rest;
  const pids = await processesOf((await readRecord(runtime.root, checkId(id))).groupFolders);
  if (textOption(options, 'format') === 'json') {
    print(JSON.stringify(pids));
    return 0;
  }
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { stdout } = await promisify(execFile)('ps', columns.length === 0 ? ['-ef'] : columns);
  const [header = '', ...lines] = stdout.trimEnd().split('\n');
  const place = header.trim().split(/\s+/).indexOf('PID');
  const isOurs = (line: string): boolean => pids.includes(Number(line.trim().split(/\s+/)[place]));
  for (const line of [header, ...lines.filter(isOurs)]) print(line);
  return 0;
}

async function listCommand(runtime: Runtime, options: ReadOptions): Promise<number> {
  const records = await listRecords(runtime.root);
  const states = await Promise.all(
    records.map(async (record) => describeState(record, await statusOf(runtime.root, record))),
  );
  if (options.flags.has('quiet')) for (const { id } of records) print(id);
  else if (textOption(options, 'format') === 'json') print(JSON.stringify(states));
  else {
    const rows = states.map((state) => Object.values(state));
    print('ID\tPID\tSTATUS\tBUNDLE\tCREATED');
    for (const [, id, status, pid, bundle, , created] of rows)
      print([id, pid, status, bundle, created].join('\t'));
  }
  return 0;
}

async function freeze(runtime: Runtime, options: ReadOptions, frozen: boolean): Promise<number> {
  const record = await readRecord(runtime.root, checkId(options.rest[0]));
  const status = await statusOf(runtime.root, record);
  if (status === 'stopped' || (frozen && status === 'paused') || (!frozen && status !== 'paused'))
    throw new SkepError(
      'FAILED_PRECONDITION',
      `cannot ${frozen ? 'pause' : 'resume'} a container that is ${status}`,
    );
  await setFrozen(record.groupFolders, frozen);
  return 0;
}

/** Commands about containers that are there already. */
export const STATE_COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['start', { forms: [], run: (runtime, options) => startContainer(runtime, options.rest[0]).then(() => 0) }],
  ['state', { forms: [], run: stateCommand }],
  ['kill', { forms: [flag('all', 'a')], run: killCommand }],
  [
    'delete',
    {
      forms: [flag('force', 'f')],
      run: (runtime, options) =>
        deleteContainer(runtime, options.rest[0], options.flags.has('force')).then(() => 0),
    },
  ],
  ['ps', { forms: [text('format', 'f')], run: psCommand }],
  ['list', { forms: [text('format', 'f'), flag('quiet', 'q')], run: listCommand }],
  ['pause', { forms: [], run: (runtime, options) => freeze(runtime, options, true) }],
  ['resume', { forms: [], run: (runtime, options) => freeze(runtime, options, false) }],
]);
