import { assert, SkepError } from '../../../lib/errors.ts';
import type { MemberId } from '../../../manager/raft/core/entry.ts';
import type { MemoryStorage } from '../../../manager/raft/core/log/memory-storage.ts';
import { createKeyRing } from '../../../manager/raft/keys/key-ring.ts';
import { type Consensus, createConsensus } from '../../../manager/raft/member/consensus.ts';
import { type MemberData, openMemberData } from '../../../manager/raft/member/member-data.ts';
import type { Outbox } from '../../../manager/raft/member/outbox.ts';
import { receiveChunks, sendChunks } from '../../../manager/raft/member/snapshot-transfer.ts';
import {
  type FromConsensus,
  type MemberSettings,
  type ThreadData,
  type ToConsensus,
  toPlainError,
} from '../../../manager/raft/member/thread-messages.ts';
import {
  createSnapshot,
  type SnapshotHead,
  type SnapshotReader,
  type SnapshotWriter,
} from '../../../manager/raft/snapshot-file.ts';
import type { RaftMessage, RaftSnapshotChunk } from '../../../proto/raft-messages.ts';
import type { Chance } from '../../manager/raft/core/simulation/chance.ts';
import type { ConsensusCheck } from '../checks/consensus-check.ts';
import type { Network } from '../world/network.ts';
import { createProcess, hostOf, isAlive, type Schedule, type SimProcess } from '../world/schedule.ts';

/** A snapshot on its way takes this much longer than a message. */
const SNAPSHOT_MS = 40;
const SNAPSHOT_TIMEOUT_MS = 5_000;
const SNAPSHOT_LOOK_MS = 20;
/** Of the messages that are lost, the sender's connection notices about so many. */
const NOTICED_LOSS_RATE = 0.3;

export interface RaftThreadsOptions {
  readonly schedule: Schedule;
  readonly network: Network;
  readonly chance: Chance;
  readonly check: ConsensusCheck;
  /** What members draw their election timeouts from. */
  readonly electionRandom: () => number;
}

interface RunningThread {
  readonly process: SimProcess;
  readonly machine: string;
  readonly consensus: Consensus;
  readonly settings: MemberSettings;
}

/** The consensus threads of all managers, and what they send each other. */
export interface RaftThreads {
  /** Stands in for `Worker` of node:worker_threads: runs what thread.ts does, in a process of the simulation. */
  readonly Worker: unknown;
  /** How often a snapshot reached another member. */
  snapshotsDelivered(): number;
  /** Messages of the past arrive again, out of the blue. */
  replayOld(): void;
}

type WorkerEvent = 'message' | 'error' | 'exit';
type EventListener = (value: unknown) => void;

const MAX_OLD_MESSAGES = 200;
const KEPT_MESSAGES: ReadonlySet<string> = new Set(['MsgApp', 'MsgAppResp', 'MsgVote', 'MsgVoteResp']);
const PROVOCATION_RATE = 0.5;

/** No threads run yet. */
export function createRaftThreads(options: RaftThreadsOptions): RaftThreads {
  const { schedule, network, chance, check } = options;
  const running = new Map<MemberId, RunningThread>();
  const restoring = new WeakMap<SimProcess, Consensus>();
  const old: RaftMessage[] = [];
  let snapshotsDelivered = 0;
  let highestTerm = 0;

  const liveThread = (id: MemberId): RunningThread | undefined => {
    const thread = running.get(id);
    return thread !== undefined && isAlive(thread.process) ? thread : undefined;
  };

  const transmit = (machine: string, to: MemberId, messages: readonly RaftMessage[]): boolean => {
    const target = running.get(to);
    if (target === undefined) return true;
    const lostBefore = network.counts.lost;
    network.sendDatagram(
      { from: machine, to: target.machine },
      () => liveThread(to)?.process,
      () => liveThread(to)?.consensus.receive(messages),
    );
    return network.counts.lost === lostBefore;
  };
  const flush = (id: MemberId, machine: string, queues: Map<MemberId, RaftMessage[]>): void => {
    for (const [to, messages] of queues) {
      const from = running.get(id);
      if (transmit(machine, to, messages) || from === undefined || !chance.happens(NOTICED_LOSS_RATE))
        continue;
      schedule.after(from.process, 1, 'unreachable', () => from.consensus.unreachable(to));
    }
    queues.clear();
  };
  const keepForLater = (message: RaftMessage): void => {
    if (!KEPT_MESSAGES.has(message.type) || (message.type === 'MsgApp' && message.entries.length === 0))
      return;
    if (old.length < MAX_OLD_MESSAGES) old.push(message);
    else old[chance.below(MAX_OLD_MESSAGES)] = message;
  };
  const replay = (isMeant: (message: RaftMessage) => boolean): void => {
    for (const message of old) {
      if (isMeant(message)) transmit(`m${message.from}`, message.to, [message]);
    }
  };
  /** Networks keep messages for the worst moment: votes for the next election, entries for the next leader. */
  const provoke = ({ type, from, term }: RaftMessage): void => {
    if (type === 'MsgVote' && chance.happens(PROVOCATION_RATE)) {
      replay((message) => message.type === 'MsgVoteResp' && message.to === from && message.term < term);
    } else if (type === 'MsgApp' && term > highestTerm) {
      highestTerm = term;
      if (chance.happens(PROVOCATION_RATE))
        replay((message) => message.type === 'MsgApp' && message.term < term);
    }
  };

  const sendSnapshot = async (
    machine: string,
    message: RaftMessage,
    snapshot: SnapshotReader,
  ): Promise<void> => {
    const sender = schedule.current();
    const chunks: RaftSnapshotChunk[] = [];
    for await (const chunk of sendChunks(message, snapshot)) chunks.push(chunk);
    const target = running.get(message.to)?.machine ?? '';
    const isCut = (): boolean =>
      network.isCut({ from: machine, to: target }) || network.isCut({ from: target, to: machine });
    const pause = (delayMs: number): Promise<void> =>
      new Promise((resolve) => schedule.after(sender, delayMs, 'snapshot on its way', resolve));
    await pause(SNAPSHOT_MS);
    const thread = liveThread(message.to);
    if (thread === undefined) throw new Error('nobody is there');
    // A connection that breaks has brought some of the chunks.
    const isBroken = isCut() || chance.happens(network.weather.lossRate);
    const arrived = isBroken ? chunks.slice(0, chance.below(chunks.length)) : chunks;
    let isTaken = false;
    schedule.after(thread.process, 0, 'snapshot', () => {
      takeSnapshot(thread, arrived, isBroken).then(() => {
        isTaken = true;
        snapshotsDelivered++;
      }, ignore);
    });
    for (let waited = 0; !isTaken || isCut(); waited += SNAPSHOT_LOOK_MS) {
      if (waited > SNAPSHOT_TIMEOUT_MS) throw new Error('the stream broke');
      await pause(SNAPSHOT_LOOK_MS);
    }
  };

  const outboxOf = (id: MemberId, machine: string, storage: MemoryStorage): Outbox => {
    const queues = new Map<MemberId, RaftMessage[]>();
    return {
      setAddresses: () => undefined,
      flush: () => flush(id, machine, queues),
      close: () => undefined,
      send: (message) => {
        check.noteSent(storage, message);
        provoke(message);
        keepForLater(message);
        const queue = queues.get(message.to);
        if (queue === undefined) queues.set(message.to, [message]);
        else queue.push(message);
      },
      sendSnapshot: (message, snapshot) => {
        check.noteSent(storage, message);
        return sendSnapshot(machine, message, snapshot);
      },
    };
  };

  const startThread = async (
    process: SimProcess,
    settings: MemberSettings,
    post: (message: FromConsensus) => void,
  ): Promise<void> => {
    const { id } = settings;
    const machine = hostOf(process).name;
    const data = watched(await openMemberData(settings, () => undefined), id, check);
    let ticking: NodeJS.Timeout | undefined;
    const consensus = createConsensus({
      settings,
      data,
      outbox: outboxOf(id, machine, data.storage),
      log: () => undefined,
      startId: String(chance.below(2 ** 30)),
      random: options.electionRandom,
      eventLoopDelay: () => ({ p50: 0, p99: 0, p999: 0, max: 0 }),
      post: (message) => {
        if (message.kind === 'committed') noteCommitted(id, message, check);
        post(message);
      },
      onFailure: (thrown) => {
        clearInterval(ticking);
        post({ kind: 'failed', error: toPlainError(thrown) });
      },
    });
    restoring.set(process, consensus);
    await consensus.restored();
    ticking = setInterval(consensus.tick, settings.tickMs);
    running.set(id, { process, machine, consensus, settings });
    post({ kind: 'started', port: id });
  };

  const createWorker = ({ keys, ...plain }: ThreadData) => {
    const settings: MemberSettings = { ...plain, key: createKeyRing(keys) };
    const main = schedule.current();
    const thread = createProcess('raft', main);
    const listeners = new Map<WorkerEvent, EventListener[]>();
    const emit = (event: WorkerEvent, value: unknown): void => {
      for (const listener of listeners.get(event) ?? []) listener(value);
    };
    const toMain = createChannel(schedule, main, (message: FromConsensus) => emit('message', message));
    const toThread = createChannel(schedule, thread, (message: ToConsensus) => {
      const consensus = restoring.get(thread);
      assert(consensus !== undefined, 'nothing is asked of a thread before it has started');
      if (message.kind !== 'request' || message.request.kind !== 'close') return consensus.handle(message);
      const { requestId } = message;
      void consensus.stop().then(() => toMain({ kind: 'answer', requestId }));
    });
    schedule.after(thread, 0, 'thread starts', () => {
      startThread(thread, settings, toMain).catch((thrown: unknown) =>
        toMain({ kind: 'failed', error: toPlainError(thrown) }),
      );
    });
    return {
      on: (event: WorkerEvent, listener: EventListener) => {
        listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      },
      postMessage: toThread,
      terminate: async () => {
        thread.isAlive = false;
      },
    };
  };

  return {
    Worker: function SimWorker(_file: string, { workerData }: { readonly workerData: ThreadData }) {
      return createWorker(workerData);
    },
    snapshotsDelivered: () => snapshotsDelivered,
    replayOld: () => replay(() => true),
  };
}

/** What inbox.ts does with a stream of chunks. */
async function takeSnapshot(
  { consensus, settings }: RunningThread,
  chunks: readonly RaftSnapshotChunk[],
  isBroken: boolean,
): Promise<void> {
  const stream = async function* (): AsyncGenerator<RaftSnapshotChunk> {
    yield* chunks;
    if (isBroken) throw new Error('the stream broke');
  };
  const { folder, key } = settings;
  const open = (head: SnapshotHead): Promise<SnapshotWriter> => createSnapshot(folder, key, head);
  consensus.receiveSnapshot(await receiveChunks(stream(), { check: ignore, open }));
}

function ignore(): void {}

/** Messages in order, each in a turn of its own. */
function createChannel<Message>(
  schedule: Schedule,
  target: SimProcess,
  receive: (message: Message) => void,
): (message: Message) => void {
  const queue: Message[] = [];
  return (message) => {
    queue.push(message);
    schedule.after(target, 0, 'thread message', () => {
      const next = queue.shift();
      if (next !== undefined) receive(next);
    });
  };
}

/** The member's data, with a look at everything that becomes durable in it. */
function watched(data: MemberData, id: MemberId, check: ConsensusCheck): MemberData {
  const { storage } = data;
  const seen: MemoryStorage = {
    ...storage,
    append: (entries) => {
      storage.append(entries);
      check.noteStored(id, storage, entries);
    },
    setHardState: (hardState) => {
      storage.setHardState(hardState);
      check.noteHardState(id, storage, hardState);
    },
  };
  return { ...data, storage: seen };
}

function noteCommitted(
  id: MemberId,
  { bytes, indexes, ends }: Extract<FromConsensus, { readonly kind: 'committed' }>,
  check: ConsensusCheck,
): void {
  let start = 0;
  for (const [place, index] of indexes.entries()) {
    const end = ends[place];
    if (end === undefined) throw new SkepError('INTERNAL', `entry ${index} has no end`);
    check.noteApplied(id, index, bytes.subarray(start, end));
    start = end;
  }
}
