import { credentials } from '@grpc/grpc-js';

import { SkepError } from '../lib/errors.ts';
import type { TerminalSize } from '../proto/container-messages.ts';
import { containerMethods } from '../proto/container-services.ts';
import { type Connection, connect, type RpcClient } from '../proto/rpc.ts';
import { controlMethods, localMethods } from '../proto/services.ts';

export const DEFAULT_HOST = 'unix:///run/skep/skep.sock';
/** The daemon's start waits for its disk and, on a member of a cluster, for the managers. */
export const SWARM_CALL_TIMEOUT_MS = 120_000;

/** What a command may do to the world around it besides calling the daemon. */
export interface Terminal {
  writeOut(text: string): void;
  writeError(text: string): void;
  /** Writes bytes as they are; resolves when there is room for more, and fails when nobody reads any more. */
  writeBytes(bytes: Uint8Array): Promise<void>;
  /** Like `writeBytes`, to standard error. */
  writeErrorBytes(bytes: Uint8Array): Promise<void>;
  /** The bytes of standard input. */
  readInput(): AsyncIterable<Uint8Array>;
  /** Lets go of standard input: a read that waits for somebody to type ends, and does not keep the process. */
  releaseInput(): void;
  /**
   * From now on every key arrives as it is typed, none is shown or turned into a signal, and what is written reaches
   * the screen unchanged. The returned function undoes that; so does the end of the process.
   */
  enterRawMode(): () => void;
  /** Undefined where no output is a terminal. */
  size(): TerminalSize | undefined;
  /** Calls back when the terminal may have another size; the returned function stops listening. */
  onResize(callback: () => void): () => void;
  /** Calls back instead of what these signals do by themselves; the returned function gives that back. */
  onSignals(names: readonly NodeJS.Signals[], callback: (name: NodeJS.Signals) => void): () => void;
  /** Asks for a line on the terminal without showing what is typed. */
  readSecret(prompt: string): Promise<string>;
  /** True when a person types standard input. */
  readonly inputIsTerminal: boolean;
  /** True when a person reads standard output. */
  readonly outputIsTerminal: boolean;
  /** True when standard output is a terminal that lines can be redrawn on. */
  readonly interactive: boolean;
  columns(): number;
  nowMs(): number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls back on the user's first Ctrl-C; the returned function stops listening. */
  onInterrupt(callback: () => void): () => void;
}

export type ControlClient = RpcClient<typeof controlMethods>;
export type LocalClient = RpcClient<typeof localMethods>;
export type ContainersClient = RpcClient<typeof containerMethods>;

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal;
  control(): ControlClient;
  local(): LocalClient;
  containers(): ContainersClient;
  /** Where the daemon is, as the user wrote it. */
  host(): string;
  /** Sets the exit code of a command that ends without an error. */
  exitWith(code: number): void;
  close(): void;
}

/** `unix:///run/x` as gRPC writes it, `unix:/run/x`; a TCP address is refused, it would carry no identity. */
export function toGrpcAddress(host: string): string {
  const path = /^unix:(?:\/\/)?(\/.+)$/.exec(host)?.[1] ?? (host.startsWith('/') ? host : undefined);
  if (path === undefined) {
    throw new SkepError('INVALID_ARGUMENT', `"${host}" is not the address of a Skep daemon`, {
      help: `use a unix socket, for example ${DEFAULT_HOST}`,
    });
  }
  return `unix:${path}`;
}

/** The context of one run of the command line; connections are opened when first used. */
export function createContext(
  terminal: Terminal,
  host: () => string,
  exitWith: (code: number) => void,
): Context {
  let control: Connection<typeof controlMethods> | undefined;
  let local: Connection<typeof localMethods> | undefined;
  let containers: Connection<typeof containerMethods> | undefined;
  return {
    terminal,
    host,
    exitWith,
    control: () => {
      control ??= connect(controlMethods, toGrpcAddress(host()), credentials.createInsecure());
      return control.call;
    },
    local: () => {
      local ??= connect(localMethods, toGrpcAddress(host()), credentials.createInsecure());
      return local.call;
    },
    containers: () => {
      containers ??= connect(containerMethods, toGrpcAddress(host()), credentials.createInsecure());
      return containers.call;
    },
    close: () => {
      control?.close();
      local?.close();
      containers?.close();
    },
  };
}

/** True when the error says that nobody answers at the socket, as opposed to an answer that is an error. */
export function isUnreachable(thrown: unknown, host: string): boolean {
  return (
    thrown instanceof SkepError &&
    thrown.code === 'UNAVAILABLE' &&
    thrown.message.startsWith(`cannot reach ${toGrpcAddress(host)}`)
  );
}
