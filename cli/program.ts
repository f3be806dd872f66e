import { CommanderError } from 'commander';

import { describeError } from '../lib/errors.ts';
import { addContainer } from './commands/container/container.ts';
import { addImage } from './commands/image/image.ts';
import { addNetwork } from './commands/network/network.ts';
import { addNode } from './commands/node/node.ts';
import { addService } from './commands/service/service.ts';
import { addSwarm } from './commands/swarm/swarm.ts';
import { addSystem } from './commands/system/system.ts';
import { addVolume } from './commands/volume/volume.ts';
import { type Context, createContext, DEFAULT_HOST, isUnreachable, type Terminal } from './context.ts';
import { addPlayground } from './playground/commands.ts';
import { clientVersion } from './project.ts';
import { commandPath, FAILURE_EXIT_CODE, SkepCommand, USAGE_EXIT_CODE, UsageError } from './usage.ts';

function buildProgram(terminal: Terminal, exitWith: (code: number) => void) {
  const program = new SkepCommand('skep');
  const host = () => program.opts<{ host?: string }>().host ?? terminal.environment.SKEP_HOST ?? DEFAULT_HOST;
  const context = createContext(terminal, host, exitWith);
  program
    .description('Skep runs services on a swarm of hosts.')
    .version(`Skep version ${clientVersion()}`, '-v, --version', 'Print the version')
    .option('-H, --host <address>', `Socket of the daemon (default ${DEFAULT_HOST}, or SKEP_HOST)`)
    .enablePositionalOptions();
  addContainer(program, context);
  addSwarm(program, context);
  addNode(program, context);
  addService(program, context);
  addNetwork(program, context);
  addImage(program, context);
  addVolume(program, context);
  addSystem(program, context);
  addPlayground(program, context);
  return { program, context };
}

/** Makes every command throw instead of ending the process, and say nothing of errors by itself. */
function tame(command: SkepCommand, terminal: Terminal, onRun: (command: SkepCommand) => void): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => terminal.writeOut(text),
    writeErr: () => undefined,
    getOutHelpWidth: () => terminal.columns(),
  });
  command.hook('preSubcommand', (_, called) => onRun(called as SkepCommand));
  for (const child of command.commands) tame(child as SkepCommand, terminal, onRun);
}

function hintFor(command: SkepCommand): string {
  return `see '${commandPath(command)} --help'`;
}

/** One line for a person, and the exit code. */
function reportError(thrown: unknown, context: Context, called: SkepCommand): number {
  const exitCode = printError(thrown, context, called);
  return exitCode === 0 ? 0 : (called.ownExitCode(thrown) ?? exitCode);
}

function printError(thrown: unknown, context: Context, called: SkepCommand): number {
  const { terminal } = context;
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return 0;
    if (thrown.code === 'commander.help') {
      terminal.writeError(`Error: ${commandPath(called)} needs a command (${hintFor(called)})\n`);
      return USAGE_EXIT_CODE;
    }
    const message = thrown.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
    terminal.writeError(`Error: ${message} (${hintFor(called)})\n`);
    return USAGE_EXIT_CODE;
  }
  if (thrown instanceof UsageError) {
    const hint = thrown.help === '' ? ` (${hintFor(called)})` : '';
    terminal.writeError(`Error: ${describeError(thrown)}${hint}\n`);
    return USAGE_EXIT_CODE;
  }
  if (isUnreachable(thrown, context.host())) {
    const why =
      thrown instanceof Error && thrown.message.includes('EACCES')
        ? 'Only root may use it.'
        : 'Is skepd running?';
    terminal.writeError(`Error: Cannot connect to the Skep daemon at ${context.host()}. ${why}\n`);
    return FAILURE_EXIT_CODE;
  }
  terminal.writeError(`Error: ${describeError(thrown)}\n`);
  return FAILURE_EXIT_CODE;
}

/**
 * Runs one command line, without the names of program and script, and answers with its exit code: 0 done,
 * 1 failed, 2 not understood, 130 interrupted; of `run`, `exec` and the like what their container says. Errors are one line on standard error.
 */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const { program, context } = buildProgram(terminal, (code) => {
    exitCode = code;
  });
  let called = program;
  tame(program, terminal, (command) => {
    called = command;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    return reportError(thrown, context, called);
  } finally {
    context.close();
  }
}
