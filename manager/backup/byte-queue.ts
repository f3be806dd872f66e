/** Bytes that arrive in pieces of any size and are taken in pieces of another. */
export interface ByteQueue {
  byteLength(): number;
  push(bytes: Uint8Array): void;
  /** The first `count` bytes, which must be there; copied only where they came in several pieces. */
  take(count: number): Buffer;
}

/** An empty queue. */
export function createByteQueue(): ByteQueue {
  let pieces: Uint8Array[] = [];
  let byteLength = 0;
  return {
    byteLength: () => byteLength,
    push: (bytes) => {
      if (bytes.byteLength > 0) pieces.push(bytes);
      byteLength += bytes.byteLength;
    },
    take: (count) => {
      let end = 0;
      let places = 0;
      while (end < count) end += pieces[places++]?.byteLength ?? Number.POSITIVE_INFINITY;
      const whole = asBuffer(places === 1 ? pieces[0] : Buffer.concat(pieces.slice(0, places)));
      const rest = whole.subarray(count);
      pieces = [...(rest.byteLength === 0 ? [] : [rest]), ...pieces.slice(places)];
      byteLength -= count;
      return whole.subarray(0, count);
    },
  };
}

function asBuffer(bytes: Uint8Array = new Uint8Array(0)): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
