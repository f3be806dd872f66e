import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { ensureError, SkepError } from '../../lib/errors.ts';
import { asRecord, countOrZero, parseJson } from './json-fields.ts';

/** What is known about an unpacked layer. */
export interface LayerFacts {
  readonly entries: number;
  /** Bytes of file content together. */
  readonly contentBytes: number;
  /** The layer hides everything below it. */
  readonly opaqueRoot: boolean;
}

export interface UnpackedLayer extends LayerFacts {
  /** `sha256:…` of the uncompressed tar. */
  readonly diffId: string;
}

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_CHARACTERS = 4_096;
/** Exit code of skep-unpack when the archive, not the machine, is at fault. */
const EXIT_BAD_ARCHIVE = 1;

/** Reads what skep-unpack prints, which is also how facts are kept on disk. */
export function parseLayerFacts(bytes: Uint8Array): LayerFacts {
  const record = asRecord(parseJson(bytes, 'the facts of a layer'), 'the facts of a layer');
  return {
    entries: countOrZero(record.entries, 'entries'),
    contentBytes: countOrZero(record.contentBytes, 'contentBytes'),
    opaqueRoot: record.opaqueRoot === true,
  };
}

function waitForEnd(child: ChildProcessWithoutNullStreams): Promise<Ending> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(0, MAX_OUTPUT_CHARACTERS);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, MAX_OUTPUT_CHARACTERS);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr: stderr.trim() }));
  });
}

function failure(ending: Ending): SkepError {
  const reason = ending.stderr.split('\n')[0] ?? '';
  if (ending.code === EXIT_BAD_ARCHIVE) return new SkepError('INVALID_ARGUMENT', `bad layer: ${reason}`);
  const isFull = reason.includes('No space left on device');
  return new SkepError(
    isFull ? 'RESOURCE_EXHAUSTED' : 'INTERNAL',
    `cannot unpack the layer: ${reason === '' ? `skep-unpack ended with ${ending.code ?? 'a signal'}` : reason}`,
    isFull ? { help: 'free disk space under the data root, for instance with skep image rm' } : {},
  );
}

/**
 * Unpacks one plain tar into `folder` (an empty folder) with skep-unpack and computes its digest on the way.
 * INVALID_ARGUMENT names the entry that is at fault. After a failure the folder holds part of the layer.
 */
export async function unpackLayer(
  tar: AsyncIterable<Uint8Array>,
  folder: string,
  unpackBinaryPath: string,
): Promise<UnpackedLayer> {
  const hash = createHash('sha256');
  const source: { error: Error | null } = { error: null };
  const child = spawn(unpackBinaryPath, [folder], { stdio: ['pipe', 'pipe', 'pipe'], env: {} });
  const ended = waitForEnd(child);
  const fed = pipeline(hashed(tar, hash, source), child.stdin).then(
    () => null,
    (error: unknown) => ensureError(error),
  );
  let ending: Ending;
  try {
    ending = await ended;
  } catch (error) {
    throw new SkepError('INTERNAL', `cannot start ${unpackBinaryPath}`, { cause: error });
  }
  // When the source broke off, the program saw a truncated archive: the source's error is the true one.
  if (source.error !== null) throw source.error;
  if (ending.code !== 0) throw failure(ending);
  const feedError = await fed;
  if (feedError !== null) throw feedError;
  const facts = parseLayerFacts(Buffer.from(ending.stdout));
  return { ...facts, diffId: `sha256:${hash.digest('hex')}` };
}

async function* hashed(
  tar: AsyncIterable<Uint8Array>,
  hash: Hash,
  source: { error: Error | null },
): AsyncGenerator<Uint8Array> {
  const iterator = tar[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        source.error = ensureError(error);
        throw error;
      });
      if (next.done === true) return;
      hash.update(next.value);
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
