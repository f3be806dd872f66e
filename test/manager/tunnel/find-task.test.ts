import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Service } from '../../../lib/domain/service.ts';
import type { Task } from '../../../lib/domain/task.ts';
import type { TaskState } from '../../../lib/domain/task-state.ts';
import type { SkepError } from '../../../lib/errors.ts';
import { stateFromObjects, viewOfState } from '../../../manager/store/memory-state.ts';
import { findTaskOfContainer } from '../../../manager/tunnel/find-task.ts';
import { descriptionOf, nodeObject } from '../dispatcher/cluster-fixture.ts';
import { sampleTask } from '../store/store-samples.ts';

function service(name: string): Service {
  return { ...nodeObject(`id-of-${name}`), kind: 'service', spec: { name } } as unknown as Service;
}

interface Facts {
  readonly state?: TaskState;
  readonly slot?: number;
  readonly nodeId?: string;
  readonly createdAtMs?: number;
  readonly error?: string;
}

function task(id: string, name: string, facts: Facts = {}): Task {
  const { state = 'RUNNING', slot = 1, nodeId = 'n1', createdAtMs = 0, error } = facts;
  return {
    ...sampleTask(id, `id-of-${name}`, nodeId, slot),
    serviceName: name,
    createdAtMs,
    status: { state, timestampMs: 0, message: '', ...(error !== undefined && { error }) },
  };
}

/** The store of a small cluster. */
const VIEW = (() => {
  const nodes = ['n1', 'n2', 'm1'].map((id) => nodeObject(id, { description: descriptionOf(`host-${id}`) }));
  const tasks = [
    task('aaa1', 'web', { slot: 1, createdAtMs: 1, state: 'SHUTDOWN' }),
    task('aaa2', 'web', { slot: 1, createdAtMs: 2, nodeId: 'n2' }),
    task('aab3', 'web', { slot: 2, createdAtMs: 3, nodeId: 'n1' }),
    task('aab4', 'web', { slot: 2, createdAtMs: 4, nodeId: 'n2' }),
    task('bbb1', 'one', { slot: 1 }),
    task('bbb2', 'one', { slot: 1, state: 'FAILED' }),
    task('ccc1', 'all', { slot: 0, nodeId: 'n1' }),
    task('ccc2', 'all', { slot: 0, nodeId: 'n2' }),
    task('ddd1', 'bad', { slot: 1, state: 'FAILED', error: 'exit code 1', createdAtMs: 9 }),
    task('ddd2', 'bad', { slot: 1, state: 'FAILED', createdAtMs: 5 }),
    task('ddd3', 'bad', { slot: 2, state: 'PREPARING' }),
    task('ddd4', 'bad', { slot: 3, state: 'PENDING', nodeId: '', error: 'no suitable node' }),
    task('ddd5', 'bad', { slot: 4, state: 'REJECTED' }),
  ];
  const services = ['web', 'one', 'all', 'bad', 'aa', 'none'].map(service);
  return viewOfState(stateFromObjects([...nodes, ...tasks, ...services], 1));
})();

const idOf = (reference: string) => findTaskOfContainer(VIEW, reference)?.id;

function refuses(reference: string, code: string, message: RegExp, help = /(?:)/): void {
  assert.throws(
    () => idOf(reference),
    (thrown: SkepError) => {
      assert.deepEqual(
        [thrown.code, message.test(thrown.message), help.test(thrown.help)],
        [code, true, true],
      );
      return true;
    },
    `${reference}`,
  );
}

describe('the task that a user means', () => {
  it('is found by id, by the unique start of an id, and by its full name', () => {
    assert.deepEqual(['aaa1', 'ddd5', 'bbb2', 'aab4'].map(idOf), ['aaa1', 'ddd5', 'bbb2', 'aab4']);
    assert.equal(idOf('web.1.aaa1'), 'aaa1');
    assert.equal(idOf('web.1.aaa2'), 'aaa2');
    assert.equal(idOf('all.n2.ccc2'), 'ccc2');
    assert.equal(idOf('/web.1.aaa1'), 'aaa1', 'Docker puts a slash before names in places');
    refuses('web.1.aaa', 'INVALID_ARGUMENT', /2 tasks fit it/);
  });

  it('is the newest running one of a slot', () => {
    assert.equal(idOf('web.1'), 'aaa2');
    assert.equal(idOf('web.2'), 'aab4');
    assert.equal(idOf('id-of-web.2'), 'aab4');
  });

  it('is the one on a node, for a service that runs on every node', () => {
    assert.equal(idOf('all.n1'), 'ccc1');
    assert.equal(idOf('all.host-n2'), 'ccc2');
    refuses('all.n', 'INVALID_ARGUMENT', /"all.n" is ambiguous: 2 tasks/, /all\.n1\.ccc1, all\.n2\.ccc2/);
  });

  it('is the only running one of a service', () => {
    assert.equal(idOf('one'), 'bbb1');
    refuses(
      'web',
      'INVALID_ARGUMENT',
      /"web" is ambiguous: 3 tasks of this service run/,
      /web\.1\.aaa2, web\.2\.aab3/,
    );
    refuses('none', 'FAILED_PRECONDITION', /"none" has no tasks/);
  });

  it('is not guessed when its id is ambiguous; the name of a service goes first', () => {
    refuses('aab', 'INVALID_ARGUMENT', /"aab" is ambiguous: 2 tasks fit it/, /web\.2\.aab3, web\.2\.aab4/);
    refuses('aa', 'FAILED_PRECONDITION', /"aa" has no tasks/);
  });

  it('is refused with the reason when it does not run, and reached by its full name', () => {
    refuses(
      'bad.1',
      'FAILED_PRECONDITION',
      /no task of "bad.1" runs; the newest is FAILED \(exit code 1\)/,
      /bad\.1\.ddd1/,
    );
    assert.equal(idOf('bad.1.ddd1'), 'ddd1');
    refuses('ddd3', 'FAILED_PRECONDITION', /bad\.2\.ddd3 has no container: it is PREPARING/);
    refuses('bad.3.ddd4', 'FAILED_PRECONDITION', /has no container: it is PENDING \(no suitable node\)/);
    refuses('bad', 'FAILED_PRECONDITION', /no task of "bad" runs/);
  });

  it('is nobody when nothing is called so', () => {
    for (const reference of ['', 'zzz', 'web.9', 'web.x', 'zzz.1', 'web.1.zzz', 'web.1.', 'web.', '.']) {
      assert.equal(idOf(reference), undefined, reference);
    }
  });
});
