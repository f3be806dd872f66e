import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ensureError, SkepError } from '../../lib/errors.ts';
import type { ContainerOnNode } from './container-on-node.ts';

/** Looks into containers at the same time: each is a process. */
const MAX_LOOKS = 16;
const MAX_REASON_CHARACTERS = 4_096;

/** Starts the native helper; one for a node. */
export interface Looker {
  /** What it prints, piece by piece, no faster than it is taken. What it refuses is thrown at the end. */
  read(words: readonly string[], what: string, signal?: AbortSignal): AsyncGenerator<Buffer>;
  /** Gives it `source` to read, no faster than it takes it, and waits for its end. */
  write(
    words: readonly string[],
    what: string,
    source: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<void>;
}

/** The folders that a container which never ran does not have yet. */
export async function prepareWritable({ writableFolder }: ContainerOnNode): Promise<void> {
  for (const name of ['upper', 'work']) {
    await mkdir(join(writableFolder, name), { recursive: true, mode: 0o755 });
  }
}

/** Its exit codes: see refuse.h of the helper. */
function failure(code: number | null, stderr: string, what: string): SkepError {
  const reason = stderr.trim().split('\n')[0] ?? '';
  const message = `cannot ${what}: ${reason === '' ? `its helper ended with ${code ?? 'a signal'}` : reason}`;
  if (code === 1) return new SkepError('INVALID_ARGUMENT', message);
  if (code === 4) return new SkepError('NOT_FOUND', message);
  if (code === 5) return new SkepError('FAILED_PRECONDITION', message);
  if (code === 6) return new SkepError('UNAVAILABLE', message, { help: 'try again' });
  if (reason.includes('Read-only file system')) return new SkepError('FAILED_PRECONDITION', message);
  if (/No space left|quota exceeded/.test(reason)) {
    return new SkepError('RESOURCE_EXHAUSTED', message, { help: 'free space on the node' });
  }
  return new SkepError('INTERNAL', message);
}

interface Ending {
  readonly code: number | null;
  readonly stderr: string;
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<Ending> {
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, MAX_REASON_CHARACTERS);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stderr }));
  });
}

/** Kills the helper when the caller goes away; the returned function ends that. */
function endWith(child: ChildProcessWithoutNullStreams, signal: AbortSignal | undefined): () => void {
  const kill = () => child.kill('SIGKILL');
  if (signal?.aborted === true) kill();
  signal?.addEventListener('abort', kill);
  return () => signal?.removeEventListener('abort', kill);
}

async function* readFrom(
  child: ChildProcessWithoutNullStreams,
  what: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const letGo = endWith(child, signal);
  const ended = endOf(child);
  ended.catch(() => undefined);
  child.stdin.on('error', () => undefined).end();
  try {
    for await (const piece of child.stdout) yield piece as Buffer;
    const { code, stderr } = await ended;
    if (signal?.aborted === true) throw new SkepError('CANCELLED', 'the caller broke the call off');
    if (code !== 0) throw failure(code, stderr, what);
  } finally {
    letGo();
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
  }
}

async function writeTo(
  child: ChildProcessWithoutNullStreams,
  what: string,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const letGo = endWith(child, signal);
  const ended = endOf(child);
  let sourceError: Error | null = null;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* source;
    } catch (thrown) {
      sourceError = ensureError(thrown);
      // Without this, what looks like the end of the archive may be taken for it.
      child.kill('SIGKILL');
      throw thrown;
    }
  }
  child.stdout.resume();
  const fed = pipeline(watched(), child.stdin).catch(() => undefined);
  try {
    const { code, stderr } = await ended;
    if (sourceError !== null) throw sourceError;
    if (signal?.aborted === true) throw new SkepError('CANCELLED', 'the caller broke the call off');
    if (code !== 0) throw failure(code, stderr, what);
    await fed;
    if (sourceError !== null) throw sourceError;
  } finally {
    letGo();
  }
}

/** Looks into containers with the helper at `binaryPath`. */
export function createLooker(binaryPath: string): Looker {
  let looks = 0;
  const start = (words: readonly string[]): ChildProcessWithoutNullStreams => {
    if (looks >= MAX_LOOKS) {
      throw new SkepError('RESOURCE_EXHAUSTED', `${MAX_LOOKS} containers are being looked into already`, {
        help: 'try again when one of them is done',
      });
    }
    const child = spawn(binaryPath, [...words], { stdio: ['pipe', 'pipe', 'pipe'], env: {}, cwd: '/' });
    looks++;
    let counted = true;
    const discount = () => {
      if (counted) looks--;
      counted = false;
    };
    child.once('close', discount);
    child.once('error', discount);
    return child;
  };
  return {
    read: async function* (words, what, signal) {
      yield* readFrom(start(words), what, signal);
    },
    write: async (words, what, source, signal) => {
      await writeTo(start(words), what, source, signal);
    },
  };
}
