import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { SkepError } from '../../../lib/errors.ts';
import type { SwarmRestoreRequest } from '../../../proto/messages.ts';
import { type DaemonDouble, withDaemon } from '../daemon-double.ts';

const INIT_ANSWER = {
  nodeId: 'node1',
  workerToken: 'SWMTKN-1-x-y',
  managerAddress: '10.0.0.1:2377',
  unlockKey: '',
};

describe('swarm snapshot save', () => {
  const content = Buffer.alloc(3_000_000, 'state of the swarm ');

  async function* parts(): AsyncGenerator<{ data: Uint8Array }> {
    for (let at = 0; at < content.length; at += 700_000) yield { data: content.subarray(at, at + 700_000) };
  }

  async function* cutStream(): AsyncGenerator<{ data: Uint8Array }> {
    yield { data: content };
    throw new SkepError('UNAVAILABLE', 'the manager stopped');
  }

  async function saveInto(
    { run, folder }: DaemonDouble,
    file: string,
    ...flags: readonly string[]
  ): Promise<{ readonly exitCode: number; readonly stderr: string; readonly files: readonly string[] }> {
    const { exitCode, stderr } = await run(['swarm', 'snapshot', 'save', ...flags, join(folder, file)]);
    const files = (await readdir(folder)).filter((name) => name !== 'skep.sock').sort();
    return { exitCode, stderr, files };
  }

  it('writes a file that its owner alone may read, and nothing beside it', async () => {
    await withDaemon({ control: { saveBackup: parts } }, async (daemon) => {
      assert.deepEqual(await saveInto(daemon, 'b'), { exitCode: 0, stderr: '', files: ['b'] });
      const path = join(daemon.folder, 'b');
      assert.ok((await readFile(path)).equals(content));
      assert.equal((await stat(path)).mode & 0o777, 0o600);
    });
  });

  it('leaves a file that is there alone unless it is told to replace it', async () => {
    let asked = 0;
    const saveBackup = () => {
      asked++;
      return parts();
    };
    await withDaemon({ control: { saveBackup } }, async (daemon) => {
      const path = join(daemon.folder, 'b');
      await writeFile(path, 'old');
      await chmod(path, 0o644);
      const refused = await saveInto(daemon, 'b');
      assert.equal(refused.exitCode, 1);
      assert.match(refused.stderr, /^Error: the file [^\n]* is there already [^\n]*--force\)\n$/);
      assert.deepEqual([asked, await readFile(path, 'utf8')], [0, 'old']);
      assert.equal((await saveInto(daemon, 'b', '--force')).exitCode, 0);
      assert.ok((await readFile(path)).equals(content));
      assert.equal((await stat(path)).mode & 0o777, 0o600);
    });
  });

  it('does not replace a file that came while it was writing', async () => {
    let path = '';
    const saveBackup = async function* () {
      yield { data: content };
      await writeFile(path, 'faster');
    };
    await withDaemon({ control: { saveBackup } }, async (daemon) => {
      path = join(daemon.folder, 'b');
      const { exitCode, stderr, files } = await saveInto(daemon, 'b');
      assert.deepEqual([exitCode, files], [1, ['b']]);
      assert.match(stderr, /is there already/);
      assert.equal(await readFile(path, 'utf8'), 'faster');
    });
  });

  it('leaves nothing, and the file of before, when the stream breaks off or holds nothing', async () => {
    for (const saveBackup of [cutStream, async function* () {}]) {
      await withDaemon({ control: { saveBackup } }, async (daemon) => {
        const first = await saveInto(daemon, 'b');
        assert.deepEqual([first.exitCode, first.files], [1, []]);
        assert.match(first.stderr, /the manager stopped|empty backup/);
        await writeFile(join(daemon.folder, 'b'), 'old');
        const second = await saveInto(daemon, 'b', '--force');
        assert.deepEqual([second.exitCode, second.files], [1, ['b']]);
        assert.equal(await readFile(join(daemon.folder, 'b'), 'utf8'), 'old');
      });
    }
  });

  it('leaves nothing when the user presses Ctrl-C', async () => {
    let interrupt: (() => void) | undefined;
    const saveBackup = async function* () {
      yield { data: content };
      interrupt?.();
      await new Promise(() => undefined);
    };
    await withDaemon({ control: { saveBackup } }, async ({ run, folder }) => {
      const { exitCode, stderr } = await run(['swarm', 'snapshot', 'save', join(folder, 'b')], {
        onListen: (press) => {
          interrupt = press;
        },
      });
      assert.deepEqual([exitCode, stderr], [130, 'Error: interrupted; no backup was made\n']);
      assert.deepEqual(await readdir(folder), ['skep.sock']);
    });
  });

  it('says so when the file cannot be written', async () => {
    await withDaemon({ control: { saveBackup: parts } }, async (daemon) => {
      await mkdir(join(daemon.folder, 'd'));
      for (const file of ['no/b', 'd/']) {
        const { exitCode, stderr, files } = await saveInto(daemon, file, '--force');
        assert.deepEqual([exitCode, files], [1, ['d']]);
        assert.match(stderr, /^Error: cannot write [^\n]*\(nothing was saved\)\n$/);
      }
    });
  });

  it('writes to standard output for -, but never to a terminal', async () => {
    await withDaemon({ control: { saveBackup: parts } }, async ({ run }) => {
      const piped = await run(['swarm', 'snapshot', 'save', '-']);
      assert.deepEqual([piped.exitCode, piped.stdout, piped.stderr], [0, '', '']);
      assert.ok(piped.bytes.equals(content));
      const shown = await run(['swarm', 'snapshot', 'save', '-'], { interactive: true });
      assert.deepEqual([shown.exitCode, shown.bytes.length], [2, 0]);
    });
  });
});

describe('swarm snapshot restore', () => {
  it('sends the whole file, with the addresses given, and tells how others join', async () => {
    const content = Buffer.alloc(2_500_000, 'state');
    const sent: SwarmRestoreRequest[] = [];
    const swarmRestore = async (messages: AsyncIterable<SwarmRestoreRequest>) => {
      for await (const message of messages) sent.push(message);
      return { ...INIT_ANSWER, unlockKey: 'SWMKEY-1-x' };
    };
    await withDaemon({ local: { swarmRestore } }, async ({ run, folder }) => {
      const path = join(folder, 'b');
      await writeFile(path, content);
      const { exitCode, stdout } = await run([
        ...['swarm', 'snapshot', 'restore', '--advertise-addr', '10.0.0.1', path],
      ]);
      assert.equal(exitCode, 0);
      assert.match(stdout, /^Swarm restored: current node \(node1\) is now its only manager\.\n/);
      assert.match(stdout, /skep swarm join --token SWMTKN-1-x-y 10\.0\.0\.1:2377\n/);
      assert.match(stdout, /\n {4}SWMKEY-1-x\n/);
      assert.deepEqual(sent[0]?.header, {
        advertiseAddress: '10.0.0.1',
        listenAddress: '',
        dataPathAddress: '',
      });
      assert.ok(Buffer.concat(sent.map(({ data }) => data)).equals(content));
      sent.length = 0;
      await run(['swarm', 'snapshot', 'restore', '-'], { input: content });
      assert.ok(Buffer.concat(sent.map(({ data }) => data)).equals(content));
      const missing = await run(['swarm', 'snapshot', 'restore', `${path}.no`]);
      assert.equal(missing.exitCode, 1);
      assert.match(missing.stderr, /^Error: cannot read [^\n]*b\.no[^\n]*\n$/);
      const aFolder = await run(['swarm', 'snapshot', 'restore', folder]);
      assert.match(aFolder.stderr, /^Error: cannot read [^\n]*: it is a folder\n$/);
    });
  });
});
