/** One line of a container's json-file log. */
export interface LogRecord {
  readonly stream: 'stdout' | 'stderr';
  readonly timestampMs: number;
  /** RFC 3339 as the file has it, to the nanosecond. */
  readonly time: string;
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
  if (typeof value !== 'object' || value === null) return null;
  const { log, stream, time } = value as { log?: unknown; stream?: unknown; time?: unknown };
  if (typeof log !== 'string' || typeof time !== 'string') return null;
  const timestampMs = Date.parse(time);
  if (Number.isNaN(timestampMs)) return null;
  return { stream: stream === 'stderr' ? 'stderr' : 'stdout', timestampMs, time, text: log };
}

/** The records of whole lines, each with its line feed. Lines that are none are passed over. */
export function parseLines(lines: Uint8Array): readonly LogRecord[] {
  const text = new TextDecoder().decode(lines);
  return text.split('\n').flatMap((line) => {
    const record = line === '' ? null : parseLogRecord(line);
    return record === null ? [] : [record];
  });
}
