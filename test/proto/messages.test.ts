import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AssignmentMessage } from '../../lib/domain/assignment.ts';
import type { Change } from '../../lib/domain/store-object.ts';
import { assignmentMessageCodec, transactionCodec } from '../../proto/messages.ts';
import { sampleTask } from '../agent/worker/sample-task.ts';

describe('what goes over the wire and into the log', () => {
  it('brings a transaction back as it was, absent fields absent', () => {
    const changes: readonly Change[] = [
      {
        kind: 'put',
        object: sampleTask({
          runningSinceMs: 5,
          status: {
            state: 'FAILED',
            timestampMs: 1.5e12,
            message: 'm',
            error: 'e',
            container: { containerId: 'c', exitCode: 0 },
          },
        }),
      },
      { kind: 'remove', objectKind: 'service', id: 's' },
    ];
    const value = { changes, proposedAtMs: 1_700_000_000_123 };
    assert.deepEqual(transactionCodec.decode(transactionCodec.encode(value)), value);
  });

  it('keeps numbers that need more than 32 bits', () => {
    const task = sampleTask();
    const object = {
      ...task,
      spec: { ...task.spec, limits: { memoryBytes: 68_719_476_736, nanoCpus: 2_500_000_000 } },
    };
    const decoded = transactionCodec.decode(
      transactionCodec.encode({ changes: [{ kind: 'put', object }], proposedAtMs: 0 }),
    );
    assert.deepEqual(decoded.changes[0], { kind: 'put', object });
  });

  it('brings every kind of assignment back', () => {
    const message: AssignmentMessage = {
      kind: 'incremental',
      appliesTo: '1',
      resultsIn: '2',
      updates: [
        { kind: 'task', id: 'task1', task: sampleTask() },
        { kind: 'peer', id: 'n1', hostname: 'h1', dataPathAddress: '192.0.2.1', routerAddress: '10.255.0.1' },
        { kind: 'network', id: 'net', name: 'back', subnet: '10.1.0.0/24', internal: false, ingress: true },
        {
          kind: 'balancer',
          id: 's',
          name: 'web',
          mode: 'vip',
          vips: [{ networkId: 'net', address: '10.1.0.2' }],
          ports: [{ protocol: 'tcp', targetPort: 80, publishedPort: 8080, publishMode: 'ingress' }],
        },
        {
          kind: 'backend',
          id: 't',
          serviceId: 's',
          nodeId: 'n1',
          taskName: 'web.1.t',
          attachments: [],
          ready: false,
        },
      ],
      removals: [{ kind: 'backend', id: 'old' }],
    };
    assert.deepEqual(assignmentMessageCodec.decode(assignmentMessageCodec.encode(message)), message);
  });
});
