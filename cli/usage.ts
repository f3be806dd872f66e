import { Command } from 'commander';

import { SkepError } from '../lib/errors.ts';

/** Exit code of a command line that could not be understood. */
export const USAGE_EXIT_CODE = 2;
/** Exit code of a command that was understood and failed. */
export const FAILURE_EXIT_CODE = 1;
/** 128 + SIGINT, as shells report an interrupted command. */
export const INTERRUPTED_EXIT_CODE = 130;

/** The command line itself is wrong: unknown flag, bad value, wrong number of arguments. */
export class UsageError extends SkepError {
  constructor(message: string, help = '') {
    super('INVALID_ARGUMENT', message, { help });
    this.name = 'UsageError';
  }
}

interface KnownOption {
  readonly long?: string | undefined;
  readonly short?: string | undefined;
  /** As it was declared: `--autolock [true|false]`. */
  readonly flags?: string;
  readonly required: boolean;
  readonly optional: boolean;
}

/**
 * Rewrites `--flag=true` to `--flag` for flags without a value, and drops `--flag=false` or makes it `--no-flag` where
 * that exists; commander knows neither and Docker's users write them. Stops at `--`, and at the first operand when `stopsAtOperand`.
 */
export function normalizeBooleanFlags(
  options: readonly KnownOption[],
  argv: readonly string[],
  stopsAtOperand: boolean,
): string[] {
  const result: string[] = [];
  let index = 0;
  while (index < argv.length) {
    const word = argv[index] ?? '';
    if (word === '--' || (stopsAtOperand && !word.startsWith('-'))) break;
    index++;
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const option = options.find((candidate) => candidate.long === name || candidate.short === name);
    const takesValue = option?.required === true || option?.optional === true;
    const value = word.slice(equals + 1);
    if (option?.flags?.endsWith('[true|false]') === true && equals < 0) {
      // The next word is another operand, never the value, as in Docker.
      result.push(`${word}=true`);
      continue;
    }
    if (option !== undefined && !takesValue && equals > 0 && (value === 'true' || value === 'false')) {
      const negation = options.find(({ long }) => long === `--no-${option.long?.slice('--'.length)}`)?.long;
      if (value === 'true') result.push(name);
      else if (negation) result.push(negation);
      continue;
    }
    result.push(word);
    if (option?.required === true && equals < 0 && index < argv.length) result.push(argv[index++] ?? '');
  }
  return [...result, ...argv.slice(index)];
}

/** A commander command that takes `--flag=false`, and can stop reading flags at its first operand. */
export class SkepCommand extends Command {
  private operandsEndFlags = false;
  private exitCodeRule: ((thrown: unknown) => number | undefined) | undefined;

  /** Gives failures of this command other exit codes than most; undefined leaves one as it is. */
  failWith(rule: (thrown: unknown) => number | undefined): this {
    this.exitCodeRule = rule;
    return this;
  }

  /** The exit code of a failure of this command; undefined when it has no code of its own for that. */
  ownExitCode(thrown: unknown): number | undefined {
    return this.exitCodeRule?.(thrown);
  }

  override createCommand(name?: string): SkepCommand {
    return new SkepCommand(name);
  }

  /** Everything after the first operand belongs to the container: `service create IMAGE CMD -x`. */
  endFlagsAtOperand(): this {
    this.operandsEndFlags = true;
    return this.passThroughOptions();
  }

  override parseOptions(argv: string[]): { operands: string[]; unknown: string[] } {
    const stopsAtOperand = this.operandsEndFlags || this.commands.length > 0;
    return super.parseOptions(normalizeBooleanFlags(this.options, argv, stopsAtOperand));
  }
}

/** The words that call a command: `skep service create`. */
export function commandPath(command: Command): string {
  const names: string[] = [];
  for (let current: Command | null = command; current !== null; current = current.parent) {
    names.unshift(current.name());
  }
  return names.join(' ');
}
