import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { sampleService } from '../cli/sample-objects.ts';
import { createWriteLedger } from './write-ledger.ts';

const web = (replicas: number) => sampleService({ name: 'web', replicas: String(replicas) });

describe('the ledger of writes', () => {
  it('misses a service whose creation was acknowledged', () => {
    const ledger = createWriteLedger();
    ledger.asked('web', web(1).spec);
    ledger.acknowledged('web', web(1).spec);
    assert.deepEqual(ledger.compare([web(1)]), []);
    assert.match(ledger.compare([]).join(), /web is not there/);
  });

  it('notices that an acknowledged change is undone', () => {
    const ledger = createWriteLedger();
    ledger.acknowledged('web', web(1).spec);
    ledger.asked('web', web(2).spec);
    ledger.acknowledged('web', web(2).spec);
    assert.match(ledger.compare([web(1)]).join(), /web is 1 replicas.*asked for was 2 replicas/);
  });

  it('takes either outcome of a change that was not acknowledged, and holds on to it', () => {
    for (const outcome of [1, 2]) {
      const ledger = createWriteLedger();
      ledger.acknowledged('web', web(1).spec);
      ledger.asked('web', web(2).spec);
      assert.deepEqual(ledger.compare([web(outcome)]), []);
      assert.match(ledger.compare([web(3 - outcome)]).join(), /web is/);
    }
  });

  it('notices a service that comes back after its removal', () => {
    const ledger = createWriteLedger();
    ledger.acknowledged('web', web(1).spec);
    ledger.asked('web', null);
    ledger.acknowledged('web', null);
    assert.deepEqual(ledger.compare([]), []);
    assert.match(ledger.compare([web(1)]).join(), /asked for was not there/);
  });
});
