import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../../../tidy/repository.ts';
import { parseCases } from './cases/datadriven.ts';
import { runCaseFile, runCaseFolder } from './cases/run-cases.ts';

const FOLDER = path.resolve(repositoryRoot(), '..', 'shared', 'raft-cases');

describe('the cases of etcd-io/raft', () => {
  if (!existsSync(FOLDER)) {
    it('pass', { skip: 'the folder shared/raft-cases is not beside this repository' });
    return;
  }
  for (const { file, passed, failures } of runCaseFolder(FOLDER)) {
    it(`${file} passes`, () => {
      assert.equal(failures.length, 0, failures.join('\n'));
      assert.ok(passed > 0, 'it has directives');
    });
  }
});

describe('the case runner', () => {
  it('reads commands with arguments, a body, and output between doubled separators', () => {
    const text =
      '# why\nadd-nodes 3 voters=(1, 2,3) index=2\nbody\n----\nok\n\n\nlog\n----\n----\none\n\ntwo\n----\n----\n';
    const [first, second, ...rest] = parseCases('a.txt', text);
    assert.equal(rest.length, 0);
    assert.deepEqual(first, {
      file: 'a.txt',
      line: 2,
      command: 'add-nodes',
      args: [
        { key: '3', values: [] },
        { key: 'voters', values: ['1', '2', '3'] },
        { key: 'index', values: ['2'] },
      ],
      input: 'body',
      expected: 'ok',
    });
    assert.equal(second?.expected, 'one\n\ntwo');
  });

  it('shows what differs, and goes on with the next directive', () => {
    const result = runCaseFile('a.txt', 'vote\n----\nVoteLost\n\nvote cfg=(1) votes=(y)\n----\nVoteWon\n');
    assert.equal(result.passed, 1);
    assert.deepEqual(result.failures, ['a.txt:1: vote\n    - VoteLost\n    + VoteWon']);
  });

  it('counts an unknown command as a failure', () => {
    const result = runCaseFile('a.txt', 'add-nodes 1 voters=(1) index=2\n----\nok\n\nfly\n----\nok\n');
    assert.equal(result.passed, 1);
    assert.match(result.failures[0] ?? '', /a\.txt:5: fly\n {4}threw Error: unknown command: fly/);
  });

  it('compares neither INFO nor DEBUG lines, but all others', () => {
    const script = 'add-nodes 1 voters=(1) index=2\n----\nINFO of another program\n\ncampaign 9\n----\nok\n';
    const result = runCaseFile('a.txt', script);
    assert.equal(result.passed, 1);
    assert.equal(result.failures.length, 1);
  });
});
