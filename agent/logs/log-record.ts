/** One line of a container's json-file log. */
export interface LogRecord {
  readonly stream: 'stdout' | 'stderr';
  readonly timestampMs: number;
  /** With its line feed, unless the line was cut or is the container's unfinished last one. */
  readonly text: string;
}

/** Parses a line of the file; null for one that is not such a record (a line torn by a crash). */
export function parseLogRecord(line: string): LogRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { log, stream, time } = value as { log?: unknown; stream?: unknown; time?: unknown };
  const timestampMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (typeof log !== 'string' || Number.isNaN(timestampMs)) return null;
  return { stream: stream === 'stderr' ? 'stderr' : 'stdout', timestampMs, text: log };
}

/** Cuts a byte stream into lines; keeps the unfinished rest for the next piece. */
export function splitLines(
  rest: string,
  piece: string,
): { readonly lines: readonly string[]; readonly rest: string } {
  const parts = (rest + piece).split('\n');
  return { lines: parts.slice(0, -1), rest: parts.at(-1) ?? '' };
}
