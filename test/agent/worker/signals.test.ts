import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parseSignal } from '../../../agent/worker/signals.ts';

describe('a stop signal', () => {
  it('is read by name, with or without SIG, and by number', () => {
    assert.deepEqual(
      ['SIGTERM', 'quit', '10', 'RTMIN+3', 'SIGRTMAX-1'].map(parseSignal),
      [15, 3, 10, 37, 63],
    );
  });

  it('is refused when there is none such', () => {
    for (const text of ['SIGNOPE', '0', '65', '', 'RTMAX+1', '-9'])
      assert.throws(() => parseSignal(text), text);
  });
});
