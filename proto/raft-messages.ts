import protobuf from 'protobufjs/minimal.js';
import { SkepError } from '../lib/errors.ts';
import type { Codec } from './codec.ts';
import './codec.ts';
// Imported after codec.ts, which switches Long off first.
import { skep } from './generated/skep.js';

/** The numbers of message types on the wire: their places here. Never reordered. */
export const RAFT_MESSAGE_TYPES = [
  'MsgProp',
  'MsgApp',
  'MsgAppResp',
  'MsgVote',
  'MsgVoteResp',
  'MsgSnap',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgTransferLeader',
  'MsgTimeoutNow',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgPreVote',
  'MsgPreVoteResp',
] as const;
export const RAFT_ENTRY_TYPES = ['EntryNormal', 'EntryConfChange', 'EntryConfChangeV2'] as const;

export type RaftMessageType = (typeof RAFT_MESSAGE_TYPES)[number];
export type RaftEntryType = (typeof RAFT_ENTRY_TYPES)[number];

export interface RaftEntry {
  readonly term: number;
  readonly index: number;
  readonly type: RaftEntryType;
  readonly data: Uint8Array;
}

export interface RaftConfState {
  readonly voters: readonly number[];
  readonly votersOutgoing: readonly number[];
  readonly learners: readonly number[];
  readonly learnersNext: readonly number[];
  readonly autoLeave: boolean;
}

export interface RaftSnapshotHead {
  readonly index: number;
  readonly term: number;
  readonly confState: RaftConfState;
}

/** A message between members, whole except for the data of its snapshot. */
export interface RaftMessage {
  readonly type: RaftMessageType;
  readonly to: number;
  readonly from: number;
  readonly term: number;
  readonly logTerm: number;
  readonly index: number;
  readonly commit: number;
  readonly vote: number;
  readonly reject: boolean;
  readonly rejectHint: number;
  readonly voterCommit: { readonly term: number; readonly index: number } | undefined;
  readonly entries: readonly RaftEntry[];
  readonly snapshot: RaftSnapshotHead | undefined;
  readonly context: string;
}

export interface RaftFrame {
  readonly messages: readonly RaftMessage[];
}

export interface RaftSnapshotChunk {
  /** In the first chunk only. */
  readonly message: RaftMessage | undefined;
  readonly totalBytes: number;
  readonly data: Uint8Array;
}

interface WireEntry extends Omit<RaftEntry, 'type'> {
  readonly type: number;
}

interface WireMessage extends Omit<RaftMessage, 'type' | 'entries' | 'voterCommit' | 'snapshot'> {
  readonly type: number;
  readonly entries: readonly WireEntry[];
  readonly hasVoterCommit: boolean;
  readonly voterCommitTerm: number;
  readonly voterCommitIndex: number;
  readonly snapshot: RaftSnapshotHead | null;
}

/** The generated classes take plain objects of their shape, and give objects with every default in place. */
interface WireType<Wire> {
  encode(wire: Wire): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Wire;
}

const types = skep.v1 as unknown as {
  readonly RaftFrame: WireType<{ readonly messages: readonly WireMessage[] }>;
  readonly RaftSnapshotChunk: WireType<{
    readonly message: WireMessage | null;
    readonly totalBytes: number;
    readonly data: Uint8Array;
  }>;
};

function messageToWire(message: RaftMessage): WireMessage {
  const { voterCommit, snapshot } = message;
  return {
    ...message,
    type: RAFT_MESSAGE_TYPES.indexOf(message.type),
    entries: message.entries.map(entryToWire),
    hasVoterCommit: voterCommit !== undefined,
    voterCommitTerm: voterCommit?.term ?? 0,
    voterCommitIndex: voterCommit?.index ?? 0,
    snapshot: snapshot ?? null,
  };
}

function entryToWire({ term, index, type, data }: RaftEntry): WireEntry {
  return { term, index, type: RAFT_ENTRY_TYPES.indexOf(type), data };
}

function messageFromWire(wire: WireMessage): RaftMessage {
  const type = RAFT_MESSAGE_TYPES[wire.type];
  if (type === undefined) throw unknownType(`message of type ${wire.type}`);
  return {
    type,
    to: wire.to,
    from: wire.from,
    term: wire.term,
    logTerm: wire.logTerm,
    index: wire.index,
    commit: wire.commit,
    vote: wire.vote,
    reject: wire.reject,
    rejectHint: wire.rejectHint,
    voterCommit: wire.hasVoterCommit
      ? { term: wire.voterCommitTerm, index: wire.voterCommitIndex }
      : undefined,
    entries: wire.entries.map(entryFromWire),
    snapshot: wire.snapshot === null ? undefined : snapshotFromWire(wire.snapshot),
    context: wire.context,
  };
}

function entryFromWire(wire: WireEntry): RaftEntry {
  const type = RAFT_ENTRY_TYPES[wire.type];
  if (type === undefined) throw unknownType(`log entry of type ${wire.type}`);
  return { term: wire.term, index: wire.index, type, data: wire.data };
}

function snapshotFromWire({ index, term, confState }: RaftSnapshotHead): RaftSnapshotHead {
  const { voters, votersOutgoing, learners, learnersNext, autoLeave } = confState;
  return { index, term, confState: { voters, votersOutgoing, learners, learnersNext, autoLeave } };
}

function unknownType(what: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', `another manager sent a ${what}, which is not known here`, {
    help: 'see that all managers run versions that belong together',
  });
}

/** Tags of wire type 0 and 2, as proto/raft.proto numbers the fields. */
const VARINT = 0;
const BYTES = 2;
const tag = (field: number, wireType: number): number => (field << 3) | wireType;

/**
 * The bytes of a RaftFrame, without the fields that are zero. Written by hand because frames are most of what members
 * do: code generated for any message looks at every field in a general way.
 */
function encodeFrame({ messages }: RaftFrame): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const message of messages) {
    writer.uint32(tag(1, BYTES)).fork();
    writeMessage(writer, message);
    writer.ldelim();
  }
  return writer.finish();
}

function writeMessage(writer: protobuf.Writer, message: RaftMessage): void {
  const { voterCommit, snapshot, context } = message;
  writeNumber(writer, 1, RAFT_MESSAGE_TYPES.indexOf(message.type));
  writeNumber(writer, 2, message.to);
  writeNumber(writer, 3, message.from);
  writeNumber(writer, 4, message.term);
  writeNumber(writer, 5, message.logTerm);
  writeNumber(writer, 6, message.index);
  writeNumber(writer, 7, message.commit);
  writeNumber(writer, 8, message.vote);
  if (message.reject) writer.uint32(tag(9, VARINT)).bool(true);
  writeNumber(writer, 10, message.rejectHint);
  if (voterCommit !== undefined) {
    writer.uint32(tag(11, VARINT)).bool(true);
    writeNumber(writer, 12, voterCommit.term);
    writeNumber(writer, 13, voterCommit.index);
  }
  for (const entry of message.entries) {
    writer.uint32(tag(14, BYTES)).fork();
    writeEntry(writer, entry);
    writer.ldelim();
  }
  // Snapshots have a stream of their own.
  if (snapshot !== undefined) throw new TypeError('a frame holds no snapshot');
  if (context !== '') writer.uint32(tag(16, BYTES)).string(context);
}

function writeEntry(writer: protobuf.Writer, entry: RaftEntry): void {
  writeNumber(writer, 1, entry.term);
  writeNumber(writer, 2, entry.index);
  writeNumber(writer, 3, RAFT_ENTRY_TYPES.indexOf(entry.type));
  if (entry.data.byteLength > 0) writer.uint32(tag(4, BYTES)).bytes(entry.data);
}

/** An integer that a double holds exactly; those of 32 bits need no splitting. */
function writeNumber(writer: protobuf.Writer, field: number, value: number): void {
  if (value === 0) return;
  writer.uint32(tag(field, VARINT));
  if (value <= 0xffffffff) writer.uint32(value);
  else writer.uint64(value);
}

export const raftFrameCodec: Codec<RaftFrame> = {
  encode: encodeFrame,
  decode: (bytes) => ({ messages: types.RaftFrame.decode(bytes).messages.map(messageFromWire) }),
};

export const raftSnapshotChunkCodec: Codec<RaftSnapshotChunk> = {
  encode: ({ message, totalBytes, data }) =>
    types.RaftSnapshotChunk.encode({
      message: message === undefined ? null : messageToWire(message),
      totalBytes,
      data,
    }).finish(),
  decode: (bytes) => {
    const { message, totalBytes, data } = types.RaftSnapshotChunk.decode(bytes);
    return { message: message === null ? undefined : messageFromWire(message), totalBytes, data };
  },
};
