import assert from 'node:assert/strict';
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import type { NodeIdentity } from '../../../daemon/identity/node-identity.ts';
import {
  type NodeSecrets,
  newNodeSecrets,
  openNodeSecrets,
  type SecretsPlace,
} from '../../../daemon/identity/node-secrets.ts';
import { isSkepError, withFolder } from '../../manager/raft/raft-samples.ts';
import { sampleIdentity } from './identity-samples.ts';

const ONE = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

function placeIn(dataRoot: string): SecretsPlace {
  return { dataRoot, keyFile: path.join(dataRoot, 'manager', 'log.key') };
}

async function isSealed({ dataRoot }: SecretsPlace): Promise<boolean> {
  const text = await readFile(path.join(dataRoot, 'certificates', 'node.pem'), 'utf8');
  assert.notEqual(text.includes('PRIVATE KEY'), text.includes('SEALED KEY'));
  return text.includes('SEALED KEY');
}

describe('the secrets of a manager', () => {
  let identity: NodeIdentity;
  let renewed: NodeIdentity;
  before(async () => {
    identity = await sampleIdentity();
    renewed = await sampleIdentity();
  });

  /** A manager that is open. */
  async function opened(place: SecretsPlace): Promise<NodeSecrets> {
    const secrets = newNodeSecrets(place);
    await secrets.save(identity);
    await secrets.addKeys(null);
    return secrets;
  }

  /** Fails unless a manager starts from there with that key, and all is as it should be afterwards. */
  async function startsWith(place: SecretsPlace, unlockKey: Uint8Array | null, expected = identity) {
    const found = await openNodeSecrets(place, true, unlockKey);
    assert.ok(found?.kind === 'open');
    assert.deepEqual(found.identity, expected);
    assert.equal(found.secrets.keys()?.isLocked(), unlockKey !== null);
    assert.equal(await isSealed(place), unlockKey !== null);
    return found.secrets;
  }

  it('are open until the cluster is locked, and then take its key', () =>
    withFolder(async (folder) => {
      const place = placeIn(folder);
      assert.equal(await openNodeSecrets(place, true, null), undefined);
      const secrets = await opened(place);
      await startsWith(place, null);
      assert.equal(secrets.mustRenew(), false);
      await secrets.follow({ unlockKey: ONE, version: 2 });
      assert.equal(secrets.mustRenew(), true, 'its TLS key was on the disk in the clear');
      assert.deepEqual(await openNodeSecrets(place, true, null), { kind: 'locked' });
      await assert.rejects(
        openNodeSecrets(place, true, OTHER),
        isSkepError('PERMISSION_DENIED', /invalid key/),
      );
      await startsWith(place, ONE);
    }));

  it('of a locked manager stay sealed when its certificate is renewed', () =>
    withFolder(async (folder) => {
      const place = placeIn(folder);
      const secrets = await opened(place);
      await secrets.follow({ unlockKey: ONE, version: 2 });
      await secrets.save(renewed);
      assert.equal(secrets.mustRenew(), false);
      await startsWith(place, ONE, renewed);
    }));

  it('follow another unlock key, and its end', () =>
    withFolder(async (folder) => {
      const place = placeIn(folder);
      const secrets = await opened(place);
      await secrets.follow({ unlockKey: ONE, version: 2 });
      await secrets.follow({ unlockKey: OTHER, version: 3 });
      await assert.rejects(openNodeSecrets(place, true, ONE), isSkepError('PERMISSION_DENIED'));
      const again = await startsWith(place, OTHER);
      assert.equal(again.mustRenew(), false);
      await again.follow({ unlockKey: null, version: 4 });
      await startsWith(place, null);
    }));

  it('are locked from the start in a cluster that is', () =>
    withFolder(async (folder) => {
      const place = placeIn(folder);
      const secrets = newNodeSecrets(place);
      await secrets.save(identity);
      await secrets.addKeys(ONE);
      await startsWith(place, ONE);
    }));

  it('of a locked manager that becomes a worker are open, whatever its key file is', () =>
    withFolder(async (folder) => {
      const place = placeIn(folder);
      const secrets = await opened(place);
      await secrets.follow({ unlockKey: ONE, version: 2 });
      await secrets.dropKeys();
      assert.equal(await isSealed(place), false);
      await secrets.follow({ unlockKey: OTHER, version: 3 });
      const found = await openNodeSecrets(place, false, null);
      assert.ok(found?.kind === 'open' && found.secrets.keys() === null);
      await secrets.addKeys(OTHER);
      await startsWith(place, OTHER);
    }));

  it('of a worker take no key', () =>
    withFolder(async (folder) => {
      const place = placeIn(folder);
      await newNodeSecrets(place).save(identity);
      const found = await openNodeSecrets(place, false, ONE);
      assert.ok(found?.kind === 'open' && found.secrets.keys() === null);
      assert.equal(await isSealed(place), false);
    }));

  describe('after a crash between their two files', () => {
    const identityFile = (dataRoot: string) => path.join(dataRoot, 'certificates', 'node.pem');

    /** Changes the lock, puts the identity file back as it was before, and starts again. */
    async function crashAfterKeyFile(
      before: Uint8Array | null,
      after: Uint8Array | null,
      body: (place: SecretsPlace) => Promise<unknown>,
    ): Promise<void> {
      await withFolder(async (folder) => {
        const place = placeIn(folder);
        const secrets = await opened(place);
        await secrets.follow({ unlockKey: before, version: 2 });
        await copyFile(identityFile(folder), path.join(folder, 'kept'));
        await secrets.follow({ unlockKey: after, version: 3 });
        await copyFile(path.join(folder, 'kept'), identityFile(folder));
        await body(place);
      });
    }

    const states: [string, Uint8Array | null][] = [
      ['open', null],
      ['locked', ONE],
      ['locked under another key', OTHER],
    ];
    for (const [from, before] of states) {
      for (const [to, after] of states) {
        it(`start with the new key: from ${from} to ${to}`, () =>
          crashAfterKeyFile(before, after, (place) => startsWith(place, after)));
      }
    }

    it('start where the key file was not written yet', () =>
      withFolder(async (folder) => {
        const place = placeIn(folder);
        const secrets = await opened(place);
        await secrets.follow({ unlockKey: ONE, version: 2 });
        await copyFile(place.keyFile, path.join(folder, 'kept'));
        await secrets.dropKeys();
        assert.equal(await isSealed(place), false);
        await copyFile(path.join(folder, 'kept'), place.keyFile);
        await startsWith(place, ONE);
      }));

    it('lock again under fresh keys without losing an identity that is still sealed under the old ones', () =>
      withFolder(async (folder) => {
        const place = placeIn(folder);
        const secrets = await opened(place);
        await secrets.follow({ unlockKey: ONE, version: 2 });
        const certificates = path.dirname(identityFile(folder));
        await rename(certificates, `${certificates}.away`);
        await writeFile(certificates, 'no folder');
        await assert.rejects(secrets.follow({ unlockKey: null, version: 3 }));
        await rm(certificates);
        await rename(`${certificates}.away`, certificates);
        assert.equal(await isSealed(place), true);
        await secrets.follow({ unlockKey: OTHER, version: 4 });
        await startsWith(place, OTHER);
      }));

    it('are put right by asking again', () =>
      withFolder(async (folder) => {
        const place = placeIn(folder);
        const secrets = await opened(place);
        const certificates = path.dirname(identityFile(folder));
        await rename(certificates, `${certificates}.away`);
        await writeFile(certificates, 'no folder');
        await assert.rejects(secrets.follow({ unlockKey: ONE, version: 3 }));
        await rm(certificates);
        await rename(`${certificates}.away`, certificates);
        assert.equal(await isSealed(place), false);
        await secrets.follow({ unlockKey: ONE, version: 3 });
        assert.equal(await isSealed(place), true);
        await startsWith(place, ONE);
      }));
  });
});
