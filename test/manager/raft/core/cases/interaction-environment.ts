import { decodeConfChange } from '../../../../../manager/raft/core/confchange/change-codec.ts';
import { type Entry, NO_DATA } from '../../../../../manager/raft/core/entry.ts';
import {
  createMemoryStorage,
  EMPTY_SNAPSHOT,
  type MemoryStorage,
} from '../../../../../manager/raft/core/log/memory-storage.ts';
import {
  type ConfState,
  type HardState,
  isStorageThread,
  type Message,
  type Snapshot,
} from '../../../../../manager/raft/core/message.ts';
import type { RaftOptions } from '../../../../../manager/raft/core/options.ts';
import { createRaft } from '../../../../../manager/raft/core/raft.ts';
import { type RawNode, rawNodeOf } from '../../../../../manager/raft/core/raw-node.ts';
import type { RaftState, StepOutcome } from '../../../../../manager/raft/core/state.ts';
import { describeEntry, describeEvent, describeMessage, describeReady } from './describe.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'] as const;

export const ELECTION_TICKS = 3;
export const HEARTBEAT_TICKS = 1;

/** One member, with its disk and an application that appends all data it is given. */
export interface CaseNode {
  readonly id: number;
  readonly raft: RawNode;
  readonly state: RaftState;
  readonly storage: MemoryStorage;
  readonly isAsync: boolean;
  /** The application's state after every entry that it applied. */
  readonly history: Snapshot[];
  readonly appendWork: Message[];
  readonly applyWork: Message[];
}

/** The settings of a member that a case may choose. */
export type CaseOptions = Partial<Omit<RaftOptions, 'id' | 'storage' | 'random' | 'trace'>>;

export interface Recipient {
  readonly id: number;
  readonly isDropped: boolean;
}

/** A cluster in which nothing moves unless a command says so; what happens is written to an output. */
export interface Environment {
  readonly nodes: CaseNode[];
  messages: Message[];
  node(id: number): CaseNode;
  addNode(snapshot: Snapshot | undefined, options: CaseOptions): void;
  processReady(node: CaseNode): void;
  processAppendThread(node: CaseNode): void;
  processApplyThread(node: CaseNode): void;
  deliver(recipient: Recipient, type?: string): number;
  stabilize(nodes: readonly CaseNode[]): void;
  /** Writes lines, indented as the surroundings are, unless the level is NONE. */
  write(text: string): void;
  indented(action: () => void): void;
  level(): string;
  setLevel(name: string): void;
  takeOutput(): string;
}

/** An environment without members. */
export function createEnvironment(): Environment {
  const nodes: CaseNode[] = [];
  let level: number = LEVELS.indexOf('DEBUG');
  let indent = '';
  let output: string[] = [];

  const write = (text: string): void => {
    if (level === LEVELS.indexOf('NONE') || text === '') return;
    for (const line of text.replace(/\n$/, '').split('\n')) output.push(`${indent}${line}`);
  };
  const indented = (action: () => void): void => {
    const outer = indent;
    indent += '  ';
    try {
      action();
    } finally {
      indent = outer;
    }
  };

  const environment: Environment = {
    nodes,
    messages: [],
    node: (id) => {
      const node = nodes[id - 1];
      if (node === undefined) throw new Error(`there is no node ${id}`);
      return node;
    },
    addNode: (snapshot, options) => {
      const id = nodes.length + 1;
      const trace: RaftOptions['trace'] = (event) => {
        const line = describeEvent(id, event);
        if (line !== undefined && LEVELS.indexOf(line.level) >= level) write(`${line.level} ${line.text}`);
      };
      nodes.push(createNode(id, snapshot, { ...options, trace }));
    },
    processReady: (node) => processReady(environment, node),
    processAppendThread: (node) => processAppendThread(environment, node),
    processApplyThread: (node) => processApplyThread(environment, node),
    deliver: (recipient, type) => deliver(environment, recipient, type),
    stabilize: (chosen) => stabilize(environment, chosen),
    write,
    indented,
    level: () => LEVELS[level] ?? 'NONE',
    setLevel: (name) => {
      const next = (LEVELS as readonly string[]).indexOf(name.toUpperCase());
      if (next < 0) throw new Error(`there is no log level ${name}`);
      level = next;
    },
    takeOutput: () => {
      const text = output.join('\n');
      output = [];
      return text;
    },
  };
  return environment;
}

function createNode(
  id: number,
  snapshot: Snapshot | undefined,
  options: CaseOptions & Pick<RaftOptions, 'trace'>,
): CaseNode {
  const history: Snapshot[] = [snapshot ?? EMPTY_SNAPSHOT];
  const memory = createMemoryStorage();
  if (snapshot !== undefined) memory.applySnapshot(snapshot);
  // Whoever is behind the log gets the application's present state, not that of the last compaction.
  const storage = { ...memory, snapshot: () => history.at(-1) };
  const state = createRaft({
    id,
    storage,
    // The longest timeout: nobody campaigns by chance.
    random: () => 0.999,
    electionTicks: ELECTION_TICKS,
    heartbeatTicks: HEARTBEAT_TICKS,
    maxInflightMessages: Number.POSITIVE_INFINITY,
    ...(snapshot === undefined ? {} : { applied: snapshot.index }),
    ...options,
  });
  return {
    id,
    raft: rawNodeOf(state),
    state,
    storage: memory,
    isAsync: state.settings.asyncStorageWrites,
    history,
    appendWork: [],
    applyWork: [],
  };
}

interface AppendWork {
  readonly hardState: HardState | undefined;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | undefined;
}

function writeStorage(node: CaseNode, work: AppendWork): void {
  if (work.hardState !== undefined) node.storage.setHardState(work.hardState);
  if (work.snapshot !== undefined) {
    node.storage.applySnapshot(work.snapshot);
    node.history.push(work.snapshot);
  }
  node.storage.append(work.entries);
}

function applyEntries(node: CaseNode, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const last = node.history.at(-1) ?? EMPTY_SNAPSHOT;
    let confState: ConfState = last.confState;
    let update: Uint8Array = NO_DATA;
    if (entry.type === 'EntryNormal') {
      update = entry.data;
    } else {
      confState = node.raft.applyConfChange(entry) ?? confState;
      update = decodeConfChange(entry.data).context;
    }
    const data = new Uint8Array(last.data.byteLength + update.byteLength);
    data.set(last.data);
    data.set(update, last.data.byteLength);
    node.history.push({ index: entry.index, term: entry.term, confState, data });
  }
}

function processReady(environment: Environment, node: CaseNode): void {
  const ready = node.raft.ready();
  environment.write(describeReady(ready));
  if (!node.isAsync) {
    writeStorage(node, ready);
    applyEntries(node, ready.committedEntries);
  }
  for (const message of ready.messages) {
    if (!isStorageThread(message.to)) environment.messages.push(message);
    else if (message.type === 'MsgStorageAppend') node.appendWork.push(message);
    else node.applyWork.push(message);
  }
  if (!node.isAsync) node.raft.advance();
}

function processAppendThread(environment: Environment, node: CaseNode): void {
  const work = node.appendWork.shift();
  if (work === undefined) {
    environment.write('no append work to perform');
    return;
  }
  const { term, vote, commit, entries, snapshot } = work;
  const hasHardState = term !== 0 || vote !== 0 || commit !== 0;
  announceWork(environment, work);
  writeStorage(node, { hardState: hasHardState ? { term, vote, commit } : undefined, entries, snapshot });
  answerWork(environment, work);
}

function processApplyThread(environment: Environment, node: CaseNode): void {
  const work = node.applyWork.shift();
  if (work === undefined) {
    environment.write('no apply work to perform');
    return;
  }
  announceWork(environment, work);
  applyEntries(node, work.entries);
  answerWork(environment, work);
}

function announceWork(environment: Environment, work: Message): void {
  environment.write(`Processing:\n${describeMessage({ ...work, responses: [] })}`);
}

function answerWork(environment: Environment, work: Message): void {
  environment.write('Responses:');
  for (const response of work.responses) {
    environment.write(describeMessage(response));
    environment.messages.push(response);
  }
}

/** Messages that a member sends itself, or that its storage answers, never get lost. */
function isLocal(message: Message): boolean {
  return message.from === message.to || isStorageThread(message.from) || isStorageThread(message.to);
}

function deliver(environment: Environment, recipient: Recipient, type?: string): number {
  const isChosen = (message: Message): boolean =>
    message.to === recipient.id &&
    !(recipient.isDropped && isLocal(message)) &&
    (type === undefined || message.type === type);
  const chosen = environment.messages.filter(isChosen);
  environment.messages = environment.messages.filter((message) => !isChosen(message));
  for (const message of chosen) {
    environment.write(`${recipient.isDropped ? 'dropped: ' : ''}${describeMessage(message)}`);
    if (recipient.isDropped) continue;
    const fault = describeOutcome(message.type, environment.node(message.to).raft.step(message));
    if (fault !== undefined) environment.write(fault);
  }
  return chosen.length;
}

/** What a refused step is called in the case files; undefined where it says nothing. */
export function describeOutcome(type: string, outcome: StepOutcome): string | undefined {
  switch (outcome) {
    case 'peer-not-found':
      return 'raft: cannot step as peer not found';
    case 'local-message':
      return 'raft: cannot step raft local message';
    case 'accepted':
    case 'conf-change-ignored':
      return undefined;
    default:
      return type === 'MsgProp' ? 'raft proposal dropped' : undefined;
  }
}

/** Lets the chosen members work until none of them has anything left to do. */
function stabilize(environment: Environment, nodes: readonly CaseNode[]): void {
  const forEach = (
    title: string,
    isDue: (node: CaseNode) => boolean,
    action: (node: CaseNode) => void,
  ): boolean => {
    let isBusy = false;
    for (const node of nodes) {
      if (!isDue(node)) continue;
      isBusy = true;
      environment.write(`> ${node.id} ${title}`);
      environment.indented(() => action(node));
    }
    return isBusy;
  };
  const drain = (queue: readonly Message[], step: () => void): void => {
    while (queue.length > 0) step();
  };
  // A cluster that has not come to rest by then never will.
  for (let round = 0; round < 10_000; round++) {
    const busy = [
      forEach('handling Ready', (node) => node.raft.hasReady(), environment.processReady),
      forEach(
        'receiving messages',
        ({ id }) => environment.messages.some((message) => message.to === id),
        ({ id }) => environment.deliver({ id, isDropped: false }),
      ),
      forEach(
        'processing append thread',
        (node) => node.appendWork.length > 0,
        (node) => drain(node.appendWork, () => environment.processAppendThread(node)),
      ),
      forEach(
        'processing apply thread',
        (node) => node.applyWork.length > 0,
        (node) => drain(node.applyWork, () => environment.processApplyThread(node)),
      ),
    ];
    if (!busy.includes(true)) return;
  }
  throw new Error('the cluster does not come to rest');
}

/** The entries that a member has on disk. */
export function describeLog({ storage }: CaseNode): string {
  const first = storage.firstIndex();
  const last = storage.lastIndex();
  if (last < first) return `log is empty: first index=${first}, last index=${last}`;
  const entries = storage.entries(first, last + 1, Number.POSITIVE_INFINITY) ?? [];
  return entries.map(describeEntry).join('\n');
}
