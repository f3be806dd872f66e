import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { SkepError } from '../../../../lib/errors.ts';
import { withDaemon } from '../../daemon-double.ts';
import { bytes, deferred, outcomeOf, runDouble, says, typing } from './run-double.ts';
import { CONTAINER_ID, echo, type Program, sampleContainer } from './sample-containers.ts';

describe('skep run in the foreground', () => {
  it('creates, and starts with its streams attached from the first byte on', async () => {
    const { containers, headers, specs } = runDouble(says({ closed: true, exitCode: 0 }));
    const { exitCode, stderr } = await outcomeOf('run --name x web:1 ls -l', containers);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(specs[0]?.container.args, ['ls', '-l']);
    const attach = { reference: CONTAINER_ID, stdin: false, output: true, start: true };
    assert.deepEqual(headers[0]?.attach, attach);
  });

  it('keeps standard output and standard error apart', async () => {
    const program = says(
      { data: bytes('out') },
      { stream: 'stderr', data: bytes('err') },
      { closed: true, exitCode: 0 },
    );
    const outcome = await outcomeOf('run web:1', runDouble(program).containers);
    assert.equal(outcome.bytes.toString(), 'out');
    assert.equal(outcome.errorBytes.toString(), 'err');
  });

  it('shows only the streams that --attach names', async () => {
    const program = says(
      { data: bytes('out') },
      { stream: 'stderr', data: bytes('err') },
      { closed: true, exitCode: 0 },
    );
    const outcome = await outcomeOf('run -a stderr web:1', runDouble(program).containers);
    assert.equal(outcome.bytes.toString(), '');
    assert.equal(outcome.errorBytes.toString(), 'err');
  });

  for (const exitCode of [0, 1, 42, 137, 255]) {
    it(`ends with the container's exit code ${exitCode}`, async () => {
      const { containers } = runDouble(says({ closed: true, exitCode }));
      assert.equal((await outcomeOf('run web:1', containers)).exitCode, exitCode);
    });
  }

  it('sends its input and the end of it', async () => {
    const outcome = await outcomeOf('run -i web:1', runDouble(echo()).containers, { input: 'over and out' });
    assert.equal(outcome.bytes.toString(), 'over and out');
    assert.equal(outcome.exitCode, 0);
  });

  it('does not read its input without -i', async () => {
    const { containers, specs } = runDouble(says({ closed: true, exitCode: 0 }));
    await outcomeOf('run -a stdin -a stdout web:1', containers, {
      typed: (async function* () {
        yield await Promise.reject(new Error('it was read'));
      })(),
    });
    assert.equal(specs[0]?.container.openStdin, undefined);
  });

  it('writes a megabyte of binary output as it is', async () => {
    const block = Buffer.from(Array.from({ length: 65_536 }, (_, index) => index % 256));
    const program: Program = async function* () {
      for (let at = 0; at < 16; at++) yield { data: block };
      yield { closed: true, exitCode: 0 };
    };
    const outcome = await outcomeOf('run web:1', runDouble(program).containers);
    assert.ok(outcome.bytes.equals(Buffer.concat(Array.from({ length: 16 }, () => block))));
  });

  it('takes output no faster than its reader does', async () => {
    let said = 0;
    const isStopped = deferred<void>();
    const goOn = deferred<void>();
    const total = 2_000;
    const program: Program = async function* () {
      for (; said < total; said++) yield { data: Buffer.alloc(32_768) };
      yield { closed: true, exitCode: 0 };
    };
    let taken = 0;
    const outcome = outcomeOf('run web:1', runDouble(program).containers, {
      input: '',
      takeBytes: async (part) => {
        taken += part.length;
        isStopped.resolve();
        await goOn.promise;
      },
    });
    await isStopped.promise;
    // The producer comes to rest: what it said does not change any more although nobody reads.
    for (let before = -1; before !== said; ) {
      before = said;
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(said < total / 2, `${said} of ${total} pieces were taken while nobody read`);
    goOn.resolve();
    assert.equal((await outcome).exitCode, 0);
    assert.equal(taken, total * 32_768);
  });

  it('with --rm ends once the container is gone', async () => {
    const { containers, asked } = runDouble(says({ closed: true, exitCode: 3 }));
    assert.equal((await outcomeOf('run --rm web:1', containers)).exitCode, 3);
    assert.deepEqual(asked, ['wait removed']);
    const gone = runDouble(says({ closed: true, exitCode: 3 }), {
      wait: async () => {
        throw new SkepError('NOT_FOUND', 'no such container');
      },
    });
    assert.equal((await outcomeOf('run --rm web:1', gone.containers)).exitCode, 3);
  });

  it('asks how the container ended when the stream did not say', async () => {
    const ended = { inspect: async () => sampleContainer({ state: 'exited', exitCode: 9 }) };
    const closed = says({ closed: true });
    assert.equal((await outcomeOf('run web:1', runDouble(closed, ended).containers)).exitCode, 9);
    const goesOn = await outcomeOf('run web:1', runDouble(closed).containers);
    assert.equal(goesOn.exitCode, 125);
    assert.match(goesOn.stderr, /connection to web was closed, and it goes on/);
  });

  const failures: readonly (readonly [exitCode: number, message: string])[] = [
    [127, 'exec: "foo": executable file not found in $PATH (step 71, exec foo, ENOENT)'],
    [126, 'exec: "/etc": permission denied (step 71, exec /etc, EACCES)'],
    [125, 'port 80 is taken by container db'],
  ];
  for (const [exitCode, message] of failures) {
    it(`ends with ${exitCode} when the start fails: ${message.slice(0, 30)}`, async () => {
      const { containers, asked } = runDouble(echo(), {
        // biome-ignore lint/correctness/useYield: a stream that is refused has no message.
        attach: async function* () {
          throw new SkepError('FAILED_PRECONDITION', message);
        },
      });
      const outcome = await outcomeOf('run --rm web:1 foo', containers);
      assert.equal(outcome.exitCode, exitCode);
      assert.match(outcome.stderr, /^Error: .+\n$/);
      assert.deepEqual(asked, ['remove true']);
    });
  }

  it('leaves a container that could not be started, unless it was to be removed', async () => {
    const { containers, asked } = runDouble(echo(), {
      // biome-ignore lint/correctness/useYield: a stream that is refused has no message.
      attach: async function* () {
        throw new SkepError('FAILED_PRECONDITION', 'port 80 is taken');
      },
    });
    assert.equal((await outcomeOf('run web:1', containers)).exitCode, 125);
    assert.deepEqual(asked, []);
  });

  it('says how a missing image comes to the node', async () => {
    const { containers } = runDouble(echo(), {
      create: async () => {
        throw new SkepError('NOT_FOUND', 'no such image: web:1');
      },
    });
    const outcome = await outcomeOf('run web:1', containers);
    assert.equal(outcome.exitCode, 125);
    assert.match(outcome.stderr, /no such image: web:1 \(bring web:1 to this node: skep image load/);
  });

  it('refuses a terminal where standard input is none, before it makes anything', async () => {
    const { containers, specs } = runDouble(echo());
    const outcome = await outcomeOf('run -it web:1', containers, { input: '' });
    assert.equal(outcome.exitCode, 125);
    assert.match(outcome.stderr, /the input device is not a TTY/);
    assert.equal(specs.length, 0);
    const alone = await outcomeOf('run -t web:1', runDouble(says({ closed: true, exitCode: 0 })).containers, {
      input: '',
    });
    assert.equal(alone.exitCode, 0, 'a terminal without input needs none here');
    assert.equal(alone.rawMode.entered, 0);
  });
});

describe('skep run -d', () => {
  it('prints the id and does not attach', async () => {
    const { containers, asked, headers } = runDouble(echo());
    assert.equal((await outcomeOf('run -d web:1', containers)).stdout, `${CONTAINER_ID}\n`);
    assert.deepEqual(asked, ['start']);
    assert.equal(headers.length, 0);
    assert.equal((await outcomeOf('run -d -a stdin web:1', containers)).exitCode, 125);
  });

  it('writes the id to --cidfile, which must not be there before', async () => {
    const { containers, specs } = runDouble(echo());
    await withDaemon({ containers }, async ({ run, folder }) => {
      const file = join(folder, 'cid');
      assert.equal((await run(['run', '-d', '--cidfile', file, 'web:1'])).exitCode, 0);
      assert.equal(await readFile(file, 'utf8'), CONTAINER_ID);
      const again = await run(['run', '-d', '--cidfile', file, 'web:1']);
      assert.equal(again.exitCode, 125);
      assert.match(again.stderr, /cannot make the file/);
      assert.equal(specs.length, 1);
    });
  });
});
describe('a terminal', () => {
  it('is in raw mode while the stream is open, and restored when the daemon goes away too', async () => {
    const fine = await outcomeOf('run -it web:1', runDouble(says({ closed: true, exitCode: 0 })).containers, {
      typed: typing([]),
    });
    assert.deepEqual(fine.rawMode, { entered: 1, left: 1 });
    const broken: Program = async function* () {
      yield { data: bytes('x') };
      throw new SkepError('UNAVAILABLE', 'the daemon stops');
    };
    const outcome = await outcomeOf('run -it web:1', runDouble(broken).containers, { typed: typing([]) });
    assert.deepEqual(outcome.rawMode, { entered: 1, left: 1 });
    assert.equal(outcome.exitCode, 125);
  });

  it('sends its size at first, and each time it changes', async () => {
    let resize: () => void = () => undefined;
    let size = { columns: 80, rows: 24 };
    const sizes: unknown[] = [];
    const { containers, headers } = runDouble(async function* (inputs) {
      yield { data: bytes('$ ') };
      for await (const input of inputs) {
        sizes.push(input.size);
        break;
      }
      yield { closed: true, exitCode: 0 };
    });
    await outcomeOf('run -it web:1', containers, {
      typed: typing([]),
      size: () => size,
      onResizable: (callback) => {
        resize = callback;
      },
      takeBytes: async () => {
        size = { columns: 132, rows: 50 };
        resize();
      },
    });
    assert.deepEqual(headers[0]?.attach?.size, { columns: 80, rows: 24 });
    assert.deepEqual(sizes, [{ columns: 132, rows: 50 }]);
  });

  /** What comes of a line when these pieces are typed, each once everything before came back. */
  async function typedAt(line: string, pieces: readonly string[], expected: string) {
    const { containers, asked } = runDouble(async function* (inputs) {
      for await (const input of inputs) yield { data: input.data };
    });
    const cameBack = deferred<void>();
    let shown = '';
    const outcome = await outcomeOf(line, containers, {
      typed: (async function* () {
        yield* pieces.slice(0, -1).map(bytes);
        await cameBack.promise;
        yield bytes(pieces.at(-1) ?? '');
        await new Promise(() => undefined);
      })(),
      takeBytes: async (part) => {
        shown += Buffer.from(part).toString();
        if (shown === expected) cameBack.resolve();
      },
    });
    return { outcome, asked, shown };
  }

  it('is let go by the detach keys, and the container goes on', async () => {
    const { outcome, asked, shown } = await typedAt('run -it --rm web:1', ['a', '\x10', '\x11'], 'a');
    assert.equal(outcome.exitCode, 0);
    assert.equal(shown, 'a');
    assert.match(outcome.stderr, /read escape sequence/);
    assert.deepEqual(outcome.rawMode, { entered: 1, left: 1 });
    assert.deepEqual(asked, [], 'nobody waits for its removal');
  });

  it('has other detach keys when they are given, and passes the usual ones on', async () => {
    const pieces = ['\x10\x11', '\x01', 'b', '\x01', 'd'];
    const line = 'run -it --detach-keys ctrl-a,d web:1';
    const { outcome, shown } = await typedAt(line, pieces, '\x10\x11\x01b');
    assert.equal(outcome.exitCode, 0);
    assert.equal(shown, '\x10\x11\x01b');
  });

  it('makes a program that draws already draw anew when attached to', async () => {
    const sizes: unknown[] = [];
    const tty = sampleContainer({}, { tty: true, interactive: true });
    const program: Program = async function* (inputs, header) {
      sizes.push(header.attach?.size);
      for await (const input of inputs) {
        sizes.push(input.size);
        break;
      }
      yield { closed: true, exitCode: 4 };
    };
    const { containers } = runDouble(program, { inspect: async () => tty });
    const options = { typed: typing([]), size: () => ({ columns: 80, rows: 24 }) };
    assert.equal((await outcomeOf('attach web', containers, options)).exitCode, 4);
    assert.deepEqual(sizes, [
      { columns: 80, rows: 25 },
      { columns: 80, rows: 24 },
    ]);
  });
});

describe('a signal', () => {
  /** Runs until a signal reached the container; `send` is called once output shows that the stream is open. */
  async function signalled(line: string, names: readonly NodeJS.Signals[]) {
    const reached = deferred<void>();
    const double = runDouble(
      async function* () {
        yield { data: bytes('up') };
        await reached.promise;
        yield { closed: true, exitCode: 143 };
      },
      {
        kill: async ({ signal }) => {
          // One that is slow to arrive must not be overtaken by the next.
          for (let turn = 0; turn < 50 && signal === 'HUP'; turn++) {
            await new Promise((resolve) => setImmediate(resolve));
          }
          double.asked.push(`kill ${signal}`);
          if (double.asked.length === names.length) reached.resolve();
          return {};
        },
      },
    );
    let send: (name: NodeJS.Signals) => void = () => undefined;
    const outcome = await outcomeOf(line, double.containers, {
      input: '',
      onSignals: (sender) => {
        send = sender;
      },
      takeBytes: async () => {
        for (const name of names) send(name);
      },
    });
    reached.resolve();
    return { outcome, asked: double.asked };
  }

  it('goes to the container in its order, and the container’s end is awaited', async () => {
    const { outcome, asked } = await signalled('run web:1', ['SIGHUP', 'SIGUSR1', 'SIGINT']);
    assert.deepEqual(asked, ['kill HUP', 'kill USR1', 'kill INT']);
    assert.equal(outcome.exitCode, 143);
  });

  it('ends this side alone with --sig-proxy=false', async () => {
    const { outcome, asked } = await signalled('run --sig-proxy=false web:1', ['SIGTERM']);
    assert.deepEqual(asked, []);
    assert.equal(outcome.exitCode, 143);
  });

  it('ends this side alone where a terminal’s keys send signals', async () => {
    const { outcome, asked } = await signalled('run -t web:1', ['SIGINT']);
    assert.deepEqual(asked, []);
    assert.equal(outcome.exitCode, 130);
  });

  it('that comes after the container has ended is nobody’s fault', async () => {
    const { containers } = runDouble(
      async function* () {
        yield { data: bytes('up') };
        yield { closed: true, exitCode: 0 };
      },
      {
        kill: async () => {
          throw new SkepError('FAILED_PRECONDITION', 'it does not run');
        },
      },
    );
    let send: (name: NodeJS.Signals) => void = () => undefined;
    const outcome = await outcomeOf('run web:1', containers, {
      input: '',
      onSignals: (sender) => {
        send = sender;
      },
      takeBytes: async () => send('SIGINT'),
    });
    assert.equal(outcome.exitCode, 0);
    assert.equal(outcome.stderr, '');
  });
});
