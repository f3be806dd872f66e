import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ContainerBind } from '../../../../agent/executor/executor.ts';
import { startTestNode, type TestNode } from '../test-node.ts';
import { attackSkipReason, hostileLayers } from './hostile-image.ts';

function bind(source: string, target: string): ContainerBind {
  return { source, target, readOnly: false, propagation: 'rprivate' };
}

describe('an image with links where the node mounts', { skip: attackSkipReason }, () => {
  let node: TestNode;
  let outside: string;
  before(async () => {
    node = await startTestNode();
    outside = join(node.folder, 'outside');
    mkdirSync(outside);
  });
  after(async () => {
    await node.close();
  });

  // CVE-2019-19921, CVE-2023-27561, CVE-2026-41579.
  for (const [name, target] of [
    ['proc', '/tmp'],
    ['sys', '/tmp'],
    ['dev', '/tmp'],
    ['dev', '/proc/self/fd'],
    ['proc', '/proc/1/root/proc'],
    ['sys', 'OUTSIDE'],
    ['dev', '../../../../../../OUTSIDE'],
  ] as const) {
    it(`is refused when /${name} is a link to ${target}`, async () => {
      const layers = hostileLayers(node, `${name}-${target.replaceAll('/', '-')}`, (layer) => {
        symlinkSync(target.replace('OUTSIDE', outside), join(layer, name));
      });
      const start = node.executor.start(node.request(`link-${name}`, ['true'], { layers }));
      await assert.rejects(start, new RegExp(`/${name} of the image is a symbolic link`));
      assert.deepEqual(readdirSync(outside), []);
      assert.deepEqual(await node.executor.list(), []);
    });
  }

  it('is refused when a mount point is a file', async () => {
    for (const name of ['proc', 'sys', 'dev']) {
      const layers = hostileLayers(node, `file-${name}`, (layer) => writeFileSync(join(layer, name), ''));
      await assert.rejects(
        node.executor.start(node.request(`file-${name}`, ['true'], { layers })),
        /ENOTDIR|Not a directory/,
      );
    }
  });

  // CVE-2025-31133, CVE-2025-52565: what lies in the image's /dev is never looked at.
  it('gets a /dev of its own, whatever the image has there', async () => {
    const secret = join(node.folder, 'secret');
    writeFileSync(secret, 'untouched');
    const layers = hostileLayers(node, 'own-dev', (layer) => {
      mkdirSync(join(layer, 'dev'));
      symlinkSync(secret, join(layer, 'dev/null'));
      symlinkSync('/proc/sys/kernel', join(layer, 'dev/pts'));
      symlinkSync(outside, join(layer, 'dev/shm'));
      symlinkSync('/proc/sysrq-trigger', join(layer, 'dev/console'));
    });
    const run = await node.run(
      'own-dev',
      'exec 2>&1; stat -c "%F %t:%T" /dev/null; wc -c < /proc/keys; stat -f -c %T /dev/pts /dev/shm; echo x > /dev/null; ls /dev/console; echo x > /dev/shm/x',
      { layers },
    );
    assert.match(run.output, /^character special file 1:3\n0\n(devpts|UNKNOWN)\ntmpfs\n/);
    assert.match(run.output, /\/dev\/console: No such file/);
    assert.equal(readFileSync(secret, 'utf8'), 'untouched');
    assert.deepEqual(readdirSync(outside), []);
    await node.executor.remove('own-dev');
  });

  it('is refused when a volume over /dev brings another null device', async () => {
    for (const kind of ['link', 'file', 'pipe', 'zero'] as const) {
      const volume = join(node.folder, `dev-volume-${kind}`);
      mkdirSync(volume);
      const path = join(volume, 'null');
      if (kind === 'link') symlinkSync('/proc/sysrq-trigger', path);
      else if (kind === 'file') writeFileSync(path, '');
      else if (kind === 'pipe') execFileSync('mkfifo', [path]);
      else execFileSync('mknod', [path, 'c', '1', '5']);
      const request = node.request(`null-${kind}`, ['true'], { binds: [bind(volume, '/dev')] });
      await assert.rejects(node.executor.start(request), /is not the null device/, kind);
    }
  });

  // CVE-2019-16884, CVE-2025-52881: a procfs that is not the kernel's would take writes and hide the masks.
  for (const target of [
    '/proc',
    '/proc/sys',
    '/proc/sys/kernel/core_pattern',
    '/proc/self/attr',
    '/proc/version',
  ]) {
    it(`is refused when a volume's target is a link to ${target}`, async () => {
      const volume = join(node.folder, 'volume');
      mkdirSync(volume, { recursive: true });
      const file = join(node.folder, 'volume-file');
      writeFileSync(file, 'x');
      const source = target.includes('core_pattern') || target.includes('version') ? file : volume;
      const layers = hostileLayers(node, `to${target.replaceAll('/', '-')}`, (layer) => {
        mkdirSync(join(layer, 'srv'));
        symlinkSync(target, join(layer, 'srv/data'));
      });
      const request = node.request('into-proc', ['true'], { layers, binds: [bind(source, '/srv/data')] });
      await assert.rejects(node.executor.start(request), /leads into \/proc/);
    });
  }

  it('is refused when the target of a memory mount is a link into /proc', async () => {
    const layers = hostileLayers(node, 'tmpfs-to-proc', (layer) =>
      symlinkSync('/proc/sys', join(layer, 'cache')),
    );
    const tmpfs = [{ target: '/cache', readOnly: false, sizeBytes: null, mode: 0o777 }];
    await assert.rejects(
      node.executor.start(node.request('tmpfs-to-proc', ['true'], { layers, tmpfs })),
      /leads into \/proc/,
    );
  });

  // CVE-2024-45310, CVE-2021-30465.
  it('makes missing mount points inside its own root, wherever its links point', async () => {
    const volume = join(node.folder, 'content');
    mkdirSync(volume);
    const layers = hostileLayers(node, 'outward', (layer) => {
      mkdirSync(join(layer, outside), { recursive: true });
      symlinkSync(outside, join(layer, 'absolute'));
      symlinkSync(`../../../../../../../../..${outside}`, join(layer, 'climbing'));
      symlinkSync('/proc/self/cwd', join(layer, 'magic'));
    });
    const binds = ['/absolute/made/here', '/climbing/made/there'].map((target) => bind(volume, target));
    const file = join(node.folder, 'content-file');
    writeFileSync(file, 'bound');
    const run = await node.run(
      'outward',
      `ls -d ${outside}/made/here ${outside}/made/there; cat ${outside}/new-file`,
      {
        layers,
        binds: [...binds, bind(file, '/absolute/new-file')],
        workdir: '/climbing/work',
        tmpfs: [{ target: '/absolute/memory', readOnly: false, sizeBytes: null, mode: 0o777 }],
        files: [{ target: '/climbing/hosts', content: 'x' }],
      },
    );
    assert.equal(run.output, `${outside}/made/here\n${outside}/made/there\nbound`);
    assert.deepEqual(readdirSync(outside), [], 'nothing was made on the node');
    const magic = node.request('magic', ['true'], { layers, binds: [bind(volume, '/magic/x')] });
    await assert.rejects(node.executor.start(magic), /ELOOP|symbolic links/);
    assert.equal(existsSync(join(outside, 'work')), false);
  });

  it('cannot turn the settings of its namespace into settings of the node', async () => {
    const settings = ['kernel/core_pattern', 'net/ipv4/ip_unprivileged_port_start', 'vm/overcommit_memory'];
    const read = (): string[] => settings.map((name) => readFileSync(`/proc/sys/${name}`, 'utf8'));
    const before = read();
    const layers = hostileLayers(node, 'fake-proc', (layer) => {
      mkdirSync(join(layer, 'proc/sys/net/ipv4'), { recursive: true });
      symlinkSync(
        '/proc/sys/kernel/core_pattern',
        join(layer, 'proc/sys/net/ipv4/ip_unprivileged_port_start'),
      );
    });
    const run = await node.run(
      'fake-proc',
      'exec 2>&1; cat /proc/sys/net/ipv4/ip_unprivileged_port_start; for f in kernel/core_pattern vm/overcommit_memory kernel/panic; do echo 1 > /proc/sys/$f; done; stat -f -c %T /proc /proc/sys',
      { layers },
    );
    assert.match(run.output, /^0\n/);
    assert.equal(run.output.match(/Read-only file system/g)?.length, 3);
    assert.match(run.output, /proc\nproc\n$/);
    assert.deepEqual(read(), before);
  });
});
