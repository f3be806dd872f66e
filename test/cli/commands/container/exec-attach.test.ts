import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { SkepError } from '../../../../lib/errors.ts';
import { bytes, type ContainerHandlers, outcomeOf, runDouble, says } from './run-double.ts';
import { echo, sampleContainer } from './sample-containers.ts';

describe('skep exec', () => {
  it('asks for everything that its flags say', async () => {
    const { containers, headers } = runDouble(echo(5));
    const line = 'exec -i -e A=1 -e HOME -u root -w /tmp --privileged web sh -c x -t';
    const options = { input: 'in', environment: { HOME: '/h' } };
    const outcome = await outcomeOf(line, containers, options);
    assert.equal(outcome.exitCode, 5);
    assert.equal(outcome.bytes.toString(), 'in');
    assert.deepEqual(headers[0]?.exec, {
      reference: 'web',
      argv: ['sh', '-c', 'x', '-t'],
      env: ['A=1', 'HOME=/h'],
      workdir: '/tmp',
      user: 'root',
      tty: false,
      stdin: true,
      privileged: true,
      detach: false,
    });
  });

  it('neither reads nor waits with -d', async () => {
    const { containers, headers } = runDouble(says({ closed: true }));
    const outcome = await outcomeOf('exec -d -i web sleep 9', containers, { input: 'in' });
    assert.equal(outcome.exitCode, 0);
    assert.equal(headers[0]?.exec?.detach, true);
    assert.equal(headers[0]?.exec?.stdin, false);
  });

  it('ends with 126 or 127 for a program that does not run, and with 1 for a container that does not', async () => {
    const failing = (message: string): ContainerHandlers => ({
      // biome-ignore lint/correctness/useYield: a stream that is refused has no message.
      exec: async function* () {
        throw new SkepError('FAILED_PRECONDITION', message);
      },
    });
    const missing = failing('exec: "foo": executable file not found in $PATH (step 9, exec foo, ENOENT)');
    assert.equal((await outcomeOf('exec web foo', missing)).exitCode, 127);
    const denied = failing('exec: "/x": permission denied (step 9, exec /x, EACCES)');
    assert.equal((await outcomeOf('exec web /x', denied)).exitCode, 126);
    assert.equal((await outcomeOf('exec web ls', failing('web does not run'))).exitCode, 1);
    assert.equal((await outcomeOf('exec -it web ls', failing('never asked'))).exitCode, 1);
  });
});

describe('skep start and skep attach', () => {
  it('start prints names, and starts one container attached', async () => {
    const { containers, asked, headers } = runDouble(
      says({ data: bytes('x') }, { closed: true, exitCode: 6 }),
    );
    assert.equal((await outcomeOf('start web db', containers)).stdout, 'web\ndb\n');
    assert.deepEqual(asked, ['start', 'start']);
    const attached = await outcomeOf('start -a web', containers);
    assert.equal(attached.exitCode, 6);
    assert.equal(attached.bytes.toString(), 'x');
    assert.equal(headers[0]?.attach?.start, true);
    assert.equal((await outcomeOf('start -a web db', containers)).exitCode, 2);
  });

  it('attach joins input only where the container keeps it open', async () => {
    const open = runDouble(echo(), { inspect: async () => sampleContainer({}, { interactive: true }) });
    assert.equal((await outcomeOf('attach web', open.containers, { input: 'hi' })).bytes.toString(), 'hi');
    const without = await outcomeOf(
      'attach --no-stdin web',
      runDouble(says({ closed: true, exitCode: 0 })).containers,
    );
    assert.equal(without.exitCode, 0);
    const { containers, headers } = runDouble(says({ closed: true, exitCode: 2 }));
    assert.equal((await outcomeOf('attach web', containers)).exitCode, 2);
    assert.equal(headers[0]?.attach?.stdin, false);
    assert.equal(headers[0]?.attach?.start, false);
  });

  it('attach refuses what does not run, with what would help', async () => {
    const rows = { exited: /skep start --attach web/, paused: /skep unpause web/ } as const;
    for (const state of ['exited', 'paused'] as const) {
      const { containers } = runDouble(echo(), { inspect: async () => sampleContainer({ state }) });
      const outcome = await outcomeOf('attach web', containers);
      assert.equal(outcome.exitCode, 1);
      assert.match(outcome.stderr, rows[state]);
    }
  });
});
