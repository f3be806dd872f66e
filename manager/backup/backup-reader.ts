import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  AT_CRC,
  AT_LENGTH,
  AT_VERSION,
  type BackupHeader,
  damagedBackup,
  decodeHeader,
  FORMAT_VERSION,
  HASH_BYTES,
  MAGIC,
  MAX_BACKUP_BYTES,
  MAX_DESCRIPTION_BYTES,
  MAX_PART_BYTES,
  newerBackup,
  notABackup,
  PART_HEAD_BYTES,
  START_BYTES,
} from './backup-format.ts';
import { createByteQueue } from './byte-queue.ts';

/** What a backup turns out to hold, in its order: the header, then the parts. */
export type BackupItem =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'part'; readonly part: Uint8Array };

/** Takes a backup in pieces of any size. Nothing of it may be used before `end` has returned. */
export interface BackupReader {
  /**
   * What is whole by now. Throws DATA_LOSS, naming the byte where it can, when the backup is damaged or is none, and
   * FAILED_PRECONDITION when a newer version of Skep wrote it.
   */
  push(piece: Uint8Array): readonly BackupItem[];
  /** Nothing follows. Throws DATA_LOSS when something should. */
  end(): void;
}

/** What is read next: so many bytes, and what they give. It returns the next step; null is the end. */
interface Step {
  readonly byteLength: number;
  readonly read: (bytes: Buffer, items: BackupItem[]) => Step | null;
}

/** Nothing is read yet. */
export function createBackupReader(): BackupReader {
  const queue = createByteQueue();
  const hash = createHash('sha256');
  /** Where the present step begins. */
  let offset = 0;
  let received = 0;
  let parts = 0;

  const takeStart = (start: Buffer): Step => {
    if (start.toString('latin1', 0, AT_VERSION) !== MAGIC) throw notABackup();
    const length = start.readUInt32LE(AT_LENGTH);
    if (length > MAX_DESCRIPTION_BYTES) throw damagedBackup(`damaged at byte ${AT_LENGTH}`);
    return { byteLength: length, read: (text, items) => takeDescription(start, text, items) };
  };
  const takeDescription = (start: Buffer, text: Buffer, items: BackupItem[]): Step => {
    if (crc32(text, crc32(start.subarray(0, AT_CRC))) !== start.readUInt32LE(AT_CRC)) {
      throw damagedBackup('damaged in what it begins with');
    }
    const version = start.readUInt32LE(AT_VERSION);
    if (version > FORMAT_VERSION) throw newerBackup(version);
    const header = decodeHeader(text.toString());
    if (header === undefined) throw damagedBackup('damaged: it does not say what it is of');
    items.push({ kind: 'header', header });
    return partHead;
  };
  const partHead: Step = {
    byteLength: PART_HEAD_BYTES,
    read: (head) => {
      const byteLength = head.readUInt32LE(0);
      const second = head.readUInt32LE(4);
      if (byteLength === 0) return takeEnd(second);
      if (byteLength > MAX_PART_BYTES) throw damagedBackup(`damaged at byte ${offset}`);
      return { byteLength, read: (part, items) => takePart(part, second, items) };
    },
  };
  const takePart = (part: Buffer, expected: number, items: BackupItem[]): Step => {
    if (crc32(part) !== expected) {
      throw damagedBackup(`damaged between byte ${offset} and ${offset + part.byteLength - 1}`);
    }
    parts++;
    items.push({ kind: 'part', part });
    return partHead;
  };
  const takeEnd = (count: number): Step => {
    if (count !== parts) throw damagedBackup(`damaged: ${parts} of its ${count} parts are there`);
    return { byteLength: HASH_BYTES, read: takeHash };
  };
  const takeHash = (expected: Buffer): null => {
    if (!hash.digest().equals(expected)) throw damagedBackup('damaged: its hash differs');
    return null;
  };

  let step: Step | null = { byteLength: START_BYTES, read: takeStart };
  return {
    push: (piece) => {
      received += piece.byteLength;
      if (received > MAX_BACKUP_BYTES) throw damagedBackup(`longer than ${MAX_BACKUP_BYTES} bytes`);
      queue.push(piece);
      const items: BackupItem[] = [];
      while (step !== null && queue.byteLength() >= step.byteLength) {
        const bytes = queue.take(step.byteLength);
        if (step.read !== takeHash) hash.update(bytes);
        step = step.read(bytes, items);
        offset += bytes.byteLength;
      }
      if (step === null && queue.byteLength() > 0) {
        throw damagedBackup(`damaged: more follows its end at byte ${offset}`);
      }
      return items;
    },
    end: () => {
      if (step === null) return;
      if (offset === 0 && !MAGIC.startsWith(queue.take(Math.min(received, AT_VERSION)).toString('latin1'))) {
        throw notABackup();
      }
      throw damagedBackup(`cut off at byte ${received}`);
    },
  };
}
