// What the consensus can bear: writes and reads beside etcd, a large snapshot, a busy manager, and its memory.
import { etcdVersion } from './raft/etcd.ts';
import { benchMemory } from './raft/memory.ts';
import { benchScheduling } from './raft/scheduling.ts';
import { benchSnapshot } from './raft/snapshot.ts';
import { compareThroughput } from './raft/throughput.ts';

/** Measures and prints everything; takes some minutes. SKEP_BENCH_PARTS chooses among the parts. */
export async function benchRaft(): Promise<void> {
  const version = await etcdVersion();
  console.log(
    version === undefined
      ? 'consensus; etcd is not installed: no comparison (apt-get install etcd-server)'
      : `consensus, beside etcd ${version}`,
  );
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    throughput: () => compareThroughput(version !== undefined),
    scheduling: benchScheduling,
    snapshot: benchSnapshot,
    memory: benchMemory,
  };
  const chosen = process.env.SKEP_BENCH_PARTS?.split(',') ?? Object.keys(parts);
  for (const name of chosen) await parts[name]?.();
}
