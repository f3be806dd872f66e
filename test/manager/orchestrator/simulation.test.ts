import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Service, UpdatePolicy } from '../../../lib/domain/service.ts';
import type { Task } from '../../../lib/domain/task.ts';
import { hasReached, isTerminal, TASK_STATE_ORDER, type TaskState } from '../../../lib/domain/task-state.ts';
import { takesGlobal } from '../../../manager/orchestrator/global.ts';
import { createPlacementCheck } from '../../../manager/orchestrator/placement-check.ts';
import { groupSlots, isRunning } from '../../../manager/orchestrator/slots.ts';
import { decideUpdate } from '../../../manager/orchestrator/update.ts';
import {
  CONTROLLERS,
  type ModelStore,
  modelStore,
  removeObject,
  setObject,
  settle,
  step,
  tasksOf,
} from './model-store.ts';
import { changed, cluster, node, type ServiceWish, service } from './objects.ts';

const NODE_IDS = ['n1', 'n2', 'n3', 'n4'];
const AGENT_STEPS: readonly TaskState[] = ['ACCEPTED', 'PREPARING', 'READY', 'STARTING', 'RUNNING'];

type Command =
  | { readonly kind: 'scale'; readonly replicas: number }
  | { readonly kind: 'update'; readonly wish: ServiceWish }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'node'; readonly index: number; readonly to: 'down' | 'up' | 'drain' | 'label' }
  | { readonly kind: 'run'; readonly rounds: number };

/** A world of its own: a store, agents that step their tasks, a user, and chance. */
interface World {
  readonly store: ModelStore;
  readonly isGlobal: boolean;
  /** 0…1. */
  readonly chance: () => number;
  isChaotic: boolean;
  wish: ServiceWish;
}

/** Park and Miller's generator: the world's chance repeats under its seed. */
function chanceFrom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function advanceTask(world: World, task: Task): Task | undefined {
  const { state } = task.status;
  if (isTerminal(state)) return undefined;
  if (!hasReached(state, 'ASSIGNED'))
    return hasReached('RUNNING', task.desiredState) ? place(world, task) : undefined;
  if (world.store.view.nodes.get(task.nodeId)?.status.state !== 'ready') return undefined;
  if (!hasReached('RUNNING', task.desiredState)) return observed(world, task, 'SHUTDOWN');
  const isBad = task.spec.container.image === 'bad';
  if (state === 'RUNNING') {
    if (isBad || (world.isChaotic && world.chance() < 0.05)) {
      return observed(world, task, world.chance() < 0.3 ? 'COMPLETE' : 'FAILED');
    }
    return undefined;
  }
  if (isBad && state === 'PREPARING' && world.chance() < 0.5) return observed(world, task, 'REJECTED');
  const next = AGENT_STEPS.find((to) => TASK_STATE_ORDER[to] > TASK_STATE_ORDER[state]);
  const mayStep = next !== undefined && TASK_STATE_ORDER[state] < TASK_STATE_ORDER[task.desiredState];
  return mayStep ? observed(world, task, next) : undefined;
}

/** Allocator and scheduler in one: a task comes to a node that is ready and takes tasks. */
function place(world: World, task: Task): Task | undefined {
  if (task.status.state === 'NEW') return observed(world, task, 'PENDING');
  const open = [...world.store.view.nodes.values()].filter(
    (entry) =>
      entry.status.state === 'ready' &&
      entry.spec.availability === 'active' &&
      (task.nodeId === '' || task.nodeId === entry.id) &&
      (task.spec.placement.constraints.length === 0 || entry.spec.labels.disk === 'ssd'),
  );
  const chosen = open[Math.floor(world.chance() * open.length)];
  if (chosen !== undefined) return { ...observed(world, task, 'ASSIGNED'), nodeId: chosen.id };
  const message = 'no suitable node (none is open)';
  return task.status.message === message ? undefined : { ...task, status: { ...task.status, message } };
}

function observed(world: World, task: Task, state: TaskState): Task {
  const { nowMs } = world.store;
  return {
    ...task,
    status: { state, timestampMs: nowMs, message: state.toLowerCase() },
    statusAppliedAtMs: nowMs,
    ...(state === 'RUNNING' && task.runningSinceMs === undefined ? { runningSinceMs: nowMs } : {}),
  };
}

function web(world: World): Service {
  const found = world.store.view.services.get('web');
  assert(found !== undefined);
  return found;
}

function obey(world: World, command: Command): void {
  const { store } = world;
  const current = web(world);
  if (command.kind === 'run') {
    for (let round = 0; round < command.rounds; round++) tick(world);
  } else if (command.kind === 'scale') {
    if (world.isGlobal) return;
    world.wish = { ...world.wish, mode: { kind: 'replicated', replicas: command.replicas } };
    const { updateStatus: _, ...rest } = current;
    setObject(store, {
      ...rest,
      spec: { ...current.spec, mode: { kind: 'replicated', replicas: command.replicas } },
    });
  } else if (command.kind === 'update') {
    world.wish = { ...world.wish, ...command.wish };
    setObject(store, changed(current, world.wish));
  } else if (command.kind === 'rollback') {
    if (current.previousSpec === undefined) return;
    setObject(store, {
      ...current,
      spec: current.previousSpec,
      previousSpec: current.spec,
      specVersion: current.specVersion + 1,
      updateStatus: {
        state: 'rollback_started',
        startedAtMs: store.nowMs,
        message: 'manually requested rollback',
      },
    });
  } else {
    const id = NODE_IDS[command.index] ?? 'n1';
    const state = command.to === 'down' ? 'down' : 'ready';
    const availability = command.to === 'drain' ? 'drain' : 'active';
    const labels = { disk: command.to === 'label' ? 'hdd' : 'ssd' };
    setObject(store, node(id, { state, availability, labels, updatedAtMs: store.nowMs }));
  }
  rest(world);
}

/** Until the moment that the controllers asked to be woken at, time alone must not change their minds. */
function sleepUntil(store: ModelStore, atMs: number): void {
  const { wakeAtMs } = store;
  const lastQuietMs = wakeAtMs === undefined || wakeAtMs > atMs ? atMs : wakeAtMs - 1;
  if (lastQuietMs > store.nowMs) {
    store.nowMs = lastQuietMs;
    for (const decide of CONTROLLERS)
      assert.deepEqual(step(store, decide), [], 'a change before the wake-up');
  }
  store.nowMs = atMs;
}

function tick(world: World): void {
  const { store } = world;
  sleepUntil(store, store.nowMs + 500);
  for (const task of [...store.view.tasks.values()]) {
    if (world.isChaotic && world.chance() < 0.3) continue;
    const next = advanceTask(world, task);
    if (next !== undefined) setObject(store, next);
  }
  rest(world);
}

/** First tasks of the present version that come up in a slot which another version held. */
function countComing(world: World): number {
  const current = web(world);
  const { specVersion } = current;
  const placement = createPlacementCheck();
  const isClosed = (id: string): boolean => {
    const found = world.store.view.nodes.get(id);
    return found === undefined || !takesGlobal(current, found, placement);
  };
  return [...groupSlots(tasksOf(world.store)).values()].filter(
    (slot) =>
      !(world.isGlobal && isClosed(String(slot.key))) &&
      slot.tasks.some((task) => task.specVersion !== specVersion) &&
      slot.wanted.some(
        (task) =>
          task.specVersion === specVersion &&
          task.runningSinceMs === undefined &&
          task.restarts === undefined &&
          !isTerminal(task.status.state),
      ),
  ).length;
}

/** Runs the controllers to rest, and checks what must hold in between and at rest. */
function rest(world: World): void {
  const { store } = world;
  const guarded = CONTROLLERS.map((decide): typeof decide => {
    return (view, context) => {
      const decision = decide(view, context);
      const comingBefore = countComing(world);
      for (const change of decision.changes) {
        if (change.kind !== 'put' || change.object.kind !== 'task') continue;
        const old = view.tasks.get(change.object.id);
        if (old === undefined) continue;
        assert(hasReached(change.object.status.state, old.status.state), 'a state went back');
        assert(hasReached(change.object.desiredState, old.desiredState), 'a desired state went back');
      }
      if (decide === decideUpdate) {
        const { parallelism } = web(world).spec.update;
        const created = decision.changes.filter(
          (change) =>
            change.kind === 'put' && change.object.kind === 'task' && !view.tasks.has(change.object.id),
        ).length;
        if (parallelism > 0 && created > 0)
          assert(comingBefore + created <= parallelism, 'too many at a time');
      }
      return decision;
    };
  });
  settle(store, () => {}, guarded);
  for (const decide of CONTROLLERS) assert.deepEqual(step(store, decide), [], 'changes at rest');
  for (const slot of groupSlots(tasksOf(store)).values()) {
    const running = slot.wanted.filter(isRunning);
    assert(slot.wanted.length <= 2, `slot ${slot.key} has ${slot.wanted.length} wanted tasks`);
    if (slot.wanted.length === 2) assert.equal(running.length, 1, 'an overlap is one old, one coming');
  }
}

function isExplained(current: Service): boolean {
  const status = current.updateStatus;
  if (status === undefined || !['updating', 'rollback_started'].includes(status.state)) return true;
  return status.message.includes(', ');
}

const policyArbitrary: fc.Arbitrary<Partial<UpdatePolicy>> = fc.record({
  delayMs: fc.constantFrom(0, 1_000),
  failureAction: fc.constantFrom('pause', 'continue', 'rollback'),
  monitorMs: fc.constantFrom(1_000, 5_000),
  maxFailureRatio: fc.constantFrom(0, 0.5),
  order: fc.constantFrom('stop-first', 'start-first'),
});

function wishArbitrary(parallelism: number): fc.Arbitrary<ServiceWish> {
  return fc.record({
    image: fc.constantFrom('web:1', 'web:2', 'bad'),
    constraints: fc.constantFrom<readonly string[]>([], ['node.labels.disk==ssd']),
    restart: fc.constantFrom(
      { delayMs: 0 },
      { delayMs: 1_000 },
      { condition: 'on-failure', delayMs: 500, maxAttempts: 2 } as const,
      { condition: 'none' } as const,
      { delayMs: 500, maxAttempts: 2, windowMs: 20_000 },
    ),
    update: policyArbitrary.map((policy) => ({ ...policy, parallelism })),
    rollback: policyArbitrary.map((policy) => ({ ...policy, parallelism })),
  });
}

function commandArbitrary(parallelism: number): fc.Arbitrary<Command> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('run' as const), rounds: fc.integer({ min: 1, max: 25 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('scale' as const), replicas: fc.integer({ min: 0, max: 7 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('update' as const), wish: wishArbitrary(parallelism) }),
    },
    { weight: 1, arbitrary: fc.constant<Command>({ kind: 'rollback' }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('node' as const),
        index: fc.integer({ min: 0, max: NODE_IDS.length - 1 }),
        to: fc.constantFrom('down' as const, 'up' as const, 'drain' as const, 'label' as const),
      }),
    },
  );
}

const scenarioArbitrary = fc.constantFrom(0, 1, 2).chain((parallelism) =>
  fc.record({
    seed: fc.nat(),
    isGlobal: fc.boolean(),
    historyLimit: fc.constantFrom(0, 1, 5),
    first: wishArbitrary(parallelism),
    commands: fc.array(commandArbitrary(parallelism), { maxLength: 12 }),
    last: wishArbitrary(parallelism),
  }),
);

type Scenario = typeof scenarioArbitrary extends fc.Arbitrary<infer T> ? T : never;

function begin(scenario: Scenario): World {
  const mode = scenario.isGlobal
    ? ({ kind: 'global' } as const)
    : ({ kind: 'replicated', replicas: 3 } as const);
  const wish: ServiceWish = { ...scenario.first, mode };
  const nodes = NODE_IDS.map((id) => node(id, { labels: { disk: 'ssd' } }));
  const store = modelStore([cluster(scenario.historyLimit), service(wish), ...nodes], 1_000);
  return { store, isGlobal: scenario.isGlobal, chance: chanceFrom(scenario.seed), isChaotic: true, wish };
}

function healNodes(world: World): void {
  for (const id of NODE_IDS)
    setObject(world.store, node(id, { labels: { disk: 'ssd' }, updatedAtMs: world.store.nowMs }));
}

describe('the orchestrator over a whole life of a service', () => {
  it('keeps its rules at every rest, and explains every update that does not end', () => {
    fc.assert(
      fc.property(scenarioArbitrary, (scenario) => {
        const world = begin(scenario);
        rest(world);
        for (const command of scenario.commands) obey(world, command);
        world.isChaotic = false;
        for (let round = 0; round < 400 && !isExplained(web(world)); round++) tick(world);
        assert(isExplained(web(world)), `unexplained: ${JSON.stringify(web(world).updateStatus)}`);
      }),
      { numRuns: 150, seed: 20, includeErrorInReport: true },
    );
  });

  it('runs every replica of the version that the user wants, once failures stop', () => {
    fc.assert(
      fc.property(scenarioArbitrary, (scenario) => {
        const world = begin(scenario);
        rest(world);
        for (const command of scenario.commands) obey(world, command);
        world.isChaotic = false;
        healNodes(world);
        obey(world, { kind: 'update', wish: { ...scenario.last, image: 'web:3' } });
        for (let round = 0; round < 600; round++) tick(world);
        const { mode } = web(world).spec;
        const running = tasksOf(world.store).filter(isRunning);
        assert.equal(running.length, mode.kind === 'global' ? NODE_IDS.length : mode.replicas);
        assert(running.every((task) => task.spec.container.image === 'web:3'));
        const state = web(world).updateStatus?.state;
        assert(state === undefined || state === 'completed', `ended as ${state}`);
      }),
      { numRuns: 100, seed: 21, includeErrorInReport: true },
    );
  });

  it('deletes every task of a removed service, once it has stopped', () => {
    fc.assert(
      fc.property(scenarioArbitrary, (scenario) => {
        const world = begin(scenario);
        rest(world);
        for (const command of scenario.commands) obey(world, command);
        healNodes(world);
        removeObject(world.store, 'service', 'web');
        for (let round = 0; round < 20; round++) {
          for (const task of [...world.store.view.tasks.values()]) {
            const next = advanceTask(world, task);
            if (next !== undefined) setObject(world.store, next);
          }
          settle(world.store);
        }
        assert.equal(world.store.view.tasks.size, 0);
      }),
      { numRuns: 25, seed: 22, includeErrorInReport: true },
    );
  });
});
