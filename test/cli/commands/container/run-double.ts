import assert from 'node:assert/strict';

import type { LocalContainerSpec } from '../../../../lib/domain/local-container.ts';
import type { StreamInput } from '../../../../proto/container-messages.ts';
import type { containerMethods } from '../../../../proto/container-services.ts';
import type { Handlers } from '../../../../proto/rpc.ts';
import { type CommandOutcome, type RunOptions, withDaemon } from '../../daemon-double.ts';
import { CONTAINER_ID, type Program, sampleContainer, streamHandler } from './sample-containers.ts';

export type ContainerHandlers = Partial<Handlers<typeof containerMethods>>;

export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
}

export function deferred<Value>(): Deferred<Value> {
  let settle: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
}

export function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

/** A daemon whose containers run this program; collects what it is asked. */
export function runDouble(program: Program, others: ContainerHandlers = {}) {
  const specs: LocalContainerSpec[] = [];
  const headers: StreamInput[] = [];
  const asked: string[] = [];
  const containers: ContainerHandlers = {
    create: async ({ spec }) => {
      specs.push(spec);
      return { id: CONTAINER_ID, warnings: [] };
    },
    attach: streamHandler(program, headers),
    exec: streamHandler(program, headers),
    start: async () => {
      asked.push('start');
      return {};
    },
    wait: async ({ condition }) => {
      asked.push(`wait ${condition}`);
      return { exitCode: 0, error: '' };
    },
    kill: async ({ signal }) => {
      asked.push(`kill ${signal}`);
      return {};
    },
    remove: async ({ force }) => {
      asked.push(`remove ${force}`);
      return {};
    },
    inspect: async () => sampleContainer(),
    ...others,
  };
  return { containers, specs, headers, asked };
}

export async function outcomeOf(
  line: string,
  containers: ContainerHandlers,
  options: RunOptions = { input: '' },
): Promise<CommandOutcome> {
  const outcomes: CommandOutcome[] = [];
  await withDaemon({ containers }, async ({ run }) => {
    outcomes.push(await run(line.split(' '), options));
  });
  const [outcome] = outcomes;
  assert.ok(outcome !== undefined);
  return outcome;
}

/** Says the same whatever comes, and ends. */
export function says(...messages: readonly Parameters<typeof Object.assign>[0][]): Program {
  return async function* () {
    for (const message of messages) yield message;
  };
}

/** A person who types these pieces and then nothing more. */
export async function* typing(pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield bytes(piece);
  await new Promise(() => undefined);
}
