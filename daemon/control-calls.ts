import { SkepError } from '../lib/errors.ts';
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
    const local = () => refusedByTheLeader(replica, async () => handler(request, call));
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

/** Errors that do not say that the state forbids the request. */
const NO_REFUSALS: ReadonlySet<string> = new Set([
  'NOT_LEADER',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
]);

/**
 * A leader that was cut off goes on for a moment with a state of the past. What it commits is safe, but what it
 * refuses may be in order by now: a refusal only counts when this manager still leads after it. Throws NOT_LEADER
 * otherwise, and the request is made again where the leader is.
 */
async function refusedByTheLeader(replica: Replica, handle: () => Promise<unknown>): Promise<unknown> {
  const { term } = replica.leadership();
  try {
    return await handle();
  } catch (thrown) {
    if (!(thrown instanceof SkepError) || NO_REFUSALS.has(thrown.code)) throw thrown;
    await replica.readBarrier();
    const now = replica.leadership();
    if (now.isLeader && now.term === term) throw thrown;
    throw new SkepError('NOT_LEADER', 'this manager lost the lead, and nothing was changed', {
      cause: thrown,
    });
  }
}
