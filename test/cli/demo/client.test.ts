import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { type LoadSummary, parseAnswer, summarize } from '../../../cli/demo/answers.ts';
import { shellWord } from '../../../cli/demo/screen.ts';
import { runCommand } from '../../../cli/playground/command.ts';

describe('answers of the demo’s service', () => {
  it('are read field by field, and nothing else is', () => {
    assert.deepEqual(parseAnswer('task=web.1.x node=h2 client=10.0.0.9 version=1\n'), {
      task: 'web.1.x',
      node: 'h2',
      client: '10.0.0.9',
      version: '1',
    });
    for (const text of ['', 'ok', 'task=a node=b client=c', '<html>']) {
      assert.equal(parseAnswer(text), undefined);
    }
  });

  it('are summed up by what they tell, failures by their reason', () => {
    const answer = { task: 't1', node: 'h1', client: 'c', version: '1' };
    const summary = summarize([
      { kind: 'answered', answer, durationMs: 3 },
      { kind: 'answered', answer: { ...answer, task: 't2' }, durationMs: 1 },
      { kind: 'failed', reason: 'ECONNREFUSED' },
    ]);
    assert.deepEqual(summary, {
      requests: 3,
      failures: 1,
      reasons: { ECONNREFUSED: 1 },
      tasks: { t1: 1, t2: 1 },
      nodes: { h1: 2 },
      clients: { c: 2 },
      versions: { '1': 2 },
      medianMs: 3,
      slowestMs: 3,
    });
  });

  it('show commands so that a shell would read them back', () => {
    assert.deepEqual(['a=b', 'a b', "it's", ''].map(shellWord), ['a=b', "'a b'", "'it'\\''s'", "''"]);
  });
});

describe('the demo’s client', () => {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = fileURLToPath(new URL(`../../../cli/demo/client.${extension}`, import.meta.url));

  it('takes a new connection for every request, and counts every failure with its reason', async () => {
    let [requests, connections] = [0, 0];
    const server = createServer((_, response) => {
      requests++;
      if (requests % 5 === 0) response.writeHead(503);
      response.end('task=t node=n client=c version=1\n');
    });
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    try {
      const { port } = server.address() as AddressInfo;
      const targets = `127.0.0.1:${port}`;
      const command = [process.execPath, ...process.execArgv, script, targets, '500', '20'];
      const { exitCode, stdout, stderr } = await runCommand(command);
      assert.equal(exitCode, 0, stderr);
      const summary: LoadSummary = JSON.parse(stdout);
      assert.equal(summary.requests, 20);
      assert.equal(connections, 20);
      assert.deepEqual(summary.reasons, { [`${targets}: status 503`]: 4 });
      assert.deepEqual(summary.tasks, { t: 16 });
    } finally {
      server.close();
    }
  });
});
