import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { projectRoot } from '../../../cli/project.ts';
import { compilerSkipReason, startTestNode, type TestNode } from './test-node.ts';

const LINGER_MICROSECONDS = 300_000;
const range = [{ inside: 0, outside: 100_000, count: 65_536 }];

/** A keeper whose first stage has told of the second, and is slow to end. */
function buildLingeringKeeper(folder: string): string {
  const header = join(folder, 'linger.h');
  writeFileSync(
    header,
    `#include <unistd.h>
#include <stdnoreturn.h>
static inline noreturn void linger(int code) { (void)usleep(${LINGER_MICROSECONDS}); _exit(code); }
#define _exit linger
`,
  );
  const keeper = join(projectRoot(), 'agent/keeper');
  const flags = `-O0 -include ${header} -Wno-error`;
  execFileSync('make', ['-s', '-j2', '-C', keeper, `BUILD=${folder}`, `CFLAGS=${flags}`], { stdio: 'pipe' });
  return join(folder, 'skep-keeper');
}

describe('a container with mapped users whose first stage is slow to end', {
  skip: compilerSkipReason,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'skep-keeper-'));
  let node: TestNode;
  before(async () => {
    node = await startTestNode(buildLingeringKeeper(folder));
  });
  after(async () => {
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has started when its program ended before that', async () => {
    for (const [id, extra] of Object.entries({ plain: {}, terminal: { tty: true } })) {
      const run = await node.run(id, 'echo hello; exit 4', {
        idMap: { users: range, groups: range },
        ...extra,
      });
      assert.equal(run.exitCode, 4);
      assert.match(run.output, /^hello\r?\n$/);
    }
  });

  it('has not when there was no program', async () => {
    const request = node.request('nothing', ['no-such'], { idMap: { users: range, groups: range } });
    await assert.rejects(node.executor.start(request), /"no-such": executable file not found/);
    assert.deepEqual(
      (await node.executor.list()).filter((state) => state.id === 'nothing'),
      [],
    );
  });
});
