import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGenericDevices } from '../../daemon/generic-devices.ts';
import { parseDaemonOptions } from '../../daemon/options.ts';
import { parseNodeResources } from '../../lib/generic-resource.ts';

const RESOURCES = parseNodeResources(['GPU=UUID1', 'GPU=UUID2', 'SSD=2']);

describe('the devices of a generic resource', () => {
  it('belong to one that the node has by name', () => {
    assert.deepEqual(
      parseGenericDevices(['GPU=UUID1:/dev/nvidia0,/dev/nvidiactl', 'GPU=UUID2:/dev/dri'], RESOURCES),
      [
        { kind: 'GPU', name: 'UUID1', paths: ['/dev/nvidia0', '/dev/nvidiactl'] },
        { kind: 'GPU', name: 'UUID2', paths: ['/dev/dri'] },
      ],
    );
  });

  for (const [text, message] of [
    ['GPU=UUID1', /not of the form/],
    ['GPU=UUID3:/dev/x', /the node has no generic resource GPU=UUID3/],
    ['SSD=2:/dev/x', /only a resource with a name/],
    ['GPU=UUID1:dev', /not an absolute path/],
    ['GPU=UUID1:/dev/x,', /not an absolute path/],
  ] as const) {
    it(`are not "${text}"`, () => assert.throws(() => parseGenericDevices([text], RESOURCES), message));
  }

  it('come with the daemon’s command line', () => {
    const words = ['--node-generic-resource', 'GPU=UUID1', '--node-generic-resource', 'SSD=2'];
    const options = parseDaemonOptions([
      'node',
      'skepd',
      ...words,
      '--generic-device',
      'GPU=UUID1:/dev/null',
    ]);
    assert.deepEqual(options.genericResources, [
      { kind: 'GPU', name: 'UUID1', count: 1 },
      { kind: 'SSD', count: 2 },
    ]);
    assert.deepEqual(options.genericDevices, [{ kind: 'GPU', name: 'UUID1', paths: ['/dev/null'] }]);
    const plain = parseDaemonOptions(['node', 'skepd']);
    assert.deepEqual([plain.genericResources, plain.genericDevices], [[], []]);
  });
});
