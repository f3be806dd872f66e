import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { taskLogSources } from '../../../agent/logs/forward/task-sources.ts';
import { logSettings, logTag } from '../../../agent/logs/log-settings.ts';
import type { LogDriver } from '../../../lib/domain/container-spec.ts';
import { sampleTask } from '../worker/sample-task.ts';

const driver = (name: string, options: Record<string, string> = {}): LogDriver => ({ name, options });

describe('the log of a container', () => {
  it('is bounded when neither it nor the node says otherwise', () => {
    assert.deepEqual(logSettings(undefined), {
      log: { kind: 'json-file', maxBytes: 104_857_600, maxFiles: 5 },
      receiver: null,
      tag: '{{.Name}}',
    });
  });

  it("is kept as the node says, its own options before the node's of the same driver", () => {
    const node = driver('json-file', { 'max-size': '1m', 'max-file': '2' });
    assert.deepEqual(logSettings(undefined, node).log, {
      kind: 'json-file',
      maxBytes: 1_048_576,
      maxFiles: 2,
    });
    const own = driver('json-file', { 'max-size': '2m' });
    assert.deepEqual(logSettings(own, node).log, { kind: 'json-file', maxBytes: 2_097_152, maxFiles: 2 });
    assert.deepEqual(logSettings(driver('none'), node).log, { kind: 'none' });
    assert.deepEqual(logSettings(undefined, driver('none')).log, { kind: 'none' });
  });

  it('stays in files where it is sent on, under its tag', () => {
    const settings = logSettings(
      driver('tcp', { 'tcp-address': 'h:9', tag: '{{.ImageName}}' }),
      driver('none'),
    );
    assert.deepEqual(settings.receiver, { kind: 'tcp', host: 'h', port: 9 });
    assert.equal(settings.log.kind, 'json-file');
    assert.equal(logTag(settings, { id: 'x', name: 'web.1', imageName: 'web:1' }), 'web:1');
  });

  it('of a task is sent when its driver is one that sends', () => {
    const withDriver = (logDriver: LogDriver | undefined) => {
      const task = sampleTask();
      const container = { ...task.spec.container, ...(logDriver === undefined ? {} : { logDriver }) };
      return { ...task, spec: { ...task.spec, container } };
    };
    const sourcesOf = (own: LogDriver | undefined, node: LogDriver) =>
      taskLogSources(
        { tasks: () => [withDriver(own)], logPath: (id) => `/logs/${id}`, isLive: () => true },
        node,
      );
    const sends = driver('tcp', { 'tcp-address': 'h:9' });
    assert.equal(sourcesOf(undefined, driver('json-file')).length, 0);
    assert.equal(sourcesOf(driver('nonsense'), sends).length, 0);
    for (const [source] of [sourcesOf(sends, driver('none')), sourcesOf(undefined, sends)]) {
      assert.deepEqual(source?.receiver, { kind: 'tcp', host: 'h', port: 9 });
      assert.equal(source.path, `/logs/${source.containerId}`);
      assert.ok(source.isLive());
    }
  });
});
