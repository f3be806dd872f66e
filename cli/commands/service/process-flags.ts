import type { ContainerSpec, Ulimit } from '../../../lib/domain/container-spec.ts';
import type { Labels } from '../../../lib/domain/meta.ts';
import { parseUlimit } from '../../../lib/ulimit.ts';
import { UsageError } from '../../usage.ts';
import { byteFlag, type Flags, integerFlag, listFlag } from './flag-values.ts';
import { mergeLabels, mergeList } from './merge.ts';

function readUlimit(text: string): Ulimit {
  const limit = parseUlimit(text);
  if (limit === undefined) {
    throw new UsageError(`invalid ulimit "${text}"`, 'use NAME=SOFT[:HARD], for example nofile=1024:2048');
  }
  return limit;
}

/** One limit for each name; the last one given counts. */
function mergeUlimits(existing: readonly Ulimit[], flags: Flags): readonly Ulimit[] {
  const removed = listFlag(flags, 'ulimitRm');
  const kept = existing.filter(({ name }) => !removed.includes(name));
  const all = [...kept, ...listFlag(flags, 'ulimitAdd').map(readUlimit)];
  return [...new Map(all.map((limit) => [limit.name, limit])).values()];
}

function readSysctls(lines: readonly string[]): Labels {
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...rest] = line.split('=');
      if (name.trim() === '' || rest.length === 0) {
        throw new UsageError(
          `invalid sysctl "${line}"`,
          'use NAME=VALUE, for example net.core.somaxconn=1024',
        );
      }
      return [name.trim(), rest.join('=')];
    }),
  );
}

/** A number after its flag: zero asks for the default, which is to have none. */
function unlessZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}

type ProcessOption = 'groups' | 'ulimits' | 'sysctls' | 'oomScoreAdj' | 'shmSizeBytes';

/** Groups, limits, kernel settings, OOM score and size of /dev/shm after the flags. Throws UsageError. */
export function processOptionsOf(existing: ContainerSpec, flags: Flags): Pick<ContainerSpec, ProcessOption> {
  const oomScoreAdj = unlessZero(integerFlag(flags, 'oomScoreAdj') ?? existing.oomScoreAdj);
  const shmSizeBytes = unlessZero(byteFlag(flags, 'shmSize') ?? existing.shmSizeBytes);
  return {
    groups: mergeList(existing.groups, listFlag(flags, 'groupAdd'), listFlag(flags, 'groupRm')),
    ulimits: mergeUlimits(existing.ulimits, flags),
    sysctls: mergeLabels(
      existing.sysctls,
      readSysctls(listFlag(flags, 'sysctlAdd')),
      listFlag(flags, 'sysctlRm'),
    ),
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
    ...(shmSizeBytes === undefined ? {} : { shmSizeBytes }),
  };
}
