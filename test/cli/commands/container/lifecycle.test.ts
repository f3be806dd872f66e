import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SkepError } from '../../../../lib/errors.ts';
import type { containerMethods } from '../../../../proto/container-services.ts';
import type { Handlers } from '../../../../proto/rpc.ts';
import { withDaemon } from '../../daemon-double.ts';
import { sampleContainer } from './sample-containers.ts';

type ContainerHandlers = Partial<Handlers<typeof containerMethods>>;

/** A daemon that does as it is told, but for the container `bad`; collects what it was told. */
function obedient() {
  const asked: unknown[] = [];
  const obey =
    (call: string) =>
    async (request: { readonly reference: string }): Promise<Record<string, never>> => {
      asked.push({ call, ...request });
      if (request.reference === 'bad') throw new SkepError('FAILED_PRECONDITION', 'bad does not want to');
      if (request.reference === 'gone') throw new SkepError('NOT_FOUND', 'no such container: gone');
      return {};
    };
  const containers: ContainerHandlers = {
    stop: obey('stop'),
    restart: obey('restart'),
    kill: obey('kill'),
    pause: obey('pause'),
    unpause: obey('unpause'),
    remove: obey('remove'),
    rename: obey('rename'),
  };
  return { asked, containers };
}

describe('commands for what exists', () => {
  const rows: readonly (readonly [line: string, request: object])[] = [
    ['stop web', { call: 'stop', reference: 'web', signal: '' }],
    ['stop -t 3 -s INT web', { call: 'stop', reference: 'web', signal: 'INT', graceMs: 3_000 }],
    ['stop --time 0 web', { call: 'stop', reference: 'web', signal: '', graceMs: 0 }],
    ['stop -t -1 web', { call: 'stop', reference: 'web', signal: '', graceMs: -1 }],
    ['restart --timeout 1 web', { call: 'restart', reference: 'web', signal: '', graceMs: 1_000 }],
    ['kill web', { call: 'kill', reference: 'web', signal: '' }],
    ['kill -s HUP web', { call: 'kill', reference: 'web', signal: 'HUP' }],
    ['pause web', { call: 'pause', reference: 'web' }],
    ['unpause web', { call: 'unpause', reference: 'web' }],
    ['rm web', { call: 'remove', reference: 'web', force: false, volumes: false }],
    ['container rm -fv web', { call: 'remove', reference: 'web', force: true, volumes: true }],
  ];
  for (const [line, request] of rows) {
    it(`${line} asks for that, and prints the name`, async () => {
      const { asked, containers } = obedient();
      await withDaemon({ containers }, async ({ run }) => {
        const { stdout, stderr } = await run(line.split(' '));
        assert.equal(stdout, 'web\n', stderr);
      });
      assert.deepEqual(asked, [request]);
    });
  }

  it('rename prints nothing', async () => {
    const { asked, containers } = obedient();
    await withDaemon({ containers }, async ({ run }) => {
      assert.equal((await run(['rename', 'web', 'www'])).stdout, '');
    });
    assert.deepEqual(asked, [{ call: 'rename', reference: 'web', name: 'www' }]);
  });

  for (const command of ['stop', 'kill', 'pause', 'rm']) {
    it(`${command} goes on with the others after one that fails`, async () => {
      const { containers } = obedient();
      await withDaemon({ containers }, async ({ run }) => {
        const outcome = await run([command, 'a', 'bad', 'b']);
        assert.equal(outcome.stdout, 'a\nb\n');
        assert.match(outcome.stderr, /^Error: bad does not want to\n$/);
        assert.equal(outcome.exitCode, 1);
      });
    });
  }

  it('rm -f takes what is not there for removed', async () => {
    const { containers } = obedient();
    await withDaemon({ containers }, async ({ run }) => {
      assert.equal((await run(['rm', '-f', 'gone'])).exitCode, 0);
      assert.equal((await run(['rm', 'gone'])).exitCode, 1);
    });
  });

  it('stops sixty containers without one waiting for another, fifty at a time', async () => {
    let stopping = 0;
    let most = 0;
    let release: () => void = () => undefined;
    const full = new Promise<void>((resolve) => {
      release = resolve;
    });
    const containers: ContainerHandlers = {
      stop: async () => {
        stopping++;
        most = Math.max(most, stopping);
        // Time for more to come, if more were sent.
        for (let turn = 0; turn < 50 && stopping >= 50; turn++) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (stopping >= 50) release();
        await full;
        stopping--;
        return {};
      },
    };
    const all = Array.from({ length: 60 }, (_, index) => `c${index}`);
    await withDaemon({ containers }, async ({ run }) => {
      assert.equal((await run(['stop', ...all])).stdout, all.map((name) => `${name}\n`).join(''));
    });
    assert.equal(most, 50);
  });

  it('wait prints exit codes in the order asked', async () => {
    const containers: ContainerHandlers = {
      wait: async ({ reference }) => {
        if (reference === 'slow') await new Promise((resolve) => setImmediate(resolve));
        return { exitCode: reference === 'slow' ? 7 : 0, error: '' };
      },
    };
    await withDaemon({ containers }, async ({ run }) => {
      const outcome = await run(['wait', 'slow', 'quick']);
      assert.equal(outcome.stdout, '7\n0\n');
      assert.equal(outcome.exitCode, 0);
    });
  });
});

describe('skep container prune', () => {
  const ids = { web: 'a'.repeat(64), old: 'b'.repeat(64), made: 'c'.repeat(64), task: 'd'.repeat(64) };
  const listed = [
    sampleContainer({ id: ids.web }),
    sampleContainer({ id: ids.old, state: 'exited', writableBytes: 1_500 }, { label: ['keep'] }),
    sampleContainer({ id: ids.made, state: 'created', writableBytes: 500 }),
    sampleContainer({ id: ids.task, state: 'exited', taskId: 'task' }),
  ];

  async function pruned(line: string, input?: string) {
    const { asked, containers } = obedient();
    const list = async () => ({ containers: listed });
    let shown = '';
    await withDaemon({ containers: { ...containers, list } }, async ({ run }) => {
      shown = (await run(line.split(' '), input === undefined ? {} : { input })).stdout;
    });
    return { shown, removed: asked.map((request) => (request as { reference: string }).reference) };
  }

  it('removes what does not run and is no task’s', async () => {
    const { shown, removed } = await pruned('container prune -f');
    assert.deepEqual(removed, [ids.old, ids.made]);
    assert.equal(shown, `Deleted Containers:\n${ids.old}\n${ids.made}\n\nTotal reclaimed space: 2kB\n`);
  });

  it('asks first, and takes only a yes for one', async () => {
    assert.deepEqual((await pruned('container prune', 'n\n')).removed, []);
    assert.deepEqual((await pruned('container prune', 'y\n')).removed, [ids.old, ids.made]);
  });

  it('keeps to labels and ages', async () => {
    assert.deepEqual((await pruned('container prune -f --filter label=keep')).removed, [ids.old]);
    assert.deepEqual((await pruned('container prune -f --filter label!=keep')).removed, [ids.made]);
    assert.deepEqual((await pruned('container prune -f --filter until=1h')).removed, []);
    assert.deepEqual((await pruned('container prune -f --filter until=1m')).removed, [ids.old, ids.made]);
  });
});
