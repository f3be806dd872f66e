import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blankTaskSpec } from '../../../lib/blank-service.ts';
import type { ContainerSpec } from '../../../lib/domain/container-spec.ts';
import { SkepError } from '../../../lib/errors.ts';
import { validateContainerSpec } from '../../../lib/validation/container-spec.ts';
import { joinedReference } from '../../../lib/validation/namespaces.ts';

const { container } = blankTaskSpec('web:1');

function check(changes: Partial<ContainerSpec>, allowContainer: boolean): void {
  validateContainerSpec('service "web"', { ...container, ...changes }, { allowContainer });
}

const FINE: readonly Partial<ContainerSpec>[] = [
  { pidMode: 'host' },
  ...['private', 'shareable', 'none', 'host'].map((ipcMode) => ({ ipcMode })),
  { utsMode: 'host' },
  { usernsMode: 'host', privileged: true, pidMode: 'host' },
  { usernsMode: 'private', hostname: 'web', sysctls: { 'kernel.msgmax': '1' } },
  { ipcMode: 'host', sysctls: { 'net.core.somaxconn': '1' } },
];

const REFUSED: readonly (readonly [changes: Partial<ContainerSpec>, reason: RegExp])[] = [
  [{ pidMode: 'private' }, /pid must be host.*not "private"/],
  [{ pidMode: '' }, /pid must be host/],
  [{ ipcMode: 'shared' }, /ipc must be private, shareable, none/],
  [{ utsMode: 'container:a' }, /uts must be host, not "container:a"/],
  [{ usernsMode: 'keep-id' }, /userns must be host or private/],
  [{ utsMode: 'host', hostname: 'web' }, /uts host and a hostname conflict/],
  [{ usernsMode: 'private', privileged: true }, /userns private and privileged conflict/],
  [{ usernsMode: 'private', pidMode: 'host' }, /userns private and pid host conflict/],
  [{ usernsMode: 'private', ipcMode: 'host' }, /userns private and ipc host conflict/],
  [{ ipcMode: 'host', sysctls: { 'fs.mqueue.msg_max': '1' } }, /sysctl fs.mqueue.msg_max would change/],
];

describe('the namespaces of a specification', () => {
  it('are taken where they go together', () => {
    for (const changes of FINE) for (const single of [true, false]) check(changes, single);
  });

  for (const [changes, reason] of REFUSED) {
    it(`are refused: ${JSON.stringify(changes)}`, () => {
      for (const single of [true, false]) {
        assert.throws(
          () => check(changes, single),
          (error: unknown) =>
            error instanceof SkepError && error.code === 'INVALID_ARGUMENT' && reason.test(error.message),
        );
      }
    });
  }

  it('are those of another container only for a single one of a node', () => {
    for (const changes of [{ pidMode: 'container:a' }, { ipcMode: 'container:a' }]) {
      check(changes, true);
      assert.throws(() => check(changes, false), /a task may run on any node/);
    }
    assert.throws(() => check({ pidMode: 'container:' }, true), /pid must be host or container:NAME/);
  });

  it('name the other container behind a colon', () => {
    assert.equal(joinedReference('container:a:b'), 'a:b');
    for (const mode of ['host', 'containers:a', undefined]) assert.equal(joinedReference(mode), undefined);
  });
});
