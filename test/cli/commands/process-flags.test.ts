import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { specOfCreate } from '../../../cli/commands/service/create-spec.ts';
import type { Flags } from '../../../cli/commands/service/flag-values.ts';
import { applyUpdateFlags } from '../../../cli/commands/service/spec-flags.ts';
import { formatServicePretty } from '../../../cli/format/service-pretty.ts';
import { UsageError } from '../../../cli/usage.ts';
import type { ContainerSpec } from '../../../lib/domain/container-spec.ts';
import type { ServiceSpec } from '../../../lib/domain/service.ts';
import { validateServiceSpec } from '../../../lib/validation/service-spec.ts';

const NOTHING = { environment: {}, files: {} };
const create = (flags: Flags): ServiceSpec => specOfCreate('web:1', [], flags, NOTHING, 'calm_bee');
const update = (spec: ServiceSpec, flags: Flags): ContainerSpec => {
  const after = applyUpdateFlags(spec, flags, NOTHING);
  validateServiceSpec(after);
  return after.task.container;
};

const base = create({
  group: ['wheel', '1000', 'wheel'],
  ulimit: ['nofile=1024:2048', 'core=0', 'nofile=10:20'],
  sysctl: ['net.core.somaxconn=512', 'net.ipv4.ip_local_port_range=1024 65000', 'fs.mqueue.a=b=c'],
  oomScoreAdj: '-500',
  shmSize: '128m',
});

describe('groups, limits and kernel settings of a service', () => {
  it('come from the flags of create; the last word counts', () => {
    validateServiceSpec(base);
    const { groups, ulimits, sysctls, oomScoreAdj, shmSizeBytes } = base.task.container;
    assert.deepEqual(groups, ['wheel', '1000']);
    assert.deepEqual(ulimits, [
      { name: 'nofile', soft: 10, hard: 20 },
      { name: 'core', soft: 0, hard: 0 },
    ]);
    assert.deepEqual(sysctls, {
      'net.core.somaxconn': '512',
      'net.ipv4.ip_local_port_range': '1024 65000',
      'fs.mqueue.a': 'b=c',
    });
    assert.deepEqual([oomScoreAdj, shmSizeBytes], [-500, 134_217_728]);
  });

  it('stay as they are in an update that does not name them', () => {
    assert.deepEqual(update(base, {}), base.task.container);
    assert.deepEqual(update(base, { envAdd: ['A=1'] }).ulimits, base.task.container.ulimits);
  });

  const rows: readonly (readonly [Flags, (container: ContainerSpec) => unknown, unknown])[] = [
    [{ groupAdd: ['audio', '1000'], groupRm: ['wheel'] }, ({ groups }) => groups, ['1000', 'audio']],
    [
      { ulimitAdd: ['nofile=7', 'nproc=3:-1'], ulimitRm: ['core'] },
      ({ ulimits }) => ulimits,
      [
        { name: 'nofile', soft: 7, hard: 7 },
        { name: 'nproc', soft: 3, hard: -1 },
      ],
    ],
    [
      {
        sysctlAdd: ['net.core.somaxconn=9'],
        sysctlRm: ['net.ipv4.ip_local_port_range', 'fs.mqueue.a', 'net.core.somaxconn'],
      },
      ({ sysctls }) => sysctls,
      { 'net.core.somaxconn': '9' },
    ],
    [{ oomScoreAdj: '30' }, ({ oomScoreAdj }) => oomScoreAdj, 30],
    [{ oomScoreAdj: '0' }, (container) => 'oomScoreAdj' in container, false],
    [{ shmSize: '1g' }, ({ shmSizeBytes }) => shmSizeBytes, 1_073_741_824],
    [{ shmSize: '0' }, (container) => 'shmSizeBytes' in container, false],
  ];
  for (const [flags, read, expected] of rows) {
    it(`understand ${JSON.stringify(flags)} in an update`, () => {
      assert.deepEqual(read(update(base, flags)), expected);
    });
  }

  const refused: readonly (readonly [Flags, RegExp])[] = [
    [{ ulimit: ['nofile'] }, /invalid ulimit "nofile"/],
    [{ ulimit: ['nofile=many'] }, /invalid ulimit "nofile=many"/],
    [{ sysctl: ['net.core.somaxconn'] }, /invalid sysctl "net\.core\.somaxconn"/],
    [{ sysctl: ['=1'] }, /invalid sysctl "=1"/],
    [{ oomScoreAdj: 'low' }, /"low" for --oom-score-adj: expected a whole number/],
    [{ oomScoreAdj: '1.5' }, /--oom-score-adj/],
    [{ shmSize: 'much' }, /--shm-size/],
  ];
  for (const [flags, pattern] of refused) {
    it(`refuse ${JSON.stringify(flags)}`, () => {
      assert.throws(
        () => create(flags),
        (thrown) => thrown instanceof UsageError && pattern.test(thrown.message),
      );
    });
  }

  it('are shown by inspect --pretty, and nothing of them when nothing was asked', () => {
    const meta = { kind: 'service', id: 'id1', version: 1, createdAtMs: 0, updatedAtMs: 0 } as const;
    const shown = formatServicePretty({ ...meta, spec: base, specVersion: 1 });
    for (const line of [
      ' Groups:\twheel, 1000\n',
      ' OOM score:\t-500\n',
      ' Shm size:\t128MiB\n',
      'SysCtls:\n net.core.somaxconn:\t512\n',
      'Ulimits:\n nofile:\t10:20\n core:\t0:0\n',
    ]) {
      assert.ok(shown.includes(line), `${line} is missing in\n${shown}`);
    }
    const plain = formatServicePretty({ ...meta, spec: create({}), specVersion: 1 });
    assert.doesNotMatch(plain, /Groups|OOM|Shm|SysCtls|Ulimits/);
  });
});
