import assert from 'node:assert/strict';
import type { StoreObject } from '../../../lib/domain/store-object.ts';
import { type ErrorCode, SkepError } from '../../../lib/errors.ts';
import { type ControlApi, createControlApi } from '../../../manager/api/control-api.ts';
import { createStore, type ReplicatedStore } from '../../../manager/store/memory-store.ts';
import { cluster, counter, NOW_MS, network, node, WEB_1, WEB_2 } from './cluster-samples.ts';

const images = [
  { imageId: WEB_1, references: ['web:1', 'web:latest'] },
  { imageId: WEB_2, references: ['web:2'] },
];

/** One manager and two workers with the images web:1 and web:2, the networks every cluster has, and `net`. */
export const CLUSTER: readonly StoreObject[] = [
  cluster(),
  network('ingress', { ingress: true }, '10.0.0.0/16'),
  network('host', { driver: 'host' }),
  network('net', {}, '10.1.0.0/24'),
  node('m1', { spec: { role: 'manager' }, description: { images, dataPathAddress: '192.168.5.1' } }),
  node('w1', { description: { images } }),
  node('w2', { description: { images } }),
];

/** The control interface over a real store whose log is committed at once. */
export async function openApi(
  ...objects: readonly StoreObject[]
): Promise<{ readonly api: ControlApi; readonly store: ReplicatedStore }> {
  let index = 0;
  const store: ReplicatedStore = createStore({
    proposer: {
      propose: (entry) => {
        index += 1;
        store.apply(entry, index);
        return Promise.resolve(index);
      },
      version: () => index,
      isLeader: () => true,
    },
    nowMs: () => NOW_MS,
    log: () => undefined,
  });
  await store.update(() => objects.map((object) => ({ kind: 'put', object })));
  const api = createControlApi({
    store,
    nowMs: () => NOW_MS,
    newId: counter('id'),
    newJoinToken: (() => {
      const next = counter('secret');
      return (rootCertificatePem) => `SWMTKN-1-${rootCertificatePem}-${next()}`;
    })(),
    newUnlockKey: counter('SWMKEY-1-key'),
    log: () => undefined,
  });
  return { api, store };
}

/** Everything in the store, as bytes. */
export function contentOf(store: ReplicatedStore): string {
  return Buffer.concat([...store.snapshot()]).toString('base64');
}

/** Asserts that the call is refused with the code and a one-line reason, and that the store is as before. */
export async function assertRefused(
  store: ReplicatedStore,
  call: () => Promise<unknown>,
  code: ErrorCode,
  reason: RegExp,
): Promise<SkepError> {
  const before = contentOf(store);
  const indexBefore = store.view().index;
  let refusal: unknown;
  try {
    await call();
  } catch (thrown) {
    refusal = thrown;
  }
  assert.ok(refusal instanceof SkepError, `it is refused: ${String(refusal)}`);
  assert.equal(refusal.code, code, refusal.message);
  assert.match(refusal.message, reason);
  assert.doesNotMatch(refusal.message, /\n/);
  assert.equal(contentOf(store), before);
  assert.equal(store.view().index, indexBefore);
  return refusal;
}
