import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { projectRoot } from '../../cli/project.ts';
import { USAGE_EXIT_CODE } from '../../cli/usage.ts';
import { runSkep } from './daemon-double.ts';

/** Every command line of Skep on the page, in blocks and in sentences. */
function commandsOf(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^ {4,}(skep .*)$/gm)].map((match) => match[1] ?? '');
  const inline = [...page.matchAll(/`(skep [^`]+)`/g)].map((match) => match[1] ?? '');
  return [...new Set([...blocks, ...inline])].map((line) => line.replace(/\s*\|.*$/, ''));
}

describe('the page on managers', () => {
  const commands = commandsOf(readFileSync(join(projectRoot(), 'docs', 'managers.md'), 'utf8'));

  it('has commands', () => assert.ok(commands.length > 20, `${commands.length} found`));

  for (const line of commands) {
    it(`has only commands that exist: ${line}`, async () => {
      const words = line.split(' ').slice(1);
      // A playground would really come up; whether the words are known can be seen from the help, too.
      const isPlayground = words[0] === 'playground';
      const argv = isPlayground ? [...words.slice(0, 2), '--help'] : words;
      const { exitCode, stdout, stderr } = await runSkep(['-H', 'unix:///nowhere.sock', ...argv]);
      assert.notEqual(exitCode, USAGE_EXIT_CODE, stderr);
      if (!isPlayground) return;
      assert.match(stdout, new RegExp(`^Usage: skep playground ${words[1] ?? ''} `));
      const flags = line.split(' -- ')[0]?.match(/--[a-z-]+/g) ?? [];
      for (const flag of flags) assert.ok(stdout.includes(flag), `${flag} is unknown`);
    });
  }
});
