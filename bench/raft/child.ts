import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a process of the benchmark is asked, and what it answers; plain data on both sides. */
export interface Question {
  readonly questionId: number;
  readonly question: unknown;
}
export interface Answer {
  readonly questionId: number;
  readonly answer?: unknown;
  readonly error?: string;
}

export interface Child {
  readonly pid: number;
  ask<Result>(question: unknown): Promise<Result>;
  /** SIGKILL without waiting for the end. */
  kill(): void;
  /** SIGKILL, and gone once it resolves. */
  end(): Promise<void>;
  isGone(): boolean;
}

/** Starts a module of this folder as a process with `settings`; resolves once it answers. */
export async function startChild(module: string, settings: object): Promise<Child> {
  const here = fileURLToPath(import.meta.url);
  const file = path.join(path.dirname(here), `${module}${path.extname(here)}`);
  const child = fork(file, [JSON.stringify(settings)], { serialization: 'advanced' });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let nextId = 1;
  child.on('message', (message: Answer) => {
    const one = waiting.get(message.questionId);
    waiting.delete(message.questionId);
    if (message.error === undefined) one?.resolve(message.answer);
    else one?.reject(new Error(message.error));
  });
  child.once('exit', () => {
    for (const one of waiting.values()) one.reject(new Error(`the process of ${module} ended`));
    waiting.clear();
  });
  const ask = <Result>(question: unknown): Promise<Result> =>
    new Promise((resolve, reject) => {
      if (isGone(child)) throw new Error(`the process of ${module} has ended`);
      const questionId = nextId++;
      waiting.set(questionId, { resolve: resolve as (value: unknown) => void, reject });
      child.send({ questionId, question } satisfies Question);
    });
  await ask('ready');
  return {
    pid: child.pid ?? 0,
    ask,
    kill: () => void child.kill('SIGKILL'),
    end: () => endProcess(child),
    isGone: () => isGone(child),
  };
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** SIGKILL, and gone once it resolves. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (isGone(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** The other side: answers in a child process. Settings are what `startChild` was given. */
export function serveQuestions<Settings>(
  start: (settings: Settings) => Promise<(question: unknown) => Promise<unknown>>,
): void {
  const started = start(JSON.parse(process.argv[2] ?? '{}') as Settings);
  process.on('message', ({ questionId, question }: Question) => {
    started
      .then((answer) => (question === 'ready' ? undefined : answer(question)))
      .then(
        (answer) => process.send?.({ questionId, answer } satisfies Answer),
        (thrown: unknown) => process.send?.({ questionId, error: String(thrown) } satisfies Answer),
      );
  });
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit());
}

/** A port of the loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Asks again until there is an answer that counts; fails after `timeoutMs`. */
export async function eventually<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  timeoutMs = 60_000,
): Promise<Found> {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > untilMs) throw new Error(`did not happen within ${timeoutMs / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
