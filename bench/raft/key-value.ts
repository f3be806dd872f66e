// A service as small as etcd's put and get, over the real consensus: what is compared is the way to a quorum and back.
import type { Codec } from '../../proto/codec.ts';
import { emptyCodec } from '../../proto/messages.ts';
import { unary } from '../../proto/rpc.ts';

export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Length of the key in two bytes, the key, and the rest is the value. */
export const keyValueCodec: Codec<KeyValue> = {
  encode: ({ key, value }) => {
    const keyBytes = Buffer.byteLength(key);
    const bytes = Buffer.allocUnsafe(2 + keyBytes + value.byteLength);
    bytes.writeUInt16LE(keyBytes);
    bytes.write(key, 2);
    bytes.set(value, 2 + keyBytes);
    return bytes;
  },
  decode: (bytes) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const start = 2 + buffer.readUInt16LE();
    return { key: buffer.toString('utf8', 2, start), value: buffer.subarray(start) };
  },
};

export const keyValueMethods = {
  put: unary('/skep.bench.KeyValue/Put', keyValueCodec, emptyCodec),
  /** Linearizable; the value is empty where the request's is. */
  get: unary('/skep.bench.KeyValue/Get', keyValueCodec, keyValueCodec),
} as const;
