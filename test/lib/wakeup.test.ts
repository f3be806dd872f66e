import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createWakeup, type Wakeup } from '../../lib/wakeup.ts';

/** True when the next wait is over within some turns. */
async function isAwake(wakeup: Wakeup): Promise<boolean> {
  let awake = false;
  void wakeup.next().then(() => {
    awake = true;
  });
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  return awake;
}

describe('a wakeup', () => {
  it('remembers a wake that came before the wait, once', async () => {
    const wakeup = createWakeup(new AbortController().signal);
    wakeup.wake();
    wakeup.wake();
    assert.equal(await isAwake(wakeup), true);
    assert.equal(await isAwake(wakeup), false);
  });

  it('counts a wake that ended a wait for that wait only', async () => {
    const wakeup = createWakeup(new AbortController().signal);
    const waiting = wakeup.next();
    wakeup.wake();
    await waiting;
    assert.equal(await isAwake(wakeup), false);
  });

  it('ends every wait once the signal is aborted', async () => {
    const abort = new AbortController();
    const wakeup = createWakeup(abort.signal);
    const waiting = wakeup.next();
    abort.abort();
    await waiting;
    assert.equal(await isAwake(wakeup), true);
  });
});
