import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  afterExit,
  afterFailedStart,
  type StoredContainer,
  shownState,
} from '../../../agent/container/container-record.ts';
import { nextStep } from '../../../agent/container/container-step.ts';
import type { RestartRule } from '../../../lib/domain/local-container.ts';
import { ContainerWorld, madeContainer } from './model.ts';

const NEVER: RestartRule = { name: 'no', maxRetries: 0 };
const ALWAYS: RestartRule = { name: 'always', maxRetries: 0 };

type Happening = (world: ContainerWorld) => void;

/** Something that a user, the program, the machine or time does. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom<Happening>(
    (world) => world.want('running'),
    (world) => world.want('stopped'),
    (world) => world.want('cycled'),
    (world) => world.crash(),
    (world) => world.reboot(),
  ),
  fc.nat({ max: 4 }).map<Happening>((steps) => (world) => world.dieAfter(steps)),
  fc.tuple(fc.constantFrom(0, 1, 137), fc.constantFrom(1, 20_000)).map<Happening>(
    ([exitCode, ranMs]) =>
      (world) =>
        world.exit(exitCode, ranMs),
  ),
  fc.constantFrom(10, 1_000, 100_000).map<Happening>((ms) => (world) => {
    world.nowMs += ms;
  }),
);
const happenings = fc.array(happening, { maxLength: 40 });
const ruleArbitrary: fc.Arbitrary<RestartRule> = fc.oneof(
  fc.constantFrom<RestartRule>(NEVER, ALWAYS, { name: 'unless-stopped', maxRetries: 0 }),
  fc.nat({ max: 3 }).map((maxRetries) => ({ name: 'on-failure' as const, maxRetries })),
);

function live(world: ContainerWorld, events: readonly Happening[]): void {
  for (const event of events) {
    event(world);
    world.settle();
  }
}

describe('a container of one node', () => {
  it('is never started while its last run is there, and comes to rest, whatever happens', () => {
    fc.assert(
      fc.property(ruleArbitrary, fc.boolean(), happenings, (rule, autoRemove, events) => {
        const world = new ContainerWorld(madeContainer(rule, autoRemove && rule.name === 'no'));
        live(world, events);
        assert.deepEqual(world.faults, []);
      }),
      { numRuns: 1_000 },
    );
  });

  it('stays stopped once its user stopped it, until its user or, under `always`, a reboot starts it', () => {
    const quiet = fc.array(
      fc.oneof(
        fc.constant<Happening>((world) => world.crash()),
        fc.constant<Happening>((world) => {
          if (world.stored.spec.restart.name !== 'always') world.reboot();
        }),
        fc.nat({ max: 4 }).map<Happening>((steps) => (world) => world.dieAfter(steps)),
        fc.constant<Happening>((world) => {
          world.nowMs += 100_000;
        }),
      ),
    );
    fc.assert(
      fc.property(ruleArbitrary, happenings, quiet, (rule, before, after) => {
        const world = new ContainerWorld(madeContainer(rule));
        live(world, before);
        world.want('stopped');
        world.settle();
        const { starts } = world;
        live(world, after);
        assert.equal(world.runs, false);
        assert.equal(world.starts, starts);
      }),
      { numRuns: 500 },
    );
  });

  it('runs again by `always` and `unless-stopped` after any end and any loss, once its pause is over', () => {
    const rules = fc.constantFrom<RestartRule>(ALWAYS, { name: 'unless-stopped', maxRetries: 0 });
    fc.assert(
      fc.property(rules, happenings, fc.boolean(), (rule, before, isReboot) => {
        const world = new ContainerWorld(madeContainer(rule));
        live(world, before);
        world.want('running');
        world.settle();
        if (isReboot) world.reboot();
        else world.exit(1, 5);
        world.settle();
        world.nowMs += 60_000;
        world.settle();
        assert.equal(world.runs, true);
      }),
      { numRuns: 500 },
    );
  });

  it('is removed at its end when its user asked for that, whenever the daemon dies', () => {
    fc.assert(
      fc.property(fc.nat({ max: 8 }), fc.boolean(), (steps, isReboot) => {
        const world = new ContainerWorld(madeContainer(NEVER, true));
        world.want('running');
        world.settle();
        world.dieAfter(steps);
        world.exit(0, 5);
        world.settle();
        if (isReboot) world.reboot();
        else world.crash();
        world.settle();
        assert.deepEqual([world.isGone, world.disk, world.kept, world.starts], [true, null, undefined, 1]);
      }),
    );
  });

  it('is removed by force while it runs, whenever the daemon dies, and the machine with it', () => {
    fc.assert(
      fc.property(ruleArbitrary, fc.nat({ max: 8 }), fc.boolean(), (rule, steps, isReboot) => {
        const world = new ContainerWorld(madeContainer(rule));
        world.want('running');
        world.settle();
        world.dieAfter(steps);
        world.want('removed');
        if (isReboot) world.reboot();
        world.settle();
        assert.deepEqual([world.isGone, world.kept, world.starts], [true, undefined, 1]);
      }),
    );
  });

  it('has ended with exit code 255 after a reboot, and runs again only by a rule', () => {
    const world = new ContainerWorld(madeContainer(NEVER));
    world.want('running');
    world.settle();
    world.reboot();
    world.settle();
    const { goal, exitCode, restartCount } = world.stored;
    assert.deepEqual([world.starts, goal, exitCode, restartCount], [1, 'stopped', 255, 0]);
  });

  it('counts no restart for an end that its user asked for', () => {
    const world = new ContainerWorld(madeContainer(ALWAYS));
    world.want('running');
    world.settle();
    world.want('stopped');
    world.settle();
    assert.deepEqual([world.stored.goal, world.stored.restartCount], ['stopped', 0]);
  });

  it('is not started before its pause is over', () => {
    const world = new ContainerWorld(madeContainer(ALWAYS));
    world.want('running');
    for (let round = 0; round < 6; round++) {
      world.settle();
      const { starts } = world;
      world.exit(1, 1);
      world.settle();
      world.nowMs += 100 * 2 ** round - 1;
      world.settle();
      assert.equal(world.starts, starts);
      world.nowMs += 1;
    }
  });

  it('is started again by on-failure as often as allowed, and not after success', () => {
    const world = new ContainerWorld(madeContainer({ name: 'on-failure', maxRetries: 2 }));
    world.want('running');
    for (let round = 0; round < 5; round++) {
      world.nowMs += 60_000;
      world.settle();
      world.exit(1, 1);
      world.settle();
    }
    assert.deepEqual([world.starts, world.stored.goal, world.stored.restartCount], [3, 'stopped', 2]);
    const fine = new ContainerWorld(madeContainer({ name: 'on-failure', maxRetries: 0 }));
    fine.want('running');
    fine.settle();
    fine.exit(0, 1);
    fine.settle();
    assert.deepEqual([fine.starts, fine.stored.goal], [1, 'stopped']);
  });

  it('pauses 100 ms before its first restart, twice as long each time up to a minute, and short again after 10 s', () => {
    const pauses: number[] = [];
    let stored: StoredContainer = { ...madeContainer(ALWAYS), goal: 'running', startedAtMs: 0 };
    const end = (ranMs: number) => {
      const run = { startedAtMs: 0, finishedAtMs: ranMs, exitCode: 1, oomKilled: false };
      stored = afterExit(stored, run);
      pauses.push(stored.restartDelayMs);
    };
    for (let round = 0; round < 12; round++) end(5);
    end(10_000);
    end(9_999);
    const doubled = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000, 60_000];
    assert.deepEqual(pauses, [...doubled, 100, 200]);
  });

  it('gets its signal, then its grace, then the kill, again and again', () => {
    const stored = { ...madeContainer(NEVER), goal: 'stopped' as const, runBy: 'keeper0' };
    const container = { id: 'c', pid: 1, startedAtMs: 0, exit: null };
    const stop = { signal: 2, graceMs: 3_000, signalledAtMs: null, killedAtMs: null };
    const at = (nowMs: number, changes: object) =>
      nextStep({ stored, container, stop: { ...stop, ...changes }, keeperInstance: 'keeper0', nowMs });
    assert.deepEqual(at(0, {}), { kind: 'signal', signal: 2 });
    assert.deepEqual(at(100, { signalledAtMs: 50 }), { kind: 'wait', untilMs: 3_050 });
    assert.deepEqual(at(3_050, { signalledAtMs: 50 }), { kind: 'kill' });
    assert.deepEqual(at(3_060, { signalledAtMs: 50, killedAtMs: 3_050 }), { kind: 'wait', untilMs: 8_050 });
    assert.deepEqual(at(8_050, { signalledAtMs: 50, killedAtMs: 3_050 }), { kind: 'kill' });
    assert.deepEqual(at(9e9, { signalledAtMs: 50, graceMs: null }), { kind: 'wait', untilMs: null });
  });

  it('rests after a start that its user asked for failed, and tries on after one by its rule', () => {
    const wanted = { ...madeContainer(ALWAYS), goal: 'running' as const, runBy: 'keeper0' };
    const failure = { exitCode: 127, error: 'not found', nowMs: 50 };
    const told = afterFailedStart(wanted, { ...failure, byUser: true });
    assert.deepEqual([told.goal, told.runBy, told.exitCode, told.error], ['created', '', 127, 'not found']);
    const again = afterFailedStart({ ...wanted, startedAtMs: 10 }, { ...failure, byUser: false });
    assert.deepEqual(
      [again.goal, again.restartDelayMs, again.restartCount, again.startedAtMs],
      ['running', 100, 1, 10],
    );
  });

  it('shows Docker’s words for its state', () => {
    const made = madeContainer(ALWAYS);
    const still = { runs: false, isPaused: false };
    assert.equal(shownState(made, still), 'created');
    assert.equal(shownState({ ...made, goal: 'running' }, { runs: true, isPaused: false }), 'running');
    assert.equal(shownState({ ...made, goal: 'running' }, { runs: true, isPaused: true }), 'paused');
    assert.equal(shownState({ ...made, goal: 'running', restartCount: 1 }, still), 'restarting');
    assert.equal(shownState({ ...made, goal: 'stopped', startedAtMs: 1 }, still), 'exited');
    assert.equal(shownState({ ...made, goal: 'removed' }, still), 'removing');
  });
});
