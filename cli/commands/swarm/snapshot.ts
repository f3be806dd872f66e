import { type FileHandle, open } from 'node:fs/promises';

import { SkepError } from '../../../lib/errors.ts';
import { formatByteSize } from '../../../lib/units.ts';
import type { SwarmRestoreRequest } from '../../../proto/messages.ts';
import type { Context } from '../../context.ts';
import { INTERRUPTED_EXIT_CODE, type SkepCommand, UsageError } from '../../usage.ts';
import { booleanFlag, type Flags, textFlag } from '../service/flag-values.ts';
import { firstManagerText } from './init.ts';
import { requireFree, writeWhole } from './whole-file.ts';

/** Bounds a backup and a restore; a state of the largest size takes minutes on a slow disk. */
const BACKUP_TIMEOUT_MS = 30 * 60_000;
/** Well below the limit of one message, large enough that the pipe stays full. */
const CHUNK_BYTES = 1024 * 1024;

/** The parts of a backup. A stream that breaks off throws; one that ends was sent whole. */
async function* backupParts(
  context: Context,
  signal: AbortSignal,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const { data } of context.control().saveBackup({}, { signal, timeoutMs: BACKUP_TIMEOUT_MS })) {
    total += data.length;
    if (data.length > 0) yield data;
  }
  if (total === 0) throw new SkepError('DATA_LOSS', 'the managers sent an empty backup');
  count(total);
}

async function saveTo(context: Context, path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const { terminal } = context;
  if (path === '-') {
    for await (const part of backupParts(context, signal, () => undefined)) await terminal.writeBytes(part);
    return;
  }
  const overwrite = booleanFlag(flags, 'force') === true;
  // Refused before the managers are asked for what nobody could keep.
  if (!overwrite) await requireFree(path);
  let size = 0;
  const parts = backupParts(context, signal, (bytes) => {
    size = bytes;
  });
  await writeWhole(path, parts, { overwrite });
  terminal.writeOut(
    `Saved the state of the swarm to ${path} (${formatByteSize(size)}).\n` +
      'Whoever reads this file can take over the swarm: keep it as you keep a key.\n',
  );
}

async function save(context: Context, path: string, flags: Flags): Promise<void> {
  const { terminal } = context;
  if (path === '-' && terminal.outputIsTerminal) {
    throw new UsageError('refusing to write a backup to a terminal', 'name a file, or use a pipe');
  }
  const abort = new AbortController();
  const ignoreInterrupts = terminal.onInterrupt(() => abort.abort());
  try {
    await saveTo(context, path, flags, abort.signal);
  } catch (thrown) {
    if (!abort.signal.aborted) throw thrown;
    terminal.writeError('Error: interrupted; no backup was made\n');
    context.exitWith(INTERRUPTED_EXIT_CODE);
  } finally {
    ignoreInterrupts();
  }
}

/** The bytes of a backup. A file that cannot be read fails before anything is sent. */
async function openBackup(context: Context, path: string): Promise<AsyncIterable<Uint8Array>> {
  const { terminal } = context;
  if (path === '-' && terminal.inputIsTerminal) {
    throw new UsageError('refusing to read a backup from a terminal', 'name a file, or use a pipe');
  }
  if (path === '-') return terminal.readInput();
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    if ((await file.stat()).isDirectory()) throw new Error('it is a folder');
    return file.createReadStream({ highWaterMark: CHUNK_BYTES });
  } catch (cause) {
    await file?.close();
    throw new SkepError('NOT_FOUND', `cannot read ${path}`, { cause });
  }
}

async function* restoreMessages(
  header: NonNullable<SwarmRestoreRequest['header']>,
  data: AsyncIterable<Uint8Array>,
): AsyncGenerator<SwarmRestoreRequest> {
  yield { header, data: new Uint8Array() };
  for await (const part of data) yield { data: part };
}

async function restore(context: Context, path: string, flags: Flags): Promise<void> {
  const header = {
    advertiseAddress: textFlag(flags, 'advertiseAddr') ?? '',
    listenAddress: textFlag(flags, 'listenAddr') ?? '',
    dataPathAddress: textFlag(flags, 'dataPathAddr') ?? '',
  };
  const messages = restoreMessages(header, await openBackup(context, path));
  const answer = await context.local().swarmRestore(messages, { timeoutMs: BACKUP_TIMEOUT_MS });
  context.terminal.writeOut(
    `Swarm restored: current node (${answer.nodeId}) is now its only manager.\n\n${firstManagerText(answer)}`,
  );
}

/** `skep swarm snapshot save` and `skep swarm snapshot restore`. */
export function addSnapshot(parent: SkepCommand, context: Context): void {
  const snapshot = parent.createCommand('snapshot').description('Back up the state of the swarm');
  const saving = snapshot.createCommand('save').description('Write the state of the swarm to a file');
  saving
    .argument('<file|->', 'file, or - for standard output')
    .option('-f, --force', 'Replace the file if there is one')
    .action((path: string, flags: Flags) => save(context, path, flags));
  snapshot.addCommand(saving);

  const restoring = snapshot
    .createCommand('restore')
    .description('Make this node the only manager of a swarm with the state of a file');
  restoring
    .argument('<file|->', 'file, or - for standard input')
    .option('--advertise-addr <address[:port]>', 'Address at which other nodes reach this one')
    .option('--listen-addr <address[:port]>', 'Address to listen on (default 0.0.0.0:2377)')
    .option('--data-path-addr <address>', 'Address for the traffic of containers')
    .action((path: string, flags: Flags) => restore(context, path, flags));
  snapshot.addCommand(restoring);
  parent.addCommand(snapshot);
}
