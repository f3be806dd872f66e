import { invalid, quote } from './rule.ts';

/** capabilities(7), without the prefix. */
const CAPABILITIES: ReadonlySet<string> = new Set(
  (
    'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE ' +
    'NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT ' +
    'SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE ' +
    'AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ ' +
    'PERFMON BPF CHECKPOINT_RESTORE'
  ).split(' '),
);

/** signal(7), without the prefix. */
const SIGNALS: ReadonlySet<string> = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS ' +
    'TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
  ).split(' '),
);
const MAX_SIGNAL = 64;
/** Signals between SIGRTMIN (34) and SIGRTMAX (64). */
const MAX_REALTIME_OFFSET = 30;

/** Throws unless the text is `ALL` or a capability with its prefix, `CAP_NET_ADMIN`. */
export function requireCapability(subject: string, option: string, capability: string): void {
  if (capability === 'ALL') return;
  if (capability.startsWith('CAP_') && CAPABILITIES.has(capability.slice('CAP_'.length))) return;
  throw invalid(
    subject,
    `${option} ${quote(capability)} is not a capability`,
    'for example: CAP_NET_ADMIN, or ALL',
  );
}

function isSignal(text: string): boolean {
  if (/^\d{1,2}$/.test(text)) return Number(text) >= 1 && Number(text) <= MAX_SIGNAL;
  const name = text.toUpperCase().replace(/^SIG/, '');
  const realtime = /^RT(?:MIN\+|MAX-)(\d{1,2})$/.exec(name);
  return realtime === null ? SIGNALS.has(name) : Number(realtime[1]) <= MAX_REALTIME_OFFSET;
}

/** Throws unless the text is a signal: `SIGTERM`, `TERM`, `15` or `SIGRTMIN+3`. */
export function requireSignal(subject: string, signal: string): void {
  if (!isSignal(signal)) {
    throw invalid(
      subject,
      `stop-signal ${quote(signal)} is not a signal`,
      'for example: SIGTERM, SIGINT or 15',
    );
  }
}
