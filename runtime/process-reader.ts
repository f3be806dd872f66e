import { SkepError } from '../lib/errors.ts';
import { ULIMIT_RESOURCES } from '../lib/ulimit.ts';
import type { BundleCapabilities, BundleProcess, BundleRlimit } from './bundle.ts';
import {
  isBlank,
  readFlag,
  readKnown,
  readList,
  readNumber,
  readText,
  readTexts,
  unsupported,
} from './json-reader.ts';

/** RLIMIT_AS of asm-generic/resource.h, the one that Docker's names leave out. */
const ADDRESS_SPACE = 9;
const UNSIGNED_64_BITS = 2n ** 64n;
/** Numbers of JSON above it have lost digits: the largest one stands for no limit. */
const LOSSY = BigInt(Number.MAX_SAFE_INTEGER);

const PROCESS_FIELDS = [
  'terminal',
  'consoleSize',
  'user',
  'args',
  'env',
  'cwd',
  'capabilities',
  'rlimits',
  'noNewPrivileges',
  'oomScoreAdj',
  // Where AppArmor is not active, as runc does; the seccomp filter and the masked paths are there all the same.
  'apparmorProfile',
];

function readLimit(where: string, value: unknown): bigint {
  const limit = typeof value === 'number' && value >= 0 ? BigInt(value) : null;
  if (limit === null || limit > UNSIGNED_64_BITS)
    throw new SkepError('INVALID_ARGUMENT', `${where} is no limit: ${JSON.stringify(value)}`);
  return limit > LOSSY ? UNSIGNED_64_BITS - 1n : limit;
}

function readRlimit(where: string, value: unknown): BundleRlimit {
  const entry = readKnown(where, value, ['type', 'soft', 'hard']);
  const type = readText(`${where}.type`, entry.type);
  const name = type.replace(/^RLIMIT_/, '').toLowerCase();
  const resource = name === 'as' ? ADDRESS_SPACE : ULIMIT_RESOURCES.get(name);
  if (resource === undefined || !type.startsWith('RLIMIT_'))
    throw new SkepError('INVALID_ARGUMENT', `${where}.type: there is no limit ${type}`);
  return {
    type,
    resource,
    soft: readLimit(`${where}.soft`, entry.soft),
    hard: readLimit(`${where}.hard`, entry.hard),
  };
}

function readCapabilities(where: string, value: unknown): BundleCapabilities {
  const sets = ['bounding', 'effective', 'permitted', 'inheritable', 'ambient'];
  const entry = readKnown(where, value, sets);
  return {
    bounding: readTexts(`${where}.bounding`, entry.bounding),
    effective: readTexts(`${where}.effective`, entry.effective),
    permitted: readTexts(`${where}.permitted`, entry.permitted),
    inheritable: readTexts(`${where}.inheritable`, entry.inheritable),
    ambient: readTexts(`${where}.ambient`, entry.ambient),
  };
}

function readConsoleSize(where: string, value: unknown): BundleProcess['consoleSize'] {
  const entry = readKnown(where, value, ['height', 'width']);
  const rows = readNumber(`${where}.height`, entry.height) ?? 0;
  const columns = readNumber(`${where}.width`, entry.width) ?? 0;
  return rows > 0 && columns > 0 ? { columns, rows } : null;
}

function readGroups(where: string, value: unknown): readonly number[] {
  return readList(where, value).map((group, index) => readNumber(`${where}[${index}]`, group) ?? 0);
}

/** The process of a config.json or a process.json. INVALID_ARGUMENT and UNIMPLEMENTED name the field. */
export function readProcess(where: string, value: unknown): BundleProcess {
  const entry = readKnown(where, value, PROCESS_FIELDS);
  const user = readKnown(`${where}.user`, entry.user, ['uid', 'gid', 'umask', 'additionalGids', 'username']);
  if (!isBlank(user.username)) throw unsupported(`${where}.user.username`, 'it is of Windows');
  const argv = readTexts(`${where}.args`, entry.args);
  const workdir = readText(`${where}.cwd`, entry.cwd);
  if (argv.length === 0 || argv[0] === '')
    throw new SkepError('INVALID_ARGUMENT', `${where}.args: no command specified`);
  if (!workdir.startsWith('/'))
    throw new SkepError('INVALID_ARGUMENT', `${where}.cwd must be an absolute path`);
  return {
    argv,
    env: readTexts(`${where}.env`, entry.env),
    workdir,
    userId: readNumber(`${where}.user.uid`, user.uid) ?? 0,
    groupId: readNumber(`${where}.user.gid`, user.gid) ?? 0,
    groups: readGroups(`${where}.user.additionalGids`, user.additionalGids),
    umask: readNumber(`${where}.user.umask`, user.umask),
    terminal: readFlag(`${where}.terminal`, entry.terminal),
    consoleSize: readConsoleSize(`${where}.consoleSize`, entry.consoleSize),
    capabilities: readCapabilities(`${where}.capabilities`, entry.capabilities),
    rlimits: readList(`${where}.rlimits`, entry.rlimits).map((limit, index) =>
      readRlimit(`${where}.rlimits[${index}]`, limit),
    ),
    noNewPrivileges: readFlag(`${where}.noNewPrivileges`, entry.noNewPrivileges),
    oomScoreAdj: readNumber(`${where}.oomScoreAdj`, entry.oomScoreAdj),
  };
}
