import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { lockDataRoot } from '../../daemon/data-root-lock.ts';

describe('the lock of a data root', () => {
  let folder = '';
  const path = () => join(folder, 'skepd.lock');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skep-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps a second daemon out and names the first', async () => {
    const unlock = await lockDataRoot(folder);
    await assert.rejects(lockDataRoot(folder), new RegExp(`in use by skepd with pid ${process.pid}`));
    await unlock();
    assert.equal(existsSync(path()), false);
    await (await lockDataRoot(folder))();
  });

  it('is taken over from a process that is gone', async () => {
    const child = spawn('true');
    await new Promise((resolve) => child.on('exit', resolve));
    writeFileSync(path(), JSON.stringify({ pid: child.pid, startTime: '1' }));
    const unlock = await lockDataRoot(folder);
    assert.equal(JSON.parse(readFileSync(path(), 'utf8')).pid, process.pid);
    await unlock();
  });

  it('is taken over from another process that has got the same number', async () => {
    writeFileSync(path(), JSON.stringify({ pid: process.pid, startTime: '1' }));
    await (await lockDataRoot(folder))();
  });

  it('is taken over when a crash left half of it, and leaves no other file behind', async () => {
    writeFileSync(path(), '{"pid":');
    const unlock = await lockDataRoot(folder);
    assert.deepEqual(readdirSync(folder), ['skepd.lock']);
    await unlock();
  });

  it('goes to one of several daemons that start at once', async () => {
    // Both are this process, so the file that each prepares is the same; the second still finds the name taken.
    const results = await Promise.allSettled([lockDataRoot(folder), lockDataRoot(folder)]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  });
});
