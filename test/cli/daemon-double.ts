import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';

import type { Terminal } from '../../cli/context.ts';
import { runCommandLine } from '../../cli/program.ts';
import { SkepError } from '../../lib/errors.ts';
import type { TerminalSize } from '../../proto/container-messages.ts';
import { containerMethods } from '../../proto/container-services.ts';
import { type Handlers, type MethodTable, serve } from '../../proto/rpc.ts';
import { controlMethods, localMethods } from '../../proto/services.ts';
import { THEN_MS } from './sample-objects.ts';

export interface Answers {
  readonly control?: Partial<Handlers<typeof controlMethods>>;
  readonly local?: Partial<Handlers<typeof localMethods>>;
  readonly containers?: Partial<Handlers<typeof containerMethods>>;
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
  /** What was written as bytes. */
  readonly bytes: Buffer;
  /** … and to standard error. */
  readonly errorBytes: Buffer;
  /** How often the terminal went into raw mode and came back from it. */
  readonly rawMode: { readonly entered: number; readonly left: number };
}

export interface RunOptions {
  /** What standard input holds; absent for a terminal. */
  readonly input?: string | Uint8Array;
  /** What a person types, piece by piece; standard input is a terminal then. */
  readonly typed?: AsyncIterable<Uint8Array>;
  /** Absent = no output is a terminal. */
  readonly size?: () => TerminalSize;
  /** Called with what says that the terminal has another size. */
  readonly onResizable?: (resize: () => void) => void;
  /** Called with what sends a signal, each time somebody listens for signals. */
  readonly onSignals?: (send: (name: NodeJS.Signals) => void) => void;
  /** Takes the bytes of standard output in the place of the outcome. */
  readonly takeBytes?: (bytes: Uint8Array) => Promise<void>;
  /** What a person types when asked in secret. */
  readonly secret?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly interactive?: boolean;
  /** Called with what presses Ctrl-C, once somebody listens for that. */
  readonly onListen?: (interrupt: () => void) => void;
  /** Called with everything written so far; calls its second argument to press Ctrl-C. */
  readonly onOutput?: (stdout: string, interrupt: () => void) => void;
}

/** Runs a command line in this process with what it writes collected. */
export async function runSkep(argv: readonly string[], options: RunOptions = {}): Promise<CommandOutcome> {
  let [stdout, stderr] = ['', ''];
  let interrupt: () => void = () => undefined;
  const bytes: Uint8Array[] = [];
  const errorBytes: Uint8Array[] = [];
  const rawMode = { entered: 0, left: 0 };
  const startedAtMs = performance.now();
  const terminal: Terminal = {
    writeOut: (text) => {
      stdout += text;
      options.onOutput?.(stdout, () => interrupt());
    },
    writeError: (text) => {
      stderr += text;
    },
    writeBytes: async (part) => {
      if (options.takeBytes === undefined) bytes.push(part);
      else await options.takeBytes(part);
    },
    writeErrorBytes: async (part) => {
      errorBytes.push(part);
    },
    readInput: async function* () {
      if (options.typed !== undefined) yield* options.typed;
      else yield Buffer.from(options.input ?? '');
    },
    releaseInput: () => undefined,
    enterRawMode: () => {
      rawMode.entered++;
      return () => {
        rawMode.left++;
      };
    },
    size: () => options.size?.(),
    onResize: (callback) => {
      options.onResizable?.(callback);
      return () => undefined;
    },
    onSignals: (names, callback) => {
      options.onSignals?.((name) => {
        if (names.includes(name)) callback(name);
      });
      return () => undefined;
    },
    readSecret: async (prompt) => {
      stderr += prompt;
      return options.secret ?? '';
    },
    inputIsTerminal: options.input === undefined,
    outputIsTerminal: options.interactive ?? false,
    interactive: options.interactive ?? false,
    columns: () => 100,
    // The clock of the sample objects, so that ages are the same in every run.
    nowMs: () => THEN_MS + performance.now() - startedAtMs,
    environment: options.environment ?? {},
    onInterrupt: (callback) => {
      interrupt = callback;
      options.onListen?.(callback);
      return () => undefined;
    },
  };
  const exitCode = await runCommandLine(argv, terminal);
  return {
    exitCode,
    stdout,
    stderr,
    bytes: Buffer.concat(bytes),
    errorBytes: Buffer.concat(errorBytes),
    rawMode,
  };
}

export interface DaemonDouble {
  readonly run: (argv: readonly string[], options?: RunOptions) => Promise<CommandOutcome>;
  readonly folder: string;
}

/** Serves the real method tables with these answers on a unix socket; returns what ends that. */
export async function serveDaemon(socket: string, answers: Answers): Promise<() => void> {
  const server = new Server();
  serve(server, controlMethods, completed(controlMethods, answers.control ?? {}));
  serve(server, localMethods, completed(localMethods, answers.local ?? {}));
  serve(server, containerMethods, completed(containerMethods, answers.containers ?? {}));
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return () => server.forceShutdown();
}

/** Runs command lines against a daemon with these answers. */
export async function withDaemon(
  answers: Answers,
  use: (daemon: DaemonDouble) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'skep-cli-test-'));
  const socket = join(folder, 'skep.sock');
  let close: () => void = () => undefined;
  try {
    close = await serveDaemon(socket, answers);
    await use({ folder, run: (argv, options) => runSkep(['-H', `unix://${socket}`, ...argv], options) });
  } finally {
    close();
    await rm(folder, { recursive: true, force: true });
  }
}
