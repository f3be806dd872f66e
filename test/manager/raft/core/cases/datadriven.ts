/** One command of a case file, and what is expected of it. */
export interface Directive {
  readonly file: string;
  /** Of the command, from 1. */
  readonly line: number;
  readonly command: string;
  readonly args: readonly Argument[];
  readonly input: string;
  readonly expected: string;
}

/** `key`, `key=value` or `key=(value,value)`. */
export interface Argument {
  readonly key: string;
  readonly values: readonly string[];
}

const SEPARATOR = '----';

/**
 * Reads a file of directives: a command line, an optional body, a line of four dashes, the expected output up to a
 * blank line. Output that has blank lines itself stands between two doubled separators.
 */
export function parseCases(file: string, text: string): readonly Directive[] {
  const lines = text.split('\n');
  const directives: Directive[] = [];
  let at = 0;
  while (at < lines.length) {
    const start = lines[at] ?? '';
    if (start.trim() === '' || start.startsWith('#')) {
      at++;
      continue;
    }
    const line = at + 1;
    let commandLine = start;
    while (commandLine.endsWith('\\')) {
      at++;
      commandLine = `${commandLine.slice(0, -1)} ${lines[at] ?? ''}`;
    }
    at++;
    const inputAt = at;
    while (at < lines.length && lines[at] !== SEPARATOR) at++;
    if (at >= lines.length) throw new Error(`${file}:${line}: no ${SEPARATOR} after ${commandLine}`);
    const input = lines.slice(inputAt, at).join('\n');
    const output = readOutput(lines, at + 1);
    at = output.next;
    directives.push({ file, line, ...parseCommand(commandLine), input, expected: output.text });
  }
  return directives;
}

function readOutput(lines: readonly string[], from: number): { text: string; next: number } {
  if (lines[from] !== SEPARATOR) {
    let end = from;
    while (end < lines.length && (lines[end] ?? '').trim() !== '') end++;
    return { text: lines.slice(from, end).join('\n'), next: end };
  }
  let end = from + 1;
  while (end < lines.length && !(lines[end] === SEPARATOR && lines[end + 1] === SEPARATOR)) end++;
  return { text: lines.slice(from + 1, end).join('\n'), next: end + 2 };
}

/** Words are parted by blanks, but not within parentheses. */
function parseCommand(line: string): { command: string; args: readonly Argument[] } {
  const words = line.match(/[^\s(]+(?:\([^)]*\))?/g) ?? [];
  const [command = '', ...rest] = words;
  return { command, args: rest.map(parseArgument) };
}

function parseArgument(word: string): Argument {
  const equals = word.indexOf('=');
  if (equals < 0) return { key: word, values: [] };
  const key = word.slice(0, equals);
  const value = word.slice(equals + 1);
  if (!value.startsWith('(')) return { key, values: [value] };
  const inside = value.slice(1, value.endsWith(')') ? -1 : undefined).trim();
  return { key, values: inside === '' ? [] : inside.split(',').map((one) => one.trim()) };
}

/** The values of an argument; undefined when it is not there. */
export function valuesOf(directive: Directive, key: string): readonly string[] | undefined {
  return directive.args.find((argument) => argument.key === key)?.values;
}

/** The one value of an argument; undefined when it is not there. */
export function singleValueOf(directive: Directive, key: string): string | undefined {
  return valuesOf(directive, key)?.[0];
}

/** The arguments that are plain numbers, as `1 2 3` in `stabilize 1 2 3`. */
export function numbersOf(directive: Directive): readonly number[] {
  return directive.args
    .filter(({ key, values }) => values.length === 0 && /^\d+$/.test(key))
    .map(({ key }) => Number(key));
}

const LOG_LINE = /^\s*(?:INFO|DEBUG)\b/;

/**
 * Output as it is compared: without log lines of the two lower levels, which belong to the implementation, and `ok`
 * where nothing else is left.
 */
export function comparableLines(output: string): readonly string[] {
  const lines = output.split('\n').filter((line) => !LOG_LINE.test(line));
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines.length === 0 ? ['ok'] : lines;
}

/** A line-by-line difference with a few equal lines around it; empty when both are the same. */
export function diffLines(expected: readonly string[], actual: readonly string[]): readonly string[] {
  const table = commonLengths(expected, actual);
  const diff: string[] = [];
  let left = 0;
  let right = 0;
  while (left < expected.length || right < actual.length) {
    if (left < expected.length && right < actual.length && expected[left] === actual[right]) {
      diff.push(`  ${expected[left]}`);
      left++;
      right++;
    } else if (
      right >= actual.length ||
      lengthAt(table, left + 1, right) >= lengthAt(table, left, right + 1)
    ) {
      if (left < expected.length) diff.push(`- ${expected[left++]}`);
      else diff.push(`+ ${actual[right++]}`);
    } else {
      diff.push(`+ ${actual[right++]}`);
    }
  }
  return diff.some((line) => !line.startsWith(' ')) ? diff : [];
}

/** Length of the longest common subsequence from each pair of places on. */
function commonLengths(one: readonly string[], other: readonly string[]): readonly (readonly number[])[] {
  const table: number[][] = Array.from({ length: one.length + 1 }, () =>
    new Array<number>(other.length + 1).fill(0),
  );
  for (let left = one.length - 1; left >= 0; left--) {
    const row = table[left] ?? [];
    for (let right = other.length - 1; right >= 0; right--) {
      row[right] =
        one[left] === other[right]
          ? lengthAt(table, left + 1, right + 1) + 1
          : Math.max(lengthAt(table, left + 1, right), lengthAt(table, left, right + 1));
    }
  }
  return table;
}

function lengthAt(table: readonly (readonly number[])[], left: number, right: number): number {
  return table[left]?.[right] ?? -1;
}
