import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from '../../../cli/project.ts';
import { makeFolder, openStore, reasonToSkip } from './workspace.ts';

const EXAMPLE = resolve(projectRoot(), 'cluster-examples/hello-web');
const hasBusybox = spawnSync('busybox', ['true']).status === 0;
const skip = reasonToSkip() || (hasBusybox ? false : 'the example needs busybox-static');

function build(output: string, version: string): Buffer {
  execFileSync(join(EXAMPLE, 'build-rootfs.sh'), [output, version]);
  return readFileSync(output);
}

describe('the example hello-web', { skip }, () => {
  it('is built to the same bytes each time, and to others for another version', (test) => {
    const folder = makeFolder(test);
    const first = build(join(folder, 'first.tar'), '1');
    assert.ok(first.equals(build(join(folder, 'again.tar'), '1')));
    assert.ok(!first.equals(build(join(folder, 'other.tar'), '2')));
  });

  it('is imported with the changes that its README names', async (test) => {
    const folder = makeFolder(test);
    build(join(folder, 'hello.tar'), '1');
    const readme = readFileSync(join(EXAMPLE, 'README.md'), 'utf8');
    const changes = [...readme.matchAll(/--change '([^']+)'/g)].map((match) => match[1] ?? '');
    assert.equal(changes.length, 3);
    const store = await openStore(folder);
    const tar = createReadStream(join(folder, 'hello.tar'));
    const image = await store.importRootfs(tar, { reference: 'hello-web:1', changes, message: '' });
    assert.deepEqual(image.config.cmd, ['/bin/hello-web']);
    assert.deepEqual(image.config.exposedPorts, ['8080/tcp']);
    assert.equal(image.config.health?.test[0], 'CMD');
    const [layer = ''] = store.resolve('hello-web:1').layerFolders;
    assert.ok(existsSync(join(layer, 'www/cgi-bin/index.cgi')));
    const shown = spawnSync('chroot', [layer, '/www/cgi-bin/index.cgi'], {
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        TASK_NAME: 'web.1',
        NODE_HOSTNAME: 'h1',
        REMOTE_ADDR: '10.0.0.9',
        VERSION: '1',
      },
    });
    assert.match(shown.stdout.toString(), /\r\n\r\ntask=web\.1 node=h1 client=10\.0\.0\.9 version=1\n$/);
  });
});
