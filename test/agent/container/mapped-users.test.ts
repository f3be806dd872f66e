import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { projectRoot } from '../../../cli/project.ts';
import { skipReason } from '../executor/test-node.ts';
import { tarOf } from '../image/tar-writer.ts';

const HELPER = join(projectRoot(), 'build/skep-unpack');
const FIRST_ID = 100_000;

/** A process with users of its own stands for the container; of the machine's files, only this folder is touched. */
describe('looks into a container with users of its own', { skip: skipReason }, () => {
  let folder: string;
  let child: ChildProcess;
  let view: readonly string[];
  before(async () => {
    execFileSync('make', ['-s', '-C', join(projectRoot(), 'agent/image/unpack')]);
    folder = mkdtempSync(join(tmpdir(), 'skep-mapped-'));
    child = spawn('unshare', ['-U', 'sleep', '60'], { stdio: 'ignore' });
    const own = readlinkSync('/proc/self/ns/user');
    while (readlinkSync(`/proc/${child.pid}/ns/user`) === own) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const name of ['uid_map', 'gid_map']) {
      writeFileSync(`/proc/${child.pid}/${name}`, `0 ${FIRST_ID} 1000`);
    }
    const cgroup = readFileSync(`/proc/${child.pid}/cgroup`, 'utf8').trim().split('\n')[0] ?? '';
    view = ['--running', String(child.pid), cgroup.split(':').slice(2).join(':')];
  });
  after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const help = (words: readonly string[], input: Buffer = Buffer.alloc(0)) =>
    spawnSync(HELPER, [...words], { input, env: {} });
  const owners = (archive: Buffer) =>
    execFileSync('tar', ['--numeric-owner', '-tvf', '-'], { input: archive, encoding: 'utf8' }).match(
      /\d+\/\d+/g,
    );

  it('archive the owners that it sees, and nobody for those that it does not', () => {
    const path = join(folder, 'out');
    mkdirSync(path);
    writeFileSync(join(path, 'a'), '');
    chownSync(path, FIRST_ID, FIRST_ID);
    chownSync(join(path, 'a'), FIRST_ID + 7, 5);
    assert.deepEqual(owners(help([...view, 'pack', path, 'keep', 'out']).stdout), ['0/0', '7/65534']);
    assert.deepEqual(owners(help(['--layer', path, String(child.pid)]).stdout), ['0/0', '7/65534']);
  });

  it('unpack for its root, or for the owners that the archive names among its own', () => {
    const path = join(folder, 'in');
    mkdirSync(path);
    const archive = tarOf([{ name: 'd/f', uid: 7, gid: 8 }]);
    const ids = (name: string) => [statSync(join(path, name)).uid, statSync(join(path, name)).gid];
    assert.equal(help([...view, 'place', path, 'keep'], archive).status, 0);
    assert.deepEqual(ids('d/f'), [FIRST_ID + 7, FIRST_ID + 8]);
    assert.deepEqual(ids('d'), [FIRST_ID, FIRST_ID]);
    assert.equal(help([...view, 'place', path, 'root'], archive).status, 0);
    assert.deepEqual(ids('d/f'), [FIRST_ID, FIRST_ID]);
    const stranger = help([...view, 'place', path, 'keep'], tarOf([{ name: 'g', uid: 5_000 }]));
    assert.equal(stranger.status, 5);
    assert.match(stranger.stderr.toString(), /owner 5000/);
  });

  it('are refused when the process is of another control group', () => {
    const other = help(['--running', String(child.pid), '/skep/other', 'stat', folder]);
    assert.equal(other.status, 6);
    assert.match(other.stderr.toString(), /not running any more/);
  });
});
