import type { Terminal } from './context.ts';

const DEFAULT_COLUMNS = 80;

/** The terminal, or pipes, that this process was started with. */
export function processTerminal(): Terminal {
  return {
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
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
