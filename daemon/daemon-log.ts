import type { Log, LogLevel } from '../lib/ports.ts';

const ORDER: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Writes one line per message to standard error: time, level, sentence, then `key=value` fields. */
export function createDaemonLog(minimum: LogLevel): Log {
  return (level, message, fields = {}) => {
    if (ORDER[level] < ORDER[minimum]) return;
    const rest = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ` ${key}=${typeof value === 'string' ? JSON.stringify(value) : value}`);
    process.stderr.write(`${new Date().toISOString()} ${level.padEnd(5)} ${message}${rest.join('')}\n`);
  };
}
