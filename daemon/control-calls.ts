import type { ControlApi } from '../manager/api/control-api.ts';
import type { Replica } from '../manager/store/replica.ts';
import type { Call, CallSettings, Handlers } from '../proto/rpc.ts';
import { controlMethods } from '../proto/services.ts';
import { controlHandlers } from './control-handlers.ts';
import { FORWARDED_HEADER, type LeaderCalls, type ToLeader } from './to-leader.ts';

type Control = Handlers<typeof controlMethods>;
type AnyHandler = (request: unknown, call: Call) => unknown;
type AnyCaller = (request: unknown, settings: CallSettings) => unknown;

/** Answered by any manager from its own copy of the store, once that copy is as new as the call. */
const READS: ReadonlySet<string> = new Set([
  'getService',
  'listServices',
  'listTasks',
  'getTask',
  'listNodes',
  'getNode',
  'listNetworks',
  'getNetwork',
  'getCluster',
  'getUnlockKey',
  'saveBackup',
  'watch',
]);

/**
 * The control interface of a manager, whether it leads or not: reads are answered here, everything else where the
 * leader is. A call that another manager passed on is answered here or not at all.
 */
export function controlCalls(options: {
  readonly api: ControlApi;
  readonly replica: Replica;
  readonly toLeader: ToLeader;
}): Control {
  const { api, replica, toLeader } = options;
  const here = controlHandlers(api, replica, () => toLeader.requireLeading().logBroker);

  const start = async (name: string, request: unknown, call: Call): Promise<unknown> => {
    const handler = here[name as keyof Control] as AnyHandler;
    if (READS.has(name)) {
      await replica.readBarrier();
      return handler(request, call);
    }
    const local = async (): Promise<unknown> => handler(request, call);
    if (call.header(FORWARDED_HEADER) !== undefined) return toLeader.runHere(local);
    const remote = async (calls: LeaderCalls): Promise<unknown> => {
      const settings = { signal: call.signal, headers: { [FORWARDED_HEADER]: '1' } };
      return (calls[name as keyof LeaderCalls] as AnyCaller)(request, settings);
    };
    return toLeader.run(local, remote);
  };

  const handlers = Object.entries(controlMethods).map(([name, method]) => {
    if (method.kind !== 'serverStream') {
      return [name, (request: unknown, call: Call) => start(name, request, call)];
    }
    return [
      name,
      async function* stream(request: unknown, call: Call) {
        yield* (await start(name, request, call)) as AsyncIterable<unknown>;
      },
    ];
  });
  return Object.fromEntries(handlers) as Control;
}
