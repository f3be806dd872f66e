import type { Etcd3, IKeyValue, IOptions, IRequestOp, IWatchResponse } from 'etcd3';
import { ensureError, SkepError } from '../../lib/errors.ts';
import type {
  Condition,
  KeyValue,
  Operation,
  RangeAnswer,
  RangeRequest,
  TransactionAnswer,
  TransactionRequest,
  WatchEvent,
  Watcher,
} from './etcd-request.ts';

/** Every call has this deadline, unless it says another. etcd's own for a write is 5 s plus two elections. */
const CALL_TIMEOUT_MS = 3_000;
/** One page of entries, the largest answer, is at most 64 MiB and its frame. */
const MAX_ANSWER_BYTES = 72 * 1024 * 1024;
/** etcd takes more than a ping in 5 s for an attack. */
const PING_EVERY_MS = 10_000;
const PING_TIMEOUT_MS = 3_000;
const MAX_RECONNECT_BACKOFF_MS = 1_000;

/** What etcd's certificate is checked against, and what this manager shows it. */
export interface EtcdTls {
  readonly rootCertificatePem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/**
 * An etcd cluster. Each call goes to one member and is never repeated here: only the caller knows what a repetition
 * would do. Calls reject with UNAVAILABLE when it is not known what became of them, and with another code when
 * etcd refused.
 */
export interface EtcdClient {
  transact(request: TransactionRequest, timeoutMs?: number): Promise<TransactionAnswer>;
  range(request: RangeRequest): Promise<RangeAnswer>;
  /** From `revision` on, that included. Returns the cancellation. */
  watch(
    range: { readonly key: string; readonly end: string },
    revision: number,
    watcher: Watcher,
  ): () => void;
  grantLease(ttlSeconds: number): Promise<{ readonly id: string; readonly ttlMs: number }>;
  /** Resolves with the time to live from now on; 0 when the lease has ended. */
  renewLease(id: string, timeoutMs: number): Promise<number>;
  revokeLease(id: string, timeoutMs: number): Promise<void>;
  /** Forgets the history before `revision`. */
  compact(revision: number): Promise<void>;
  close(): void;
}

/** What etcd certainly did not do is told by errors of these classes. */
const REFUSALS: ReadonlyMap<string, SkepError['code']> = new Map([
  ['GRPCInvalidArgumentError', 'INVALID_ARGUMENT'],
  ['GRPCResourceExhastedError', 'RESOURCE_EXHAUSTED'],
  ['GRPCFailedPreconditionError', 'FAILED_PRECONDITION'],
  ['GRPCOutOfRangeError', 'FAILED_PRECONDITION'],
  ['GRPCNotFoundError', 'NOT_FOUND'],
  ['EtcdLeaseInvalidError', 'NOT_FOUND'],
  ['EtcdPermissionDeniedError', 'PERMISSION_DENIED'],
  ['GRPCUnauthenticatedError', 'UNAUTHENTICATED'],
]);

/** Loads the library (nothing else does) and makes a client. Connects with the first call. */
export async function createEtcdClient(options: {
  readonly endpoints: readonly string[];
  readonly tls?: EtcdTls;
}): Promise<EtcdClient> {
  const { Etcd3: Client } = await import('etcd3');
  const scheme = options.tls === undefined ? 'http' : 'https';
  const members = options.endpoints.map((endpoint) => ({
    endpoint,
    etcd: new Client(clientOptions(`${scheme}://${endpoint}`, options.tls)),
  }));
  // The library would pick a member at random for each call, a dead one again and again.
  let current = 0;
  const call = async <Answer>(run: (etcd: Etcd3) => Promise<Answer>): Promise<Answer> => {
    const place = current;
    const member = members[place];
    if (member === undefined) throw new SkepError('INVALID_ARGUMENT', 'no etcd endpoint was given');
    try {
      return await run(member.etcd);
    } catch (thrown) {
      const error = toCallError(ensureError(thrown), member.endpoint);
      if (error.code === 'UNAVAILABLE' && current === place) current = (place + 1) % members.length;
      throw error;
    }
  };
  return {
    transact: (request, timeoutMs = CALL_TIMEOUT_MS) =>
      call((etcd) => transact(etcd, request, deadlineAfter(timeoutMs))),
    range: (request) => call((etcd) => range(etcd, request, deadlineAfter(CALL_TIMEOUT_MS))),
    watch: (keys, revision, watcher) => openWatch((run) => call(run), keys, revision, watcher),
    grantLease: (ttlSeconds) =>
      call(async ({ leaseClient }) => {
        const answer = await leaseClient.leaseGrant({ TTL: ttlSeconds }, deadlineAfter(CALL_TIMEOUT_MS));
        return { id: answer.ID, ttlMs: Number(answer.TTL) * 1_000 };
      }),
    renewLease: (id, timeoutMs) => call((etcd) => renewLease(etcd, id, timeoutMs)),
    revokeLease: (id, timeoutMs) =>
      call(async ({ leaseClient }) => {
        await leaseClient.leaseRevoke({ ID: id }, deadlineAfter(timeoutMs));
      }),
    compact: (revision) =>
      call(async ({ kv }) => {
        await kv.compact({ revision }, deadlineAfter(CALL_TIMEOUT_MS));
      }),
    close: () => {
      for (const { etcd } of members) etcd.close();
    },
  };
}

function clientOptions(host: string, tls: EtcdTls | undefined): IOptions {
  const never = (): { dispose(): void } => ({ dispose: () => undefined });
  // Neither repeats a call nor blocks a member for a while.
  const plain: NonNullable<NonNullable<IOptions['faultHandling']>['global']> = {
    _altReturn: undefined as never,
    onSuccess: never,
    onFailure: never,
    execute: async (run) => run({ signal: new AbortController().signal }),
  };
  return {
    hosts: host,
    ...(tls === undefined
      ? {}
      : {
          credentials: {
            rootCertificate: Buffer.from(tls.rootCertificatePem),
            certChain: Buffer.from(tls.certificatePem),
            privateKey: Buffer.from(tls.keyPem),
          },
        }),
    faultHandling: { global: plain, host: () => plain },
    grpcOptions: {
      'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
      'grpc.keepalive_time_ms': PING_EVERY_MS,
      'grpc.keepalive_timeout_ms': PING_TIMEOUT_MS,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_BACKOFF_MS,
      'grpc.use_local_subchannel_pool': 1,
    },
  };
}

function deadlineAfter(timeoutMs: number): { readonly deadline: number } {
  return { deadline: Date.now() + timeoutMs };
}

function toCallError(error: Error, endpoint: string): SkepError {
  if (error.message.includes('database space exceeded')) {
    return new SkepError(
      'RESOURCE_EXHAUSTED',
      `etcd at ${endpoint} has used up its space and takes no writes`,
      {
        help: 'compact and defragment it, then clear the alarm: etcdctl alarm disarm',
        cause: error,
      },
    );
  }
  const code = REFUSALS.get(error.constructor.name);
  if (code !== undefined) {
    return new SkepError(code, `etcd at ${endpoint} refused a call`, { cause: error });
  }
  return new SkepError('UNAVAILABLE', `etcd at ${endpoint} did not answer`, {
    help: 'see that a majority of its members is up and reached from here',
    cause: error,
  });
}

async function transact(
  { kv }: Etcd3,
  request: TransactionRequest,
  options: { readonly deadline: number },
): Promise<TransactionAnswer> {
  const answer = await kv.txn(
    {
      compare: request.conditions.map(toCompare),
      success: request.steps.map(toRequestOp),
      failure: (request.otherwise ?? []).map(toRequestOp),
    },
    options,
  );
  return {
    isDone: answer.succeeded,
    revision: Number(answer.header.revision),
    found: answer.responses.map(({ response_range: found }) => {
      const first = found?.kvs[0];
      return first === undefined ? undefined : toKeyValue(first);
    }),
  };
}

function toCompare({ what, key, revision }: Condition) {
  const target = { key: Buffer.from(key), result: 'Equal' } as const;
  return what === 'created'
    ? { ...target, target: 'Create' as const, create_revision: revision }
    : { ...target, target: 'Mod' as const, mod_revision: revision };
}

function toRequestOp(operation: Operation): IRequestOp {
  const key = Buffer.from(operation.key);
  if (operation.kind === 'get') return { request_range: { key } };
  if (operation.kind === 'delete') {
    return {
      request_delete_range: {
        key,
        ...(operation.end === undefined ? {} : { range_end: Buffer.from(operation.end) }),
      },
    };
  }
  const { value } = operation;
  return {
    request_put: {
      key,
      value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      ...(operation.lease === undefined ? {} : { lease: operation.lease }),
    },
  };
}

function toKeyValue(found: IKeyValue): KeyValue {
  return {
    key: found.key.toString(),
    value: found.value,
    createRevision: Number(found.create_revision),
    modRevision: Number(found.mod_revision),
    version: Number(found.version),
    lease: found.lease,
  };
}

async function range(
  { kv }: Etcd3,
  request: RangeRequest,
  options: { readonly deadline: number },
): Promise<RangeAnswer> {
  const answer = await kv.range(
    {
      key: Buffer.from(request.key),
      range_end: Buffer.from(request.end),
      limit: request.limit,
      ...(request.revision === undefined ? {} : { revision: request.revision }),
      keys_only: request.isKeysOnly ?? false,
    },
    options,
  );
  return {
    revision: Number(answer.header.revision),
    keys: answer.kvs.map(toKeyValue),
    hasMore: answer.more,
  };
}

/** A stream of its own per renewal has a deadline of its own, and finds another member after a failure. */
async function renewLease({ leaseClient }: Etcd3, id: string, timeoutMs: number): Promise<number> {
  const stream = await leaseClient.leaseKeepAlive(deadlineAfter(timeoutMs));
  try {
    return await new Promise((resolve, reject) => {
      stream.on('data', ({ TTL }) => resolve(Math.max(0, Number(TTL) * 1_000)));
      stream.on('error', reject);
      stream.on('end', () => reject(new Error('the stream of renewals ended')));
      stream.write({ ID: id });
    });
  } finally {
    stream.end();
  }
}

function openWatch(
  call: (run: (etcd: Etcd3) => Promise<void>) => Promise<void>,
  { key, end }: { readonly key: string; readonly end: string },
  revision: number,
  watcher: Watcher,
): () => void {
  let isOver = false;
  let cancel = (): void => undefined;
  const finish = (report: () => void): void => {
    if (isOver) return;
    isOver = true;
    cancel();
    report();
  };
  const run = async ({ watchClient }: Etcd3): Promise<void> => {
    const stream = await watchClient.watch();
    cancel = () => {
      // A stream that is ended first is not counted as a failure of the member, which would cost all its connections.
      stream.end();
      stream.cancel();
    };
    await new Promise<void>((resolve, reject) => {
      stream.on('error', (error) => (isOver ? resolve() : reject(error)));
      if (isOver) return cancel();
      stream.on('end', () => reject(new Error('the stream of changes ended')));
      stream.on('data', (answer: IWatchResponse) => {
        if (isOver) return resolve();
        if (answer.canceled) {
          if (Number(answer.compact_revision) === 0) return reject(new Error(answer.cancel_reason));
          finish(() => watcher.onEnd({ kind: 'compacted' }));
          return resolve();
        }
        if (answer.events.length > 0) watcher.onEvents(answer.events.map(toWatchEvent), !answer.fragment);
      });
      stream.write({
        create_request: {
          key: Buffer.from(key),
          range_end: Buffer.from(end),
          start_revision: revision,
          fragment: true,
        },
      });
    });
  };
  call(run).catch((thrown: unknown) => {
    finish(() => watcher.onEnd({ kind: 'broken', error: ensureError(thrown) }));
  });
  return () => finish(() => undefined);
}

function toWatchEvent({ type, kv }: IWatchResponse['events'][number]): WatchEvent {
  return { kind: type === 'Delete' ? 'delete' : 'put', key: toKeyValue(kv) };
}
