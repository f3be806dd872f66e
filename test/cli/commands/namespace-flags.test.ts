import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { specOfCreate } from '../../../cli/commands/service/create-spec.ts';
import type { Flags } from '../../../cli/commands/service/flag-values.ts';
import { readNamespaces } from '../../../cli/commands/service/namespace-flags.ts';
import { applyUpdateFlags } from '../../../cli/commands/service/spec-flags.ts';
import { UsageError } from '../../../cli/usage.ts';
import { validateServiceSpec } from '../../../lib/validation/service-spec.ts';

const NOTHING = { environment: {}, files: {} };
const create = (flags: Flags) => specOfCreate('web:1', [], flags, NOTHING, 'calm_bee');

function modesOf({ task }: ReturnType<typeof create>) {
  const { pidMode, ipcMode, utsMode, usernsMode } = task.container;
  return [pidMode, ipcMode, utsMode, usernsMode];
}

describe('the flags of namespaces', () => {
  it('ask for them in create, keep them in an update that says nothing, and take them away', () => {
    const spec = create({ pid: 'host', ipc: 'shareable', uts: 'host', userns: 'host' });
    validateServiceSpec(spec);
    assert.deepEqual(modesOf(spec), ['host', 'shareable', 'host', 'host']);
    const same = applyUpdateFlags(spec, { hostname: '' }, NOTHING);
    assert.deepEqual(modesOf(same), ['host', 'shareable', 'host', 'host']);
    const changed = applyUpdateFlags(spec, { pid: 'private', ipc: 'none', uts: '', userns: '' }, NOTHING);
    assert.deepEqual(modesOf(changed), [undefined, 'none', undefined, undefined]);
    assert.deepEqual(modesOf(create({})), [undefined, undefined, undefined, undefined]);
  });

  it('name another container only where it is on the same node', () => {
    const flags: Flags = { pid: 'container:a', ipc: 'container:b' };
    assert.deepEqual(readNamespaces(flags, { allowContainer: true }), {
      pidMode: 'container:a',
      ipcMode: 'container:b',
    });
    for (const flag of ['pid', 'ipc']) {
      assert.throws(
        () => create({ [flag]: 'container:a' }),
        (error: unknown) => error instanceof UsageError && /may run on any node/.test(error.message),
      );
    }
  });

  it('are refused with what would do', () => {
    for (const [flag, value] of [
      ['pid', 'hosts'],
      ['pid', 'container:'],
      ['ipc', 'shared'],
      ['uts', 'container:a'],
      ['userns', 'remap'],
    ] as const) {
      assert.throws(
        () => readNamespaces({ [flag]: value }, { allowContainer: true }),
        (error: unknown) => error instanceof UsageError && error.message.includes(`--${flag}`),
      );
    }
  });
});
