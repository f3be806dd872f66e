import { byteFlag, countFlag, type Flags, textFlag } from '../commands/service/flag-values.ts';
import type { Context } from '../context.ts';
import { formatList } from '../format/list.ts';
import { type SkepCommand, UsageError } from '../usage.ts';
import { DEFAULT_PLAYGROUND, linkNames } from './names.ts';
import {
  attachToHost,
  cutHost,
  down,
  type HostState,
  healHost,
  killHost,
  type PlaygroundState,
  pauseHost,
  playgroundNames,
  resumeHost,
  startHost,
  status,
  stopHost,
  up,
} from './playground.ts';
import type { CutDirection } from './wires.ts';

function nameOf(flags: Flags): string {
  return textFlag(flags, 'name') ?? DEFAULT_PLAYGROUND;
}

function table(state: PlaygroundState): string {
  const columns = [
    { title: 'HOST', field: 'Host', cell: (host: HostState) => host.host },
    { title: 'ROLE', field: 'Role', cell: (host: HostState) => host.role },
    { title: 'ADDRESS', field: 'Address', cell: (host: HostState) => host.address },
    { title: 'STATE', field: 'State', cell: (host: HostState) => host.faults.join(', ') || host.state },
    { title: 'PID', field: 'Pid', cell: (host: HostState) => String(host.pid ?? '') },
    { title: 'SOCKET', field: 'Socket', cell: (host: HostState) => host.socket ?? '' },
  ];
  return formatList(columns, state.hosts, {}, (host) => host.host);
}

async function bringUp(context: Context, flags: Flags): Promise<void> {
  const { terminal } = context;
  const [managers, workers] = [countFlag(flags, 'managers'), countFlag(flags, 'workers')];
  const dataLimitBytes = byteFlag(flags, 'dataLimit');
  const state = await up({
    name: nameOf(flags),
    ...(managers === undefined ? {} : { managers }),
    ...(workers === undefined ? {} : { workers }),
    ...(dataLimitBytes === undefined ? {} : { dataLimitBytes }),
    onProgress: (sentence) => terminal.writeOut(`${sentence}\n`),
  });
  const option = state.name === DEFAULT_PLAYGROUND ? '' : ` --name ${state.name}`;
  terminal.writeOut(`\n${table(state)}\nTry: skep playground exec${option} h1 -- skep node ls\n`);
}

async function list(context: Context, flags: Flags): Promise<void> {
  const names = flags.name === undefined ? await playgroundNames() : [nameOf(flags)];
  const states: PlaygroundState[] = [];
  const remains: string[] = [];
  for (const name of names) {
    // An `up` or `down` that was interrupted leaves folders or groups without a shape.
    await status(name).then(
      (state) => states.push(state),
      (thrown: unknown) => {
        if (flags.name !== undefined) throw thrown;
        remains.push(name);
      },
    );
  }
  const { terminal } = context;
  if (flags.json === true) {
    const entries = states.map((state) => ({ ...state, links: linkNames(state.name).switchName }));
    terminal.writeOut(`${JSON.stringify(entries, undefined, 2)}\n`);
    return;
  }
  for (const state of states) terminal.writeOut(`${state.name}\n${table(state)}`);
  for (const name of remains) {
    terminal.writeOut(`${name}: only remains; remove them: skep playground down --name ${name}\n`);
  }
  if (names.length === 0) terminal.writeOut('no playground is up\n');
}

async function exec(context: Context, host: string, argv: readonly string[], flags: Flags): Promise<void> {
  // `exec h1 -it -- sh`, as Docker's users type it.
  const words = /^-(?:it?|ti?)$/.test(argv[0] ?? '') ? argv.slice(1) : argv;
  const command = words[0] === '--' ? words.slice(1) : words;
  if (command.length === 0) {
    throw new UsageError('there is no command to run', 'skep playground exec HOST -- COMMAND');
  }
  context.exitWith(await attachToHost(nameOf(flags), host, command));
}

const HOST_ACTIONS: readonly (readonly [
  name: string,
  description: string,
  act: (name: string, host: string) => Promise<void>,
])[] = [
  ['stop', 'Power a host off', stopHost],
  ['start', 'Boot a stopped host with its data, or start its killed daemon', startHost],
  ['kill', "Kill a host's daemon, which stays dead until `start`; its containers run on", killHost],
  ['pause', "Stop a host's daemon in the middle of what it does", pauseHost],
  ['resume', 'Let a paused daemon go on', resumeHost],
  ['heal', "Plug a host's network cable in again", healHost],
];

function directionOf(flags: Flags): CutDirection {
  if (flags.inbound === flags.outbound) return 'both';
  return flags.inbound === true ? 'inbound' : 'outbound';
}

/** `skep playground …`. */
export function addPlayground(program: SkepCommand, context: Context): void {
  const playground = program.createCommand('playground').description('A swarm of test hosts on this machine');
  playground.enablePositionalOptions();
  const withName = (command: SkepCommand) => command.option('--name <name>', 'Name of the playground');

  const starting = withName(
    playground.createCommand('up').description('Start what is missing of a playground'),
  );
  starting
    .option('--managers <count>', 'Hosts that manage the swarm (default 1)')
    .option('--workers <count>', 'Hosts that only work (default 2)')
    .option('--data-limit <bytes>', 'Size of the disk of each host, in memory: 64m')
    .action((flags: Flags) => bringUp(context, flags));
  playground.addCommand(starting);

  const listing = withName(playground.createCommand('ls').description('List playgrounds and their hosts'));
  listing.option('--json', 'As JSON').action((flags: Flags) => list(context, flags));
  playground.addCommand(listing);

  const running = withName(playground.createCommand('exec').description('Run a command inside a host'));
  running
    .argument('<host>')
    .argument('[command...]')
    .option('-i, --interactive', 'Accepted for Docker users; input is always passed on')
    .option('-t, --tty', 'Accepted for Docker users; a terminal is always passed on')
    .action((host: string, argv: string[], flags: Flags) => exec(context, host, argv, flags));
  running.endFlagsAtOperand();
  playground.addCommand(running);

  for (const [name, description, act] of HOST_ACTIONS) {
    const command = withName(playground.createCommand(name).description(description)).argument('<host>');
    command.action(async (host: string, flags: Flags) => {
      await act(nameOf(flags), host);
      context.terminal.writeOut(`${host}\n`);
    });
    playground.addCommand(command);
  }

  const cutting = withName(playground.createCommand('cut').description("Pull a host's network cable"));
  cutting
    .argument('<host>')
    .option('--inbound', 'Only what the host would receive is lost')
    .option('--outbound', 'Only what the host sends is lost')
    .action(async (host: string, flags: Flags) => {
      await cutHost(nameOf(flags), host, directionOf(flags));
      context.terminal.writeOut(`${host}\n`);
    });
  playground.addCommand(cutting);

  const ending = withName(
    playground.createCommand('down').description('End a playground and remove all of it'),
  );
  ending.action(async (flags: Flags) => {
    await down(nameOf(flags));
    context.terminal.writeOut(`${nameOf(flags)} is down\n`);
  });
  playground.addCommand(ending);
  program.addCommand(playground);
}
