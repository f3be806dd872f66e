import {
  DEFAULT_HEALTH_INTERVAL_MS,
  DEFAULT_HEALTH_RETRIES,
  DEFAULT_HEALTH_START_INTERVAL_MS,
  DEFAULT_HEALTH_TIMEOUT_MS,
} from '../../lib/defaults.ts';
import type { HealthCheck } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import { MAX_IMAGE_VOLUMES } from './image-config.ts';
import type { ImageConfig } from './image-store.ts';

/** A Dockerfile line of this length is a mistake or an attack. */
const MAX_CHANGE_LENGTH = 65_536;
const MAX_CHANGES = 1_000;
const MAX_PORT_RANGE = 1_000;

const INSTRUCTIONS = 'CMD, ENTRYPOINT, ENV, EXPOSE, WORKDIR, USER, LABEL, STOPSIGNAL, VOLUME, HEALTHCHECK';
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function refuse(change: string, reason: string): never {
  const shown = change.length > 100 ? `${change.slice(0, 100)}…` : change;
  throw new SkepError('INVALID_ARGUMENT', `change ${JSON.stringify(shown)}: ${reason}`);
}

/** The exec form is a JSON list of texts; anything else is a line for the shell. */
function parseExecForm(text: string): readonly string[] | null {
  if (!text.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
  } catch {
    return null;
  }
}

function parseCommand(change: string, text: string): readonly string[] {
  if (text === '') refuse(change, 'the command is missing');
  return parseExecForm(text) ?? ['/bin/sh', '-c', text];
}

/** Splits at blanks outside quotes; quotes and backslashes are taken off. */
function splitWords(change: string, text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  let inWord = false;
  for (let position = 0; position < text.length; position++) {
    const character = text.charAt(position);
    if (character === '\\' && quote !== "'" && position + 1 < text.length) {
      word += text.charAt(++position);
      inWord = true;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      inWord = true;
    } else if (/\s/.test(character)) {
      if (inWord) words.push(word);
      word = '';
      inWord = false;
    } else {
      word += character;
      inWord = true;
    }
  }
  if (quote !== '') refuse(change, `a ${quote} is not closed`);
  if (inWord) words.push(word);
  return words;
}

/** `k=v k2="v 2"`, or the old `k the rest of the line`. */
function parsePairs(change: string, text: string): readonly (readonly [string, string])[] {
  const old = /^([^\s=]+)\s+(.*)$/s.exec(text);
  if (old !== null) return [[old[1] ?? '', old[2] ?? '']];
  const words = splitWords(change, text);
  if (words.length === 0) refuse(change, 'name=value is missing');
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals <= 0) refuse(change, `${JSON.stringify(word)} is not name=value`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

function addEnv(config: ImageConfig, change: string, text: string): ImageConfig {
  let env = config.env;
  for (const [name, value] of parsePairs(change, text)) {
    env = [...env.filter((line) => !line.startsWith(`${name}=`)), `${name}=${value}`];
  }
  return { ...config, env };
}

function parsePort(change: string, word: string): readonly string[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?$/i.exec(word);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first < 1 || last > 65_535 || last < first || last - first >= MAX_PORT_RANGE) {
    refuse(change, `${JSON.stringify(word)} is not PORT[-PORT][/tcp|udp]`);
  }
  const protocol = (match[3] ?? 'tcp').toLowerCase();
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
}

function addPorts(config: ImageConfig, change: string, text: string): ImageConfig {
  const words = splitWords(change, text);
  if (words.length === 0) refuse(change, 'the port is missing');
  const ports = new Set([...config.exposedPorts, ...words.flatMap((word) => parsePort(change, word))]);
  return { ...config, exposedPorts: [...ports] };
}

function setWorkingDir(config: ImageConfig, change: string, text: string): ImageConfig {
  if (text === '') refuse(change, 'the folder is missing');
  const parts: string[] = [];
  for (const part of (text.startsWith('/') ? text : `${config.workingDir}/${text}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return { ...config, workingDir: `/${parts.join('/')}` };
}

function parseDuration(change: string, text: string): number {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) {
    refuse(change, `${JSON.stringify(text)} is not a duration such as 30s or 1m30s`);
  }
  let totalMs = 0;
  for (const [, amount = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    totalMs += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  if (totalMs > Number.MAX_SAFE_INTEGER / 1_000_000) refuse(change, 'the duration is too long');
  return Math.round(totalMs);
}

function setHealthOption(health: HealthCheck, change: string, name: string, value: string): HealthCheck {
  switch (name) {
    case 'interval':
      return { ...health, intervalMs: parseDuration(change, value) || DEFAULT_HEALTH_INTERVAL_MS };
    case 'timeout':
      return { ...health, timeoutMs: parseDuration(change, value) || DEFAULT_HEALTH_TIMEOUT_MS };
    case 'start-period':
      return { ...health, startPeriodMs: parseDuration(change, value) };
    case 'start-interval':
      return { ...health, startIntervalMs: parseDuration(change, value) || DEFAULT_HEALTH_START_INTERVAL_MS };
    case 'retries':
      if (!/^\d{1,6}$/.test(value)) refuse(change, '--retries is not a number');
      return { ...health, retries: Number(value) || DEFAULT_HEALTH_RETRIES };
    default:
      return refuse(change, `unknown option --${name}`);
  }
}

function parseHealth(change: string, text: string): HealthCheck {
  let health: HealthCheck = {
    test: ['NONE'],
    intervalMs: DEFAULT_HEALTH_INTERVAL_MS,
    timeoutMs: DEFAULT_HEALTH_TIMEOUT_MS,
    retries: DEFAULT_HEALTH_RETRIES,
    startPeriodMs: 0,
    startIntervalMs: DEFAULT_HEALTH_START_INTERVAL_MS,
  };
  let rest = text;
  for (
    let option = /^--([a-z-]+)=(\S+)\s*/.exec(rest);
    option !== null;
    option = /^--([a-z-]+)=(\S+)\s*/.exec(rest)
  ) {
    health = setHealthOption(health, change, option[1] ?? '', option[2] ?? '');
    rest = rest.slice(option[0].length);
  }
  if (/^NONE\s*$/i.test(rest)) return health;
  const command = /^CMD(?:\s+(.*))?$/is.exec(rest)?.[1]?.trim() ?? '';
  if (command === '') refuse(change, 'HEALTHCHECK needs CMD and a command, or NONE');
  const argv = parseExecForm(command);
  return { ...health, test: argv === null ? ['CMD-SHELL', command] : ['CMD', ...argv] };
}

/** Both forms are lists of paths: `["/data"]` and `/data /logs`. */
function addVolumes(config: ImageConfig, change: string, text: string): ImageConfig {
  const paths = parseExecForm(text) ?? splitWords(change, text);
  if (paths.length === 0) refuse(change, 'the path is missing');
  const bad = paths.find((path) => !path.startsWith('/'));
  if (bad !== undefined) refuse(change, `${JSON.stringify(bad)} is not an absolute path`);
  const volumes = [...new Set([...config.volumes, ...paths])];
  if (volumes.length > MAX_IMAGE_VOLUMES) refuse(change, `more than ${MAX_IMAGE_VOLUMES} volumes`);
  return { ...config, volumes };
}

function setStopSignal(config: ImageConfig, change: string, text: string): ImageConfig {
  if (!/^(?:SIG)?[A-Z][A-Z0-9+-]*$|^\d{1,2}$/.test(text))
    refuse(change, `${JSON.stringify(text)} is not a signal`);
  return { ...config, stopSignal: text };
}

/** Applies one Dockerfile instruction. INVALID_ARGUMENT names an instruction that is unknown or malformed. */
export function applyChange(config: ImageConfig, change: string): ImageConfig {
  if (change.length > MAX_CHANGE_LENGTH) refuse(change, `it is longer than ${MAX_CHANGE_LENGTH} characters`);
  const [, word = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(change) ?? [];
  const text = rest.trim();
  switch (word.toUpperCase()) {
    case 'CMD':
      return { ...config, cmd: parseCommand(change, text) };
    case 'ENTRYPOINT':
      return { ...config, entrypoint: parseCommand(change, text) };
    case 'ENV':
      return addEnv(config, change, text);
    case 'EXPOSE':
      return addPorts(config, change, text);
    case 'WORKDIR':
      return setWorkingDir(config, change, text);
    case 'USER':
      if (text === '' || /\s/.test(text)) refuse(change, 'USER needs one name or number');
      return { ...config, user: text };
    case 'LABEL':
      return { ...config, labels: { ...config.labels, ...Object.fromEntries(parsePairs(change, text)) } };
    case 'VOLUME':
      return addVolumes(config, change, text);
    case 'STOPSIGNAL':
      return setStopSignal(config, change, text);
    case 'HEALTHCHECK':
      return { ...config, health: parseHealth(change, text) };
    default:
      return refuse(change, `unknown instruction ${JSON.stringify(word)}, known are ${INSTRUCTIONS}`);
  }
}

/** Applies the `--change` lines of an import in order. */
export function applyChanges(config: ImageConfig, changes: readonly string[]): ImageConfig {
  if (changes.length > MAX_CHANGES) {
    throw new SkepError('INVALID_ARGUMENT', `${changes.length} changes are more than ${MAX_CHANGES}`);
  }
  return changes.reduce(applyChange, config);
}
