import type { ContainerUsage } from '../../../proto/container-messages.ts';
import type { Context } from '../../context.ts';
import { formatUsage, type UsageRow } from '../../format/container-stats.ts';
import { INTERRUPTED_EXIT_CODE, type SkepCommand } from '../../usage.ts';

const CLEAR_SCREEN = '\x1b[2J\x1b[H';

interface StatsOptions {
  readonly all?: boolean;
  /** False of `--no-stream`. */
  readonly stream: boolean;
  readonly trunc: boolean;
  readonly format?: string;
}

/** Those that were measured, and with `known` also those that do not run, by name as far as they are known. */
function rowsOf(usages: readonly ContainerUsage[], known: readonly UsageRow[]): readonly UsageRow[] {
  const measured = usages.map((usage) => ({ id: usage.id, name: usage.name, usage }));
  const others = known.filter(({ id }) => !usages.some((usage) => usage.id === id));
  return [...measured, ...others];
}

async function stats(context: Context, references: readonly string[], options: StatsOptions): Promise<void> {
  const { terminal } = context;
  const listsAll = options.all === true && references.length === 0;
  const known = listsAll ? (await context.containers().list({ all: true, size: false })).containers : [];
  const redraws = terminal.interactive && options.stream && options.format === undefined;
  const abort = new AbortController();
  const stopListening = terminal.onInterrupt(() => abort.abort());
  const request = { references, stream: options.stream };
  try {
    for await (const message of context.containers().stats(request, { signal: abort.signal })) {
      const text = formatUsage(rowsOf(message.containers, known), options.format, !options.trunc);
      await terminal.writeBytes(Buffer.from(`${redraws ? CLEAR_SCREEN : ''}${text}`));
    }
  } catch (thrown) {
    if (!abort.signal.aborted) throw thrown;
    context.exitWith(INTERRUPTED_EXIT_CODE);
  } finally {
    stopListening();
  }
}

/** `skep stats`. */
export function addStats(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('stats').description('Show what containers use, once a second');
  command
    .argument('[container...]')
    .option('-a, --all', 'Show those that do not run too')
    .option('--no-stream', 'Show one sample and end')
    .option('--no-trunc', 'Show ids uncut')
    .option('--format <template>', 'table, json, or a template such as {{.Name}}: {{.CPUPerc}}')
    .action((references: string[], options: StatsOptions) => stats(context, references, options));
  parent.addCommand(command);
}
