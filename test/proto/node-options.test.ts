import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerSpec } from '../../lib/domain/container-spec.ts';
import type { StoreObject } from '../../lib/domain/store-object.ts';
import { transactionCodec } from '../../proto/messages.ts';
import { sampleTask } from '../agent/worker/sample-task.ts';
import { node } from '../manager/api/cluster-samples.ts';

function roundTrip(object: StoreObject): unknown {
  const value = { changes: [{ kind: 'put' as const, object }], proposedAtMs: 1 };
  const [change] = transactionCodec.decode(transactionCodec.encode(value)).changes;
  return change?.kind === 'put' ? change.object : undefined;
}

describe('what a container takes of its node', () => {
  it('comes back from the log as it was', () => {
    const rate = [{ path: '/dev/sda', rate: 5e9 }];
    const asked: Partial<ContainerSpec> = {
      privileged: true,
      devices: {
        mappings: [{ pathOnHost: '/dev/a', pathInContainer: '/dev/b', permissions: 'rw' }],
        rules: ['c 1:* r'],
      },
      controlGroup: {
        cpuShares: 2,
        cpuQuotaUs: -1,
        cpuPeriodUs: 1_000,
        cpusetCpus: '0',
        cpusetMems: '0-1',
        memorySwapBytes: -1,
        memorySwappiness: 0,
        oomKillDisable: true,
        blockWeight: 10,
        readBytesPerSecond: rate,
        writeBytesPerSecond: [],
        readOperationsPerSecond: rate,
        writeOperationsPerSecond: [],
      },
      mounts: [{ kind: 'bind', source: '/a', target: '/b', readOnly: true, recursive: 'writable' }],
    };
    const task = sampleTask();
    const generic = { items: [{ kind: 'GPU', count: 2 }] };
    const assignedGeneric = {
      items: [
        { kind: 'GPU', name: 'A', count: 1 },
        { kind: 'GPU', count: 1 },
      ],
    };
    const container = { ...task.spec.container, ...asked };
    const whole = { ...task, spec: { ...task.spec, container, reservations: { generic } }, assignedGeneric };
    assert.deepEqual(roundTrip(whole), whole);
    assert.deepEqual(roundTrip(task), task);
    const offering = node('n1', { description: { generic: assignedGeneric } });
    assert.deepEqual(roundTrip(offering), offering);
  });
});
