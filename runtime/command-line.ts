import { SkepError } from '../lib/errors.ts';

/** The command line, as runc's: options with one dash or two, `--name value` or `--name=value`, all before the arguments. */

export interface OptionForm {
  readonly name: string;
  readonly short?: string;
  readonly kind: 'flag' | 'text' | 'list';
}

export interface ReadOptions {
  readonly flags: ReadonlySet<string>;
  /** Every value, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** From the first argument that is no option. */
  readonly rest: readonly string[];
}

/** INVALID_ARGUMENT for an option that is not in `forms`, or lacks its value. */
export function readOptions(args: readonly string[], forms: readonly OptionForm[]): ReadOptions {
  const flags = new Set<string>();
  const values = new Map<string, readonly string[]>();
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') return { flags, values, rest: args.slice(at + 1) };
    if (!word.startsWith('-') || word === '-') break;
    const [, name = '', inline] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const form = forms.find((known) => known.name === name || known.short === name);
    if (form === undefined) throw new SkepError('INVALID_ARGUMENT', `flag provided but not defined: ${word}`);
    if (form.kind === 'flag') {
      if (inline === 'false') flags.delete(form.name);
      else flags.add(form.name);
      continue;
    }
    const value = inline ?? args[++at];
    if (value === undefined) throw new SkepError('INVALID_ARGUMENT', `flag needs an argument: ${word}`);
    values.set(form.name, form.kind === 'list' ? [...(values.get(form.name) ?? []), value] : [value]);
  }
  return { flags, values, rest: args.slice(at) };
}

/** The value of an option, or undefined. */
export function textOption({ values }: ReadOptions, name: string): string | undefined {
  return values.get(name)?.at(-1);
}

/** A whole number, 0 or more. INVALID_ARGUMENT. */
export function numberOption(options: ReadOptions, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw new SkepError('INVALID_ARGUMENT', `--${name}: ${text} is no number`);
  return Number(text);
}

/** `SIGTERM`, `term`, `15` → 15. INVALID_ARGUMENT for what is no signal; `numbers` are the node's, by name. */
export function readSignal(text: string, numbers: Readonly<Record<string, number>>): number {
  if (/^\d{1,2}$/.test(text) && Number(text) > 0 && Number(text) < 65) return Number(text);
  const upper = text.toUpperCase();
  const number = numbers[upper.startsWith('SIG') ? upper : `SIG${upper}`];
  if (number === undefined) throw new SkepError('INVALID_ARGUMENT', `unknown signal "${text}"`);
  return number;
}
