import { SkepError } from '../../lib/errors.ts';
import type { ContainerLog } from './executor.ts';
import { FIELDS, numberField } from './protocol.ts';

/** As in the keeper's logfile.h. */
const LOG_KINDS = { 'json-file': 0, none: 1 } as const;
/** A smaller file would hold one record or none, and the keeper would do little but rename. */
export const MIN_LOG_FILE_BYTES = 1_024;
/** As in the keeper's logfile.h. */
export const MAX_LOG_FILES = 1_000;

/**
 * The fields of a start request that say how the output is kept; none for one file without a bound. Throws
 * INVALID_ARGUMENT for sizes and numbers that the keeper would refuse.
 */
export function encodeLogSettings(log: ContainerLog | undefined): Uint8Array[] {
  if (log === undefined) return [];
  const kind = numberField(FIELDS.logKind, LOG_KINDS[log.kind]);
  if (log.kind === 'none') return [kind];
  const { maxBytes, maxFiles } = log;
  if (maxBytes !== null && !(Number.isSafeInteger(maxBytes) && maxBytes >= MIN_LOG_FILE_BYTES))
    throw invalid(`files of ${maxBytes} bytes`, `a log file has at least ${MIN_LOG_FILE_BYTES} bytes`);
  if (!(Number.isSafeInteger(maxFiles) && maxFiles >= 1 && maxFiles <= MAX_LOG_FILES))
    throw invalid(`${maxFiles} files`, `a log has 1 to ${MAX_LOG_FILES} files`);
  return [kind, numberField(FIELDS.logMaxBytes, maxBytes ?? 0), numberField(FIELDS.logMaxFiles, maxFiles)];
}

function invalid(what: string, help: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', `the log cannot be kept in ${what}`, { help });
}
