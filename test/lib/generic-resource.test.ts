import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatGenericResource,
  genericEnvironment,
  parseGenericResource,
  parseNodeResources,
} from '../../lib/generic-resource.ts';

describe('a generic resource', () => {
  it('is a count of a kind, or one by its name', () => {
    assert.deepEqual(parseGenericResource('GPU=2'), { kind: 'GPU', count: 2 });
    assert.deepEqual(parseGenericResource('NVIDIA-GPU=UUID-1.a'), {
      kind: 'NVIDIA-GPU',
      name: 'UUID-1.a',
      count: 1,
    });
    for (const text of ['GPU=2', 'GPU=UUID1'])
      assert.equal(formatGenericResource(parseGenericResource(text)), text);
  });

  for (const text of [
    '',
    'GPU',
    '=2',
    'GPU=',
    'GPU=0',
    'GPU=-1',
    'GPU=a=b',
    'G U=1',
    'GPU=a b',
    'GPU=9999999999',
  ]) {
    it(`is not "${text}"`, () => assert.throws(() => parseGenericResource(text), /generic resource/));
  }

  it('is had by a node by count or by name, not both, and once', () => {
    const items = parseNodeResources(['GPU=A,GPU=B', 'SSD=3']);
    assert.deepEqual(items.map(formatGenericResource), ['GPU=A', 'GPU=B', 'SSD=3']);
    assert.throws(() => parseNodeResources(['GPU=2', 'GPU=A']), /both by count and by name/);
    assert.throws(() => parseNodeResources(['GPU=A', 'SSD=1', 'GPU=2']), /both by count and by name/);
    assert.throws(() => parseNodeResources(['GPU=A', 'GPU=A']), /given twice/);
    assert.throws(() => parseNodeResources(['GPU=1', 'GPU=2']), /given twice/);
    const many = Array.from({ length: 257 }, (_, index) => `GPU=U${index}`);
    assert.throws(() => parseNodeResources(many), /at most 256/);
  });

  it('is told to a program as in Docker', () => {
    const items = parseNodeResources(['GPU=UUID1', 'SSD=3', 'GPU=UUID2']);
    assert.deepEqual(genericEnvironment(items), ['DOCKER_RESOURCE_GPU=UUID1,UUID2', 'DOCKER_RESOURCE_SSD=3']);
    assert.deepEqual(genericEnvironment([]), []);
  });
});
