import type { ChangeTransition } from '../../../../../manager/raft/core/confchange/change.ts';
import { NO_DATA } from '../../../../../manager/raft/core/entry.ts';
import { EMPTY_CONF_STATE, makeMessage, type Snapshot } from '../../../../../manager/raft/core/message.ts';
import { type Directive, numbersOf, singleValueOf, valuesOf } from './datadriven.ts';
import { describeMessage, describeProgressMap } from './describe.ts';
import { parseChanges } from './describe-changes.ts';
import {
  type CaseNode,
  type CaseOptions,
  createEnvironment,
  describeLog,
  describeOutcome,
  ELECTION_TICKS,
  type Environment,
  HEARTBEAT_TICKS,
  type Recipient,
} from './interaction-environment.ts';

type Command = (environment: Environment, directive: Directive) => void;

const COMMANDS: Readonly<Record<string, Command>> = {
  'add-nodes': addNodes,
  campaign: (environment, directive) => onlyNode(environment, directive).raft.campaign(),
  compact: (environment, directive) => {
    const node = onlyNode(environment, directive);
    node.storage.compact(numbersOf(directive)[1] ?? 0);
    environment.write(describeLog(node));
  },
  'deliver-msgs': deliverMessages,
  'forget-leader': (environment, directive) => {
    onlyNode(environment, directive).raft.forgetLeader();
  },
  'log-level': (environment, directive) => environment.setLevel(directive.args[0]?.key ?? ''),
  'process-append-thread': forEachNode('processing append thread', (environment, node) =>
    environment.processAppendThread(node),
  ),
  'process-apply-thread': forEachNode('processing apply thread', (environment, node) =>
    environment.processApplyThread(node),
  ),
  'process-ready': forEachNode('handling Ready', (environment, node) => environment.processReady(node)),
  propose: (environment, directive) => {
    const data = new TextEncoder().encode(directive.args[1]?.key ?? '');
    const outcome = onlyNode(environment, directive).raft.propose(data);
    refuse(describeOutcome('MsgProp', outcome));
  },
  'propose-conf-change': proposeConfChange,
  'raft-log': (environment, directive) => environment.write(describeLog(onlyNode(environment, directive))),
  'raft-state': (environment) => {
    for (const { raft, id } of environment.nodes) {
      const { role, term, lead, confState } = raft.status();
      const isVoter = confState.voters.includes(id) || confState.votersOutgoing.includes(id);
      environment.write(`${id}: ${role} (${isVoter ? 'Voter' : 'Non-Voter'}) Term:${term} Lead:${lead}`);
    }
  },
  'report-unreachable': (environment, directive) => {
    onlyNode(environment, directive).raft.reportUnreachable(numbersOf(directive)[1] ?? 0);
  },
  'send-snapshot': sendSnapshot,
  'set-randomized-election-timeout': (environment, directive) => {
    const { state } = onlyNode(environment, directive);
    state.randomizedElectionTicks = Number(singleValueOf(directive, 'timeout'));
  },
  stabilize,
  status: (environment, directive) => {
    environment.write(describeProgressMap(onlyNode(environment, directive).raft.status().progress));
  },
  'tick-election': tick(ELECTION_TICKS),
  'tick-heartbeat': tick(HEARTBEAT_TICKS),
  'transfer-leadership': (environment, directive) => {
    const from = environment.node(Number(singleValueOf(directive, 'from')));
    from.raft.transferLeader(Number(singleValueOf(directive, 'to')));
  },
};

/** Runs the commands of one file on one cluster. */
export function createInteractionRunner(): (directive: Directive) => string {
  const environment = createEnvironment();
  return (directive) => {
    const command = COMMANDS[directive.command];
    if (command === undefined) throw new Error(`unknown command: ${directive.command}`);
    try {
      command(environment, directive);
    } catch (thrown) {
      const output = environment.takeOutput();
      if (!(thrown instanceof RefusedCommand)) throw thrown;
      return output === '' ? thrown.message : `${output}\n${thrown.message}`;
    }
    return environment.takeOutput() || 'ok';
  };
}

/** A refusal that belongs to the output, unlike a fault of the case or the core. */
class RefusedCommand extends Error {}

function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new RefusedCommand(reason);
}

function onlyNode(environment: Environment, directive: Directive): CaseNode {
  return environment.node(numbersOf(directive)[0] ?? 0);
}

/** The members that a command names; all of them when it names none. */
function chosenNodes(environment: Environment, directive: Directive): readonly CaseNode[] {
  const ids = numbersOf(directive);
  return ids.length === 0 ? environment.nodes : ids.map((id) => environment.node(id));
}

function forEachNode(title: string, action: (environment: Environment, node: CaseNode) => void): Command {
  return (environment, directive) => {
    const nodes = chosenNodes(environment, directive);
    for (const node of nodes) {
      if (nodes.length === 1) {
        action(environment, node);
        continue;
      }
      environment.write(`> ${node.id} ${title}`);
      environment.indented(() => action(environment, node));
    }
  };
}

function tick(times: number): Command {
  return (environment, directive) => {
    const { raft } = onlyNode(environment, directive);
    for (let time = 0; time < times; time++) raft.tick();
  };
}

function addNodes(environment: Environment, directive: Directive): void {
  const confState = {
    ...EMPTY_CONF_STATE,
    voters: (valuesOf(directive, 'voters') ?? []).map(Number),
    learners: (valuesOf(directive, 'learners') ?? []).map(Number),
  };
  const index = Number(singleValueOf(directive, 'index') ?? 0);
  const data = new TextEncoder().encode(singleValueOf(directive, 'content') ?? '');
  const isEmpty = confState.voters.length + confState.learners.length + index + data.byteLength === 0;
  if (!isEmpty && index <= 1) throw new Error('index must be specified as > 1 due to bootstrap');
  const snapshot: Snapshot | undefined = isEmpty ? undefined : { index, term: 1, confState, data };
  const count = numbersOf(directive)[0] ?? 0;
  for (let added = 0; added < count; added++) environment.addNode(snapshot, nodeOptions(directive));
}

function nodeOptions(directive: Directive): CaseOptions {
  const isTrue = (key: string): boolean => singleValueOf(directive, key) === 'true';
  const inflight = singleValueOf(directive, 'inflight');
  const committedBytes = singleValueOf(directive, 'max-committed-size-per-ready');
  return {
    asyncStorageWrites: isTrue('async-storage-writes'),
    preVote: isTrue('prevote'),
    checkQuorum: isTrue('checkquorum'),
    disableConfChangeValidation: isTrue('disable-conf-change-validation'),
    stepDownOnRemoval: isTrue('step-down-on-removal'),
    readOnly: singleValueOf(directive, 'read-only') === 'lease-based' ? 'lease-based' : 'safe',
    ...(inflight === undefined ? {} : { maxInflightMessages: Number(inflight) }),
    ...(committedBytes === undefined ? {} : { maxCommittedBytesPerReady: Number(committedBytes) }),
  };
}

function deliverMessages(environment: Environment, directive: Directive): void {
  const recipients: Recipient[] = numbersOf(directive).map((id) => ({ id, isDropped: false }));
  for (const id of valuesOf(directive, 'drop') ?? []) recipients.push({ id: Number(id), isDropped: true });
  let count = 0;
  for (const recipient of recipients)
    count += environment.deliver(recipient, singleValueOf(directive, 'type'));
  if (count === 0) environment.write('no messages');
}

const TRANSITIONS: Readonly<Record<string, ChangeTransition>> = {
  auto: 'auto',
  implicit: 'joint-implicit',
  explicit: 'joint-explicit',
};

function proposeConfChange(environment: Environment, directive: Directive): void {
  const { raft } = onlyNode(environment, directive);
  const transition = TRANSITIONS[singleValueOf(directive, 'transition') ?? 'auto'] ?? 'auto';
  const change = { transition, changes: parseChanges(directive.input), context: NO_DATA };
  const isFirstForm = singleValueOf(directive, 'v1') === 'true';
  const outcome = raft.proposeConfChange(change, isFirstForm ? 'EntryConfChange' : 'EntryConfChangeV2');
  refuse(describeOutcome('MsgProp', outcome));
}

function sendSnapshot(environment: Environment, directive: Directive): void {
  const [from = 0, to = 0] = numbersOf(directive);
  const sender = environment.node(from);
  const message = makeMessage({
    type: 'MsgSnap',
    term: sender.raft.status().term,
    from,
    to,
    snapshot: sender.history.at(-1),
  });
  environment.messages.push(message);
  environment.write(describeMessage(message));
}

function stabilize(environment: Environment, directive: Directive): void {
  const level = singleValueOf(directive, 'log-level');
  const before = environment.level();
  if (level !== undefined) environment.setLevel(level);
  try {
    environment.stabilize(chosenNodes(environment, directive));
  } finally {
    environment.setLevel(before);
  }
}
