import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { emptyBudget, encodedSizeBound, isBudgetSpent, putWithin } from '../../lib/change-budget.ts';
import { MAX_CHANGES_PER_ENTRY, MAX_ENTRY_BYTES } from '../../manager/store/pending-entry.ts';
import { transactionCodec } from '../../proto/messages.ts';
import { service, task, taskSpec } from '../manager/api/cluster-samples.ts';

describe('the bound on the size of a value', () => {
  it('is never below its JSON in UTF-8', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => encodedSizeBound(value) >= Buffer.byteLength(JSON.stringify(value)),
      ),
    );
  });
});

describe('the changes of one pass', () => {
  const container = { ...taskSpec().container, args: ['ü'.repeat(50_000)] };
  const samples = [
    task('t', 's', 'NEW'),
    task('t', 's', 'NEW', { spec: taskSpec({ container }) }),
    service(
      's',
      { task: taskSpec({ container }) },
      { previousSpec: service('s', { task: taskSpec({ container }) }).spec },
    ),
  ];
  for (const [index, sample] of samples.entries()) {
    it(`fit one log entry, whatever they hold (${index + 1})`, () => {
      const budget = emptyBudget();
      while (!isBudgetSpent(budget)) putWithin(budget, sample);
      const bytes = transactionCodec.encode({ changes: budget.changes, proposedAtMs: 1 }).byteLength;
      assert.ok(budget.changes.length <= MAX_CHANGES_PER_ENTRY);
      assert.ok(bytes <= MAX_ENTRY_BYTES, `${bytes} bytes`);
    });
  }
});
