import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Message, type MessageFields, makeMessage } from '../../../../manager/raft/core/message.ts';
import {
  admitMessage,
  createCommitNotices,
  takeHeld,
} from '../../../../manager/raft/member/commit-notices.ts';

const ENTRY = { term: 3, index: 8, type: 'EntryNormal', data: new Uint8Array(1) } as const;

function append(fields: Partial<MessageFields> = {}): Message {
  return makeMessage({ type: 'MsgApp', to: 2, from: 1, term: 3, index: 7, commit: 7, ...fields }, 1);
}

describe('the news of a commit', () => {
  it('waits, and goes when it is taken', () => {
    const notices = createCommitNotices();
    const notice = append();
    assert.deepEqual(admitMessage(notices, notice), []);
    assert.deepEqual(takeHeld(notices), [notice]);
    assert.deepEqual(takeHeld(notices), []);
  });

  it('is left out when entries say the same', () => {
    const notices = createCommitNotices();
    admitMessage(notices, append());
    const entries = append({ entries: [ENTRY] });
    assert.deepEqual(admitMessage(notices, entries), [entries]);
    assert.deepEqual(takeHeld(notices), []);
  });

  it('goes ahead of entries that do not say the same', () => {
    for (const fields of [{ term: 4 }, { commit: 6 }, { index: 6 }]) {
      const notices = createCommitNotices();
      const notice = append();
      admitMessage(notices, notice);
      const entries = append({ ...fields, entries: [ENTRY] });
      assert.deepEqual(admitMessage(notices, entries), [notice, entries]);
    }
  });

  it('waits for each member by itself', () => {
    const notices = createCommitNotices();
    const [second, third] = [append(), append({ to: 3 })];
    admitMessage(notices, second);
    admitMessage(notices, third);
    assert.deepEqual(takeHeld(notices), [second, third]);
  });

  it('holds up no message of another kind', () => {
    const notices = createCommitNotices();
    admitMessage(notices, append());
    for (const type of ['MsgHeartbeat', 'MsgTimeoutNow', 'MsgAppResp', 'MsgVote'] as const) {
      const message = append({ type });
      assert.deepEqual(admitMessage(notices, message), [message]);
    }
  });

  it('is known to the member in the end, whatever is sent', () => {
    const anyMessage = fc.record({
      to: fc.integer({ min: 2, max: 3 }),
      term: fc.integer({ min: 1, max: 3 }),
      index: fc.integer({ min: 1, max: 5 }),
      commit: fc.integer({ min: 1, max: 5 }),
      entries: fc.constantFrom([], [ENTRY]),
    });
    fc.assert(
      fc.property(fc.array(anyMessage), (all) => {
        const notices = createCommitNotices();
        const sent = all.map(append).flatMap((message) => admitMessage(notices, message));
        sent.push(...takeHeld(notices));
        for (const message of all.map(append)) {
          const covered = sent.some(
            (one) =>
              one.to === message.to &&
              one.term === message.term &&
              one.commit >= message.commit &&
              one.index >= message.index &&
              one.entries.length >= message.entries.length,
          );
          assert.ok(covered);
        }
      }),
    );
  });
});
