import { systemClock } from '../../../daemon/system-clock.ts';
import { systemRandom } from '../../../daemon/system-random.ts';
import { SkepError } from '../../../lib/errors.ts';
import type { LogLevel } from '../../../lib/ports.ts';
import { createEtcdClient } from '../../../manager/etcd/etcd-client.ts';
import { createEtcdReplica, type EtcdReplicaOptions } from '../../../manager/etcd/etcd-replica.ts';
import type { Replica } from '../../../manager/store/replica.ts';
import { type EtcdServer, eventually } from './etcd-server.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A manager's replica, with what the test can do to it. */
export interface TestReplica {
  readonly nodeId: string;
  readonly replica: Replica;
  readonly lines: readonly LogLine[];
  /** While false, this manager's timers do not run: it hears etcd, but renews and retries nothing. */
  setAwake(isAwake: boolean): void;
  /** This manager's clock for leases seems to stand still: it takes every lease for good. */
  stopClock(): void;
  /** The next change is made by etcd, but its answer is lost on the way. */
  loseNextAnswer(): void;
  /** From now on no watch tells this manager anything. */
  deafen(): void;
}

export interface TestReplicas {
  start(nodeId: string, options?: Partial<EtcdReplicaOptions>): Promise<TestReplica>;
  /** The one that leads. */
  leader(): Promise<TestReplica>;
  all(): readonly TestReplica[];
  close(replica: TestReplica): Promise<void>;
}

/** Runs `body` with replicas over one etcd, all closed afterwards. */
export async function withReplicas(
  server: EtcdServer,
  body: (replicas: TestReplicas) => Promise<void>,
): Promise<void> {
  const open: TestReplica[] = [];
  let hasStarted = false;
  const close = async (one: TestReplica): Promise<void> => {
    open.splice(open.indexOf(one), 1);
    one.setAwake(true);
    await one.replica.close();
  };
  const start = async (nodeId: string, options: Partial<EtcdReplicaOptions> = {}): Promise<TestReplica> => {
    const lines: LogLine[] = [];
    const timers = createTimers();
    let stoppedAtMs: number | undefined;
    let isDeaf = false;
    let losesAnswer = false;
    const connect: typeof createEtcdClient = async (settings) => {
      const client = await createEtcdClient(settings);
      return {
        ...client,
        transact: async (request, timeoutMs) => {
          const answer = await client.transact(request, timeoutMs);
          const isChange = answer.isDone && request.steps.some(({ kind }) => kind === 'put');
          if (!isChange || !losesAnswer) return answer;
          losesAnswer = false;
          throw new SkepError('UNAVAILABLE', 'the connection broke');
        },
        watch: (range, revision, watcher) =>
          client.watch(range, revision, {
            onEnd: watcher.onEnd,
            onEvents: (events, isWhole) => {
              if (!isDeaf) watcher.onEvents(events, isWhole);
            },
          }),
      };
    };
    const replica = await createEtcdReplica({
      endpoints: [server.endpoint],
      nodeId,
      isFirst: !hasStarted,
      clock: { nowMs: systemClock.nowMs, schedule: timers.schedule },
      monotonicMs: () => stoppedAtMs ?? performance.now(),
      random: systemRandom,
      log: (level, message, fields = {}) => lines.push({ level, message, fields }),
      leaseSeconds: 30,
      connect,
      ...options,
    });
    hasStarted = true;
    const one: TestReplica = {
      nodeId,
      replica,
      lines,
      setAwake: timers.setAwake,
      stopClock: () => {
        stoppedAtMs = performance.now();
      },
      loseNextAnswer: () => {
        losesAnswer = true;
      },
      deafen: () => {
        isDeaf = true;
      },
    };
    open.push(one);
    return one;
  };
  try {
    await body({
      start,
      close,
      all: () => [...open],
      leader: () =>
        eventually('somebody leads', () => open.find(({ replica }) => replica.leadership().isLeader)),
    });
  } finally {
    await Promise.all([...open].map(close));
  }
}

/** Timers that can be held up all together; those that are due meanwhile run on waking. */
function createTimers() {
  let isAwake = true;
  let due: (() => void)[] = [];
  return {
    schedule: (delayMs: number, callback: () => void): (() => void) => {
      let isCancelled = false;
      const run = (): void => {
        if (!isCancelled) callback();
      };
      const cancel = systemClock.schedule(delayMs, () => {
        if (isAwake) run();
        else due.push(run);
      });
      return () => {
        isCancelled = true;
        cancel();
      };
    },
    setAwake: (value: boolean): void => {
      isAwake = value;
      if (!isAwake) return;
      const now = due;
      due = [];
      for (const run of now) run();
    },
  };
}
