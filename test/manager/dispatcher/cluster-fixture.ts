import { createHash, randomBytes } from 'node:crypto';

import { DEFAULT_CLUSTER_SPEC } from '../../../lib/defaults.ts';
import type { Cluster, ClusterSpec, JoinTokens, RootAuthority } from '../../../lib/domain/cluster.ts';
import type { Node, NodeDescription } from '../../../lib/domain/node.ts';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import { newId } from '../../../lib/identifiers.ts';
import type { Clock, LogFields, Random } from '../../../lib/ports.ts';
import { createStore, type ReplicatedStore } from '../../../manager/store/memory-store.ts';

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};

export const nextId = (): string => newId(systemRandom);

/** Collects what was logged. */
export function createLogRecord() {
  const lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];
  return {
    lines,
    log: (level: string, message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields }),
    text: () => lines.map((line) => `${line.message} ${JSON.stringify(line.fields)}`).join('\n'),
  };
}

/** The real store, over a log of one member that commits in the next turn. */
export function createTestStore(nowMs: () => number = Date.now): ReplicatedStore {
  let index = 0;
  const store: ReplicatedStore = createStore({
    nowMs,
    log: () => undefined,
    proposer: {
      isLeader: () => true,
      version: () => index,
      propose: async (entry) => {
        await new Promise((resolve) => setImmediate(resolve));
        index += 1;
        store.apply(entry, index);
        return index;
      },
    },
  });
  return store;
}

/** Puts objects into the store. */
export async function put(store: ReplicatedStore, ...objects: StoreObject[]): Promise<void> {
  await store.update(() => objects.map((object) => ({ kind: 'put', object }) as const));
}

const META = { version: 0, createdAtMs: 0, updatedAtMs: 0 };

export function clusterObject(
  rootAuthority: RootAuthority = { certificatePem: '', keyPem: '' },
  joinTokens: JoinTokens = { worker: '', manager: '' },
  spec: Partial<ClusterSpec> = {},
): Cluster {
  const id = createHash('sha256').update(rootAuthority.certificatePem).digest('hex').slice(0, 25);
  return {
    ...META,
    kind: 'cluster',
    id,
    spec: { ...DEFAULT_CLUSTER_SPEC, ...spec },
    rootAuthority,
    joinTokens,
    routerSubnet: '10.255.0.0/16',
    lastRaftId: 1,
    unlockKey: '',
    storeAddress: '',
  };
}

export function nodeObject(id: string, change: Partial<Node> = {}): Node {
  return {
    ...META,
    kind: 'node',
    id,
    spec: { role: 'worker', availability: 'active', labels: {} },
    status: { state: 'unknown', message: '', address: '' },
    routerAddress: '',
    certificateExpiresAtMs: 0,
    ...change,
  };
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is moved. */
export function createManualClock(startMs = 1_000_000) {
  let nowMs = startMs;
  let timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    schedule: (delayMs, callback) => {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  return {
    clock,
    /** Moves on, calling back what falls due on the way, and lets what that set off come to rest. */
    async advance(byMs: number): Promise<void> {
      const untilMs = nowMs + byMs;
      for (;;) {
        await settle();
        const next = timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}

/** Some turns of the event loop: enough for a few transactions one after the other. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export function descriptionOf(hostname: string): NodeDescription {
  return {
    hostname,
    os: 'linux',
    architecture: 'x86_64',
    nanoCpus: 2e9,
    memoryBytes: 2 ** 32,
    engineVersion: '0.1.0',
    engineLabels: {},
    images: [],
    dataPathAddress: '192.0.2.1',
  };
}
