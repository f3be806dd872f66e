/** What stands before each entry of a group: how long it is, as u32, little-endian. */
const LENGTH_BYTES = 4;

/** The payloads of several entries as one. */
export function joinPayloads(payloads: readonly Uint8Array[]): Uint8Array {
  let byteLength = 0;
  for (const payload of payloads) byteLength += LENGTH_BYTES + payload.byteLength;
  const joined = Buffer.allocUnsafe(byteLength);
  let at = 0;
  for (const payload of payloads) {
    joined.writeUInt32LE(payload.byteLength, at);
    joined.set(payload, at + LENGTH_BYTES);
    at += LENGTH_BYTES + payload.byteLength;
  }
  return joined;
}

/** The payloads again, as parts of `joined`; undefined when it is not of payloads. */
export function splitPayloads(joined: Uint8Array): readonly Uint8Array[] | undefined {
  const bytes = Buffer.from(joined.buffer, joined.byteOffset, joined.byteLength);
  const payloads: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    if (at + LENGTH_BYTES > bytes.byteLength) return undefined;
    const start = at + LENGTH_BYTES;
    at = start + bytes.readUInt32LE(at);
    if (at > bytes.byteLength) return undefined;
    payloads.push(bytes.subarray(start, at));
  }
  return payloads;
}
