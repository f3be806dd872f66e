import type { Task } from '../lib/domain/task.ts';
import { SkepError } from '../lib/errors.ts';
import type { Replica } from '../manager/store/replica.ts';
import { findTaskOfContainer } from '../manager/tunnel/find-task.ts';
import type { ContainerStatsRequest, CopyToRequest, StreamInput } from '../proto/container-messages.ts';
import { containerMethods } from '../proto/container-services.ts';
import type { Call, Handlers } from '../proto/rpc.ts';
import type { TunnelTarget } from '../proto/tunnel-messages.ts';
import { mergeStats } from './container-stats.ts';
import type { Membership } from './membership.ts';
import { openTunnel } from './tunnel-opener.ts';

export type Containers = Handlers<typeof containerMethods>;

/** Calls a method of another node: encoded requests go in, encoded answers come out. */
export type CallNode = (
  target: TunnelTarget,
  requests: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
) => AsyncIterable<Uint8Array>;

/** What a node knows of containers elsewhere. */
export type Elsewhere =
  | { readonly kind: 'nothing'; readonly help: string }
  | {
      readonly kind: 'tasks';
      readonly nodeId: string;
      readonly replica: Pick<Replica, 'readBarrier' | 'store'>;
      readonly callNode: CallNode;
    };

type Name = keyof typeof containerMethods;
type Method = (typeof containerMethods)[Name];
type AnyCall = (request: unknown, call: Call) => unknown;

/** Where the container of a reference is. */
type Spot =
  | { readonly kind: 'here'; readonly reference: string }
  | {
      readonly kind: 'away';
      readonly reference: string;
      readonly nodeId: string;
      readonly callNode: CallNode;
    };

/** What this node, as it is at the moment, knows of containers elsewhere. */
export function elsewhereOf(membership: Membership): Elsewhere {
  const active = membership.active();
  if (active === null) return { kind: 'nothing', help: '' };
  const { manager, state } = active;
  if (manager !== null) {
    const callNode: CallNode = (target, requests, signal) => openTunnel(manager, target, requests, signal);
    return { kind: 'tasks', nodeId: state.nodeId, replica: manager.replica, callNode };
  }
  const managers = state.managers.map(({ address }) => address).join(', ');
  const why =
    state.role === 'manager'
      ? 'the manager of this node does not run at present, so only its own containers are known here'
      : 'this node is a worker and knows its own containers only';
  return { kind: 'nothing', help: `${why}; managers know the tasks of all nodes: ${managers}` };
}

/**
 * The calls about containers as users make them: those of this node are answered here, and those of tasks on the node
 * where they are, when this node is a manager. `create` and `list` are about this node alone.
 */
export function routeContainers(local: Containers, elsewhere: () => Elsewhere): Containers {
  const entries = Object.entries(containerMethods).map(([key, method]) => {
    const name = key as Name;
    return [name, route({ local, elsewhere }, name, method)];
  });
  return Object.fromEntries(entries) as Containers;
}

interface Router {
  readonly local: Containers;
  readonly elsewhere: () => Elsewhere;
}

function route(router: Router, name: Name, method: Method): unknown {
  const here = router.local[name] as AnyCall;
  if (name === 'create' || name === 'list') return here;
  if (name === 'stats') return (request: ContainerStatsRequest, call: Call) => stats(router, request, call);
  switch (method.kind) {
    case 'unary':
      return (request: Referring, call: Call) => answerOne(router, name, request, call);
    case 'serverStream':
      return (request: Referring, call: Call) => answerMany(router, name, request, call);
    case 'clientStream':
      return async (requests: AsyncIterable<unknown>, call: Call) => {
        const { spot, all } = await placeStream(router, requests, call);
        if (spot.kind === 'here') return here(all, call);
        return lastOf(callAway(spot, name, all, call.signal));
      };
    case 'bidi':
      return async function* (requests: AsyncIterable<unknown>, call: Call) {
        const { spot, all } = await placeStream(router, requests, call);
        if (spot.kind === 'here') yield* here(all, call) as AsyncIterable<unknown>;
        else yield* callAway(spot, name, all, call.signal);
      };
  }
}

interface Referring {
  readonly reference: string;
}

/** Asks this node first, so that what concerns it alone costs nothing more. */
async function answerOne(router: Router, name: Name, request: Referring, call: Call): Promise<unknown> {
  const here = router.local[name] as AnyCall;
  try {
    return await here(request, call);
  } catch (thrown) {
    const spot = await placeAfter(router, request.reference, thrown, call);
    const moved = { ...request, reference: spot.reference };
    if (spot.kind === 'here') return here(moved, call);
    return lastOf(callAway(spot, name, only(moved), call.signal));
  }
}

async function* answerMany(
  router: Router,
  name: Name,
  request: Referring,
  call: Call,
): AsyncGenerator<unknown> {
  const spot = await place(router, request.reference, call);
  const moved = { ...request, reference: spot.reference };
  if (spot.kind === 'away') yield* callAway(spot, name, only(moved), call.signal);
  else yield* (router.local[name] as AnyCall)(moved, call) as AsyncIterable<unknown>;
}

/** The place of the container that the first request names, and the requests with the reference that holds there. */
async function placeStream(router: Router, requests: AsyncIterable<unknown>, call: Call) {
  const source = requests[Symbol.asyncIterator]();
  const first = await source.next();
  const all = (head: readonly unknown[]): AsyncIterable<unknown> =>
    (async function* () {
      yield* head;
      yield* { [Symbol.asyncIterator]: () => source };
    })();
  const reference = first.done === true ? undefined : referenceOf(first.value as FirstRequest);
  // What is missing there, the node's own handler says best.
  if (first.done === true || reference === undefined) {
    const spot: Spot = { kind: 'here', reference: '' };
    return { spot, all: all(first.done === true ? [] : [first.value]) };
  }
  const spot = await place(router, reference, call);
  return { spot, all: all([withReference(first.value as FirstRequest, spot.reference)]) };
}

type FirstRequest = Partial<StreamInput> & Partial<CopyToRequest>;

function referenceOf({ attach, exec, header }: FirstRequest): string | undefined {
  return (attach ?? exec ?? header)?.reference;
}

function withReference(first: FirstRequest, reference: string): FirstRequest {
  const { attach, exec, header } = first;
  return {
    ...first,
    ...(attach && { attach: { ...attach, reference } }),
    ...(exec && { exec: { ...exec, reference } }),
    ...(header && { header: { ...header, reference } }),
  };
}

/** Where a reference leads: here when this node knows it, else to the node of the task that it names. */
async function place(router: Router, reference: string, call: Call): Promise<Spot> {
  try {
    await router.local.inspect({ reference, size: false }, call);
  } catch (thrown) {
    if (isNotFound(thrown)) return placeElsewhere(router, reference, thrown);
    // Whatever else is wrong with it: it is here.
  }
  return { kind: 'here', reference };
}

/** As {@link place}, after this node refused a call; throws that refusal unless it means that nothing is called so. */
async function placeAfter(router: Router, reference: string, thrown: unknown, call: Call): Promise<Spot> {
  if (!isNotFound(thrown)) throw thrown;
  const spot = await place(router, reference, call);
  // The container is here, and something inside it was not found.
  if (spot.kind === 'here' && spot.reference === reference) throw thrown;
  return spot;
}

function isNotFound(thrown: unknown): thrown is SkepError {
  return thrown instanceof SkepError && thrown.code === 'NOT_FOUND';
}

/** Throws `thrown`, with what would help, when no task is called so either. */
async function placeElsewhere(router: Router, reference: string, thrown: SkepError): Promise<Spot> {
  const known = router.elsewhere();
  if (known.kind === 'nothing') {
    if (known.help === '') throw thrown;
    throw new SkepError('NOT_FOUND', thrown.message, { help: known.help });
  }
  await known.replica.readBarrier();
  const task: Task | undefined = findTaskOfContainer(known.replica.store.view(), reference);
  if (task === undefined) throw thrown;
  if (task.nodeId === known.nodeId) return { kind: 'here', reference: task.id };
  return { kind: 'away', reference: task.id, nodeId: task.nodeId, callNode: known.callNode };
}

/** Makes a call on the node of a task. */
async function* callAway(
  { nodeId, callNode }: Extract<Spot, { kind: 'away' }>,
  name: Name,
  requests: AsyncIterable<unknown>,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  const method = containerMethods[name];
  const encode = method.request.encode as (request: unknown) => Uint8Array;
  const encoded = async function* () {
    for await (const request of requests) yield encode(request);
  };
  for await (const answer of callNode({ nodeId, method: method.path }, encoded(), signal)) {
    yield method.response.decode(answer);
  }
}

async function* only(request: unknown): AsyncGenerator<unknown> {
  yield request;
}

/** The answer of a call that has one; read to the end, so that nobody is cut off while saying it. */
async function lastOf(answers: AsyncIterable<unknown>): Promise<unknown> {
  let last: { readonly answer: unknown } | undefined;
  for await (const answer of answers) last = { answer };
  if (last === undefined) throw new SkepError('INTERNAL', 'the node gave no answer');
  return last.answer;
}

/** Figures of containers on several nodes come as one stream. */
async function* stats(router: Router, request: ContainerStatsRequest, call: Call): AsyncGenerator<unknown> {
  const { references, stream } = request;
  if (references.length === 0) {
    yield* router.local.stats(request, call);
    return;
  }
  const spots = await Promise.all(references.map((reference) => place(router, reference, call)));
  const groups = new Map<string, { readonly spot: Spot; readonly references: string[] }>();
  for (const spot of spots) {
    const key = spot.kind === 'here' ? '' : spot.nodeId;
    const group = groups.get(key) ?? { spot, references: [] };
    group.references.push(spot.reference);
    groups.set(key, group);
  }
  const sources = [...groups.values()].map(({ spot, references: ofNode }) => {
    const ofSpot: ContainerStatsRequest = { references: ofNode, stream };
    if (spot.kind === 'here') return router.local.stats(ofSpot, call);
    return callAway(spot, 'stats', only(ofSpot), call.signal) as ReturnType<Containers['stats']>;
  });
  const [first, ...others] = sources;
  if (first !== undefined && others.length === 0) yield* first;
  else yield* mergeStats(sources);
}
