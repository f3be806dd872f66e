import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { createAppliedReports } from '../../../../manager/raft/member/applied-reports.ts';
import type { ToConsensus } from '../../../../manager/raft/member/thread-messages.ts';

function withTime(body: (posted: ToConsensus[]) => void): void {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    body([]);
  } finally {
    mock.timers.reset();
  }
}

describe('what was applied', () => {
  it('is reported together after a moment, and not again', () =>
    withTime((posted) => {
      const reports = createAppliedReports((message) => posted.push(message));
      reports.add(100);
      reports.add(100);
      assert.deepEqual(posted, []);
      mock.timers.tick(1_000);
      assert.deepEqual(posted, [{ kind: 'applied', batches: 2 }]);
      mock.timers.tick(1_000);
      assert.equal(posted.length, 1);
      reports.add(100);
      mock.timers.tick(1_000);
      assert.deepEqual(posted[1], { kind: 'applied', batches: 1 });
    }));

  it('is reported at once when it is much, and then not by the clock', () =>
    withTime((posted) => {
      const reports = createAppliedReports((message) => posted.push(message));
      reports.add(1);
      reports.add(1024 * 1024);
      assert.deepEqual(posted, [{ kind: 'applied', batches: 2 }]);
      mock.timers.tick(1_000);
      assert.equal(posted.length, 1);
    }));

  it('is reported no more after the end', () =>
    withTime((posted) => {
      const reports = createAppliedReports((message) => posted.push(message));
      reports.add(1);
      reports.stop();
      mock.timers.tick(1_000);
      assert.deepEqual(posted, []);
    }));
});
