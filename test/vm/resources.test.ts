import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ContainerRequest } from '../../agent/executor/executor.ts';
import type { ControlGroupSettings } from '../../lib/domain/container-spec.ts';
import { startTestNode, type TestNode } from '../agent/executor/test-node.ts';
import { skip } from './version-2.ts';

const MEBIBYTE = 1024 * 1024;
/** The disk that the machine runs from. */
const DISK = '/dev/vda';

describe('the settings of a version 2 control group', { skip }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(() => node.close());

  async function hold(
    id: string,
    settings: Partial<ControlGroupSettings>,
    more: Partial<ContainerRequest> = {},
  ): Promise<(file: string) => string> {
    const controlGroup = {
      readBytesPerSecond: [],
      writeBytesPerSecond: [],
      readOperationsPerSecond: [],
      writeOperationsPerSecond: [],
      ...settings,
    };
    await node.executor.start(node.request(id, ['sleep', '1000'], { controlGroup, ...more }));
    const folder = node.cgroups(id)[0] ?? assert.fail(`${id} has no group`);
    return (file) => readFileSync(join(folder, file), 'utf8').trim();
  }

  it('are in the kernel, in its own scales', async () => {
    const file = await hold(
      'settings',
      { cpuShares: 512, cpuQuotaUs: 20_000, cpuPeriodUs: 50_000, cpusetCpus: '0', cpusetMems: '0' },
      { memoryBytes: 64 * MEBIBYTE, memoryReservationBytes: 32 * MEBIBYTE },
    );
    assert.equal(file('cpu.weight'), '20');
    assert.equal(file('cpu.max'), '20000 50000');
    assert.equal(file('cpuset.cpus'), '0');
    assert.equal(file('cpuset.mems'), '0');
    assert.equal(file('memory.low'), String(32 * MEBIBYTE));
  });

  it('count swap beside memory', async () => {
    const memoryBytes = 64 * MEBIBYTE;
    const swapOf = async (id: string, memorySwapBytes: number) =>
      (await hold(id, { memorySwapBytes }, { memoryBytes }))('memory.swap.max');
    assert.equal(await swapOf('none', memoryBytes), '0');
    assert.equal(await swapOf('some', memoryBytes + 8 * MEBIBYTE), String(8 * MEBIBYTE));
    assert.equal(await swapOf('any', -1), 'max');
  });

  it('limit the rates of a disk', { skip: existsSync(DISK) ? false : `no ${DISK}` }, async () => {
    const rate = (number: number) => [{ path: DISK, rate: number }];
    const file = await hold('rates', {
      readBytesPerSecond: rate(1_048_576),
      writeBytesPerSecond: rate(2_097_152),
      readOperationsPerSecond: rate(100),
      writeOperationsPerSecond: rate(200),
    });
    assert.match(file('io.max'), /^\d+:\d+ rbps=1048576 wbps=2097152 riops=100 wiops=200$/);
    const weight = await hold('weight', { blockWeight: 500 }).catch((error: unknown) => String(error));
    if (typeof weight === 'string') assert.match(weight, /cannot hold this limit: its kernel has no io\./);
  });

  it('are refused where version 2 has none', async () => {
    await assert.rejects(hold('swappy', { memorySwappiness: 1 }), /the node cannot hold --memory-swappiness/);
    await assert.rejects(
      hold('undying', { oomKillDisable: true }),
      /the node cannot hold --oom-kill-disable/,
    );
    await assert.rejects(hold('nocpu', { cpusetCpus: '4000' }), /--cpuset-cpus to 4000/);
    for (const id of ['swappy', 'undying', 'nocpu']) assert.deepEqual(node.cgroups(id), []);
  });
});
