import { specOfContainer } from '../../../../cli/commands/container/container-spec.ts';
import type { Flags } from '../../../../cli/commands/service/flag-values.ts';
import type { LocalContainerSpec } from '../../../../lib/domain/local-container.ts';
import type {
  LocalContainerMessage,
  StreamInput,
  StreamOutput,
} from '../../../../proto/container-messages.ts';
import { THEN_MS } from '../../sample-objects.ts';

export const CONTAINER_ID = 'c0ffee'.padEnd(64, '0');

/** What a line of `run` with these flags asks for, on a node that resolves paths below /here. */
export function specOf(
  flags: Flags = {},
  args: readonly string[] = [],
  files: Record<string, string> = {},
): LocalContainerSpec {
  return specOfContainer('web:1', args, flags, {
    environment: { HOME: '/root' },
    files,
    resolvePath: (path) => (path.startsWith('/') ? path : `/here/${path.replace(/^\.\//, '')}`),
    platform: 'linux/amd64',
  });
}

/** A running container as the daemon tells of it. */
export function sampleContainer(
  fields: Partial<LocalContainerMessage> = {},
  flags: Flags = {},
): LocalContainerMessage {
  return {
    id: CONTAINER_ID,
    name: 'web',
    spec: specOf(flags),
    state: 'running',
    imageId: `sha256:${'ab'.repeat(32)}`,
    createdAtMs: THEN_MS - 120_000,
    startedAtMs: THEN_MS - 60_000,
    exitCode: 0,
    pid: 4_711,
    oomKilled: false,
    error: '',
    restartCount: 0,
    health: '',
    address: '10.88.0.2',
    ports: [],
    argv: ['/bin/web', '--port', '80'],
    logPath: '/var/lib/skep/web.log',
    taskId: '',
    serviceName: '',
    volumeFolders: {},
    healthLog: [],
    ...fields,
  };
}

/** A message of a container's stream that carries only what is given. */
export function streamOutput(fields: Partial<StreamOutput>): StreamOutput {
  return { open: false, stream: 'stdout', data: new Uint8Array(), closed: false, ...fields };
}

/** A program at the other end of a stream: says what it likes while it reads what comes. */
export type Program = (
  inputs: AsyncIterable<StreamInput>,
  header: StreamInput,
) => AsyncGenerator<Partial<StreamOutput>>;

/** A handler of `attach` or `exec` with this program behind it; `headers` collects what was asked. */
export function streamHandler(program: Program, headers: StreamInput[] = []) {
  return async function* (requests: AsyncIterable<StreamInput>): AsyncGenerator<StreamOutput> {
    const iterator = requests[Symbol.asyncIterator]();
    const header = (await iterator.next()).value as StreamInput;
    headers.push(header);
    yield streamOutput({ open: true });
    // A program that reads no further must not break its answers off with that.
    const rest = { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
    for await (const message of program(rest, header)) yield streamOutput(message);
  };
}

/** Says what it reads until its input ends, and ends with the exit code given. */
export function echo(exitCode = 0): Program {
  return async function* (inputs) {
    for await (const input of inputs) {
      if (input.data.length > 0) yield { data: input.data };
      if (input.end) break;
    }
    yield { closed: true, exitCode };
  };
}
