import protobuf from 'protobufjs/minimal.js';

// The generated code decodes 64-bit integers as Long objects when the `long` package is in the tree, which
// gRPC brings along. Every integer on our wire fits a double, so Long is switched off before that code loads.
protobuf.util.Long = undefined as unknown as typeof protobuf.util.Long;
protobuf.configure();

/** Turns one kind of message into bytes and back. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  /** Throws when the bytes are not such a message. */
  decode(bytes: Uint8Array): T;
}

/** The part of a generated message class that codecs use. */
export interface GeneratedMessage {
  fromObject(value: Record<string, unknown>): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: Record<string, unknown>): Record<string, unknown>;
}

const TO_OBJECT_OPTIONS = { defaults: true, arrays: true, objects: true, longs: Number, enums: String };

/**
 * A codec between the plain data of `lib/domain` and a generated message of the same shape. Optional fields
 * that are not set stay absent; everything else comes back with its proto3 default.
 */
export function messageCodec<T extends object>(message: unknown): Codec<T> {
  const type = message as GeneratedMessage;
  return {
    encode: (value) => type.encode(type.fromObject(value as Record<string, unknown>)).finish(),
    decode: (bytes) => type.toObject(type.decode(bytes), TO_OBJECT_OPTIONS) as T,
  };
}

/** A codec whose values are rewritten on their way to and from the message's own shape. */
export function mappedCodec<T, Wire extends object>(
  message: unknown,
  toWire: (value: T) => Wire,
  fromWire: (wire: Wire) => T,
): Codec<T> {
  const codec = messageCodec<Wire>(message);
  return {
    encode: (value) => codec.encode(toWire(value)),
    decode: (bytes) => fromWire(codec.decode(bytes)),
  };
}
