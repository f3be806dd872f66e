import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { projectRoot } from '../../../../cli/project.ts';
import { SkepError } from '../../../../lib/errors.ts';
import type { StreamInput } from '../../../../proto/container-messages.ts';
import { withDaemon } from '../../daemon-double.ts';
import { type PtyOutcome, type PtyStep, runOnTerminal } from './pty-session.ts';
import { CONTAINER_ID, echo, type Program, streamHandler } from './sample-containers.ts';

const SKEP = join(projectRoot(), 'bin/skep');
const SIGTERM = 15;
const COOKED = 'icanon echo isig opost';

interface Double {
  readonly headers: readonly StreamInput[];
  readonly kills: readonly string[];
  /** The launcher and the words before the command. */
  readonly skep: readonly string[];
}

/** The built command line against a daemon whose containers run this program. */
async function withSkep(program: Program, use: (double: Double) => Promise<void>): Promise<void> {
  const headers: StreamInput[] = [];
  const kills: string[] = [];
  const containers = {
    create: async () => ({ id: CONTAINER_ID, warnings: [] }),
    attach: streamHandler(program, headers),
    kill: async ({ signal }: { signal: string }) => {
      kills.push(signal);
      return {};
    },
  };
  await withDaemon({ containers }, async ({ folder }) => {
    await use({ headers, kills, skep: [SKEP, '-H', `unix://${join(folder, 'skep.sock')}`] });
  });
}

async function onTerminal(program: Program, steps: readonly PtyStep[], line = 'run -it web:1') {
  const outcomes: PtyOutcome[] = [];
  const seen: StreamInput[] = [];
  await withSkep(program, async ({ skep, headers }) => {
    outcomes.push(await runOnTerminal([...skep, ...line.split(' ')], steps));
    seen.push(...headers);
  });
  const [outcome] = outcomes;
  assert.ok(outcome !== undefined);
  return { ...outcome, header: seen[0] };
}

/** Shows what is typed, in hexadecimal, and the sizes of the terminal; ends at a `q`. */
const shell: Program = async function* (inputs) {
  yield { data: Buffer.from('ready') };
  for await (const { data, size } of inputs) {
    if (size !== undefined) yield { data: Buffer.from(`size ${size.columns}x${size.rows};`) };
    const typed = Buffer.from(data);
    if (typed.length > 0) yield { data: Buffer.from(`<${typed.toString('hex')}>\n`) };
    if (typed.includes('q')) break;
  }
  yield { closed: true, exitCode: 7 };
};

describe('skep run -it on a terminal', () => {
  it('passes every key on as it is, and restores the terminal at the end', async () => {
    const outcome = await onTerminal(shell, [
      ['expect', 'ready'],
      ['mode'],
      ['type', '\x03'],
      ['expect', '<03>'],
      ['type', '\r'],
      ['expect', '<0d>'],
      ['type', 'q'],
    ]);
    assert.equal(outcome.exitCode, 7);
    assert.deepEqual(outcome.modes, [''], 'nothing of the keys and of the output is changed on the way');
    assert.ok(outcome.output.includes('<03>\n<0d>\n'), JSON.stringify(outcome.output));
    assert.equal(outcome.restored, true);
    assert.deepEqual(outcome.header?.attach?.size, { columns: 80, rows: 24 });
  });

  it('tells the container of a new size', async () => {
    const steps: PtyStep[] = [
      ['expect', 'ready'],
      ['resize', 50, 132],
      ['expect', 'size 132x50;'],
      ['type', 'q'],
    ];
    const outcome = await onTerminal(shell, steps);
    assert.match(outcome.output, /size 132x50;/);
    assert.equal(outcome.exitCode, 7);
  });

  it('restores the terminal after ctrl-p ctrl-q', async () => {
    const outcome = await onTerminal(shell, [
      ['expect', 'ready'],
      ['type', '\x10\x11'],
    ]);
    assert.equal(outcome.exitCode, 0);
    assert.match(outcome.output, /read escape sequence/);
    assert.equal(outcome.restored, true);
  });

  it('restores the terminal when a signal ends it', async () => {
    const outcome = await onTerminal(shell, [
      ['expect', 'ready'],
      ['signal', SIGTERM],
    ]);
    assert.equal(outcome.exitCode, 143);
    assert.equal(outcome.restored, true);
  });

  it('restores the terminal when the daemon goes away', async () => {
    const broken: Program = async function* (inputs) {
      yield { data: Buffer.from('ready') };
      for await (const _ of inputs) throw new SkepError('UNAVAILABLE', 'the daemon stops');
    };
    const outcome = await onTerminal(broken, [['expect', 'ready'], ['mode'], ['type', 'x']]);
    assert.equal(outcome.exitCode, 125);
    assert.match(outcome.output, /the daemon stops/);
    assert.deepEqual(outcome.modes, ['']);
    assert.equal(outcome.restored, true);
  });

  it('leaves the terminal as it is without -t', async () => {
    const outcome = await onTerminal(shell, [['expect', 'ready'], ['mode'], ['type', 'q\n']], 'run -i web:1');
    assert.equal(outcome.exitCode, 7);
    assert.deepEqual(outcome.modes, [COOKED]);
  });
});

describe('skep run in a pipeline', () => {
  it('ends with its container although its input stays open', async () => {
    const program: Program = async function* () {
      yield { closed: true, exitCode: 3 };
    };
    await withSkep(program, async ({ skep: [launcher = '', ...words] }) => {
      const child = spawn(launcher, [...words, 'run', '-i', 'web:1'], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      const [exitCode] = await once(child, 'exit');
      child.stdin.destroy();
      assert.equal(exitCode, 3);
    });
  });

  it('passes input and its end on, and every byte back', async () => {
    await withSkep(echo(), async ({ skep: [launcher = '', ...words] }) => {
      const child = spawn(launcher, [...words, 'run', '-i', 'web:1'], { stdio: ['pipe', 'pipe', 'inherit'] });
      const sent = Buffer.alloc(3_000_000, 'the same line again\n');
      child.stdin.end(sent);
      const parts: Buffer[] = [];
      for await (const part of child.stdout) parts.push(part as Buffer);
      assert.ok(Buffer.concat(parts).equals(sent));
    });
  });

  it('makes the container wait for a slow reader, and loses nothing', async () => {
    const lines = 40_000;
    let said = 0;
    const program: Program = async function* () {
      for (; said < lines; said++) yield { data: Buffer.from(`${String(said).padStart(999, '0')}\n`) };
      yield { closed: true, exitCode: 0 };
    };
    await withSkep(program, async ({ skep: [launcher = '', ...words] }) => {
      const child = spawn(launcher, [...words, 'run', 'web:1'], { stdio: ['ignore', 'pipe', 'inherit'] });
      let before = -1;
      while (said === 0 || before !== said) {
        before = said;
        await setTimeout(200);
      }
      assert.ok(said < lines / 2, `${said} lines were taken while nobody read`);
      let next = 0;
      let rest = '';
      for await (const part of child.stdout) {
        const whole = (rest + (part as Buffer).toString()).split('\n');
        rest = whole.pop() ?? '';
        for (const line of whole) assert.equal(Number(line), next++);
      }
      assert.equal(next, lines);
    });
  });

  it('passes signals on, and ends as the container does', async () => {
    const interrupted: { resolve: () => void } = { resolve: () => undefined };
    const wasInterrupted = new Promise<void>((resolve) => {
      interrupted.resolve = resolve;
    });
    const program: Program = async function* () {
      yield { data: Buffer.from('up\n') };
      await wasInterrupted;
      yield { closed: true, exitCode: 130 };
    };
    await withSkep(program, async ({ skep: [launcher = '', ...words], kills }) => {
      const child = spawn(launcher, [...words, 'run', 'web:1'], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      child.kill('SIGUSR1');
      child.kill('SIGINT');
      while (kills.length < 2) await setTimeout(10);
      interrupted.resolve();
      const [exitCode] = await once(child, 'exit');
      assert.deepEqual([...kills].sort(), ['INT', 'USR1']);
      assert.equal(exitCode, 130);
    });
  });
});
