import { writeSync } from 'node:fs';
import type { OptionForm, ReadOptions } from './command-line.ts';
import type { Runtime } from './lifecycle.ts';

/** One command; resolves with the exit code. Standard streams are the container's, so nothing here goes through Node's. */
export interface Command {
  readonly forms: readonly OptionForm[];
  readonly run: (runtime: Runtime, options: ReadOptions) => Promise<number>;
}

/** An option without a value. */
export function flag(name: string, short?: string): OptionForm {
  return short === undefined ? { name, kind: 'flag' } : { name, short, kind: 'flag' };
}

/** An option with one value. */
export function text(name: string, short?: string): OptionForm {
  return short === undefined ? { name, kind: 'text' } : { name, short, kind: 'text' };
}

/** One line on standard output. */
export function print(line: string): void {
  writeSync(1, `${line}\n`);
}
