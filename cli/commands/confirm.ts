import type { Terminal } from '../context.ts';

/** More than anybody types to say yes. */
const MAX_ANSWER_BYTES = 1_024;

/** Asks a question; only `y` or `yes` is a yes. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  terminal.writeOut(question);
  let answer = '';
  for await (const bytes of terminal.readInput()) {
    answer += Buffer.from(bytes).toString('utf8');
    if (answer.includes('\n') || answer.length > MAX_ANSWER_BYTES) break;
  }
  return /^y(es)?$/i.test((answer.split('\n')[0] ?? '').trim());
}
