import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SkepError } from '../../lib/errors.ts';
import { skipReason } from '../agent/executor/test-node.ts';
import { type TarEntry, tarOf } from '../agent/image/tar-writer.ts';
import { type LocalNode, startLocalNode, until } from './local-node.ts';
import { contentIn, type LookNode, listing, lookNode, namesIn } from './look-node.ts';

const MIXED = [
  'mkdir -p /src/sub/deep && cd /src && echo one > file && chown 1000:1001 file && chmod 4751 file',
  'ln file sub/twin && ln -s ../file sub/link && ln -s /nowhere dangling && mkfifo pipe && mknod null c 1 3',
  `echo wh > .wh.name && mkdir .wh.folder && : > .wh.folder/x && mkdir ${'n'.repeat(120)} && : > ${'n'.repeat(120)}/empty && chown 3000000:0 sub`,
  'chmod 1777 sub && touch -d "2001-02-03 04:05:06" sub/deep file',
].join(' && ');
const SHOWN = `find . ! -name cap | sort | while read -r f; do stat -c '%n %f %u %g %Y %h %T' "$f"; readlink "$f"; done; true`;

describe('copies from and to containers', { skip: skipReason }, () => {
  let node: LocalNode;
  let look: LookNode;
  let box: string;
  let secrets: string;
  before(async () => {
    node = await startLocalNode();
    look = lookNode(node);
    box = await look.run('sleep 1000', { name: 'box' });
    secrets = join(node.folder, 'secrets');
    mkdirSync(secrets);
    writeFileSync(join(secrets, 'f'), 'secret of the node');
  });
  after(() => node.close());

  const archiveOf = (...entries: TarEntry[]) => tarOf(entries);
  const untouched = () => {
    assert.deepEqual(readdirSync(secrets), ['f']);
    assert.equal(readFileSync(join(secrets, 'f'), 'utf8'), 'secret of the node');
  };

  it('keep kinds, modes, owners, times, links and capabilities on the way out and in again', async () => {
    await look.inside(box, MIXED);
    const file = `/proc/${await look.pidOf(box)}/root/src/cap`;
    writeFileSync(file, '');
    execFileSync('setcap', ['cap_net_raw+ep', file]);
    const archive = await look.copyFrom(box, '/src');
    await look.inside(box, 'mkdir /back');
    await look.copyTo(box, '/back', archive);
    const was = await look.inside(box, `cd /src; ${SHOWN}`);
    assert.match(was, /file 89e9 1000 1001 981173106 2/);
    assert.equal(await look.inside(box, `cd /back/src; ${SHOWN}`), was);
    assert.equal(await look.inside(box, 'cat /back/src/sub/twin /back/src/.wh.name'), 'one\nwh\n');
    const copied = execFileSync('getcap', [file.replace('/src/', '/back/src/')], { encoding: 'utf8' });
    assert.match(copied, /cap_net_raw/);
    assert.ok(listing(archive).some((line) => line.startsWith('crw') && line.endsWith('src/null')));
  });

  it('give everything to root unless owners are kept', async () => {
    await look.inside(
      box,
      'mkdir /given; mkdir -m 700 /mine; chown 7:7 /mine; echo x > /mine/f; chown 7:7 /mine/f',
    );
    await look.copyTo(box, '/given', await look.copyFrom(box, '/mine'), false);
    assert.equal(
      await look.inside(box, 'stat -c "%u %g %a" /given/mine /given/mine/f'),
      '0 0 700\n0 0 644\n',
    );
  });

  it('tell what a path is, and where a link leads', async () => {
    await look.inside(
      box,
      'mkdir -p /st/d; echo 12345 > /st/d/f; ln -s d /st/l; ln -s /st/l/f /st/ll; ln -s ../no /st/no',
    );
    const stat = (path: string) => node.containers().statPath({ reference: box, path });
    const { name, sizeBytes, mode, linkTarget } = await stat('/st/./x/../d/f');
    assert.deepEqual(
      { name, sizeBytes, mode, linkTarget },
      { name: 'f', sizeBytes: 6, mode: 0o100644, linkTarget: '' },
    );
    assert.equal((await stat('/st/ll')).linkTarget, '/st/d/f');
    assert.equal((await stat('/st/no')).linkTarget, '/no');
    assert.equal((await stat('/st/l/')).mode & 0o170000, 0o040000);
    assert.equal((await stat('/')).name, '/');
    await assert.rejects(stat('/st/none'), { code: 'NOT_FOUND' });
    await assert.rejects(stat(''), { code: 'INVALID_ARGUMENT' });
  });

  it('see volumes and mounts as the container does, and nothing of the kernel’s file systems', async () => {
    const mounts = [
      { kind: 'volume', source: 'look', target: '/data', readOnly: false },
      { kind: 'volume', source: 'look', target: '/fixed', readOnly: true },
      { kind: 'tmpfs', target: '/quick', readOnly: false },
    ] as const;
    const id = await look.run('echo v > /data/v; echo q > /quick/q; sleep 1000', {}, { mounts });
    await until('what it writes', () =>
      look.inside(id, 'cat /quick/q').then(
        () => true,
        () => false,
      ),
    );
    assert.equal(contentIn(await look.copyFrom(id, '/quick/q'), 'q'), 'q\n');
    await look.copyTo(id, '/data', archiveOf({ name: 'new', data: 'n' }));
    assert.equal(await look.inside(id, 'cat /fixed/new'), 'n');
    await assert.rejects(look.copyTo(id, '/fixed', archiveOf({ name: 'x', data: 'n' })), {
      code: 'FAILED_PRECONDITION',
    });
    const names = namesIn(await look.copyFrom(id, '/'));
    assert.ok(names.includes('./proc/') && names.includes('./data/new') && names.includes('./bin/busybox'));
    assert.deepEqual(
      names.filter((name) => /^\.\/(proc|sys)\/./.test(name)),
      [],
    );
    await assert.rejects(look.copyFrom(id, '/proc/version'), { code: 'FAILED_PRECONDITION' });
    await assert.rejects(look.copyTo(id, '/proc', archiveOf({ name: 'x' })), { code: 'FAILED_PRECONDITION' });
    await look.stop(id);
    assert.equal(contentIn(await look.copyFrom(id, '/data/new'), 'new'), 'n');
    await look.copyTo(id, '/data', archiveOf({ name: 'late', data: 'l' }));
    assert.equal(contentIn(await look.copyFrom(id, '/fixed/late'), 'late'), 'l');
    await assert.rejects(look.copyTo(id, '/fixed', archiveOf({ name: 'x' })), {
      code: 'FAILED_PRECONDITION',
    });
    await look.remove(id);
  });

  it('work on a container that never ran and on one that ended, which finds the files when it runs', async () => {
    const { id } = await node.containers().create({
      spec: { ...(await node.containers().inspect({ reference: box, size: false })).spec, name: 'rest' },
    });
    await look.copyTo(id, '/etc', archiveOf({ name: 'early', data: 'e' }));
    assert.equal(contentIn(await look.copyFrom(id, '/etc/early'), 'early'), 'e');
    await node.containers().start({ reference: id });
    assert.equal(await look.inside(id, 'cat /etc/early; rm /etc/passwd'), 'e');
    await look.stop(id);
    await assert.rejects(look.copyFrom(id, '/etc/passwd'), { code: 'NOT_FOUND' });
    await look.copyTo(id, '/etc', archiveOf({ name: 'passwd', data: 'p' }));
    await node.containers().start({ reference: id });
    assert.equal(await look.inside(id, 'cat /etc/passwd'), 'p');
    await look.remove(id);
  });

  it('are refused where the container may not write', async () => {
    const id = await look.run('sleep 1000', {}, { readOnlyRoot: true });
    const copy = () => look.copyTo(id, '/tmp', archiveOf({ name: 'x', data: 'x' }));
    await assert.rejects(copy(), { code: 'FAILED_PRECONDITION' });
    await look.stop(id);
    await assert.rejects(copy(), { code: 'FAILED_PRECONDITION' });
    await assert.rejects(look.copyFrom(id, '/tmp/x'), { code: 'NOT_FOUND' });
    await look.remove(id);
  });

  it('put no file in a folder’s place, and no folder in a file’s', async () => {
    await look.inside(box, 'mkdir -p /place/folder; echo f > /place/file');
    const refused = { code: 'FAILED_PRECONDITION' };
    await assert.rejects(look.copyTo(box, '/place', archiveOf({ name: 'folder', data: 'x' })), refused);
    await assert.rejects(look.copyTo(box, '/place', archiveOf({ name: 'file', type: '5' })), refused);
    await assert.rejects(look.copyTo(box, '/place/file', archiveOf({ name: 'x' })), refused);
    await assert.rejects(look.copyTo(box, '/none', archiveOf({ name: 'x' })), { code: 'NOT_FOUND' });
    assert.equal(await look.inside(box, 'cat /place/file'), 'f\n');
  });

  it('refuse archives that are damaged, end early or climb', async () => {
    await look.inside(box, 'mkdir -p /arch');
    const whole = archiveOf({ name: 'x', data: 'x'.repeat(2_000) });
    for (const bad of [
      whole.subarray(0, 1_000),
      Buffer.alloc(1_024, 7),
      archiveOf({ name: '../climbs', data: 'c' }),
      archiveOf({ name: '/absolute', data: 'c' }),
      archiveOf({ name: 'hard', type: '1', link: '../etc/passwd' }),
    ]) {
      await assert.rejects(look.copyTo(box, '/arch', bad), { code: 'INVALID_ARGUMENT' });
    }
  });

  it('follow links in every part of a path inside the container only, running or not', async () => {
    const id = await look.run('sleep 1000');
    await look.inside(
      id,
      `mkdir /l; ln -s ${secrets} /l/absolute; ln -s ../../../../../../../..${secrets} /l/climbing;
       ln -s /proc/1/root /l/magic; ln -s /proc/self/cwd /l/own; ln -s /l /l/again; ln -s absolute/f /l/file`,
    );
    const paths = ['absolute', 'climbing', 'again/again/absolute', `magic${secrets}`, `own${secrets}`];
    const attack = async () => {
      for (const path of paths) {
        await assert.rejects(look.copyFrom(id, `/l/${path}/f`), { code: 'NOT_FOUND' });
        await assert.rejects(look.copyFrom(id, `/l/${path}/`), { code: 'NOT_FOUND' });
        await assert.rejects(look.copyTo(id, `/l/${path}`, archiveOf({ name: 'x' })), { code: 'NOT_FOUND' });
        const through = archiveOf({ name: `${path}/x`, data: 'x' });
        await assert.rejects(look.copyTo(id, '/l', through), SkepError);
      }
      assert.deepEqual(
        listing(await look.copyFrom(id, '/l/file')).map((line) => line.slice(-18)),
        ['file -> absolute/f'],
      );
      const planted = archiveOf({ name: 'door', type: '2', link: secrets }, { name: 'door/x', data: 'x' });
      await assert.rejects(look.copyTo(id, '/tmp', planted), SkepError);
      untouched();
    };
    await attack();
    await look.stop(id);
    await attack();
    await look.remove(id);
  });

  it('are led nowhere by folders and links that change places meanwhile', async () => {
    // The same path is there inside too: whatever is read or written must be of it, or of the folder.
    const id = await look.run(
      `mkdir -p /d ${secrets}; echo inside > ${secrets}/f
       while :; do mkdir /d/x; echo inside > /d/x/f; mv /d/x /d/y; ln -s ${secrets} /d/x; rm /d/x; rm -r /d/y; done`,
    );
    let served = 0;
    for (let round = 0; round < 40; round++) {
      const settle = async (work: Promise<unknown>) => {
        await work.then(
          () => served++,
          (thrown: unknown) => assert.ok(thrown instanceof SkepError),
        );
      };
      const content = async () => {
        const archive = await look.copyFrom(id, round % 2 === 0 ? '/d/x/f' : '/d');
        assert.doesNotMatch(archive.toString('latin1'), /secret of the node/);
      };
      const planted = archiveOf({ name: 'x', type: '5' }, { name: 'x/f', data: 'planted' });
      await Promise.all([
        settle(content()),
        settle(look.copyTo(id, '/d/x', archiveOf({ name: 'f', data: 'planted' }))),
        settle(look.copyTo(id, '/d', planted)),
      ]);
      untouched();
    }
    assert.ok(served > 0);
    await look.remove(id);
  });

  it('end with the caller who breaks off', async () => {
    await look.inside(box, 'dd if=/dev/zero of=/big bs=1M count=0 seek=2000');
    for await (const { data } of node.containers().copyFrom({ reference: box, path: '/big' })) {
      assert.ok(data.length > 0);
      break;
    }
    const pid = await look.pidOf(box);
    const helps = () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .some((name) => {
          try {
            return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`--running\0${pid}\0`);
          } catch {
            return false;
          }
        });
    await until('the end of the helper', () => !helps());
  });
});
