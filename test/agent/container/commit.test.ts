import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { commitContainer, configOfContainer } from '../../../agent/container/commit.ts';
import type { ContainerOnNode } from '../../../agent/container/container-on-node.ts';
import { EMPTY_IMAGE_CONFIG } from '../../../agent/image/image-config.ts';
import type { Image, ImageStore } from '../../../agent/image/image-store.ts';
import { blankTaskSpec } from '../../../lib/blank-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'skep-commit-'));
const CONTAINER: ContainerOnNode = {
  id: 'c1',
  name: 'box',
  isTask: false,
  state: 'running',
  pid: 7,
  imageId: 'sha256:base',
  spec: { ...blankTaskSpec('box').container, args: ['serve'], env: ['A=2'], labels: { own: 'yes' } },
  layers: ['/layer'],
  writableFolder: folder,
  stateFolder: folder,
  cgroupPath: '/skep/c1',
  logPath: '',
  setting: { env: ['PATH=/bin', 'HOSTNAME=node', 'A=2', 'B=1'], workdir: '/', user: '' },
  volumeFolders: new Map(),
};
const CONFIG = {
  ...EMPTY_IMAGE_CONFIG,
  entrypoint: ['/run'],
  cmd: ['old'],
  env: ['A=1', 'B=1'],
  labels: { base: 'yes' },
};

describe('a commit', () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What happens, in order; the image store takes the layer and fails when it is told to. */
  async function commit(
    container: ContainerOnNode,
    pause: boolean,
    failure?: Error,
  ): Promise<readonly string[]> {
    const happened: string[] = [];
    const image = { id: 'sha256:new', config: CONFIG } as unknown as Image;
    const images = {
      inspect: () => image,
      derive: async (tar: AsyncIterable<Uint8Array>) => {
        for await (const _ of tar) if (failure !== undefined) throw failure;
        happened.push('store');
        return image;
      },
    } as unknown as ImageStore;
    async function* read() {
      happened.push('read');
      yield Buffer.alloc(1);
    }
    const executor = {
      pause: async () => void happened.push('pause'),
      unpause: async () => void happened.push('unpause'),
    };
    const looker = { read, write: () => Promise.reject(new Error('nothing is written')) };
    const request = { reference: 'box', image: '', message: '', author: '', changes: [], pause };
    const done = commitContainer({ looker, images, executor }, container, request);
    if (failure === undefined) assert.equal(await done, 'sha256:new');
    else await assert.rejects(done, failure);
    return happened;
  }

  it('lets the container stand still while its files are read, and not longer', async () => {
    assert.deepEqual(await commit(CONTAINER, true), ['pause', 'read', 'unpause', 'store']);
    assert.deepEqual(await commit(CONTAINER, true, new Error('disk full')), ['pause', 'read', 'unpause']);
  });

  it('leaves it alone when told so, and one that stands still or does not run anyway', async () => {
    assert.deepEqual(await commit(CONTAINER, false), ['read', 'store']);
    assert.deepEqual(await commit({ ...CONTAINER, state: 'paused' }, true), ['read', 'store']);
    assert.deepEqual(await commit({ ...CONTAINER, state: 'exited', pid: 0 }, true), ['read', 'store']);
  });

  it('keeps what the container was asked to be, and nothing that the node added', () => {
    const { entrypoint, cmd, env, labels } = configOfContainer(CONFIG, CONTAINER);
    assert.deepEqual([entrypoint, cmd], [['/run'], ['serve']]);
    assert.deepEqual([env, labels], [['A=2', 'B=1'], { base: 'yes', own: 'yes' }]);
    const replaced = { ...CONTAINER, spec: { ...CONTAINER.spec, command: ['other'], args: [] } };
    const config = configOfContainer(CONFIG, replaced);
    assert.deepEqual([config.entrypoint, config.cmd], [['other'], []]);
  });
});
