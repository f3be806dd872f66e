import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ContainerNote,
  decodeNote,
  encodeNote,
  planExec,
} from '../../../agent/executor/container-plan.ts';
import { planSysctls, planUlimits, readProcessOptions } from '../../../agent/executor/process-plan.ts';
import { SkepError } from '../../../lib/errors.ts';
import { ULIMIT_RESOURCES } from '../../../lib/ulimit.ts';

const note: ContainerNote = {
  capabilities: ['CAP_KILL'],
  joinPaths: ['/cg/tasks'],
  groups: ['wax', '5'],
  ulimits: [{ name: 'nofile', soft: 5, hard: -1 }],
  oomScoreAdj: -3,
  syscallFilter: 'none',
  noNewPrivileges: false,
  ipcShareable: false,
  hostname: '',
  files: [],
  usersOf: '',
};
const programOptions = { env: [], workdir: '/', user: '' };

describe('the plan of process options', () => {
  it('writes both limits as the kernel reads them', () => {
    const limit = fc.oneof(fc.constant(-1), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(fc.constantFrom(...ULIMIT_RESOURCES.keys()), limit, limit, (name, soft, hard) => {
        const [step] = planUlimits([{ name, soft, hard }]);
        const bytes = step?.bytes ?? new Uint8Array();
        const view = new DataView(bytes.buffer);
        const read = (at: number) => BigInt.asIntN(64, view.getBigUint64(at, true));
        assert.deepEqual([read(0), read(8)], [BigInt(soft), BigInt(hard)]);
        assert.equal(bytes.length, 16);
        assert.equal(step?.number, BigInt(ULIMIT_RESOURCES.get(name) ?? -1));
      }),
    );
    assert.throws(() => planUlimits([{ name: 'as', soft: 1, hard: 1 }]), SkepError);
  });

  it('names settings by their paths below /proc/sys', () => {
    const [step] = planSysctls({ 'net.ipv4.conf.all.rp_filter': '2' });
    assert.equal(step?.path, 'net/ipv4/conf/all/rp_filter');
    assert.equal(new TextDecoder().decode(step?.bytes), '2');
  });

  it('puts the score before the container is entered, and limits before rights are dropped', () => {
    const kinds = planExec(note, ['true'], programOptions, null).map(({ kind, path }) => path ?? kind);
    const order = ['/proc/self/oom_score_adj', 'joinNamespaces', 'rlimit', 'bounding', 'user'];
    assert.deepEqual(
      kinds.filter((kind) => order.includes(kind)),
      order,
    );
  });

  it('keeps the options in the note for later programs', () => {
    assert.deepEqual(decodeNote(encodeNote(note)), note);
    const user = planExec(note, ['true'], programOptions, null).find(({ kind }) => kind === 'user');
    assert.deepEqual(user?.argv, ['wax', '5']);
  });

  it('reads a note from before there were such options', () => {
    const old = new TextEncoder().encode(JSON.stringify({ capabilities: ['CAP_KILL'], joinPaths: ['/cg'] }));
    const { groups, ulimits, oomScoreAdj } = decodeNote(old);
    assert.deepEqual([groups, ulimits, oomScoreAdj], [[], [], 0]);
    assert.deepEqual(readProcessOptions({ groups: 1, ulimits: [{ name: 1 }], oomScoreAdj: 'x' }), {
      groups: [],
      ulimits: [],
      oomScoreAdj: 0,
    });
  });
});
