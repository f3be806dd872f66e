const DURATION_UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const DURATION_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/**
 * Reads a duration in the syntax of Go's time.ParseDuration (`1m30s`, `1.5h`, `500ms`, `0`) as milliseconds.
 * Undefined when the text is not one; negative durations are refused, since no setting takes them.
 */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (text === '') return undefined;
  let totalMs = 0;
  let position = 0;
  for (const match of text.matchAll(DURATION_PART)) {
    totalMs += Number(match[1]) * (DURATION_UNITS_MS[match[2] ?? ''] ?? Number.NaN);
    position = match.index + match[0].length;
  }
  // Sums of decimal fractions carry binary dust; no clock here is finer than a nanosecond.
  return position === text.length ? Math.round(totalMs * 1e6) / 1e6 : undefined;
}

/** A duration in milliseconds as Go prints it: `1m30s`, `500ms`, `0s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  if (durationMs < 1) return `${Math.round(durationMs * 1e6) / 1e3}µs`;
  if (durationMs < 1_000) return `${durationMs}ms`;
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor((durationMs % 3_600_000) / 60_000);
  const seconds = Math.round((durationMs % 60_000) * 1e6) / 1e9;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

const BYTE_PATTERN = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i;
const BYTE_PREFIXES = ['', 'k', 'm', 'g', 't', 'p'];

/**
 * Reads an amount of memory as users of containers write it: `64m`, `1g`, `1.5GiB`, `4096`; every prefix is a
 * power of 1024. Undefined when the text is not one.
 */
export function parseByteCount(text: string): number | undefined {
  const match = BYTE_PATTERN.exec(text);
  if (match === null) return undefined;
  const power = BYTE_PREFIXES.indexOf((match[2] ?? '').toLowerCase());
  const bytes = Math.floor(Number(match[1]) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function scaled(bytes: number, base: number, units: readonly string[], digits: number): string {
  let value = bytes;
  let step = 0;
  while (value >= base && step < units.length - 1) {
    value /= base;
    step++;
  }
  return `${Number(value.toPrecision(digits))}${units[step] ?? ''}`;
}

/** Bytes in powers of 1000 with three digits, as sizes of images are shown: `5.59MB`. */
export function formatByteSize(bytes: number): string {
  return scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB'], 3);
}

/** Bytes in powers of 1024 with four digits, as memory is shown: `64MiB`. */
export function formatMemory(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'], 4);
}

/** Reads a number of CPUs, `0.5`, as billionths. Undefined when it is not one, or finer than a billionth. */
export function parseNanoCpus(text: string): number | undefined {
  const match = /^(\d*)(?:\.(\d{0,9}))?$/.exec(text);
  if (match === null || text === '' || text === '.') return undefined;
  const nanoCpus = Number(`${match[1] || '0'}${(match[2] ?? '').padEnd(9, '0')}`);
  return Number.isSafeInteger(nanoCpus) ? nanoCpus : undefined;
}
