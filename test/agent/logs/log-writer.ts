import { appendFileSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs';

/** Writes a log as the keeper does: whole records, renamed in the keeper's order once the bound is reached. */
export interface LogWriter {
  /** Writes the line `text` with a time in milliseconds since the epoch. */
  write(text: string, timestampMs: number): void;
  rotate(): void;
}

/** A record of the file, its line feed included. */
export function recordLine(text: string, timestampMs: number, stream = 'stdout'): string {
  const time = new Date(timestampMs).toISOString().replace('Z', '000000Z');
  return `${JSON.stringify({ log: text, stream, time })}\n`;
}

/** A writer of a log of `maxFiles` files with at most `maxBytes` each. */
export function createLogWriter(path: string, maxBytes: number, maxFiles: number): LogWriter {
  const nameOf = (index: number) => (index === 0 ? path : `${path}.${index}`);
  function rotate(): void {
    writeFileSync(`${path}.next`, '');
    for (let index = maxFiles - 1; index > 0; index--)
      if (existsSync(nameOf(index - 1))) renameSync(nameOf(index - 1), nameOf(index));
    renameSync(`${path}.next`, path);
  }
  return {
    rotate,
    write(text, timestampMs) {
      const record = recordLine(text, timestampMs);
      const size = existsSync(path) ? statSync(path).size : 0;
      if (size > 0 && size + Buffer.byteLength(record) > maxBytes) rotate();
      appendFileSync(path, record);
    },
  };
}
