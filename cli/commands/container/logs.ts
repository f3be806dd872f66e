import type { ContainerLogLine } from '../../../proto/container-messages.ts';
import type { Context } from '../../context.ts';
import { INTERRUPTED_EXIT_CODE, type SkepCommand } from '../../usage.ts';
import { addUnsupportedOptions } from '../options.ts';
import { parseSince, parseTail } from '../service/logs.ts';

interface LogFlags {
  readonly follow?: boolean;
  readonly tail: string;
  readonly since?: string;
  readonly until?: string;
  readonly timestamps?: boolean;
}

/** The bytes of a line as the container wrote them, with the time before them when it was asked for. */
function shownLine(line: ContainerLogLine, withTime: boolean): Uint8Array {
  return withTime ? Buffer.concat([Buffer.from(`${line.time} `), line.data]) : line.data;
}

async function logs(context: Context, reference: string, flags: LogFlags): Promise<void> {
  const { terminal } = context;
  const nowMs = terminal.nowMs();
  const request = {
    reference,
    follow: flags.follow === true,
    tail: parseTail(flags.tail),
    ...(flags.since === undefined ? {} : { sinceMs: parseSince(flags.since, nowMs) }),
    ...(flags.until === undefined ? {} : { untilMs: parseSince(flags.until, nowMs, '--until') }),
  };
  const abort = new AbortController();
  const stopListening = terminal.onInterrupt(() => abort.abort());
  try {
    for await (const { lines } of context.containers().logs(request, { signal: abort.signal })) {
      for (const line of lines) {
        const bytes = shownLine(line, flags.timestamps === true);
        if (line.stream === 'stderr') await terminal.writeErrorBytes(bytes);
        else await terminal.writeBytes(bytes);
      }
    }
  } catch (thrown) {
    if (!abort.signal.aborted) throw thrown;
    context.exitWith(INTERRUPTED_EXIT_CODE);
  } finally {
    stopListening();
  }
}

/** `skep logs`. */
export function addLogs(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('logs').description('Show what a container wrote');
  command
    .argument('<container>')
    .option('-f, --follow', 'Go on with what is written from now on')
    .option('-n, --tail <lines>', 'Lines from the end, or all', 'all')
    .option('--since <time>', 'Only lines after this time, or this long ago')
    .option('--until <time>', 'Only lines before this time, or this long ago')
    .option('-t, --timestamps', 'Show when each line was written')
    .action((reference: string, flags: LogFlags) => logs(context, reference, flags));
  addUnsupportedOptions(command, ['details']);
  parent.addCommand(command);
}
