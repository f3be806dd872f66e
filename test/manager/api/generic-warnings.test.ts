import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNodeResources } from '../../../lib/generic-resource.ts';
import { CLUSTER, openApi } from './api-store.ts';
import { node, serviceSpec, taskSpec } from './cluster-samples.ts';

describe('a service that reserves generic resources', () => {
  const wanting = (name: string, count: number) =>
    serviceSpec({ name, task: taskSpec({ reservations: { generic: { items: [{ kind: 'GPU', count }] } } }) });

  it('is stored with a warning when no single node has enough at present', async () => {
    const images = [...CLUSTER].flatMap((object) =>
      object.kind === 'node' && object.description !== undefined ? [object.description.images] : [],
    )[0];
    const offering = (id: string, ...texts: string[]) =>
      node(id, { description: { images: images ?? [], generic: { items: parseNodeResources(texts) } } });
    const { api } = await openApi(
      ...CLUSTER,
      offering('g1', 'GPU=A', 'GPU=B'),
      offering('g2', 'GPU=2', 'SSD=9'),
    );
    assert.deepEqual((await api.createService(wanting('fits', 2))).warnings, []);
    assert.deepEqual((await api.createService(wanting('waits', 3))).warnings, [
      'no node has 3 GPU at present, the most is 2; the tasks wait until one does',
    ]);
  });
});
