import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Node } from '../../../lib/domain/node.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { decideScheduling } from '../../../manager/scheduler/scheduling.ts';
import { GIB, node, port, settle, task, taskSpec } from '../api/cluster-samples.ts';
import { fits, placeNaively } from './reference-scheduler.ts';

const anyNode = fc.record({
  memory: fc.constantFrom(2, 4, 8),
  cpus: fc.constantFrom(1, 2, 4),
  availability: fc.constantFrom('active', 'active', 'active', 'drain') as fc.Arbitrary<'active' | 'drain'>,
  state: fc.constantFrom('ready', 'ready', 'ready', 'down') as fc.Arbitrary<'ready' | 'down'>,
  disk: fc.constantFrom('ssd', 'hdd'),
});

const anyGroup = fc.record({
  count: fc.integer({ min: 1, max: 12 }),
  memory: fc.constantFrom(0, 1, 2),
  cpus: fc.constantFrom(0, 0.5, 1),
  constraint: fc.constantFrom('', 'node.labels.disk==ssd', 'node.labels.disk!=ssd'),
  bound: fc.constantFrom(0, 0, 1, 3),
  hostPort: fc.constantFrom(0, 0, 8080, 9090),
});

const anyOccupant = fc.record({
  service: fc.integer({ min: 0, max: 3 }),
  node: fc.nat(5),
  memory: fc.constantFrom(0, 1),
  state: fc.constantFrom('RUNNING', 'ASSIGNED', 'FAILED') as fc.Arbitrary<'RUNNING' | 'ASSIGNED' | 'FAILED'>,
  isLeaving: fc.boolean(),
});

const anyCluster = fc.record({
  nodes: fc.array(anyNode, { minLength: 1, maxLength: 6 }),
  groups: fc.array(anyGroup, { minLength: 1, maxLength: 4 }),
  occupants: fc.array(anyOccupant, { maxLength: 8 }),
});

function build(sample: typeof anyCluster extends fc.Arbitrary<infer T> ? T : never): {
  readonly nodes: readonly Node[];
  readonly tasks: readonly Task[];
} {
  const nodes = sample.nodes.map((each, index) =>
    node(`n${index}`, {
      spec: { availability: each.availability, labels: { disk: each.disk } },
      description: { memoryBytes: each.memory * GIB, nanoCpus: each.cpus * 1e9 },
      status: { state: each.state, message: '', address: '' },
    }),
  );
  const occupants = sample.occupants.map((each, index) =>
    task(`r${index}`, `s${each.service}`, each.state, {
      nodeId: `n${each.node}`,
      desiredState: each.isLeaving ? 'SHUTDOWN' : 'RUNNING',
      spec: taskSpec({ reservations: { memoryBytes: each.memory * GIB } }),
    }),
  );
  const pending = sample.groups.flatMap((group, service) =>
    Array.from({ length: group.count }, (_, slot) =>
      task(`t${service}-${slot}`, `s${service}`, 'PENDING', {
        slot: slot + 1,
        spec: taskSpec({
          reservations: { memoryBytes: group.memory * GIB, nanoCpus: group.cpus * 1e9 },
          placement: {
            constraints: group.constraint === '' ? [] : [group.constraint],
            maxReplicasPerNode: group.bound,
          },
        }),
        ports: group.hostPort === 0 ? [] : [port(group.hostPort, { publishMode: 'host' })],
      }),
    ),
  );
  return { nodes, tasks: [...occupants, ...pending] };
}

/** `s1@n2 ×3`, sorted: how many tasks of each service each node got. */
function spreadOf(tasks: Iterable<Task>): readonly string[] {
  const counts = new Map<string, number>();
  for (const each of tasks) {
    if (each.status.state !== 'ASSIGNED') continue;
    const key = `${each.serviceId}@${each.nodeId}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ×${count}`).sort();
}

describe('the scheduler beside a naive one', () => {
  it('gives every node as many tasks of each service', () => {
    fc.assert(
      fc.property(anyCluster, (sample) => {
        const { nodes, tasks } = build(sample);
        const { view } = settle(decideScheduling, [...nodes, ...tasks]);
        assert.deepEqual(spreadOf(view.tasks.values()), spreadOf(placeNaively(nodes, tasks)));
      }),
      { numRuns: 300 },
    );
  });

  it('breaks no rule, and leaves no task waiting that fits somewhere', () => {
    fc.assert(
      fc.property(anyCluster, (sample) => {
        const { nodes, tasks } = build(sample);
        const after = [...settle(decideScheduling, [...nodes, ...tasks]).view.tasks.values()];
        const placed = after.filter((each) => each.id.startsWith('t') && each.status.state === 'ASSIGNED');
        for (const each of placed) {
          const home = nodes.find(({ id }) => id === each.nodeId);
          const others = after.filter(({ id }) => id !== each.id);
          assert.ok(home !== undefined && fits(home, each, others), `${each.id} fits where it is`);
        }
        for (const each of after.filter(({ status }) => status.state === 'PENDING')) {
          assert.ok(!nodes.some((candidate) => fits(candidate, each, after)), `${each.id} fits nowhere`);
          assert.match(
            each.status.message,
            /^no suitable node \(.* on \d+ nodes?|^no suitable node \(\d+ node/,
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});
