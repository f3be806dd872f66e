import { SkepError } from '../../lib/errors.ts';
import type { IdMap, IdRange } from './executor.ts';

/** Texts of the node's files: subuid(5), subgid(5), passwd(5), group(5). */
export interface AccountFiles {
  readonly subuid: string;
  readonly subgid: string;
  readonly passwd: string;
  readonly group: string;
}

interface Account {
  readonly name: string;
  readonly id: string;
}

/** The user of `--userns-remap=default`. */
export const DEFAULT_REMAP_USER = 'skepmap';

function linesOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(':'));
}

/** By name, or by number; both files begin with name, password, id. */
function findAccount(text: string, wanted: string): Account | undefined {
  const found = linesOf(text).find(([name, , id]) => name === wanted || id === wanted);
  return found === undefined ? undefined : { name: found[0] ?? '', id: found[2] ?? '' };
}

function number(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** The ranges of one owner, in the order of the file, one behind the other inside. A line that is none counts not. */
function rangesOf(text: string, owner: Account): readonly IdRange[] {
  const ranges: IdRange[] = [];
  let inside = 0;
  for (const [name, start, length] of linesOf(text)) {
    if (name !== owner.name && name !== owner.id) continue;
    const [outside, count] = [number(start), number(length)];
    if (!(outside > 0 && count > 0)) continue;
    ranges.push({ inside, outside, count });
    inside += count;
  }
  return ranges;
}

function missing(file: string, name: string): SkepError {
  return new SkepError('FAILED_PRECONDITION', `--userns-remap: ${name} has no range of ids in ${file}`, {
    help: `add a line to it, for example ${name}:100000:65536`,
  });
}

/**
 * The map of `--userns-remap=USER[:GROUP]`, or of `default`. Root of a container is the first id of the first range,
 * and the ranges follow each other, as in Docker. FAILED_PRECONDITION that says what to add.
 */
export function remapOf(option: string, files: AccountFiles): IdMap {
  const [user = '', group = user] = (option === 'default' ? DEFAULT_REMAP_USER : option).split(':');
  const owner = findAccount(files.passwd, user);
  if (owner === undefined) {
    const help = `make one that nobody logs in as: useradd --system --no-create-home --shell /usr/sbin/nologin ${user}`;
    throw new SkepError('FAILED_PRECONDITION', `--userns-remap: this node has no user ${user}`, { help });
  }
  // A group of the user's own name need not exist: subgid names users too.
  const named = findAccount(files.group, group);
  if (named === undefined && group !== user) {
    throw new SkepError('FAILED_PRECONDITION', `--userns-remap: this node has no group ${group}`);
  }
  const users = rangesOf(files.subuid, owner);
  const groups = rangesOf(files.subgid, group === user ? owner : (named ?? owner));
  if (users.length === 0) throw missing('/etc/subuid', owner.name);
  if (groups.length === 0) throw missing('/etc/subgid', group === user ? owner.name : group);
  return { users, groups };
}

/** What a container gets that asks for mapped users where the daemon maps none: root's own ranges, if there are some. */
export function rootsOwnMap(files: AccountFiles): IdMap | undefined {
  const root: Account = { name: 'root', id: '0' };
  const users = rangesOf(files.subuid, root);
  const groups = rangesOf(files.subgid, root);
  return users.length === 0 || groups.length === 0 ? undefined : { users, groups };
}
