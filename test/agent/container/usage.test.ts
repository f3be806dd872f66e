import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  cpuRatio,
  parseMemoryTotal,
  parseNetworkBytes,
  parseUsage,
  usageFolders,
} from '../../../agent/container/usage.ts';

const GIB = 2 ** 30;
const NETWORK = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    2776      32    0    0    0     0          0         0     2776      32    0    0    0     0       0          0
  eth0: 1215645    2751    0    0    0     0          0         0   262144    2400    0    0    0     0       0          0
  eth1:      55       1    0    0    0     0          0         0        6       1    0    0    0     0       0          0
`;

describe('what a container uses', () => {
  it('is read from the files of control groups version 1', () => {
    const usage = parseUsage(
      {
        version: 1,
        cpu: '2534567890\n',
        memory: '10485760\n',
        memoryStat:
          'cache 8192\nrss 4096\ninactive_file 1\nactive_file 2\nhierarchical_memory_limit 67108864\ntotal_cache 4194304\ntotal_inactive_file 4194304\ntotal_active_file 4096\n',
        memoryLimit: '67108864\n',
        pids: '3\n',
        blocks:
          '254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 0\n254:0 Total 12288\n8:16 Read 1\n8:16 Write 2\nTotal 12291\n',
        network: NETWORK,
      },
      GIB,
    );
    assert.deepEqual(usage, {
      cpuTimeMs: 2534.56789,
      memoryBytes: 6_291_456,
      memoryLimitBytes: 67_108_864,
      receivedBytes: 1_215_700,
      sentBytes: 262_150,
      readBytes: 4_097,
      writtenBytes: 8_194,
      processes: 3,
    });
  });

  it('is read from the files of version 2, the node’s memory being the limit where there is none', () => {
    const usage = parseUsage(
      {
        version: 2,
        cpu: 'usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_periods 0\n',
        memory: '5000\n',
        memoryStat:
          'anon 1000\nfile 4000\ninactive_anon 0\nactive_anon 1000\ninactive_file 3000\nactive_file 1000\n',
        memoryLimit: 'max\n',
        pids: '12\n',
        blocks:
          '8:0 rbytes=90 wbytes=100 rios=2 wios=1 dbytes=0 dios=0\n8:16 rbytes=10 wbytes=1 rios=1 wios=1 dbytes=7 dios=1\n',
        network: '',
      },
      GIB,
    );
    assert.deepEqual(usage, {
      cpuTimeMs: 1_500,
      memoryBytes: 2_000,
      memoryLimitBytes: GIB,
      receivedBytes: 0,
      sentBytes: 0,
      readBytes: 100,
      writtenBytes: 101,
      processes: 12,
    });
  });

  it('is nothing where a file is missing, and a limit that nobody set is the node’s memory', () => {
    const none = {
      version: 1,
      cpu: '',
      memory: '',
      memoryStat: '',
      pids: '',
      blocks: '',
      network: '',
    } as const;
    const usage = parseUsage({ ...none, memoryLimit: '9223372036854771712\n' }, GIB);
    const { memoryLimitBytes, ...others } = usage;
    assert.equal(memoryLimitBytes, GIB);
    assert.deepEqual(new Set(Object.values(others)), new Set([0]));
  });

  it('counts the bytes of all links but the loopback', () => {
    assert.deepEqual(parseNetworkBytes(NETWORK), { receivedBytes: 1_215_700, sentBytes: 262_150 });
  });

  it('is a share of one processor between two samples, and none at first, without time, or after a new start', () => {
    const before = { sampledAtMs: 1_000, cpuTimeMs: 500 };
    assert.equal(cpuRatio(before, { sampledAtMs: 2_000, cpuTimeMs: 2_000 }), 1.5);
    assert.equal(cpuRatio(undefined, before), undefined);
    assert.equal(cpuRatio(before, { sampledAtMs: 1_000, cpuTimeMs: 600 }), undefined);
    assert.equal(cpuRatio(before, { sampledAtMs: 2_000, cpuTimeMs: 400 }), undefined);
  });

  it('knows the node’s memory', () => {
    assert.equal(parseMemoryTotal('MemTotal:        4014260 kB\nMemFree:  1 kB\n'), 4_014_260 * 1_024);
  });

  it('is found in the hierarchies of version 1, hybrid nodes included, and in the one of version 2', () => {
    const first = `35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
36 31 0:33 / /sys/fs/cgroup/cpu\\040both rw - cgroup cgroup rw,cpu,cpuacct
37 31 0:34 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;
    assert.deepEqual(usageFolders(first, '/skep/a'), {
      version: 1,
      cpu: '/sys/fs/cgroup/cpu both/skep/a',
      memory: '/sys/fs/cgroup/memory/skep/a',
      pids: '/sys/fs/cgroup/pids/skep/a',
    });
    const second = '30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
    const folder = '/sys/fs/cgroup/skep/a';
    assert.deepEqual(usageFolders(second, '/skep/a'), {
      version: 2,
      cpu: folder,
      memory: folder,
      pids: folder,
      blocks: folder,
    });
  });
});
