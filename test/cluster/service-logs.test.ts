import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { bringUp, eventually, requireSkep, skep, skip, type TestCluster } from './test-cluster.ts';

const HOST = 'h1';
const IMAGE = 'hello-web:1';
const COUNT = 'i=0; while [ $i -lt 400 ]; do echo line $i; i=$((i+1)); done; echo counted; exec sleep 100000';

describe('the log driver of a service', { skip }, () => {
  let cluster: TestCluster;
  before(async () => {
    cluster = await bringUp('logs', { managers: 1, workers: 0 });
  });
  after(() => cluster?.close());

  const manage = (...words: string[]) => requireSkep(cluster, HOST, ...words);
  const create = (name: string, ...flags: string[]) =>
    manage(
      ...['service', 'create', '--quiet', '--detach', '--name', name, '--stop-grace-period', '0s', ...flags],
      ...[IMAGE, 'sh', '-c', COUNT],
    );

  it('keeps as much as it was asked to, and the newest', async () => {
    await create('bounded', '--log-opt', 'max-size=4k', '--log-opt', 'max-file=2');
    const read = (...flags: string[]) => manage('service', 'logs', '--raw', ...flags, 'bounded');
    await eventually('the task has counted', async () =>
      (await read()).endsWith('counted\n') ? '' : 'not yet',
    );
    const lines = (await read()).trimEnd().split('\n');
    assert.ok(lines.length > 40 && lines.length < 110, `${lines.length} lines`);
    assert.deepEqual(
      lines.slice(0, -1),
      Array.from({ length: 400 }, (_, n) => `line ${n}`).slice(1 - lines.length),
    );
    assert.equal(await read('--tail', '2'), 'line 399\ncounted\n');
    assert.match(await read('--tail', '1', '-t'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z counted\n$/);
    assert.equal(await read('--until', '1h'), '');
    await manage('service', 'rm', 'bounded');
  });

  it('that keeps nothing is named when somebody reads', async () => {
    await create('silent', '--log-driver', 'none');
    await eventually('the task runs', async () => {
      const { exitCode, stdout, stderr } = await skep(cluster, HOST, 'service', 'logs', 'silent');
      assert.deepEqual([exitCode, stdout], [0, '']);
      return stderr === 'Warning: service silent keeps no logs: its log driver is none\n' ? '' : stderr;
    });
    await manage('service', 'rm', 'silent');
  });

  it('sends to a receiver, and the lines can be read all the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skep-syslog-'));
    const sockets = new Set<Socket>();
    let received = '';
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('data', (bytes) => {
        received += bytes.toString('utf8');
      });
    });
    try {
      const path = join(folder, 'receiver.sock');
      await new Promise<void>((resolve) => server.listen(path, resolve));
      const options = [`syslog-address=unix://${path}`, 'syslog-facility=local0', 'tag={{.Name}}'];
      await create(
        'sending',
        '--log-driver',
        'syslog',
        ...options.flatMap((option) => ['--log-opt', option]),
      );
      await eventually('the receiver has it all', async () =>
        received.includes('counted') ? '' : 'not yet',
      );
      const texts = received.trimEnd().split('\n');
      assert.equal(texts.length, 401);
      for (const [n, text] of texts.slice(0, 400).entries())
        assert.match(text, new RegExp(`^<134>1 \\S+Z ${HOST} sending\\.1\\.\\w+ \\w{12} - - line ${n}$`));
      assert.ok((await manage('service', 'logs', '--raw', 'sending')).endsWith('line 399\ncounted\n'));
      await manage('service', 'rm', 'sending');
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is refused where nobody has heard of it', async () => {
    const wrong = await skep(cluster, HOST, 'service', 'create', '--log-driver', 'journald', IMAGE);
    assert.notEqual(wrong.exitCode, 0);
    assert.match(wrong.stderr, /log driver "journald" is unknown \(use json-file, none, syslog or tcp\)/);
  });
});
