import { SkepError } from '../../lib/errors.ts';

/** Linux signal numbers, signal(7), x86 and arm. */
const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
};
const REALTIME_FIRST = 34;
const REALTIME_LAST = 64;

export const SIGNAL_KILL = 9;
export const SIGNAL_TERM = 15;

/** `SIGTERM`, `term`, `15`, `RTMIN+3` → the number. INVALID_ARGUMENT for anything else. */
export function parseSignal(text: string): number {
  const name = text.trim().toUpperCase().replace(/^SIG/, '');
  const known = NUMBERS[name];
  if (known !== undefined) return known;
  const realtime = /^RTM(IN|AX)(?:([+-])(\d{1,2}))?$/.exec(name);
  const offset = Number(realtime?.[3] ?? 0) * (realtime?.[2] === '-' ? -1 : 1);
  const number = realtime ? (realtime[1] === 'IN' ? REALTIME_FIRST : REALTIME_LAST) + offset : Number(name);
  if (!/^\d+$/.test(name) && realtime === null) {
    throw new SkepError('INVALID_ARGUMENT', `unknown signal "${text}"`, {
      help: 'for example SIGTERM or 15',
    });
  }
  if (number < 1 || number > REALTIME_LAST) {
    throw new SkepError('INVALID_ARGUMENT', `signal "${text}" is outside 1…${REALTIME_LAST}`);
  }
  return number;
}
