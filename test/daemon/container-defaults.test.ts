import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readContainerDefaults } from '../../daemon/container-defaults.ts';
import { parseDaemonOptions } from '../../daemon/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'skep-defaults-'));
const defaultsOf = (...flags: readonly string[]) =>
  readContainerDefaults(parseDaemonOptions(['node', 'skepd', ...flags]));

describe('what skepd is told of every container', () => {
  after(() => rmSync(folder, { recursive: true }));

  it('is nothing without a flag', async () => {
    const { noNewPrivileges, seccompProfile, idMap } = await defaultsOf();
    assert.deepEqual([noNewPrivileges, seccompProfile, idMap], [false, undefined, undefined]);
  });

  it('is no new privileges, and a profile', async () => {
    const path = join(folder, 'profile.json');
    writeFileSync(path, '{"defaultAction":"SCMP_ACT_ALLOW"}');
    const told = await defaultsOf('--no-new-privileges', '--seccomp-profile', path);
    assert.equal(told.noNewPrivileges, true);
    assert.equal(told.seccompProfile, '{"defaultAction":"SCMP_ACT_ALLOW"}');
    assert.equal((await defaultsOf('--seccomp-profile', 'unconfined')).seccompProfile, 'unconfined');
  });

  it('keeps a daemon from starting with less than it was asked for', async () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{"defaultAction":"MAYBE"}');
    for (const file of [path, join(folder, 'missing.json')])
      await assert.rejects(defaultsOf('--seccomp-profile', file), {
        code: 'INVALID_ARGUMENT',
        message: /--seccomp-profile/,
      });
    await assert.rejects(defaultsOf('--userns-remap', 'nobody-of-this-name'), {
      code: 'FAILED_PRECONDITION',
      message: '--userns-remap: this node has no user nobody-of-this-name',
    });
  });
});
