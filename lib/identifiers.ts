import type { Random } from './ports.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 25;

/** Encodes bytes as base 36 digits of exactly `length`, most significant first, dropping what does not fit. */
export function encodeBase36(bytes: Uint8Array, length: number): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let position = 0; position < length; position++) {
    text = (ALPHABET[Number(value % 36n)] ?? '0') + text;
    value /= 36n;
  }
  return text;
}

/** A new object id: 25 characters of base 36, 128 bits of randomness. */
export function newId(random: Random): string {
  return encodeBase36(random.bytes(16), ID_LENGTH);
}

/** The name users see of a task: `web.3.<id>`, or `web.<node id>.<id>` for a global service. */
export function taskName(task: {
  readonly id: string;
  readonly serviceName: string;
  readonly slot: number;
  readonly nodeId: string;
}): string {
  const place = task.slot > 0 ? String(task.slot) : task.nodeId;
  return `${task.serviceName}.${place}.${task.id}`;
}
