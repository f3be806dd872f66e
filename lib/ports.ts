/** The seams between decisions and the world. Production passes the real thing, the simulator its own. */

export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Calls back once after `delayMs`; the returned function cancels. */
  schedule(delayMs: number, callback: () => void): () => void;
}

export interface Random {
  /** `length` random bytes, fit for secrets in production. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1). */
  fraction(): number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured log. `message` is a whole sentence without values; values go into `fields`. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;
