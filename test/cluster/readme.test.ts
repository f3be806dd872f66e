import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { projectRoot } from '../../cli/project.ts';

const PLAYGROUND = 't-readme';
const TIMEOUT_MS = 60_000;
const ROOT = projectRoot();

/** The commands of the README's first steps, in a playground of their own name. */
function commands(): readonly string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const block = /<!-- executed by test\/cluster\/readme\.test\.ts -->\n```sh\n([\s\S]*?)```/.exec(
    readme,
  )?.[1];
  assert.ok(block !== undefined, 'the README has a block of commands that is executed');
  const named = block.replaceAll(
    /bin\/skep playground (\w+)/g,
    `bin/skep playground $1 --name ${PLAYGROUND}`,
  );
  return named.split('\n').filter((line) => line !== '');
}

describe('the first steps of the README', { skip: process.getuid?.() === 0 ? false : 'needs root' }, () => {
  after(() => {
    execFileSync(join(ROOT, 'bin', 'skep'), ['playground', 'down', '--name', PLAYGROUND]);
    rmSync(join(ROOT, 'hello-web.tar'), { force: true });
  });

  it('all do what they say', () => {
    for (const command of commands()) {
      const result = spawnSync('sh', ['-ec', command], { cwd: ROOT, encoding: 'utf8', timeout: TIMEOUT_MS });
      assert.equal(result.status, 0, `${command}\n${result.stdout}${result.stderr}`);
      if (command.includes('curl')) assert.match(result.stdout, /^task=\S+ node=\S+ client=\S+ version=1$/m);
    }
  });
});
