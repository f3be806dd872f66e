import { runCommandLine } from './program.ts';
import { processTerminal } from './terminal.ts';

// A reader that went away (`skep service ls | head -1`) ends the command quietly, as it ends other tools.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

// Leaving through exitCode lets pipes drain before the process ends.
process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
