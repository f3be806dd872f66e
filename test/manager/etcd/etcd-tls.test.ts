import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import '../../../manager/ca/reflect-metadata.ts';
import { SubjectAlternativeNameExtension } from '@peculiar/x509';
import { systemRandom } from '../../../daemon/system-random.ts';
import {
  BasicConstraintsExtension,
  exportPrivateKey,
  KEY_ALGORITHM,
  SIGNING_ALGORITHM,
  serialNumber,
  X509CertificateGenerator,
} from '../../../manager/ca/x509.ts';
import { createEtcdClient, type EtcdTls } from '../../../manager/etcd/etcd-client.ts';
import { sampleTask } from '../store/store-samples.ts';
import { withReplicas } from './etcd-replicas.ts';
import { SKIP_REASON, withEtcd } from './etcd-server.ts';

const HOUR_MS = 3_600_000;

/** A certificate that is its own root, for servers on the loopback and for their clients. */
async function createTls(): Promise<EtcdTls> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const nowMs = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['etcd of the test'] }],
    keys,
    serialNumber: serialNumber(systemRandom),
    notBefore: new Date(nowMs - HOUR_MS),
    notAfter: new Date(nowMs + HOUR_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const certificatePem = certificate.toString('pem');
  return {
    rootCertificatePem: certificatePem,
    certificatePem,
    keyPem: await exportPrivateKey(keys.privateKey),
  };
}

describe('an etcd that speaks TLS', { skip: SKIP_REASON }, () => {
  it('keeps the store of managers that it and they trust, and of no others', async () => {
    const tls = await createTls();
    await withEtcd(async (server) => {
      await withReplicas(server, async (replicas) => {
        await replicas.start('a', { tls });
        const { store } = (await replicas.leader()).replica;
        assert.equal(await store.update(() => [{ kind: 'put', object: sampleTask('t', 's', 'n') }]), 1);
      });
      for (const wrong of [undefined, await createTls()]) {
        const { endpoint } = server;
        const client = await createEtcdClient({
          endpoints: [endpoint],
          ...(wrong === undefined ? {} : { tls: wrong }),
        });
        const read = client.range({ key: 'a', end: 'b', limit: 1 });
        await assert.rejects(read, { code: 'UNAVAILABLE' });
        client.close();
      }
    }, tls);
  });
});
