// The clients of both sides: as many closed loops as asked for, each with one call on its way.
import { randomBytes } from 'node:crypto';
import { ChannelCredentials } from '@grpc/grpc-js';
import { connect } from '../../proto/rpc.ts';
import { serveQuestions } from './child.ts';
import { connectEtcd } from './etcd-client.ts';
import { keyValueMethods } from './key-value.ts';

export interface LoadSettings {
  readonly side: 'skep' | 'etcd';
  /** `host:port` of the leader. */
  readonly address: string;
}

/** The question `stop` ends the run before its time. */
export interface LoadQuestion {
  readonly kind: 'put' | 'get';
  readonly clients: number;
  readonly forMs: number;
  /** 256 unless given. */
  readonly valueBytes?: number;
  /** Of all `clients` together; without it the loops go on as fast as they can. */
  readonly perSecond?: number;
  /** Keys beyond which they repeat; 10,000 unless given. */
  readonly keys?: number;
  /** Ends after so many calls, if that is before the time is up. */
  readonly calls?: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  readonly failed: number;
}

type Call = (kind: LoadQuestion['kind'], key: string, value: Uint8Array) => Promise<unknown>;

serveQuestions<LoadSettings>(async (settings) => {
  const call = settings.side === 'skep' ? callSkep(settings.address) : await callEtcd(settings.address);
  const stop = { isWanted: false };
  return async (question) => {
    stop.isWanted = question === 'stop';
    return question === 'stop' ? undefined : run(call, question as LoadQuestion, stop);
  };
});

function callSkep(address: string): Call {
  const { call } = connect(keyValueMethods, address, ChannelCredentials.createInsecure());
  const none = new Uint8Array(0);
  return (kind, key, value) => (kind === 'put' ? call.put({ key, value }) : call.get({ key, value: none }));
}

async function callEtcd(address: string): Promise<Call> {
  const client = await connectEtcd(address);
  return (kind, key, value) =>
    kind === 'put' ? client.put(key).value(Buffer.from(value)).exec() : client.get(key).buffer();
}

async function run(
  call: Call,
  question: LoadQuestion,
  stop: { readonly isWanted: boolean },
): Promise<LoadResult> {
  const { kind, clients, forMs, valueBytes = 256, keys = 10_000, calls = Infinity, perSecond } = question;
  const value = randomBytes(valueBytes);
  const pauseMs = perSecond === undefined ? 0 : (clients * 1_000) / perSecond;
  const latencies: number[] = [];
  let failed = 0;
  let nextKey = 0;
  const startedAtMs = performance.now();
  const untilMs = startedAtMs + forMs;
  const loop = async (): Promise<void> => {
    while (performance.now() < untilMs && !stop.isWanted && nextKey < calls) {
      const calledAtMs = performance.now();
      try {
        await call(kind, `key-${nextKey++ % keys}`, value);
        latencies.push(performance.now() - calledAtMs);
      } catch {
        failed++;
      }
      const restMs = calledAtMs + pauseMs - performance.now();
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  };
  await Promise.all(Array.from({ length: clients }, loop));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const sorted = latencies.sort((left, right) => left - right);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  return { perSecond: sorted.length / seconds, medianMs: at(0.5), p99Ms: at(0.99), slowestMs: at(1), failed };
}
