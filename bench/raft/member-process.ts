// One member of the consensus with a key-value service in front, the way a manager serves its API: gRPC in the main
// thread, consensus in its own.
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { type MemberOptions, startMember } from '../../manager/raft/member/member.ts';
import { MAX_MESSAGE_BYTES, serve } from '../../proto/rpc.ts';
import { serveQuestions } from './child.ts';
import { keyValueCodec, keyValueMethods } from './key-value.ts';

export type MemberSettings = Pick<
  MemberOptions,
  'folder' | 'id' | 'peers' | 'bootstrapVoters' | 'transport'
> & {
  /** `host:port` of the service. */
  readonly front: string;
};

export type MemberQuestion =
  | { readonly kind: 'leadership' | 'status' | 'close' | 'keys' }
  | { readonly kind: 'add'; readonly id: number; readonly address: string }
  | { readonly kind: 'promote'; readonly id: number };

serveQuestions<MemberSettings>(async ({ front, ...options }) => {
  let values = new Map<string, Uint8Array>();
  const member = await startMember({
    ...options,
    key: new Uint8Array(32).fill(7),
    apply: (entry) => {
      const { key, value } = keyValueCodec.decode(entry);
      values.set(key, value);
    },
    snapshot: () => encodeParts([...values]),
    restore: () => {
      const restored = new Map<string, Uint8Array>();
      return {
        add: (part) => decodePart(part, restored),
        finish: () => {
          values = restored;
        },
      };
    },
    log: (level, message, fields) => {
      if (level === 'error') console.error(message, fields);
    },
  });
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.enable_channelz': 0,
  });
  serve(server, keyValueMethods, {
    put: async (pair) => {
      await member.propose(keyValueCodec.encode(pair));
      return {};
    },
    get: async ({ key }) => {
      await member.readIndex();
      return { key, value: values.get(key) ?? new Uint8Array(0) };
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(front, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return async (asked) => {
    const question = asked as MemberQuestion;
    if (question.kind === 'leadership') return member.leadership();
    if (question.kind === 'status') return member.status();
    if (question.kind === 'keys') return values.size;
    if (question.kind === 'add') return member.addMember(question.id, { address: question.address });
    if (question.kind === 'promote') return member.promote(question.id);
    await member.close();
    setImmediate(() => process.exit());
    return undefined;
  };
});

const PART_BYTES = 256 * 1024;

function* encodeParts(pairs: readonly (readonly [string, Uint8Array])[]): Generator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for (const [key, value] of pairs) {
    const pair = keyValueCodec.encode({ key, value });
    const length = Buffer.alloc(4);
    length.writeUInt32LE(pair.byteLength);
    pieces.push(length, pair);
    bytes += 4 + pair.byteLength;
    if (bytes < PART_BYTES) continue;
    yield new Uint8Array(Buffer.concat(pieces));
    pieces = [];
    bytes = 0;
  }
  if (bytes > 0) yield new Uint8Array(Buffer.concat(pieces));
}

function decodePart(part: Uint8Array, values: Map<string, Uint8Array>): void {
  const buffer = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  let at = 0;
  while (at < buffer.byteLength) {
    const end = at + 4 + buffer.readUInt32LE(at);
    const { key, value } = keyValueCodec.decode(buffer.subarray(at + 4, end));
    values.set(key, value);
    at = end;
  }
}
