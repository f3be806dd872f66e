import { Metadata, type StatusObject, status } from '@grpc/grpc-js';

import { ERROR_CODES, type ErrorCode, SkepError, toSkepError } from '../lib/errors.ts';
import { type ErrorDetail, errorDetailCodec } from './messages.ts';

const ERROR_HEADER = 'skep-error-bin';
const MAX_CAUSES = 8;

const STATUS_OF_CODE: Readonly<Record<ErrorCode, status>> = {
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  NOT_FOUND: status.NOT_FOUND,
  ALREADY_EXISTS: status.ALREADY_EXISTS,
  CONFLICT: status.ABORTED,
  FAILED_PRECONDITION: status.FAILED_PRECONDITION,
  PERMISSION_DENIED: status.PERMISSION_DENIED,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  UNAVAILABLE: status.UNAVAILABLE,
  NOT_LEADER: status.UNAVAILABLE,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  RESOURCE_EXHAUSTED: status.RESOURCE_EXHAUSTED,
  CANCELLED: status.CANCELLED,
  UNIMPLEMENTED: status.UNIMPLEMENTED,
  DATA_LOSS: status.DATA_LOSS,
  INTERNAL: status.INTERNAL,
};

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  let current: unknown = error.cause;
  while (current instanceof Error && causes.length < MAX_CAUSES) {
    causes.push(current.message);
    current = current.cause;
  }
  return causes;
}

/** An error as a message: code, message, help and the messages of its causes. */
export function errorToDetail(thrown: unknown): ErrorDetail {
  const error = toSkepError(thrown);
  return { code: error.code, message: error.message, help: error.help, causes: causesOf(error) };
}

/** The error that such a message stands for. */
export function detailToError(detail: ErrorDetail): SkepError {
  const cause = detail.causes.reduceRight<Error | undefined>(
    (inner, message) => new Error(message, inner === undefined ? undefined : { cause: inner }),
    undefined,
  );
  const code = ERROR_CODES.find((candidate) => candidate === detail.code) ?? 'INTERNAL';
  return new SkepError(code, detail.message, { help: detail.help, ...(cause ? { cause } : {}) });
}

/** The gRPC status that carries an error whole: code, message, help and causes. */
export function errorToStatus(thrown: unknown): Partial<StatusObject> {
  const error = toSkepError(thrown);
  const metadata = new Metadata();
  const detail = errorToDetail(error);
  metadata.set(ERROR_HEADER, Buffer.from(errorDetailCodec.encode(detail)));
  return { code: STATUS_OF_CODE[error.code], details: error.message, metadata };
}

interface ReceivedStatus {
  readonly code?: status;
  readonly details?: string;
  readonly metadata?: Metadata;
}

function codeOfStatus(code: status | undefined): ErrorCode {
  return ERROR_CODES.find((candidate) => STATUS_OF_CODE[candidate] === code) ?? 'INTERNAL';
}

/** How gRPC words the failure of a call that never left: no connection came about. */
const NEVER_SENT = /^(No connection established|Name resolution failed|Failed to connect)/;

/** True for the error of a call that certainly did not reach the other side. */
export function wasNeverSent(error: SkepError): boolean {
  const { details } = (error.cause ?? {}) as ReceivedStatus;
  return error.code === 'UNAVAILABLE' && details !== undefined && NEVER_SENT.test(details);
}

/** True for the error of a call whose connection broke: the other side may have carried it out. */
export function wasCutOff(error: SkepError): boolean {
  const { details } = (error.cause ?? {}) as ReceivedStatus;
  return error.code === 'UNAVAILABLE' && details !== undefined && !NEVER_SENT.test(details);
}

/** The error that the other side threw, or one that says what became of the connection to `address`. */
export function statusToError(thrown: unknown, address: string): SkepError {
  if (thrown instanceof SkepError) return thrown;
  const received = thrown as ReceivedStatus;
  const header = received.metadata?.get(ERROR_HEADER)[0];
  if (Buffer.isBuffer(header)) return detailToError(errorDetailCodec.decode(header));
  const code = codeOfStatus(received.code);
  if (code === 'UNAVAILABLE') {
    return new SkepError(code, `cannot reach ${address}: ${received.details ?? 'connection failed'}`, {
      cause: thrown,
    });
  }
  if (code === 'DEADLINE_EXCEEDED') {
    return new SkepError(code, `no answer from ${address} in time`);
  }
  return new SkepError(code, received.details ?? String(thrown));
}
