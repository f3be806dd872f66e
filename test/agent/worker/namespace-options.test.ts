import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ContainerDefaults,
  confinementOf,
  NO_DEFAULTS,
  namespaceOptions,
} from '../../../agent/worker/namespace-options.ts';
import { blankTaskSpec } from '../../../lib/blank-service.ts';

const { container } = blankTaskSpec('web:1');
const range = [{ inside: 0, outside: 100_000, count: 65_536 }];
const idMap = { users: range, groups: range };
const strict: ContainerDefaults = {
  noNewPrivileges: true,
  seccompProfile: '{}',
  idMap,
  privateIdMap: idMap,
};

describe('what a node says of every container', () => {
  it('holds for a container that says nothing, and yields to one that does', () => {
    assert.deepEqual(confinementOf(container, strict), { seccompProfile: '{}', noNewPrivileges: true });
    assert.deepEqual(confinementOf(container, NO_DEFAULTS), { noNewPrivileges: false });
    const own = { ...container, noNewPrivileges: false, seccompProfile: 'unconfined' };
    assert.deepEqual(confinementOf(own, strict), { seccompProfile: 'unconfined', noNewPrivileges: false });
    assert.equal(confinementOf({ ...container, noNewPrivileges: true }, NO_DEFAULTS).noNewPrivileges, true);
  });

  it('gives a privileged container no profile that it did not ask for', () => {
    const privileged = { ...container, privileged: true };
    assert.deepEqual(confinementOf(privileged, strict), { noNewPrivileges: true });
    assert.equal(
      confinementOf({ ...privileged, seccompProfile: '{"a":1}' }, strict).seccompProfile,
      '{"a":1}',
    );
  });

  it('maps users by default, never where the container refuses, and elsewhere where it asks', () => {
    const mapOf = (usernsMode: string | undefined, defaults: ContainerDefaults) =>
      namespaceOptions({ ...container, ...(usernsMode === undefined ? {} : { usernsMode }) }, defaults).idMap;
    assert.deepEqual(mapOf(undefined, strict), idMap);
    assert.equal(mapOf('host', strict), undefined);
    assert.equal(mapOf(undefined, { ...NO_DEFAULTS, privateIdMap: idMap }), undefined);
    assert.deepEqual(mapOf('private', { ...NO_DEFAULTS, privateIdMap: idMap }), idMap);
    assert.throws(() => mapOf('private', NO_DEFAULTS), {
      code: 'FAILED_PRECONDITION',
      help: /\/etc\/subuid/,
    });
  });

  it('leaves namespaces as the container asks for them', () => {
    const asked = { pidMode: 'host', ipcMode: 'container:abc', utsMode: 'host' };
    assert.deepEqual(namespaceOptions({ ...container, ...asked }, NO_DEFAULTS), {
      pidNamespace: { kind: 'host' },
      ipcNamespace: { kind: 'container', id: 'abc' },
      ipcSharing: 'private',
      utsNamespace: { kind: 'host' },
    });
    for (const mode of ['private', 'shareable', 'none'] as const) {
      const { ipcNamespace, ipcSharing } = namespaceOptions({ ...container, ipcMode: mode }, NO_DEFAULTS);
      assert.deepEqual([ipcNamespace, ipcSharing], [{ kind: 'own' }, mode]);
    }
  });
});
