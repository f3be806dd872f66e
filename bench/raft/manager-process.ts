// The deciding half of a manager: store and controllers in the main thread, over the real consensus. Nodes are objects
// without anything behind them.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../daemon/system-clock.ts';
import { systemRandom } from '../../daemon/system-random.ts';
import { newId } from '../../lib/identifiers.ts';
import { type ControlLoop, startControlLoop } from '../../manager/control-loop.ts';
import { CONTROLLERS } from '../../manager/controllers.ts';
import { startMember } from '../../manager/raft/member/member.ts';
import { createLateProposer } from '../../manager/store/late-proposer.ts';
import { createStore } from '../../manager/store/memory-store.ts';
import { cluster, node, service } from '../../test/manager/api/cluster-samples.ts';
import { serveQuestions } from './child.ts';
import type { MemberSettings } from './member-process.ts';

/** `seed`: nodes and services come into the store, and the controllers begin with them. */
export type ManagerQuestion =
  | { readonly kind: 'seed'; readonly nodes: number; readonly services: number; readonly replicas: number }
  | { readonly kind: 'scheduled' };

export interface ScheduledAnswer {
  /** Tasks that have a node. */
  readonly placed: number;
  /** Delay of the main thread's turns so far. */
  readonly mainDelayMaxMs: number;
  /** How often this member has heard of another leader or term. */
  readonly leaderships: number;
}

serveQuestions<MemberSettings>(async ({ front: _front, ...options }) => {
  const log = (level: string, message: string, fields?: object): void => {
    if (level === 'warn' || level === 'error') console.error(message, fields ?? '');
  };
  const proposer = createLateProposer();
  const store = createStore({ proposer, nowMs: systemClock.nowMs, log });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let loop: ControlLoop | undefined;
  let leaderships = 0;
  const member = await startMember({
    ...options,
    key: new Uint8Array(32).fill(7),
    apply: store.apply,
    snapshot: store.snapshot,
    restore: store.restore,
    onLeadership: ({ isLeader }) => {
      leaderships++;
      loop?.close();
      const controllers = CONTROLLERS;
      const next = (): string => newId(systemRandom);
      loop = isLeader
        ? startControlLoop({ store, controllers, clock: systemClock, newId: next, log })
        : undefined;
    },
    log,
  });
  proposer.connect(member);
  const seed = async (nodes: number, services: number, replicas: number): Promise<void> => {
    const objects = [
      cluster(),
      ...Array.from({ length: nodes }, (_, place) =>
        node(`node${place}`, { description: { nanoCpus: 64e9, memoryBytes: 2 ** 40 } }),
      ),
      ...Array.from({ length: services }, (_, place) =>
        service(`service${place}`, { mode: { kind: 'replicated', replicas } }),
      ),
    ];
    await store.update(() => objects.map((object) => ({ kind: 'put', object })));
  };
  const scheduled = (): ScheduledAnswer => {
    let placed = 0;
    for (const task of store.view().tasks.values()) if (task.nodeId !== '') placed++;
    return { placed, mainDelayMaxMs: delay.max / 1e6, leaderships };
  };
  return async (asked) => {
    const question = asked as ManagerQuestion | { readonly kind: 'leadership' | 'status' };
    if (question.kind === 'leadership') return member.leadership();
    if (question.kind === 'status') return member.status();
    if (question.kind === 'scheduled') return scheduled();
    if (question.kind === 'seed') return seed(question.nodes, question.services, question.replicas);
    throw new Error(`nothing answers ${question.kind}`);
  };
});
