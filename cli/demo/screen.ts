/** Prints the demo: a headline per step, the commands a user would type, and what each step proved. */
export interface Screen {
  title(text: string): void;
  step(text: string): void;
  command(argv: readonly string[]): void;
  proof(text: string): void;
  detail(text: string): void;
  failure(text: string): void;
  end(text: string): void;
}

const RESET = '\x1b[0m';
const BOLD = '\x1b[1m';
const DIM = '\x1b[2m';
const GREEN = '\x1b[32m';
const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';

/** A word of a command line, quoted when a shell would split it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A screen that writes through `write`, in colour when the reader can show it. */
export function createScreen(write: (text: string) => void, colour: boolean, nowMs: () => number): Screen {
  const paint = (code: string, text: string) => (colour ? `${code}${text}${RESET}` : text);
  const startedAtMs = nowMs();
  const seconds = (sinceMs: number) => `${((nowMs() - sinceMs) / 1_000).toFixed(1)} s`;
  let number = 0;
  return {
    title: (text) => write(`\n  ${paint(BOLD + YELLOW, text)}\n`),
    step: (text) => {
      number++;
      const time = paint(DIM, `[${seconds(startedAtMs)}]`);
      write(`\n  ${paint(BOLD, `${number}. ${text}`)} ${time}\n`);
    },
    command: (argv) => write(`     ${paint(DIM, `$ ${argv.map(shellWord).join(' ')}`)}\n`),
    proof: (text) => write(`     ${paint(GREEN, '✓')} ${text}\n`),
    detail: (text) => write(`       ${paint(DIM, text)}\n`),
    failure: (text) => write(`     ${paint(RED, '✗')} ${text}\n`),
    end: (text) => write(`\n  ${paint(BOLD, text)} ${paint(DIM, `[${seconds(startedAtMs)}]`)}\n\n`),
  };
}
