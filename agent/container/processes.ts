import { SkepError } from '../../lib/errors.ts';

/** What /proc says of one process. */
export interface ProcessFacts {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Text of /proc/PID/stat. */
  readonly stat: string;
  /** Of /proc/PID/cmdline, zero bytes between the arguments. */
  readonly commandLine: string;
}

/** What is the same for all processes. */
export interface ProcessSurroundings {
  readonly nowMs: number;
  /** Of the node. */
  readonly bootedAtMs: number;
  readonly memoryBytes: number;
  /** Month and day of a moment: `Jan02`. */
  readonly dateOf: (atMs: number) => string;
  readonly userNames: ReadonlyMap<number, string>;
  readonly groupNames: ReadonlyMap<number, string>;
}

/** Ticks in which Linux tells times to programs (USER_HZ), on all machines that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;
const KIB = 1_024;
const DAY_MS = 86_400_000;
const MAX_ARGUMENTS = 64;

interface Process {
  readonly facts: ProcessFacts;
  readonly command: string;
  readonly state: string;
  readonly ppid: number;
  readonly processGroup: number;
  readonly session: number;
  readonly terminal: number;
  readonly foregroundGroup: number;
  readonly cpuSeconds: number;
  readonly priority: number;
  readonly nice: number;
  readonly threads: number;
  readonly startedAtMs: number;
  readonly virtualBytes: number;
  readonly residentBytes: number;
}

/** Reads proc_pid_stat(5). Null for what is no such text: the process ended while it was looked at. */
function parseProcess(facts: ProcessFacts, { bootedAtMs }: ProcessSurroundings): Process | null {
  const open = facts.stat.indexOf('(');
  // A name may hold parentheses and blanks; the last one closes it.
  const close = facts.stat.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = facts.stat
    .slice(close + 2)
    .trim()
    .split(' ');
  const number = (field: number): number => Number(fields[field - 3] ?? 0);
  return {
    facts,
    command: facts.stat.slice(open + 1, close),
    state: fields[0] ?? '?',
    ppid: number(4),
    processGroup: number(5),
    session: number(6),
    terminal: number(7),
    foregroundGroup: number(8),
    cpuSeconds: (number(14) + number(15)) / TICKS_PER_SECOND,
    priority: number(18),
    nice: number(19),
    threads: number(20),
    startedAtMs: bootedAtMs + (number(22) * 1_000) / TICKS_PER_SECOND,
    virtualBytes: number(23),
    residentBytes: number(24) * PAGE_BYTES,
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `[dd-]hh:mm:ss`. */
function longTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const clock = `${two(Math.floor(whole / 3_600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return days > 0 ? `${two(days)}-${clock}` : clock;
}

/** `[[dd-]hh:]mm:ss`. */
function elapsed(seconds: number): string {
  const text = longTime(seconds);
  return seconds < 3_600 ? text.slice(3) : text;
}

/** `mm:ss` without an upper bound, as in the BSD form. */
function shortTime(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${two(Math.floor(seconds) % 60)}`;
}

/** The hour for the last day, the date before that; UTC. */
function startTime({ startedAtMs }: Process, { nowMs, dateOf }: ProcessSurroundings): string {
  if (nowMs - startedAtMs >= DAY_MS) return dateOf(startedAtMs);
  const minutes = Math.floor(startedAtMs / 60_000);
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

/** As linux/kdev_t.h: the minor number lies around the major one. */
function terminalName({ terminal }: Process): string {
  const major = (terminal >> 8) & 0xfff;
  const minor = (terminal & 0xff) | ((terminal >> 12) & 0xfff00);
  if (terminal === 0) return '?';
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  return `${major},${minor}`;
}

function lifetimeSeconds(program: Process, { nowMs }: ProcessSurroundings): number {
  return Math.max(0, nowMs - program.startedAtMs) / 1_000;
}

/** Of one processor since the start. */
function cpuPercent(program: Process, surroundings: ProcessSurroundings): number {
  const seconds = lifetimeSeconds(program, surroundings);
  return seconds < 0.01 ? 0 : (program.cpuSeconds * 100) / seconds;
}

function commandWithArguments({ facts, command }: Process): string {
  const text = facts.commandLine.replace(/\0+$/, '').replaceAll('\0', ' ');
  // Kernel threads and the dead have none.
  return text === '' ? `[${command}]` : text;
}

function longState(program: Process): string {
  const { state, nice, session, threads, foregroundGroup, processGroup, facts } = program;
  const niceness = nice < 0 ? '<' : nice > 0 ? 'N' : '';
  const leads = session === facts.pid ? 's' : '';
  return `${state}${niceness}${leads}${threads > 1 ? 'l' : ''}${foregroundGroup === processGroup ? '+' : ''}`;
}

type Show = (program: Process, surroundings: ProcessSurroundings) => string;
interface Column {
  readonly title: string;
  readonly show: Show;
}

const user: Show = ({ facts: { uid } }, { userNames }) => userNames.get(uid) ?? String(uid);
const group: Show = ({ facts: { gid } }, { groupNames }) => groupNames.get(gid) ?? String(gid);
const column = (title: string, show: Show): Column => ({ title, show });
const pid = column('PID', ({ facts }) => String(facts.pid));
const cpu: Show = (program, surroundings) => cpuPercent(program, surroundings).toFixed(1);
const memory: Show = ({ residentBytes }, { memoryBytes }) =>
  ((residentBytes * 100) / Math.max(1, memoryBytes)).toFixed(1);
const resident: Show = ({ residentBytes }) => String(Math.floor(residentBytes / KIB));
const virtual: Show = ({ virtualBytes }) => String(Math.floor(virtualBytes / KIB));
const cpuTime = column('TIME', ({ cpuSeconds }) => longTime(cpuSeconds));
const sinceStart = column('ELAPSED', (program, around) => elapsed(lifetimeSeconds(program, around)));
const ppid = column('PPID', (program) => String(program.ppid));
const terminal = column('TT', terminalName);
const usage = column('C', (program, around) => String(Math.min(99, Math.floor(cpuPercent(program, around)))));

/** The names that `-o` takes, a part of those of ps(1). */
const COLUMNS: Readonly<Record<string, Column>> = {
  pid,
  ppid,
  pgid: column('PGID', ({ processGroup }) => String(processGroup)),
  sid: column('SID', ({ session }) => String(session)),
  user: column('USER', user),
  euser: column('EUSER', user),
  uid: column('UID', ({ facts }) => String(facts.uid)),
  group: column('GROUP', group),
  gid: column('GID', ({ facts }) => String(facts.gid)),
  c: usage,
  pcpu: column('%CPU', cpu),
  '%cpu': column('%CPU', cpu),
  pmem: column('%MEM', memory),
  '%mem': column('%MEM', memory),
  rss: column('RSS', resident),
  rssize: column('RSS', resident),
  vsz: column('VSZ', virtual),
  vsize: column('VSZ', virtual),
  stime: column('STIME', startTime),
  start_time: column('START', startTime),
  tty: terminal,
  tt: terminal,
  tname: column('TTY', terminalName),
  time: cpuTime,
  cputime: cpuTime,
  etime: sinceStart,
  etimes: column('ELAPSED', (program, around) => String(Math.floor(lifetimeSeconds(program, around)))),
  stat: column('STAT', longState),
  state: column('S', ({ state }) => state),
  s: column('S', ({ state }) => state),
  ni: column('NI', ({ nice }) => String(nice)),
  nice: column('NI', ({ nice }) => String(nice)),
  pri: column('PRI', ({ priority }) => String(39 - priority)),
  nlwp: column('NLWP', ({ threads }) => String(threads)),
  comm: column('COMMAND', ({ command }) => command),
  ucmd: column('CMD', ({ command }) => command),
  cmd: column('CMD', commandWithArguments),
  args: column('COMMAND', commandWithArguments),
  command: column('COMMAND', commandWithArguments),
};

const named = (title: string, name: string): Column => ({ title, show: COLUMNS[name]?.show ?? (() => '') });
const FULL: readonly Column[] = [
  named('UID', 'user'),
  named('PID', 'pid'),
  named('PPID', 'ppid'),
  named('C', 'c'),
  named('STIME', 'stime'),
  named('TTY', 'tty'),
  named('TIME', 'time'),
  named('CMD', 'cmd'),
];
const BRIEF: readonly Column[] = [named('PID', 'pid'), named('TTY', 'tty'), cpuTime, named('CMD', 'comm')];
const USER_ORIENTED: readonly Column[] = [
  named('USER', 'user'),
  named('PID', 'pid'),
  named('%CPU', '%cpu'),
  named('%MEM', '%mem'),
  named('VSZ', 'vsz'),
  named('RSS', 'rss'),
  named('TTY', 'tty'),
  named('STAT', 'stat'),
  named('START', 'stime'),
  column('TIME', ({ cpuSeconds }) => shortTime(cpuSeconds)),
  named('COMMAND', 'args'),
];

function refuse(argument: string): never {
  throw new SkepError(
    'INVALID_ARGUMENT',
    `top does not know the argument ${JSON.stringify(argument.slice(0, 80))}`,
    {
      help: `it takes -ef, aux, and -o with names out of ${Object.keys(COLUMNS).join(', ')}`,
    },
  );
}

/** `pid,cmd=WHAT`: a title goes to the end of the word, as in ps(1). */
function parseColumns(list: string): readonly Column[] {
  const equals = list.indexOf('=');
  const names = (equals < 0 ? list : list.slice(0, equals)).split(/[, ]+/).filter((name) => name !== '');
  if (names.length === 0) refuse(`-o ${list}`);
  const columns = names.map((name) =>
    Object.hasOwn(COLUMNS, name) ? (COLUMNS[name] ?? refuse(name)) : refuse(name),
  );
  const last = columns.at(-1);
  if (equals < 0 || last === undefined) return columns;
  return [...columns.slice(0, -1), { ...last, title: list.slice(equals + 1) }];
}

/**
 * The columns that arguments of ps ask for. Which processes they would choose (`-e`, `-A`, `a`, `x`) does not matter:
 * they are always those of the container. INVALID_ARGUMENT, with the list, for what is not known.
 */
export function processColumns(given: readonly string[]): readonly Column[] {
  const words = given.flatMap((argument) => argument.split(/\s+/)).filter((word) => word !== '');
  if (words.length > MAX_ARGUMENTS) refuse(words[MAX_ARGUMENTS] ?? '');
  if (words.length === 0) return FULL;
  const chosen: Column[] = [];
  let form = BRIEF;
  for (let place = 0; place < words.length; place++) {
    const word = words[place] ?? '';
    const match = /^(-?)([aAdefxuw]*)(o?)(.*)$/s.exec(word);
    const [, dash = '', letters = '', wantsColumns = '', rest = ''] = match ?? [];
    if (wantsColumns === '' && rest !== '') refuse(word);
    if (letters.includes('f')) form = FULL;
    if (letters.includes('u') && dash === '') form = USER_ORIENTED;
    // With a dash it takes names of users, which all processes here are chosen without.
    if (letters.includes('u') && dash !== '' && !letters.includes('a')) refuse(word);
    if (letters.includes('u') && letters.includes('a')) form = USER_ORIENTED;
    if (wantsColumns !== '') chosen.push(...parseColumns(rest === '' ? (words[++place] ?? '') : rest));
  }
  return chosen.length > 0 ? chosen : form;
}

/** The table of processes that a user sees, in the order of their numbers. */
export function processTable(
  columns: ReturnType<typeof processColumns>,
  all: readonly ProcessFacts[],
  surroundings: ProcessSurroundings,
): {
  readonly titles: readonly string[];
  readonly processes: readonly { readonly fields: readonly string[] }[];
} {
  const processes = all
    .map((facts) => parseProcess(facts, surroundings))
    .filter((program) => program !== null)
    .sort((one, other) => one.facts.pid - other.facts.pid);
  return {
    titles: columns.map(({ title }) => title),
    processes: processes.map((program) => ({
      fields: columns.map(({ show }) => show(program, surroundings)),
    })),
  };
}

/** Names by number, from the text of a passwd or group file: `name:x:number:…`. */
export function parseNames(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name = '', , number = ''] = line.split(':');
    if (name !== '' && /^\d+$/.test(number) && !names.has(Number(number))) names.set(Number(number), name);
  }
  return names;
}
