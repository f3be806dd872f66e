import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  assessProgress,
  type Observation,
  STABILITY_MS,
  stepProgress,
} from '../../../cli/format/progress.ts';
import { drawProgress, progressChanges } from '../../../cli/format/progress-view.ts';
import type { Service, UpdateState, UpdateStatus } from '../../../lib/domain/service.ts';
import { sampleService, sampleTask, THEN_MS } from '../sample-objects.ts';

const THREE = sampleService({ replicas: '3' });
const GLOBAL = sampleService({ mode: 'global' });

function updateStatus(state: UpdateState, startedAtMs = THEN_MS): UpdateStatus {
  return { state, startedAtMs, message: `it is ${state}` };
}

function observation(service: Service, fields: Partial<Observation> = {}): Observation {
  return {
    operation: 'create',
    service,
    tasks: [1, 2, 3].map((slot) => sampleTask(service, slot)),
    earlierStatus: undefined,
    nodeNames: { node1: 'h1', node2: 'h2' },
    ...fields,
  };
}

/** THREE after a change of its task: what ran before is out of date. */
const CHANGED: Service = {
  ...THREE,
  specVersion: 2,
  spec: { ...THREE.spec, task: { ...THREE.spec.task, forceUpdate: 1 } },
};

describe('progress of a service', () => {
  const rows: readonly (readonly [what: string, observation: Observation, outcome: string, sum: string])[] = [
    ['waits without tasks', observation(THREE, { tasks: [] }), 'waiting', '0/3'],
    ['settles when every replica runs', observation(THREE), 'settled', '3/3'],
    [
      'waits for a replica that is starting',
      observation(THREE, {
        tasks: [1, 2, 3].map((slot) =>
          sampleTask(THREE, slot, slot === 2 ? { status: { state: 'STARTING' } } : {}),
        ),
      }),
      'waiting',
      '2/3',
    ],
    [
      'waits while more replicas are wanted running than were asked for',
      observation(THREE, { tasks: [1, 2, 3, 4].map((slot) => sampleTask(THREE, slot)) }),
      'waiting',
      '3/3',
    ],
    [
      'does not count what is on its way out',
      observation(THREE, {
        tasks: [1, 2, 3, 4].map((slot) =>
          sampleTask(THREE, slot, slot === 4 ? { desiredState: 'SHUTDOWN' } : {}),
        ),
      }),
      'settled',
      '3/3',
    ],
    [
      'settles with slots that have gaps between their numbers',
      observation(THREE, { tasks: [2, 5, 9].map((slot) => sampleTask(THREE, slot)) }),
      'settled',
      '3/3',
    ],
    [
      'settles at zero replicas when none is wanted',
      observation(sampleService({ replicas: '0' }), { tasks: [] }),
      'settled',
      '0/0',
    ],
    [
      'does not count replicas of the specification before',
      observation(CHANGED, { tasks: [1, 2, 3].map((slot) => sampleTask(THREE, slot)), operation: 'update' }),
      'waiting',
      '0/3',
    ],
    [
      'counts replicas of an older version whose specification is the same',
      observation({ ...THREE, specVersion: 5 }, { tasks: [1, 2, 3].map((slot) => sampleTask(THREE, slot)) }),
      'settled',
      '3/3',
    ],
    [
      'waits while the update watches its last replicas',
      observation({ ...THREE, updateStatus: updateStatus('updating') }, { operation: 'update' }),
      'waiting',
      '3/3',
    ],
    [
      'settles when the update is complete',
      observation({ ...THREE, updateStatus: updateStatus('completed') }, { operation: 'update' }),
      'settled',
      '3/3',
    ],
    [
      'fails when the update was paused',
      observation({ ...THREE, updateStatus: updateStatus('paused') }, { operation: 'update' }),
      'failed',
      '3/3',
    ],
    [
      'fails when the update was rolled back',
      observation({ ...THREE, updateStatus: updateStatus('rollback_completed') }, { operation: 'update' }),
      'failed',
      '3/3',
    ],
    [
      'waits while an update is rolled back',
      observation({ ...THREE, updateStatus: updateStatus('rollback_started') }, { operation: 'update' }),
      'waiting',
      '3/3',
    ],
    [
      'settles when the rollback that was asked for is complete',
      observation({ ...THREE, updateStatus: updateStatus('rollback_completed') }, { operation: 'rollback' }),
      'settled',
      '3/3',
    ],
    [
      'fails when the rollback was paused',
      observation({ ...THREE, updateStatus: updateStatus('rollback_paused') }, { operation: 'rollback' }),
      'failed',
      '3/3',
    ],
    [
      'takes no notice of how an earlier update ended',
      observation(
        { ...THREE, updateStatus: updateStatus('paused') },
        { operation: 'update', earlierStatus: updateStatus('paused') },
      ),
      'settled',
      '3/3',
    ],
    [
      'tells a new pause from an earlier one',
      observation(
        { ...THREE, updateStatus: updateStatus('paused', THEN_MS + 1) },
        { operation: 'update', earlierStatus: updateStatus('paused') },
      ),
      'failed',
      '3/3',
    ],
    ['waits for a global service that has no task yet', observation(GLOBAL, { tasks: [] }), 'waiting', '0/0'],
    [
      'settles when a global service runs on every node it has a task for',
      observation(GLOBAL, { tasks: ['node1', 'node2'].map((nodeId) => sampleTask(GLOBAL, 0, { nodeId })) }),
      'settled',
      '2/2',
    ],
  ];
  for (const [what, given, outcome, sum] of rows) {
    it(what, () => {
      const assessment = assessProgress(given);
      assert.equal(assessment.outcome.kind, outcome);
      assert.equal(`${assessment.view.running}/${assessment.view.desired}`, sum);
    });
  }

  it('says why an update failed', () => {
    const { outcome } = assessProgress(
      observation({ ...THREE, updateStatus: updateStatus('paused') }, { operation: 'update' }),
    );
    assert.deepEqual(outcome, { kind: 'failed', message: 'service update paused: it is paused' });
  });

  it('gives every replica that does not run a reason', () => {
    const tasks = [
      sampleTask(THREE, 1, { nodeId: '', status: { state: 'PENDING', message: 'no suitable node' } }),
      sampleTask(THREE, 2, { desiredState: 'READY', status: { state: 'READY', message: 'ready' } }),
      sampleTask(THREE, 2, {
        id: 'old',
        createdAtMs: THEN_MS - 1,
        desiredState: 'SHUTDOWN',
        status: { state: 'FAILED', error: 'exit status 3' },
      }),
    ];
    const { slots } = assessProgress(observation(THREE, { tasks })).view;
    assert.deepEqual(
      slots.map(({ label, state, reason }) => [label, state, reason]),
      [
        ['1/3', 'PENDING', 'no suitable node'],
        ['2/3', 'READY', 'the last run ended: exit status 3'],
        ['3/3', 'NEW', ''],
      ],
    );
  });
});

describe('the verdict over time', () => {
  it('is converged only after the service stayed settled for the stability window', () => {
    const settled = { kind: 'settled' } as const;
    const first = stepProgress({ settledSinceMs: undefined }, settled, 1_000);
    assert.equal(first.verdict, 'verifying');
    assert.equal(stepProgress(first.state, settled, 999 + STABILITY_MS).verdict, 'verifying');
    assert.equal(stepProgress(first.state, settled, 1_000 + STABILITY_MS).verdict, 'converged');
  });

  it('starts the window over when a replica falls out', () => {
    const settled = { kind: 'settled' } as const;
    const first = stepProgress({ settledSinceMs: undefined }, settled, 0);
    const fallen = stepProgress(first.state, { kind: 'waiting' }, 500);
    const again = stepProgress(fallen.state, settled, 900);
    assert.equal(stepProgress(again.state, settled, STABILITY_MS).verdict, 'verifying');
  });
});

describe('the view of progress', () => {
  const view = assessProgress(
    observation(THREE, {
      tasks: [
        sampleTask(THREE, 1),
        sampleTask(THREE, 2, { status: { state: 'PREPARING' } }),
        sampleTask(THREE, 3, { status: { state: 'PENDING', message: 'no suitable node (x)' } }),
      ],
    }),
  ).view;

  it('is drawn with a bar for what moves and a reason for what does not', () => {
    const [sum = '', one = '', two = '', three = ''] = drawProgress(view, 100);
    assert.equal(sum, 'overall progress: 1 out of 3 tasks');
    assert.match(one, /^1\/3: running {3}\[=+>\]$/);
    assert.match(two, /^2\/3: preparing \[=+> +\]$/);
    assert.equal(three, '3/3: pending: no suitable node (x)');
  });

  it('never reaches the edge of the terminal', () => {
    for (const line of drawProgress(view, 40)) assert.ok(line.length < 40);
  });

  it('is summed up when there are too many replicas to draw', () => {
    const service = sampleService({ replicas: '30' });
    const tasks = Array.from({ length: 30 }, (_, index) =>
      sampleTask(service, index + 1, { status: { state: 'PENDING', message: 'no suitable node' } }),
    );
    assert.deepEqual(drawProgress(assessProgress(observation(service, { tasks })).view, 100), [
      'overall progress: 0 out of 30 tasks',
      '30 × pending: no suitable node',
    ]);
  });

  it('is one plain line per change where lines cannot be redrawn', () => {
    assert.equal(progressChanges(undefined, view).length, 4);
    assert.deepEqual(progressChanges(view, view), []);
    const later = assessProgress(
      observation(THREE, {
        tasks: [
          sampleTask(THREE, 1),
          sampleTask(THREE, 2),
          sampleTask(THREE, 3, { status: { state: 'PENDING', message: 'no suitable node (x)' } }),
        ],
      }),
    ).view;
    assert.deepEqual(progressChanges(view, later), ['overall progress: 2 out of 3 tasks', '2/3: running']);
  });
});
