import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  RAFT_ENTRY_TYPES,
  RAFT_MESSAGE_TYPES,
  type RaftMessage,
  raftFrameCodec,
} from '../../proto/raft-messages.ts';

const anyNumber = fc.oneof(
  fc.constantFrom(0, 1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  fc.maxSafeNat(),
);

const anyEntry = fc.record({
  term: anyNumber,
  index: anyNumber,
  type: fc.constantFrom(...RAFT_ENTRY_TYPES),
  data: fc.uint8Array({ maxLength: 40 }),
});

const anyMessage: fc.Arbitrary<RaftMessage> = fc.record({
  type: fc.constantFrom(...RAFT_MESSAGE_TYPES),
  to: anyNumber,
  from: anyNumber,
  term: anyNumber,
  logTerm: anyNumber,
  index: anyNumber,
  commit: anyNumber,
  vote: anyNumber,
  reject: fc.boolean(),
  rejectHint: anyNumber,
  voterCommit: fc.option(fc.record({ term: anyNumber, index: anyNumber }, { noNullPrototype: true }), {
    nil: undefined,
  }),
  entries: fc.array(anyEntry, { maxLength: 4 }),
  snapshot: fc.constant(undefined),
  context: fc.string({ maxLength: 20 }),
});

describe('a frame of consensus messages', () => {
  it('is read as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), (messages) => {
        const { messages: read } = raftFrameCodec.decode(raftFrameCodec.encode({ messages }));
        assert.deepEqual(plain(read), plain(messages));
      }),
    );
  });

  it('holds no snapshot', () => {
    const confState = { voters: [1], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
    const [message] = fc.sample(anyMessage, 1);
    assert.ok(message !== undefined);
    const withSnapshot = { ...message, snapshot: { index: 1, term: 1, confState } };
    assert.throws(() => raftFrameCodec.encode({ messages: [withSnapshot] }), TypeError);
  });
});

/** Bytes compare by content, whatever kind of array they came in. */
function plain(messages: readonly RaftMessage[]): unknown {
  return messages.map((message) => ({
    ...message,
    entries: message.entries.map((entry) => ({ ...entry, data: [...entry.data] })),
  }));
}
