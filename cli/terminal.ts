import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

import { SkepError } from '../lib/errors.ts';
import type { Terminal } from './context.ts';

const DEFAULT_COLUMNS = 80;

/** Reads a line while the terminal shows nothing of it: the line editor draws on a stream that swallows all. */
function readSecret(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    editor.on('line', resolve);
    // Ctrl-C, Ctrl-D and a terminal that went away all close the editor without a line.
    editor.on('close', () => reject(new SkepError('CANCELLED', 'nothing was entered')));
  }).finally(() => {
    editor.close();
    process.stderr.write('\n');
  }) as Promise<string>;
}

async function writeBytes(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

/** The terminal, or pipes, that this process was started with. */
export function processTerminal(): Terminal {
  return {
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    writeBytes,
    readInput: () => process.stdin,
    readSecret,
    inputIsTerminal: process.stdin.isTTY === true,
    outputIsTerminal: process.stdout.isTTY === true,
    interactive: process.stdout.isTTY === true && process.env.TERM !== 'dumb',
    // A terminal that does not know its size says 0.
    columns: () => process.stdout.columns || DEFAULT_COLUMNS,
    nowMs: () => Date.now(),
    environment: process.env,
    onInterrupt: (callback) => {
      process.once('SIGINT', callback);
      return () => process.off('SIGINT', callback);
    },
  };
}
