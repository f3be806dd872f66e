import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createVolumeStore } from '../../../agent/volume/volume-store.ts';
import { buildLayer, skipReason, startTestNode, type TestNode } from '../executor/test-node.ts';
import { reasonToSkip, UNPACK_BINARY } from '../image/workspace.ts';
import { user, wanted } from './volume-place.ts';

const skip = reasonToSkip() || skipReason;

describe('a volume in a container', { skip }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('lies inside the container when the image has a link at the target that leads out', async (test) => {
    const outside = mkdtempSync(join(tmpdir(), 'skep-outside-'));
    test.after(() => rmSync(outside, { recursive: true, force: true }));
    writeFileSync(join(outside, 'secret'), 'of the node');
    const links = { absolute: outside, climbing: `../../../../../../../..${outside}` };
    const store = await createVolumeStore({
      folder: join(node.folder, 'volumes'),
      copyBinaryPath: UNPACK_BINARY,
      nowMs: () => 1,
      log: () => undefined,
    });
    for (const [name, link] of Object.entries(links)) {
      const layer = join(node.folder, name);
      buildLayer(layer);
      // What the link means inside the image.
      mkdirSync(join(layer, outside), { recursive: true });
      writeFileSync(join(layer, outside, 'own'), 'of the image');
      symlinkSync(link, join(layer, 'data'));
      const held = await store.hold(user(name), [wanted(name)], [layer]);
      const source = held.get('/data') ?? '';
      const bind = { source, target: '/data', readOnly: false, propagation: 'rprivate' } as const;
      const run = await node.run(name, 'ls /data; echo written > /data/new', {
        layers: [layer],
        binds: [bind],
      });
      assert.deepEqual([run.exitCode, run.output], [0, 'own\n']);
      assert.equal(readFileSync(join(source, 'new'), 'utf8'), 'written\n');
      assert.equal(existsSync(join(outside, 'new')), false);
      await node.executor.remove(name);
    }
  });
});
