import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_CHANGES_PER_PASS } from '../../../lib/change-budget.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { decideReaper } from '../../../manager/orchestrator/reaper.ts';
import { modelStore, step } from './model-store.ts';
import { changed, cluster, node, service, task } from './objects.ts';

const WEB = service();

function ended(id: string, fields: Partial<Task> = {}): Task {
  return task(id, WEB, { state: 'FAILED', desired: 'SHUTDOWN' }, fields);
}

function kept(objects: Parameters<typeof modelStore>[0]): readonly string[] {
  const store = modelStore(objects);
  step(store, decideReaper);
  return [...store.view.tasks.keys()];
}

describe('the reaper', () => {
  it('keeps as many ended tasks of a slot as the history limit, the newest ones', () => {
    const old = [ended('a'), ended('b'), ended('c')];
    assert.deepEqual(kept([cluster(2), WEB, ...old, task('now', WEB)]), ['b', 'c', 'now']);
    assert.deepEqual(kept([cluster(0), WEB, ...old, task('now', WEB)]), ['now']);
  });

  it('counts each slot, and each node of a global service, by itself', () => {
    const global = service({ id: 'agent', mode: { kind: 'global' } });
    const stopped = { state: 'FAILED', desired: 'SHUTDOWN' } as const;
    const tasks = [
      ended('a'),
      task('b', WEB, { ...stopped, slot: 2 }),
      task('c', global, { ...stopped, nodeId: 'n1' }),
      task('d', global, { ...stopped, nodeId: 'n2' }),
    ];
    assert.deepEqual(kept([cluster(1), WEB, global, node('n1'), node('n2'), ...tasks]), ['a', 'b', 'c', 'd']);
  });

  it('keeps the last task of a slot that ended for good, whatever the limit', () => {
    assert.deepEqual(kept([cluster(0), WEB, ended('a'), ended('b')]), ['b']);
  });

  it('keeps a task that is still stopping', () => {
    const stopping = task('a', WEB, { desired: 'SHUTDOWN' });
    assert.deepEqual(kept([cluster(0), WEB, node('n1'), stopping, task('now', WEB)]), ['a', 'now']);
  });

  it('deletes a task to be removed once it has stopped, or when no agent ever had it', () => {
    const tasks = [
      task('running', WEB, { desired: 'REMOVE' }),
      task('ended', WEB, { desired: 'REMOVE', state: 'SHUTDOWN' }),
      task('waiting', WEB, { desired: 'REMOVE', state: 'PENDING', nodeId: '' }),
    ];
    assert.deepEqual(kept([cluster(5), WEB, node('n1'), ...tasks]), ['running']);
  });

  it('keeps a task to be removed while its node is down, and deletes it when the node is gone', () => {
    const leaving = task('a', WEB, { desired: 'REMOVE' });
    assert.deepEqual(kept([WEB, node('n1', { state: 'down' }), leaving]), ['a']);
    assert.deepEqual(kept([WEB, leaving]), []);
  });

  it('spares what a moving update is judged by', () => {
    const next = changed(WEB, { image: 'web:2' });
    const moving = { ...next, updateStatus: { state: 'updating', startedAtMs: 0, message: '' } } as const;
    const failed = task('failed', next, { state: 'FAILED', desired: 'SHUTDOWN' });
    const tasks = [ended('a'), ended('before'), failed, task('again', next)];
    assert.deepEqual(kept([cluster(0), moving, node('n1'), ...tasks]), ['before', 'failed', 'again']);
    assert.deepEqual(kept([cluster(0), next, node('n1'), ...tasks]), ['again']);
  });

  it('deletes a bounded number at a time', () => {
    const tasks = Array.from({ length: MAX_CHANGES_PER_PASS + 5 }, (_, index) => ended(`t${index}`));
    const store = modelStore([cluster(0), WEB, ...tasks, task('now', WEB)]);
    assert.equal(step(store, decideReaper).length, MAX_CHANGES_PER_PASS);
    assert.equal(step(store, decideReaper).length, 5);
  });
});
