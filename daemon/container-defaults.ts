import { readFile } from 'node:fs/promises';
import type { IdMap } from '../agent/executor/executor.ts';
import { type AccountFiles, remapOf, rootsOwnMap } from '../agent/executor/subordinate-ids.ts';
import { checkIdMap } from '../agent/executor/user-namespace-plan.ts';
import type { ContainerDefaults } from '../agent/worker/namespace-options.ts';
import { ensureError, SkepError } from '../lib/errors.ts';
import { parseSeccompProfile } from '../lib/seccomp/parse-profile.ts';
import { UNCONFINED } from '../lib/seccomp/profile.ts';
import type { DaemonOptions } from './options.ts';

type DefaultOptions = Pick<DaemonOptions, 'noNewPrivileges' | 'seccompProfile' | 'usernsRemap'>;

async function readProfile(option: string): Promise<string | undefined> {
  if (option === '') return undefined;
  if (option === UNCONFINED) return UNCONFINED;
  try {
    const text = await readFile(option, 'utf8');
    parseSeccompProfile(text);
    return text;
  } catch (thrown) {
    throw new SkepError('INVALID_ARGUMENT', `--seccomp-profile ${option}: ${ensureError(thrown).message}`, {
      help: 'give the file of a profile in JSON form, or unconfined',
      cause: thrown,
    });
  }
}

async function readAccounts(): Promise<AccountFiles> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const [subuid, subgid, passwd, group] = await Promise.all([
    read('/etc/subuid'),
    read('/etc/subgid'),
    read('/etc/passwd'),
    read('/etc/group'),
  ]);
  return { subuid, subgid, passwd, group };
}

function checked(idMap: IdMap): IdMap {
  checkIdMap(idMap);
  return idMap;
}

/**
 * What the daemon's options say about every container. Rejects with INVALID_ARGUMENT or FAILED_PRECONDITION when they
 * cannot be kept on this node, so that a daemon that was asked to confine never starts without.
 */
export async function readContainerDefaults(options: DefaultOptions): Promise<ContainerDefaults> {
  const accounts = await readAccounts();
  const seccompProfile = await readProfile(options.seccompProfile);
  const base = {
    noNewPrivileges: options.noNewPrivileges,
    ...(seccompProfile === undefined ? {} : { seccompProfile }),
  };
  if (options.usernsRemap !== '') {
    const idMap = checked(remapOf(options.usernsRemap, accounts));
    return { ...base, idMap, privateIdMap: idMap };
  }
  const privateIdMap = rootsOwnMap(accounts);
  return privateIdMap === undefined ? base : { ...base, privateIdMap: checked(privateIdMap) };
}
