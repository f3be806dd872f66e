import type { LogDriver } from '../domain/container-spec.ts';
import { parseByteCount } from '../units.ts';
import { invalid, listOr, quote } from './rule.ts';

/** Bounds of a log that nobody bounded. Docker's default is none, and full disks are what comes of it. */
export const DEFAULT_LOG_FILE_BYTES = 100 * 1024 * 1024;
export const DEFAULT_LOG_FILES = 5;
/** The keeper's own bounds (agent/keeper/logfile.h). */
const MIN_LOG_FILE_BYTES = 1_024;
const MAX_LOG_FILES = 1_000;
/** Longest value of an option. */
const MAX_OPTION_LENGTH = 1_000;
const DEFAULT_TAG = '{{.Name}}';

/** Where records are sent as they come. */
export type LogReceiver =
  | {
      readonly kind: 'syslog';
      readonly transport:
        | { readonly kind: 'udp' | 'tcp'; readonly host: string; readonly port: number }
        | { readonly kind: 'unix'; readonly path: string };
      /** 0 to 23 (RFC 5424, table 1). */
      readonly facility: number;
    }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** What a log driver and its options come to. */
export interface LogPlan {
  /** Null: nothing is kept. */
  readonly files: { readonly maxBytes: number | null; readonly maxFiles: number } | null;
  readonly receiver: LogReceiver | null;
  /** With the placeholders of {@link expandLogTag}. */
  readonly tag: string;
}

const SYSLOG_PORT = 514;
const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['ntp', 'audit', 'alert', 'clock'],
  ...Array.from({ length: 8 }, (_, index) => `local${index}`),
];
const FILE_OPTIONS = ['max-size', 'max-file'];
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'json-file': FILE_OPTIONS,
  none: [],
  syslog: ['syslog-address', 'syslog-facility', 'tag', ...FILE_OPTIONS],
  tcp: ['tcp-address', 'tag', ...FILE_OPTIONS],
};
/** The log drivers that a container can be given. */
export const LOG_DRIVER_NAMES: readonly string[] = Object.keys(OPTIONS);

/** What a container's tag may speak of. */
export interface LogTagValues {
  readonly id: string;
  readonly name: string;
  readonly imageName: string;
}

const ID_LENGTH = 12;
const PLACEHOLDER = /\{\{\s*(.*?)\s*\}\}/g;

function tagValues({ id, name, imageName }: LogTagValues): Readonly<Record<string, string>> {
  const values = { '.ID': id.slice(0, ID_LENGTH), '.FullID': id, '.Name': name, '.ImageName': imageName };
  return { ...values, '.DaemonName': 'skep' };
}

const PLACEHOLDERS = Object.keys(tagValues({ id: '', name: '', imageName: '' }));

/** A tag with `{{.Name}}` and the like filled in; those of a checked tag are all known. */
export function expandLogTag(tag: string, values: LogTagValues): string {
  const known = tagValues(values);
  return tag.replace(PLACEHOLDER, (whole, name: string) => known[name] ?? whole);
}

function tagOf(subject: string, tag: string | undefined): string {
  for (const [whole, name = ''] of (tag ?? '').matchAll(PLACEHOLDER)) {
    if (!PLACEHOLDERS.includes(name)) {
      throw invalid(
        subject,
        `log option tag: ${quote(whole)} is unknown`,
        `known are ${PLACEHOLDERS.join(', ')}`,
      );
    }
  }
  return tag === undefined || tag === '' ? DEFAULT_TAG : tag;
}

function filesOf(subject: string, options: LogDriver['options']): LogPlan['files'] {
  const size = options['max-size'];
  const count = options['max-file'];
  let maxBytes: number | null = DEFAULT_LOG_FILE_BYTES;
  if (size === '-1') maxBytes = null;
  else if (size !== undefined) maxBytes = parseByteCount(size) ?? Number.NaN;
  if (maxBytes !== null && !(maxBytes >= MIN_LOG_FILE_BYTES)) {
    const help = `use bytes such as 10m, at least ${MIN_LOG_FILE_BYTES}, or -1 for no bound`;
    throw invalid(subject, `log option max-size=${quote(size ?? '')} is no size of a file`, help);
  }
  const maxFiles = count === undefined ? DEFAULT_LOG_FILES : /^\d{1,6}$/.test(count) ? Number(count) : 0;
  if (maxFiles < 1 || maxFiles > MAX_LOG_FILES) {
    const help = `use a whole number from 1 to ${MAX_LOG_FILES}`;
    throw invalid(subject, `log option max-file=${quote(count ?? '')} is no number of files`, help);
  }
  return { maxBytes, maxFiles };
}

const HOST_AND_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9._-]{1,253}))(?::(\d{1,5}))?$/;

/** `host:port`, `[address]:port`; the port may be left out where there is a usual one. */
function hostAndPort(text: string, usualPort: number | null): { host: string; port: number } | undefined {
  const match = HOST_AND_PORT.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? usualPort : Number(match[3]);
  return host === undefined || port === null || port < 1 || port > 65_535 ? undefined : { host, port };
}

function required(subject: string, driver: LogDriver, option: string, help: string): string {
  const value = driver.options[option];
  if (value !== undefined && value !== '') return value;
  throw invalid(subject, `the log driver ${driver.name} needs the option ${option}`, help);
}

const SYSLOG_HELP = 'use udp://HOST[:PORT], tcp://HOST[:PORT] or unix:///PATH of a stream socket';

function syslogOf(subject: string, driver: LogDriver): LogReceiver {
  const address = required(subject, driver, 'syslog-address', SYSLOG_HELP);
  const [, scheme = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/s.exec(address) ?? [];
  const place = hostAndPort(rest, SYSLOG_PORT);
  const facilityText = driver.options['syslog-facility'] ?? 'daemon';
  const facility = /^\d{1,2}$/.test(facilityText) ? Number(facilityText) : FACILITIES.indexOf(facilityText);
  if (facility < 0 || facility >= FACILITIES.length) {
    const help = `use ${listOr(FACILITIES)}, or 0 to ${FACILITIES.length - 1}`;
    throw invalid(subject, `log option syslog-facility=${quote(facilityText)} is not one`, help);
  }
  if (scheme === 'unix' && /^\/[^\0]{1,106}$/.test(rest))
    return { kind: 'syslog', transport: { kind: 'unix', path: rest }, facility };
  if ((scheme === 'udp' || scheme === 'tcp') && place !== undefined)
    return { kind: 'syslog', transport: { kind: scheme, ...place }, facility };
  throw invalid(subject, `log option syslog-address=${quote(address)} is not an address`, SYSLOG_HELP);
}

function tcpOf(subject: string, driver: LogDriver): LogReceiver {
  const help = 'use HOST:PORT';
  const address = required(subject, driver, 'tcp-address', help);
  const place = hostAndPort(address.replace(/^tcp:\/\//, ''), null);
  if (place === undefined)
    throw invalid(subject, `log option tcp-address=${quote(address)} is not an address`, help);
  return { kind: 'tcp', ...place };
}

/**
 * What a log driver and its options come to. Throws INVALID_ARGUMENT with one line that starts with `subject` and says
 * what is allowed.
 */
export function parseLogDriver(subject: string, driver: LogDriver): LogPlan {
  const { name, options } = driver;
  const known = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (known === undefined)
    throw invalid(subject, `log driver ${quote(name)} is unknown`, `use ${listOr(LOG_DRIVER_NAMES)}`);
  for (const [option, value] of Object.entries(options)) {
    if (!known.includes(option)) {
      const help = known.length === 0 ? 'it takes none' : `it takes ${listOr(known)}`;
      throw invalid(subject, `the log driver ${name} has no option ${quote(option)}`, help);
    }
    if (value.length > MAX_OPTION_LENGTH || /[\0\r\n]/.test(value))
      throw invalid(
        subject,
        `log option ${option} is not one line of at most ${MAX_OPTION_LENGTH} characters`,
      );
  }
  const tag = tagOf(subject, options.tag);
  if (name === 'none') return { files: null, receiver: null, tag };
  const files = filesOf(subject, options);
  if (name === 'syslog') return { files, receiver: syslogOf(subject, driver), tag };
  if (name === 'tcp') return { files, receiver: tcpOf(subject, driver), tag };
  return { files, receiver: null, tag };
}

/** Checks a log driver; none at all is fine. Throws as {@link parseLogDriver}. */
export function validateLogDriver(subject: string, driver: LogDriver | undefined): void {
  if (driver !== undefined) void parseLogDriver(subject, driver);
}
