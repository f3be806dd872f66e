import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SkepError } from '../../../lib/errors.ts';
import type { LogFields } from '../../../lib/ports.ts';
import { type DiskLog, type LogEntry, openDiskLog } from '../../../manager/raft/disk-log.ts';

export const KEY = new Uint8Array(32).fill(7);

/** Runs `body` with an empty folder, which is gone afterwards whatever happened. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skep-raft-test-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface OpenedLog {
  readonly diskLog: DiskLog;
  readonly replayed: LogEntry[];
  readonly lines: { readonly message: string; readonly fields: LogFields | undefined }[];
}

/** Opens the log of a folder and keeps what it replays and says. */
export async function openLog(
  folder: string,
  options: { readonly afterIndex?: number; readonly segmentBytes?: number; readonly key?: Uint8Array } = {},
): Promise<OpenedLog> {
  const replayed: LogEntry[] = [];
  const lines: OpenedLog['lines'] = [];
  const diskLog = await openDiskLog({
    folder,
    key: options.key ?? KEY,
    log: (_level, message, fields) => lines.push({ message, fields }),
    afterIndex: options.afterIndex ?? 0,
    replay: (entry) => replayed.push(entry),
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
  });
  return { diskLog, replayed, lines };
}

/** Entries `first`… with the texts given, of term 1. */
export function entriesOf(first: number, texts: readonly string[]): LogEntry[] {
  return texts.map((text, place) => ({ index: first + place, term: 1, payload: Buffer.from(text) }));
}

/** The payloads as texts. */
export function textsOf(entries: readonly { readonly payload: Uint8Array }[]): string[] {
  return entries.map(({ payload }) => Buffer.from(payload).toString());
}

/** The files of a folder whose names begin so, with their folder, in order. */
export async function filesOf(folder: string, prefix: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => path.join(folder, name));
}

/** For assert.rejects: a SkepError of that code whose message matches. */
export function isSkepError(code: string, message = /./): (error: unknown) => boolean {
  return (error) => error instanceof SkepError && error.code === code && message.test(error.message);
}
