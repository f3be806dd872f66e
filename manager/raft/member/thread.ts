// The consensus thread: core, disk log and the connections to the other members.
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/ports.ts';
import { createKeyRing } from '../keys/key-ring.ts';
import { createSnapshot } from '../snapshot-file.ts';
import { createConsensus } from './consensus.ts';
import { measureEventLoopDelay } from './event-loop-delay.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { openMemberData } from './member-data.ts';
import { createOutbox } from './outbox.ts';
import { type FromConsensus, type ThreadData, type ToConsensus, toPlainError } from './thread-messages.ts';
import { preferThisThread } from './thread-priority.ts';
import { createTransport, type MemberTls, type Transport } from './transport-settings.ts';

const START_ID_BYTES = 8;

assert(parentPort !== null, 'the consensus runs in a thread of its own');
const port = parentPort;
const post = (message: FromConsensus, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);
const log: Log = (level, message, fields = {}) => post({ kind: 'log', level, message, fields });

async function start({ keys, ...plain }: ThreadData): Promise<void> {
  preferThisThread();
  const { id, folder } = plain;
  const keyRing = createKeyRing(keys);
  const settings = { ...plain, key: keyRing };
  const transport = createTransport(settings.transport);
  const data = await openMemberData(settings, log);
  const outbox = createOutbox({
    id,
    transport,
    log,
    onUnreachable: (member) => consensus.unreachable(member),
  });
  const consensus = createConsensus({
    settings,
    data,
    outbox,
    log,
    startId: randomBytes(START_ID_BYTES).toString('hex'),
    random: Math.random,
    eventLoopDelay: measureEventLoopDelay(),
    post,
    onFailure: (thrown) => {
      clearInterval(ticking);
      inbox?.close();
      outbox.close();
      post({ kind: 'failed', error: toPlainError(thrown) });
    },
  });
  let inbox: Inbox | undefined;
  let ticking: NodeJS.Timeout | undefined;
  const stop = async (requestId: number): Promise<void> => {
    clearInterval(ticking);
    inbox?.close();
    outbox.close();
    await consensus.stop();
    await data.diskLog.close();
    post({ kind: 'answer', requestId });
    port.close();
  };
  port.on('message', (message: ToConsensus) => {
    if (message.kind !== 'request') consensus.handle(message);
    else if (message.request.kind === 'close') void stop(message.requestId);
    else if (message.request.kind === 'renew') renew(transport, message.requestId, message.request.tls);
    else consensus.handle(message);
  });
  await consensus.restored();
  inbox = await openInbox({
    id,
    transport,
    commonNameOf: consensus.commonNameOf,
    onMessages: consensus.receive,
    openSnapshot: (head) => createSnapshot(folder, keyRing, head),
    onSnapshot: consensus.receiveSnapshot,
  });
  ticking = setInterval(consensus.tick, settings.tickMs);
  post({ kind: 'started', port: inbox.port });
}

function renew(transport: Transport, requestId: number, tls: MemberTls): void {
  try {
    transport.renew(tls);
    post({ kind: 'answer', requestId });
  } catch (thrown) {
    post({ kind: 'answer', requestId, error: toPlainError(thrown) });
  }
}

start(workerData as ThreadData).catch((thrown: unknown) => {
  post({ kind: 'failed', error: toPlainError(thrown) });
  port.close();
});
