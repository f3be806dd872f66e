import type { LogReceiver } from '../../../lib/validation/log-driver.ts';
import type { LogRecord } from '../log-record.ts';

/** Who speaks: the same in every message of one container. */
export interface MessageOrigin {
  readonly hostname: string;
  readonly tag: string;
  readonly containerId: string;
}

/** Severities of RFC 5424: what goes to standard error is an error, the rest informs. */
const SEVERITIES = { stdout: 6, stderr: 3 } as const;
const SHORT_ID_LENGTH = 12;
/** RFC 5424, section 6: the longest of each field of a header. */
const MAX_HOSTNAME_LENGTH = 255;
const MAX_APP_NAME_LENGTH = 48;

/** A field of a header: printable ASCII without blanks. */
function headerField(text: string, maxLength: number): string {
  return text.replaceAll(/[^\x21-\x7e]/gu, '_').slice(0, maxLength) || '-';
}

/** RFC 5424 knows microseconds at most. */
function syslogTime(time: string): string {
  return time.replace(/(\.\d{6})\d+/, '$1');
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** A record as one message of RFC 5424, without a frame. */
export function syslogMessage(record: LogRecord, facility: number, origin: MessageOrigin): string {
  const priority = facility * 8 + SEVERITIES[record.stream];
  const hostname = headerField(origin.hostname, MAX_HOSTNAME_LENGTH);
  const appName = headerField(origin.tag, MAX_APP_NAME_LENGTH);
  const processId = headerField(origin.containerId.slice(0, SHORT_ID_LENGTH), SHORT_ID_LENGTH);
  // A line feed ends the message on a stream, so there is none inside; a program cannot forge a second message.
  const text = withoutLineEnd(record.text).replaceAll('\n', ' ');
  return `<${priority}>1 ${syslogTime(record.time)} ${hostname} ${appName} ${processId} - - ${text}`;
}

/** A record as one line of JSON, without its line feed. `partial` = the line goes on in the next record. */
export function jsonMessage(record: LogRecord, origin: MessageOrigin): string {
  return JSON.stringify({
    time: record.time,
    stream: record.stream,
    log: withoutLineEnd(record.text),
    ...(record.text.endsWith('\n') ? {} : { partial: true }),
    tag: origin.tag,
    container_id: origin.containerId,
    node: origin.hostname,
  });
}

/** A record as the receiver wants it, without a frame. */
export function formatMessage(record: LogRecord, receiver: LogReceiver, origin: MessageOrigin): string {
  return receiver.kind === 'syslog'
    ? syslogMessage(record, receiver.facility, origin)
    : jsonMessage(record, origin);
}
