import { spawnSync } from 'node:child_process';
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

async function writeAndDrain(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  if (!stream.write(bytes)) await once(stream, 'drain');
}

function enterRawMode(): () => void {
  const { stdin } = process;
  stdin.setRawMode(true);
  // The runtime's raw mode still turns a line feed into two characters, which spoils what full-screen programs draw.
  // Where there is no stty they are drawn a little wrong, and everything else works.
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
  const restore = () => {
    process.off('exit', restore);
    stdin.setRawMode(false);
  };
  process.on('exit', restore);
  return restore;
}

function terminalSize(): { columns: number; rows: number } | undefined {
  const screen = [process.stdout, process.stderr].find((stream) => stream.isTTY);
  const [columns, rows] = screen?.getWindowSize() ?? [];
  return columns === undefined || rows === undefined ? undefined : { columns, rows };
}

function listen(names: readonly NodeJS.Signals[], callback: (name: NodeJS.Signals) => void): () => void {
  for (const name of names) process.on(name, callback);
  return () => {
    for (const name of names) process.off(name, callback);
  };
}

/** The terminal, or pipes, that this process was started with. */
export function processTerminal(): Terminal {
  return {
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    writeBytes: (bytes) => writeAndDrain(process.stdout, bytes),
    writeErrorBytes: (bytes) => writeAndDrain(process.stderr, bytes),
    readInput: () => process.stdin,
    releaseInput: () => void process.stdin.destroy(),
    enterRawMode,
    size: terminalSize,
    onResize: (callback) => listen(['SIGWINCH'], callback),
    onSignals: listen,
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
