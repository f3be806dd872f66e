import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';

import type { Terminal } from '../../cli/context.ts';
import { runCommandLine } from '../../cli/program.ts';
import { SkepError } from '../../lib/errors.ts';
import { type Handlers, type MethodTable, serve } from '../../proto/rpc.ts';
import { controlMethods, localMethods } from '../../proto/services.ts';
import { THEN_MS } from './sample-objects.ts';

export interface Answers {
  readonly control?: Partial<Handlers<typeof controlMethods>>;
  readonly local?: Partial<Handlers<typeof localMethods>>;
}

function completed<Table extends MethodTable>(
  table: Table,
  handlers: Partial<Handlers<Table>>,
): Handlers<Table> {
  const refuse = (name: string) => () => {
    throw new SkepError('UNIMPLEMENTED', `${name} is not part of this test`);
  };
  const given = handlers as Readonly<Record<string, unknown>>;
  const entries = Object.keys(table).map((name) => [name, given[name] ?? refuse(name)]);
  return Object.fromEntries(entries) as Handlers<Table>;
}

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly interactive?: boolean;
  /** Called with everything written so far; calls its second argument to press Ctrl-C. */
  readonly onOutput?: (stdout: string, interrupt: () => void) => void;
}

/** Runs a command line in this process with what it writes collected. */
export async function runSkep(argv: readonly string[], options: RunOptions = {}): Promise<CommandOutcome> {
  let [stdout, stderr] = ['', ''];
  let interrupt: () => void = () => undefined;
  const startedAtMs = performance.now();
  const terminal: Terminal = {
    writeOut: (text) => {
      stdout += text;
      options.onOutput?.(stdout, () => interrupt());
    },
    writeError: (text) => {
      stderr += text;
    },
    interactive: options.interactive ?? false,
    columns: () => 100,
    // The clock of the sample objects, so that ages are the same in every run.
    nowMs: () => THEN_MS + performance.now() - startedAtMs,
    environment: options.environment ?? {},
    onInterrupt: (callback) => {
      interrupt = callback;
      return () => undefined;
    },
  };
  const exitCode = await runCommandLine(argv, terminal);
  return { exitCode, stdout, stderr };
}

export interface DaemonDouble {
  readonly run: (argv: readonly string[], options?: RunOptions) => Promise<CommandOutcome>;
  readonly folder: string;
}

/** Serves the real method tables on a unix socket with these answers while `use` runs. */
export async function withDaemon(
  answers: Answers,
  use: (daemon: DaemonDouble) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'skep-cli-test-'));
  const socket = join(folder, 'skep.sock');
  const server = new Server();
  serve(server, controlMethods, completed(controlMethods, answers.control ?? {}));
  serve(server, localMethods, completed(localMethods, answers.local ?? {}));
  try {
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    await use({ folder, run: (argv, options) => runSkep(['-H', `unix://${socket}`, ...argv], options) });
  } finally {
    server.forceShutdown();
    await rm(folder, { recursive: true, force: true });
  }
}
