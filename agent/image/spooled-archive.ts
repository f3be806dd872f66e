import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { SkepError } from '../../lib/errors.ts';
import { type ArchiveMember, createArchiveScanner, findMember } from './archive-scanner.ts';
import { decompressed } from './decompressed.ts';

/** An image archive on disk, read by member. Nothing of it is ever unpacked by name. */
export interface SpooledArchive {
  has(name: string): boolean;
  /** A whole small member; INVALID_ARGUMENT when it is missing, larger than `maxBytes`, or not of `digest`. */
  read(name: string, maxBytes: number, digest: string | null): Promise<Buffer>;
  /** A member of any size; with a `digest` the last step throws INVALID_ARGUMENT when the bytes differ from it. */
  stream(name: string, digest: string | null): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const MAX_ARCHIVE_BYTES = 256 * 2 ** 30;
const READ_BYTES = 256 * 1024;

function mismatch(name: string, expected: string, actual: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', `${name} is damaged: its digest is ${actual}, not ${expected}`);
}

async function* readRange(
  file: FileHandle,
  name: string,
  member: Extract<ArchiveMember, { kind: 'file' }>,
  digest: string | null,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for (let done = 0; done < member.sizeBytes; ) {
    const length = Math.min(READ_BYTES, member.sizeBytes - done);
    const { bytesRead, buffer } = await file.read(
      Buffer.allocUnsafe(length),
      0,
      length,
      member.offset + done,
    );
    if (bytesRead === 0) throw new SkepError('DATA_LOSS', `the spooled archive ends inside ${name}`);
    const chunk = buffer.subarray(0, bytesRead);
    done += bytesRead;
    if (digest !== null) hash.update(chunk);
    yield chunk;
  }
  if (digest === null) return;
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== digest) throw mismatch(name, digest, actual);
}

async function spool(
  tar: AsyncIterable<Uint8Array>,
  file: FileHandle,
): Promise<ReadonlyMap<string, ArchiveMember>> {
  const scanner = createArchiveScanner();
  let sizeBytes = 0;
  for await (const chunk of decompressed(tar)) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ARCHIVE_BYTES) {
      throw new SkepError('INVALID_ARGUMENT', `the archive is larger than ${MAX_ARCHIVE_BYTES} bytes`);
    }
    scanner.push(chunk);
    await file.writeFile(chunk);
  }
  return scanner.finish();
}

/** Writes a tar (optionally gzip) to `path` and finds its members on the way. The caller removes the file. */
export async function spoolArchive(tar: AsyncIterable<Uint8Array>, path: string): Promise<SpooledArchive> {
  const file = await open(path, 'wx+', 0o600);
  let members: ReadonlyMap<string, ArchiveMember>;
  try {
    members = await spool(tar, file);
  } catch (error) {
    await file.close();
    throw error;
  }
  const find = (name: string): Extract<ArchiveMember, { kind: 'file' }> => {
    const member = findMember(members, name);
    if (member === null) {
      throw new SkepError('INVALID_ARGUMENT', `the archive lacks ${JSON.stringify(name.slice(0, 200))}`);
    }
    return member;
  };
  return {
    has: (name) => findMember(members, name) !== null,
    read: async (name, maxBytes, digest) => {
      const member = find(name);
      if (member.sizeBytes > maxBytes) {
        throw new SkepError('INVALID_ARGUMENT', `${name} is larger than ${maxBytes} bytes`);
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of readRange(file, name, member, digest)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    stream: (name, digest) => readRange(file, name, find(name), digest),
    close: () => file.close(),
  };
}
