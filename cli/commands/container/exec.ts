import { SkepError } from '../../../lib/errors.ts';
import type { Context } from '../../context.ts';
import type { SkepCommand } from '../../usage.ts';
import { addListOption } from '../options.ts';
import { readSurroundings } from '../service/create.ts';
import { readEnvironment } from '../service/environment.ts';
import { type Flags, listFlag, textFlag } from '../service/flag-values.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { programFailureExitCode, signalExitCode } from './exit-codes.ts';
import { checkInputDevice, runStream } from './stream-session.ts';

async function exec(
  context: Context,
  reference: string,
  argv: readonly string[],
  flags: Flags,
): Promise<void> {
  const { terminal } = context;
  const detach = flags.detach === true;
  const tty = flags.tty === true;
  const stdin = flags.interactive === true && !detach;
  const detachKeys = parseDetachKeys(textFlag(flags, 'detachKeys'));
  checkInputDevice(terminal, stdin, tty);
  const surroundings = await readSurroundings(context, flags);
  const env = readEnvironment(listFlag(flags, 'envFile'), listFlag(flags, 'env'), surroundings);
  const end = await runStream(terminal, {
    call: (inputs, settings) => context.containers().exec(inputs, settings),
    header: {
      exec: {
        reference,
        argv,
        env,
        workdir: textFlag(flags, 'workdir') ?? '',
        user: textFlag(flags, 'user') ?? '',
        tty,
        stdin,
        privileged: flags.privileged === true,
        detach,
      },
    },
    tty,
    stdin,
    stdout: true,
    stderr: true,
    detachKeys,
  });
  if (end.kind === 'exited') context.exitWith(end.exitCode);
  else if (end.kind === 'interrupted') context.exitWith(signalExitCode(end.signal));
  else if (end.kind === 'detached') terminal.writeError('read escape sequence\n');
  else if (!detach) {
    throw new SkepError('UNAVAILABLE', `the connection to ${argv[0]} in ${reference} was closed`);
  }
}

/** `skep exec`. */
export function addExec(parent: SkepCommand, context: Context): void {
  const command = parent.createCommand('exec').description('Run a program in a running container');
  command
    .argument('<container>')
    .argument('<command...>', 'program and its arguments')
    .option('-d, --detach', 'Do not wait for it')
    .option('-i, --interactive', 'Keep standard input open')
    .option('-t, --tty', 'Give the program a terminal')
    .option('-u, --user <user>', 'User name or id, with :group if wanted')
    .option('-w, --workdir <path>', 'Working directory inside the container')
    .option('--privileged', "Allow everything that the node's root may do")
    .option('--detach-keys <keys>', 'Keys that detach from a terminal (default ctrl-p,ctrl-q)');
  addListOption(command, '-e, --env <KEY=value>', 'Set a variable of the environment');
  addListOption(command, '--env-file <file>', 'Read variables from a file');
  command.endFlagsAtOperand().failWith(programFailureExitCode);
  command.action((reference: string, argv: string[], flags: Flags) => exec(context, reference, argv, flags));
  parent.addCommand(command);
}
