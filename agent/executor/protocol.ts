import { SkepError } from '../../lib/errors.ts';
import type { ContainerState, NetlinkAnswer } from './executor.ts';
import { createFieldWriter } from './field-writer.ts';

/** The keeper's binary protocol, as agent/keeper/PROTOCOL.md describes it. Pure: bytes in, values out. */

export const KEEPER_VERSION = 2;
/** An older keeper that still runs is served as well; what it does not know, it refuses. */
export const OLDEST_KEEPER_VERSION = 1;
/** The keeper refuses longer requests. */
export const MAX_REQUEST_BYTES = 1024 * 1024;
/** The keeper never sends a longer answer. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export const MESSAGE_KINDS = {
  hello: 1,
  start: 2,
  signal: 3,
  kill: 4,
  list: 5,
  remove: 6,
  exec: 7,
  netlink: 8,
  subscribe: 9,
  shutdown: 10,
  attach: 11,
  execStream: 12,
  pause: 13,
  unpause: 14,
  takeOver: 15,
} as const;
export type RequestKind = keyof typeof MESSAGE_KINDS;

const MESSAGE_OK = 100;
const MESSAGE_ERROR = 101;
const MESSAGE_EXIT_EVENT = 102;

export const STEP_KINDS = {
  hostFolder: 1,
  hostWrite: 2,
  cgroup: 3,
  netlinkHost: 4,
  filterDevices: 5,
  write: 20,
  unshare: 21,
  propagation: 22,
  overlay: 23,
  mount: 24,
  treeOpen: 25,
  treePlace: 26,
  folder: 27,
  device: 28,
  symlink: 29,
  mask: 30,
  readOnly: 31,
  rootReadOnly: 32,
  pivot: 33,
  hostname: 34,
  awaitKeeper: 35,
  netlink: 36,
  rlimit: 37,
  noNewPrivileges: 38,
  bounding: 39,
  capabilities: 40,
  user: 41,
  workdir: 42,
  umask: 43,
  joinNamespaces: 44,
  stdinNull: 45,
  exec: 46,
  filterSyscalls: 47,
  keepRights: 48,
  sysctl: 49,
  terminal: 50,
  devices: 55,
  limit: 56,
  cpuset: 57,
  shmOpen: 60,
  userNamespace: 61,
  mappedLayers: 62,
  deviceTree: 63,
  enterUsers: 64,
  bindRoot: 65,
  joinPath: 66,
  awaitStart: 67,
  attributes: 68,
  console: 69,
} as const;
export type StepKind = keyof typeof STEP_KINDS;

/** One system call or a few that belong together. Which fields a kind uses: agent/keeper/PROTOCOL.md. */
export interface Step {
  readonly kind: StepKind;
  /** For the error text when it fails. */
  readonly name: string;
  readonly path?: string;
  readonly other?: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly flags?: bigint;
  readonly mode?: bigint;
  readonly number?: bigint;
  readonly argv?: readonly string[];
  readonly env?: readonly string[];
  readonly tolerated?: readonly number[];
}

const ERROR_MALFORMED = 1;
const ERROR_NOT_FOUND = 2;
const ERROR_EXISTS = 3;
const ERROR_STEP_FAILED = 4;
const ERROR_STILL_RUNNING = 5;
const ERROR_LIMIT = 6;
const ERROR_PAUSED = 11;
export const ERROR_BUSY = 12;

export type KeeperErrorKind =
  | 'malformed'
  | 'not-found'
  | 'exists'
  | 'step-failed'
  | 'still-running'
  | 'limit'
  | 'paused'
  | 'busy'
  | 'system';

export interface KeeperFailure {
  readonly kind: KeeperErrorKind;
  readonly errno: number;
  readonly text: string;
  /** Empty unless a step failed. */
  readonly stepName: string;
  readonly stepIndex: number;
}

/** A container as the keeper tells it; `note` is what the start request left with it. */
export interface KeptContainer {
  readonly state: ContainerState;
  readonly note: Uint8Array;
}

export type KeeperMessage =
  | { readonly kind: 'ok'; readonly request: number; readonly fields: readonly Field[] }
  | { readonly kind: 'error'; readonly request: number; readonly failure: KeeperFailure }
  | { readonly kind: 'exit'; readonly container: KeptContainer };

export interface Field {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

export const FIELDS = {
  id: 1,
  namespaces: 2,
  step: 3,
  note: 4,
  logPath: 5,
  oomPath: 6,
  signal: 7,
  timeoutMs: 8,
  netlink: 9,
  cgroup: 10,
  input: 11,
  inputOnce: 12,
  holdOutput: 13,
  wantOutput: 14,
  columns: 15,
  rows: 16,
  logKind: 20,
  logMaxBytes: 21,
  logMaxFiles: 22,
  joinPid: 25,
  joinIpc: 26,
  joinNet: 27,
  program: 28,
  force: 29,
  consoleSocket: 30,
  wait: 31,
  gate: 32,
  join: 33,
  waiting: 34,
  build: 35,
  busyStarts: 36,
  busyChanges: 37,
  busyStreams: 38,
  busyExecs: 39,
  version: 40,
  pid: 41,
  instance: 42,
  stateFolder: 43,
  errorCode: 44,
  errorText: 45,
  errno: 46,
  stepIndex: 47,
  stepName: 48,
  container: 49,
  startedMs: 50,
  ended: 51,
  exitCode: 52,
  exitSignal: 53,
  oomKilled: 54,
  finishedMs: 55,
  timedOut: 56,
  output: 57,
  netlinkAnswer: 58,
  netlinkMessage: 59,
  paused: 60,
} as const;

const STEP_FIELDS = {
  name: 1,
  path: 2,
  other: 3,
  text: 4,
  bytes: 5,
  flags: 6,
  mode: 7,
  number: 8,
  argv: 9,
  env: 10,
  tolerated: 11,
} as const;

const FIELD_HEADER_BYTES = 6;
const MESSAGE_HEADER_BYTES = 6;
const FRAME_HEADER_BYTES = 4;

const textDecoder = new TextDecoder();

/** Joins byte strings into one. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Everything is written and taken in one turn, so one writer does for all. */
const writer = createFieldWriter();

/** Whatever a refusal left behind is dropped. */
function written(write: () => void): Uint8Array {
  writer.take();
  write();
  return writer.take();
}

/** One field: u16 tag, u32 length, bytes. */
export function bytesField(tag: number, bytes: Uint8Array): Uint8Array {
  return written(() => writer.bytesField(tag, bytes));
}

/** NUL-terminated text. INVALID_ARGUMENT when the text itself holds a NUL. */
export function stringField(tag: number, text: string): Uint8Array {
  return written(() => writer.stringField(tag, text));
}

/** Unsigned 64 bits. */
export function numberField(tag: number, value: number | bigint): Uint8Array {
  return written(() => writer.numberField(tag, value));
}

function writeStrings(tag: number, texts: readonly string[]): void {
  const start = writer.begin(tag);
  for (const text of texts) writer.text(text);
  writer.end(start);
}

function writeTolerated(errnos: readonly number[]): void {
  const start = writer.begin(STEP_FIELDS.tolerated);
  for (const errno of errnos) writer.uint32(errno);
  writer.end(start);
}

function writeStep(step: Step): void {
  const start = writer.begin(FIELDS.step);
  writer.uint16(STEP_KINDS[step.kind]);
  writer.stringField(STEP_FIELDS.name, step.name);
  if (step.path !== undefined) writer.stringField(STEP_FIELDS.path, step.path);
  if (step.other !== undefined) writer.stringField(STEP_FIELDS.other, step.other);
  if (step.text !== undefined) writer.stringField(STEP_FIELDS.text, step.text);
  if (step.bytes !== undefined) writer.bytesField(STEP_FIELDS.bytes, step.bytes);
  if (step.flags !== undefined) writer.numberField(STEP_FIELDS.flags, step.flags);
  if (step.mode !== undefined) writer.numberField(STEP_FIELDS.mode, step.mode);
  if (step.number !== undefined) writer.numberField(STEP_FIELDS.number, step.number);
  if (step.argv !== undefined) writeStrings(STEP_FIELDS.argv, step.argv);
  if (step.env !== undefined) writeStrings(STEP_FIELDS.env, step.env);
  if (step.tolerated !== undefined && step.tolerated.length > 0) writeTolerated(step.tolerated);
  writer.end(start);
}

/** Steps as fields of a start or exec request, one after the other. INVALID_ARGUMENT for a text with a NUL. */
export function encodeSteps(steps: readonly Step[]): Uint8Array {
  return written(() => {
    for (const step of steps) writeStep(step);
  });
}

/** A netlink request as a field: u32 protocol, then the message. */
export function encodeNetlink(protocol: number, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + message.length);
  new DataView(bytes.buffer).setUint32(0, protocol, true);
  bytes.set(message, 4);
  return bytesField(FIELDS.netlink, bytes);
}

/** A whole frame. RESOURCE_EXHAUSTED when the keeper would refuse its length. */
export function encodeRequest(kind: RequestKind, request: number, fields: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES + MESSAGE_HEADER_BYTES);
  const frame = concatBytes([header, ...fields]);
  const length = frame.length - FRAME_HEADER_BYTES;
  if (length > MAX_REQUEST_BYTES) {
    throw new SkepError(
      'RESOURCE_EXHAUSTED',
      `the request to the keeper takes ${length} bytes, ${MAX_REQUEST_BYTES} are allowed`,
      { help: 'fewer or shorter arguments, environment variables and mounts' },
    );
  }
  const view = new DataView(frame.buffer);
  view.setUint32(0, length, true);
  view.setUint16(4, MESSAGE_KINDS[kind], true);
  view.setUint32(6, request, true);
  return frame;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function malformed(what: string): SkepError {
  return new SkepError('DATA_LOSS', `the keeper sent ${what}`, {
    help: 'the agent and the keeper may be of different versions',
  });
}

/** Splits a message body or a nested field into its fields. DATA_LOSS when a length does not fit. */
export function decodeFields(bytes: Uint8Array): Field[] {
  const view = viewOf(bytes);
  const fields: Field[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes.length - offset < FIELD_HEADER_BYTES) throw malformed('a field without its header');
    const length = view.getUint32(offset + 2, true);
    const start = offset + FIELD_HEADER_BYTES;
    if (length > bytes.length - start) throw malformed('a field longer than its message');
    fields.push({ tag: view.getUint16(offset, true), bytes: bytes.subarray(start, start + length) });
    offset = start + length;
  }
  return fields;
}

/** The number in the first field of this tag, or `fallback`. */
export function fieldNumber(fields: readonly Field[], tag: number, fallback = 0): number {
  const field = fields.find((candidate) => candidate.tag === tag);
  if (field === undefined) return fallback;
  if (field.bytes.length !== 8) throw malformed('a number that is not eight bytes long');
  return Number(viewOf(field.bytes).getBigUint64(0, true));
}

/** The text in the first field of this tag, or the empty one. */
export function fieldText(fields: readonly Field[], tag: number): string {
  const field = fields.find((candidate) => candidate.tag === tag);
  if (field === undefined) return '';
  if (field.bytes.at(-1) !== 0) throw malformed('a text without its end');
  return textDecoder.decode(field.bytes.subarray(0, -1));
}

/** The bytes of the first field of this tag, or none. */
export function fieldBytes(fields: readonly Field[], tag: number): Uint8Array {
  return fields.find((candidate) => candidate.tag === tag)?.bytes ?? new Uint8Array();
}

/** A CONTAINER field of an answer or an event. */
export function decodeContainer(bytes: Uint8Array): KeptContainer {
  const fields = decodeFields(bytes);
  const ended = fieldNumber(fields, FIELDS.ended) === 1;
  const signal = fieldNumber(fields, FIELDS.exitSignal);
  return {
    state: {
      id: fieldText(fields, FIELDS.id),
      pid: fieldNumber(fields, FIELDS.pid),
      startedAtMs: fieldNumber(fields, FIELDS.startedMs),
      exit: ended
        ? {
            exitCode: fieldNumber(fields, FIELDS.exitCode),
            signal: signal === 0 ? null : signal,
            oomKilled: fieldNumber(fields, FIELDS.oomKilled) === 1,
            finishedAtMs: fieldNumber(fields, FIELDS.finishedMs),
          }
        : null,
      ...(fieldNumber(fields, FIELDS.paused) === 1 ? { paused: true } : {}),
    },
    note: fieldBytes(fields, FIELDS.note),
  };
}

/** The answers to a netlink request, in the order of its messages. */
export function decodeNetlinkAnswers(fields: readonly Field[]): NetlinkAnswer[] {
  return fields
    .filter((field) => field.tag === FIELDS.netlinkAnswer)
    .map((field) => {
      const parts = decodeFields(field.bytes);
      return {
        errno: fieldNumber(parts, FIELDS.errno),
        messages: parts.filter((part) => part.tag === FIELDS.netlinkMessage).map((part) => part.bytes),
      };
    });
}

const ERROR_KINDS: Readonly<Record<number, KeeperErrorKind>> = {
  [ERROR_MALFORMED]: 'malformed',
  [ERROR_NOT_FOUND]: 'not-found',
  [ERROR_EXISTS]: 'exists',
  [ERROR_STEP_FAILED]: 'step-failed',
  [ERROR_STILL_RUNNING]: 'still-running',
  [ERROR_LIMIT]: 'limit',
  [ERROR_PAUSED]: 'paused',
  [ERROR_BUSY]: 'busy',
};

function decodeFailure(fields: readonly Field[]): KeeperFailure {
  return {
    kind: ERROR_KINDS[fieldNumber(fields, FIELDS.errorCode)] ?? 'system',
    errno: fieldNumber(fields, FIELDS.errno),
    text: fieldText(fields, FIELDS.errorText),
    stepName: fieldText(fields, FIELDS.stepName),
    stepIndex: fieldNumber(fields, FIELDS.stepIndex),
  };
}

/** One message: a frame without its length. DATA_LOSS when it makes no sense. */
export function decodeMessage(bytes: Uint8Array): KeeperMessage {
  if (bytes.length < MESSAGE_HEADER_BYTES) throw malformed('a message without its header');
  const view = viewOf(bytes);
  const kind = view.getUint16(0, true);
  const request = view.getUint32(2, true);
  const fields = decodeFields(bytes.subarray(MESSAGE_HEADER_BYTES));
  if (kind === MESSAGE_OK) return { kind: 'ok', request, fields };
  if (kind === MESSAGE_ERROR) return { kind: 'error', request, failure: decodeFailure(fields) };
  if (kind !== MESSAGE_EXIT_EVENT) throw malformed(`a message of the unknown kind ${kind}`);
  return { kind: 'exit', container: decodeContainer(fieldBytes(fields, FIELDS.container)) };
}

export interface FrameSplit {
  readonly messages: readonly Uint8Array[];
  /** The start of a frame whose end has not come yet. */
  readonly rest: Uint8Array;
}

/** Splits received bytes into whole messages. DATA_LOSS on a length that the keeper never sends. */
export function splitFrames(received: Uint8Array): FrameSplit {
  const view = viewOf(received);
  const messages: Uint8Array[] = [];
  let offset = 0;
  while (received.length - offset >= FRAME_HEADER_BYTES) {
    const length = view.getUint32(offset, true);
    if (length < MESSAGE_HEADER_BYTES || length > MAX_ANSWER_BYTES)
      throw malformed(`a frame of ${length} bytes`);
    const start = offset + FRAME_HEADER_BYTES;
    if (received.length - start < length) break;
    messages.push(received.subarray(start, start + length));
    offset = start + length;
  }
  return { messages, rest: received.subarray(offset) };
}
