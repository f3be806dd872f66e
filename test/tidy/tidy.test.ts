import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERROR_CODES } from '../../lib/errors.ts';
import { arrowRule, cycleRule } from './arrow-rule.ts';
import { errorPageOffences, machinePathRule, titleRule } from './document-rule.ts';
import { pureListRule, purityRule, synchronousCallRule } from './purity-rule.ts';
import { listFiles, readSources, repositoryRoot } from './repository.ts';
import type { Rule } from './rule.ts';
import { FUNCTION_LINES, FUNCTION_LINES_GOAL, fileSizeRule, longFunctions } from './size-rule.ts';
import { badNames, bannedRule, docstringRule } from './wording-rule.ts';

const root = repositoryRoot();
const files = readSources(root);

function mustHold(offences: readonly string[]): void {
  assert.equal(offences.length, 0, `${offences.length} offences:\n  ${offences.join('\n  ')}`);
}

const RULES: readonly (readonly [string, Rule])[] = [
  ['imports follow the arrows of the architecture', arrowRule],
  ['no file imports itself by way of others', cycleRule],
  ['decisions are pure', purityRule],
  ['the list of pure files names files that exist', pureListRule],
  ['a daemon makes no synchronous file or process call', synchronousCallRule],
  ['no file has 500 lines', fileSizeRule],
  ['banned constructs and marks are nowhere', bannedRule],
  ['every exported function has a doc comment', docstringRule],
  ['every page has exactly one title', titleRule],
  ['no path of a particular machine is named', machinePathRule],
];

describe('the repository', () => {
  for (const [title, rule] of RULES) it(title, () => mustHold(rule(files)));

  it(`no function has ${FUNCTION_LINES} lines of its own, and those above ${FUNCTION_LINES_GOAL} are named`, (t) => {
    for (const warning of longFunctions(files, FUNCTION_LINES_GOAL)) t.diagnostic(warning);
    mustHold(longFunctions(files, FUNCTION_LINES));
  });

  it('files and folders have telling names', () => mustHold(badNames(listFiles(root))));

  it('every error code is explained in docs/errors.md, and nothing else is', () => {
    const page = files.find((file) => file.path === 'docs/errors.md');
    assert.ok(page !== undefined, 'docs/errors.md exists');
    mustHold(errorPageOffences(ERROR_CODES, page));
  });
});
