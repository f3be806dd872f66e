import { SkepError } from '../../../lib/errors.ts';
import type { Network } from './network.ts';
import { isAlive, type Schedule, type SimProcess } from './schedule.ts';

/** A connection that carries nothing is noticed to be dead after so long, as with gRPC's keepalive. */
const KEEPALIVE_MS = 4_000;
const CONNECT_MS = 2;

/** Whoever takes calls, under a name; the process is another one after a restart. */
export interface Endpoint {
  readonly name: string;
  process(): SimProcess | undefined;
}

/** One end of calls: the process that calls, on the machine of that name. */
export interface Caller {
  readonly name: string;
  readonly process: SimProcess;
}

export interface CallSettings {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Calls between machines over connections: nothing is lost without being noticed, but an outcome may stay unknown. */
export interface Rpc {
  unary<Response>(
    caller: Caller,
    endpoint: Endpoint,
    handle: () => Promise<Response>,
    settings?: CallSettings,
  ): Promise<Response>;
  stream<Message>(
    caller: Caller,
    endpoint: Endpoint,
    handle: (signal: AbortSignal) => AsyncIterable<Message>,
    settings?: CallSettings,
  ): AsyncGenerator<Message>;
  /** The process is gone: whoever is connected to it hears of it, if the link is whole. */
  noteDeath(process: SimProcess, name: string): void;
}

const DEFAULT_TIMEOUT_MS = 15_000;

interface Listener {
  readonly caller: Caller;
  readonly onDeath: () => void;
}

/** No calls are under way. */
export function createRpc(schedule: Schedule, network: Network): Rpc {
  const listeners = new Map<SimProcess, Set<Listener>>();

  const listen = (process: SimProcess, caller: Caller, onDeath: () => void): (() => void) => {
    const listener = { caller, onDeath };
    const all = listeners.get(process) ?? new Set();
    listeners.set(process, all.add(listener));
    return () => all.delete(listener);
  };

  const unary: Rpc['unary'] = (caller, endpoint, handle, settings = {}) =>
    new Promise((resolve, reject) => {
      const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = settings;
      let unlisten = (): unknown => undefined;
      const settle = (finish: () => void): void => {
        cancelTimeout();
        signal?.removeEventListener('abort', abort);
        unlisten();
        finish();
      };
      const abort = (): void => settle(() => reject(new SkepError('CANCELLED', 'the call was given up')));
      const cancelTimeout = schedule.after(caller.process, timeoutMs, 'call timeout', () =>
        settle(() => reject(new SkepError('DEADLINE_EXCEEDED', `${endpoint.name} did not answer in time`))),
      );
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted === true) return abort();
      const server = endpoint.process();
      const back = { from: endpoint.name, to: caller.name };
      if (server === undefined) {
        if (network.isCut({ from: caller.name, to: endpoint.name }) || network.isCut(back)) return;
        schedule.after(caller.process, CONNECT_MS, 'refused', () =>
          settle(() => reject(unreachable(endpoint))),
        );
        return;
      }
      unlisten = listen(server, caller, () => settle(() => reject(unreachable(endpoint))));
      network.sendOrdered({ from: caller.name, to: endpoint.name }, server, () => {
        handle().then(
          (value) => network.sendOrdered(back, caller.process, () => settle(() => resolve(value))),
          (thrown) => network.sendOrdered(back, caller.process, () => settle(() => reject(thrown))),
        );
      });
    });

  return {
    unary,
    stream: (caller, endpoint, handle, settings) =>
      callStream({ schedule, network, listen }, { caller, endpoint, handle, settings }),
    noteDeath: (process, name) => {
      for (const { caller, onDeath } of listeners.get(process) ?? []) {
        if (!isAlive(caller.process) || network.isCut({ from: name, to: caller.name })) continue;
        schedule.after(caller.process, CONNECT_MS, 'reset', onDeath);
      }
      listeners.delete(process);
    },
  };
}

interface Surroundings {
  readonly schedule: Schedule;
  readonly network: Network;
  readonly listen: (process: SimProcess, caller: Caller, onDeath: () => void) => () => void;
}

interface StreamCall<Message> {
  readonly caller: Caller;
  readonly endpoint: Endpoint;
  readonly handle: (signal: AbortSignal) => AsyncIterable<Message>;
  readonly settings: CallSettings | undefined;
}

type Arrival<Message> =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'end'; readonly thrown: unknown };

async function* callStream<Message>(
  { schedule, network, listen }: Surroundings,
  { caller, endpoint, handle, settings }: StreamCall<Message>,
): AsyncGenerator<Message> {
  const server = endpoint.process();
  if (server === undefined) throw unreachable(endpoint);
  const arrivals: Arrival<Message>[] = [];
  let wake = (): void => undefined;
  const arrive = (arrival: Arrival<Message>): void => {
    arrivals.push(arrival);
    wake();
  };
  const end = (thrown: unknown): void => arrive({ kind: 'end', thrown });
  const noticeLater = (process: SimProcess, notice: () => void): void =>
    void schedule.after(process, KEEPALIVE_MS, 'keepalive', notice);
  const lose = (): void => noticeLater(caller.process, () => end(unreachable(endpoint)));
  const onAbort = (): void => end(new SkepError('CANCELLED', 'the stream was given up'));
  const abort = new AbortController();
  const forth = { from: caller.name, to: endpoint.name };
  const back = { from: endpoint.name, to: caller.name };
  const pump = async (): Promise<void> => {
    try {
      for await (const message of handle(abort.signal)) {
        if (network.sendOrdered(back, caller.process, () => arrive({ kind: 'message', message }))) continue;
        lose();
        break;
      }
      network.sendOrdered(back, caller.process, () => end(undefined));
    } catch (thrown) {
      if (!network.sendOrdered(back, caller.process, () => end(thrown))) lose();
    }
  };
  const unlisten = listen(server, caller, () => end(unreachable(endpoint)));
  if (!network.sendOrdered(forth, server, () => void pump())) lose();
  settings?.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (settings?.signal?.aborted === true) onAbort();
    for (;;) {
      const arrival = arrivals.shift();
      if (arrival === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (arrival.kind === 'message') {
        yield arrival.message;
      } else if (arrival.thrown === undefined) {
        return;
      } else {
        throw arrival.thrown;
      }
    }
  } finally {
    unlisten();
    settings?.signal?.removeEventListener('abort', onAbort);
    const stop = (): void => abort.abort();
    if (!network.sendOrdered(forth, server, stop)) noticeLater(server, stop);
  }
}

function unreachable(endpoint: Endpoint): SkepError {
  return new SkepError('UNAVAILABLE', `${endpoint.name} cannot be reached`);
}
