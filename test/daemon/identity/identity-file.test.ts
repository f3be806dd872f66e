import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { loadIdentity, loadStoredIdentity, saveIdentity } from '../../../daemon/identity/identity-file.ts';
import type { NodeIdentity } from '../../../daemon/identity/node-identity.ts';
import { SkepError } from '../../../lib/errors.ts';
import { isSkepError, withFolder } from '../../manager/raft/raft-samples.ts';
import { sampleIdentity } from './identity-samples.ts';

const KEY = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

describe('the identity of a node on disk', () => {
  let identity: NodeIdentity;
  before(async () => {
    identity = await sampleIdentity();
  });
  const fileIn = (folder: string) => path.join(folder, 'certificates', 'node.pem');

  it('comes back as it was saved, sealed or not', () =>
    withFolder(async (folder) => {
      await saveIdentity(folder, identity);
      assert.deepEqual(await loadIdentity(folder), identity);
      assert.deepEqual(await loadStoredIdentity(folder, KEY), { identity, isSealed: false });
      await saveIdentity(folder, identity, KEY);
      assert.deepEqual(await loadStoredIdentity(folder, KEY), { identity, isSealed: true });
      assert.equal((await stat(fileIn(folder))).mode & 0o777, 0o600);
    }));

  it('when sealed shows the certificate, but nothing of its key', () =>
    withFolder(async (folder) => {
      await saveIdentity(folder, identity, KEY);
      const text = await readFile(fileIn(folder), 'utf8');
      assert.ok(text.includes(identity.certificatePem));
      assert.equal(text.includes('PRIVATE'), false);
      const [, line = ''] = identity.keyPem.split('\n');
      assert.equal(text.includes(line), false);
    }));

  it('is refused with another sealing key, or without one', () =>
    withFolder(async (folder) => {
      await saveIdentity(folder, identity, KEY);
      await assert.rejects(
        loadStoredIdentity(folder, OTHER),
        isSkepError('FAILED_PRECONDITION', /another key/),
      );
      await assert.rejects(loadIdentity(folder), isSkepError('FAILED_PRECONDITION', /sealed/));
    }));

  it('is refused with a sealed key that was changed, or put beside another certificate', () =>
    withFolder(async (folder) => {
      await saveIdentity(folder, identity, KEY);
      const text = await readFile(fileIn(folder), 'utf8');
      const at = text.indexOf('SEALED KEY-----\n') + 'SEALED KEY-----\n'.length;
      for (let place = at; place < text.indexOf('\n', at); place += 7) {
        const changed = `${text.slice(0, place)}${text[place] === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`;
        await writeFile(fileIn(folder), changed, { mode: 0o600 });
        await assert.rejects(loadStoredIdentity(folder, KEY), SkepError, `at ${place}`);
      }
      const { certificatePem } = await sampleIdentity();
      await writeFile(fileIn(folder), text.replace(identity.certificatePem, certificatePem), { mode: 0o600 });
      await assert.rejects(loadStoredIdentity(folder, KEY), isSkepError('DATA_LOSS'));
    }));

  it('is not there before it is saved', () =>
    withFolder(async (folder) => assert.equal(await loadStoredIdentity(folder, null), undefined)));
});
