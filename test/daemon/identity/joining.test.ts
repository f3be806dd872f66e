import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect as tlsConnect } from 'node:tls';

import { channelCredentials, unverifiedCredentials } from '../../../daemon/identity/channel-credentials.ts';
import { createFirstIdentity } from '../../../daemon/identity/first-identity.ts';
import { loadIdentity, removeIdentity, saveIdentity } from '../../../daemon/identity/identity-file.ts';
import { createIdentityHolder } from '../../../daemon/identity/identity-holder.ts';
import { joinCluster, renewIdentity } from '../../../daemon/identity/join-cluster.ts';
import type { NodeIdentity } from '../../../daemon/identity/node-identity.ts';
import { createSigningRequest } from '../../../daemon/identity/signing-request.ts';
import type { ErrorCode } from '../../../lib/errors.ts';
import { signNodeCertificate } from '../../../manager/ca/node-certificate.ts';
import { createRootAuthority } from '../../../manager/ca/root-authority.ts';
import { connect } from '../../../proto/rpc.ts';
import { nextId, put, systemRandom } from '../../manager/dispatcher/cluster-fixture.ts';
import { probeMethods, startClusterPort } from './cluster-port.ts';

type ClusterPort = Awaited<ReturnType<typeof startClusterPort>>;

/** Makes one probe call with an identity, or with none. */
async function probe(port: ClusterPort, method: keyof typeof probeMethods, identity?: NodeIdentity) {
  const credentials =
    identity === undefined ? unverifiedCredentials() : channelCredentials(createIdentityHolder(identity));
  const connection = connect(probeMethods, port.address, credentials);
  try {
    return await connection.call[method]({}, { timeoutMs: 5_000 });
  } finally {
    connection.close();
  }
}

function failsWith(code: ErrorCode, message: RegExp) {
  return (error: Error & { code?: string }) => {
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };
}

/** An identity signed by the port's root, with its parts replaced by the test. */
function identityOf(port: ClusterPort, change: Partial<Parameters<typeof createFirstIdentity>[0]> = {}) {
  return createFirstIdentity({
    authority: port.authority,
    clusterId: port.cluster.id,
    nodeId: port.managerId,
    nowMs: Date.now(),
    expiryMs: 3_600_000,
    random: systemRandom,
    ...change,
  });
}

describe('joining a cluster', () => {
  let port: ClusterPort;
  before(async () => {
    port = await startClusterPort();
  });
  after(() => port.stop());

  it('a node with a worker token becomes a worker, known to the store', async () => {
    const identity = await joinCluster({
      address: port.address,
      token: port.tokens.worker,
      availability: 'drain',
    });
    assert.equal(identity.role, 'worker');
    assert.equal(identity.clusterId, port.cluster.id);
    const node = port.store.view().nodes.get(identity.nodeId);
    assert.deepEqual(node?.spec, { role: 'worker', availability: 'drain', labels: {} });
    assert.equal(node.status.state, 'unknown');
    assert.equal(node.certificateExpiresAtMs, identity.expiresAtMs);
    assert.deepEqual(await probe(port, 'forNodes', identity), {});
  });

  it('a node with a manager token becomes a manager', async () => {
    const identity = await joinCluster({ address: port.address, token: port.tokens.manager });
    assert.equal(identity.role, 'manager');
    assert.deepEqual(await probe(port, 'forManagers', identity), { nodes: [] });
  });

  it('a wrong secret is refused with a reason and help, logged, and changes nothing', async () => {
    const before = port.store.view().index;
    const token = `${port.tokens.worker.slice(0, -25)}${'0'.repeat(25)}`;
    await assert.rejects(
      joinCluster({ address: port.address, token }),
      (error: Error & { help?: string }) => {
        assert.match(error.help ?? '', /skep swarm join-token worker/);
        return failsWith('PERMISSION_DENIED', /join token is not valid/)(error);
      },
    );
    assert.equal(port.store.view().index, before);
    assert.match(port.record.text(), /A certificate was refused.*join token is not valid/);
    assert.ok(!port.record.text().includes(port.tokens.worker.slice(-25)));
  });

  it('a token of another root is refused before anything secret is sent', async () => {
    const other = await startClusterPort();
    try {
      await assert.rejects(
        joinCluster({ address: port.address, token: other.tokens.worker }),
        failsWith('PERMISSION_DENIED', /root certificate of 127\.0\.0\.1:\d+ does not match the token/),
      );
      assert.equal(other.store.view().nodes.size, 1);
    } finally {
      other.stop();
    }
  });

  it('an availability that does not exist is refused and leaves no node', async () => {
    const nodes = port.store.view().nodes.size;
    const request = { address: port.address, token: port.tokens.worker, availability: 'lazy' };
    await assert.rejects(
      joinCluster(request as unknown as Parameters<typeof joinCluster>[0]),
      failsWith('INVALID_ARGUMENT', /"lazy" is not an availability/),
    );
    assert.equal(port.store.view().nodes.size, nodes);
  });

  it('nobody listening is an error that names the address', async () => {
    await assert.rejects(
      joinCluster({ address: '127.0.0.1:1', token: port.tokens.worker }),
      failsWith('UNAVAILABLE', /cannot reach 127\.0\.0\.1:1/),
    );
  });
});

describe('the cluster port', () => {
  let port: ClusterPort;
  before(async () => {
    port = await startClusterPort();
  });
  after(() => port.stop());

  it('tells a caller without a certificate that it showed none', async () => {
    await assert.rejects(
      probe(port, 'forNodes'),
      failsWith('UNAUTHENTICATED', /the caller showed no certificate/),
    );
  });

  it('tells a node when its certificate expired', async () => {
    const identity = await identityOf(port, { nowMs: Date.now() - 7_200_000 });
    const expiry = new Date(identity.expiresAtMs).toISOString().replace('.', '\\.');
    await assert.rejects(
      probe(port, 'forNodes', identity),
      failsWith('UNAUTHENTICATED', new RegExp(`node ${port.managerId} expired at ${expiry}`)),
    );
    assert.match(port.record.text(), /A call was refused.*expired at/);
  });

  it('tells a node whose certificate is not valid yet', async () => {
    const identity = await identityOf(port, { nowMs: Date.now() + 7_200_000 });
    await assert.rejects(
      probe(port, 'forNodes', identity),
      failsWith('UNAUTHENTICATED', /is not valid before/),
    );
  });

  it('refuses a certificate of a foreign root with the same names', async () => {
    const authority = await createRootAuthority({ nowMs: Date.now(), random: systemRandom });
    const foreign = await identityOf(port, { authority });
    const disguised = { ...foreign, rootCertificatePem: port.authority.certificatePem };
    await assert.rejects(
      probe(port, 'forManagers', disguised),
      failsWith('UNAUTHENTICATED', /is not signed by this cluster's root/),
    );
  });

  it('drops a forged certificate that names our very root, and nobody else notices', async () => {
    const forger = await createRootAuthority({ nowMs: Date.now(), random: systemRandom });
    // The forger's key, beside our root's certificate: names and key identifier are copied from it.
    const authority = { keyPem: forger.keyPem, certificatePem: port.authority.certificatePem };
    const { keyPem, signingRequestPem } = await createSigningRequest();
    const { certificatePem } = await signNodeCertificate({
      authority,
      clusterId: port.cluster.id,
      nodeId: port.managerId,
      role: 'manager',
      signingRequestPem,
      nowMs: Date.now(),
      expiryMs: 3_600_000,
      random: systemRandom,
    });
    const honest = connect(
      probeMethods,
      port.address,
      channelCredentials(createIdentityHolder(port.identities.current())),
    );
    try {
      for (let round = 0; round < 10; round++) {
        const forged = { ...port.identities.current(), keyPem, certificatePem };
        const [refusal, answer] = await Promise.allSettled([
          probe(port, 'forManagers', forged),
          honest.call.forManagers({}),
        ]);
        assert.equal(refusal.status, 'rejected');
        assert.deepEqual(answer, { status: 'fulfilled', value: { nodes: [] } });
      }
    } finally {
      honest.close();
    }
  });

  it('refuses a certificate for another cluster below the same root', async () => {
    const identity = await identityOf(port, { clusterId: 'other' });
    const disguised = { ...identity, clusterId: port.cluster.id };
    await assert.rejects(
      probe(port, 'forNodes', disguised),
      failsWith('UNAUTHENTICATED', /is for cluster other, this is cluster/),
    );
  });

  it('refuses a worker that calls a method for managers, and says so', async () => {
    const worker = await joinCluster({ address: port.address, token: port.tokens.worker });
    await assert.rejects(
      probe(port, 'forManagers', worker),
      failsWith(
        'PERMISSION_DENIED',
        new RegExp(`node ${worker.nodeId} is a worker; CreateService is for managers`),
      ),
    );
    assert.match(port.record.text(), /A call was refused.*is a worker/);
  });

  it('refuses a node that was removed, also when it wants to renew', async () => {
    const worker = await joinCluster({ address: port.address, token: port.tokens.worker });
    await port.store.update(() => [{ kind: 'remove', objectKind: 'node', id: worker.nodeId }]);
    const refusal = failsWith('PERMISSION_DENIED', /was removed from the cluster/);
    await assert.rejects(probe(port, 'forNodes', worker), refusal);
    await assert.rejects(renewIdentity(createIdentityHolder(worker), [port.address]), refusal);
  });

  it('speaks nothing older than TLS 1.3', async () => {
    const attempt = (maxVersion: 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string>((resolve) => {
        const socket = tlsConnect(
          {
            port: port.port,
            host: '127.0.0.1',
            maxVersion,
            rejectUnauthorized: false,
            ALPNProtocols: ['h2'],
          },
          () => {
            resolve(socket.getProtocol() ?? '');
            socket.destroy();
          },
        );
        socket.on('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message));
      });
    assert.equal(await attempt('TLSv1.3'), 'TLSv1.3');
    assert.match(await attempt('TLSv1.2'), /PROTOCOL_VERSION|ECONNRESET/);
    // The listener keeps its lowest version through a renewal.
    port.identities.replace(await identityOf(port));
    assert.match(await attempt('TLSv1.2'), /PROTOCOL_VERSION|ECONNRESET/);
  });

  it('does not pass as a manager when a worker listens there', async () => {
    const worker = await joinCluster({ address: port.address, token: port.tokens.worker });
    const previous = port.identities.current();
    port.identities.replace(worker);
    try {
      await assert.rejects(
        probe(port, 'forNodes', previous),
        failsWith('UNAVAILABLE', new RegExp(`node ${worker.nodeId} is not a manager`)),
      );
    } finally {
      port.identities.replace(previous);
    }
  });
});

describe('renewal by a manager', () => {
  let port: ClusterPort;
  before(async () => {
    port = await startClusterPort();
  });
  after(() => port.stop());

  it('keeps the id, takes the role from the store, and swaps the credentials of open holders', async () => {
    const worker = await joinCluster({ address: port.address, token: port.tokens.worker });
    const holder = createIdentityHolder(worker);
    const connection = connect(probeMethods, port.address, channelCredentials(holder));
    try {
      await assert.rejects(connection.call.forManagers({}), failsWith('PERMISSION_DENIED', /is a worker/));
      const node = port.store.view().nodes.get(worker.nodeId);
      assert.ok(node !== undefined);
      await put(port.store, { ...node, spec: { ...node.spec, role: 'manager' } });
      // Promoted in the store, but the certificate still says worker.
      await assert.rejects(connection.call.forManagers({}), failsWith('PERMISSION_DENIED', /is a worker/));
      const renewed = await renewIdentity(holder, ['127.0.0.1:1', port.address]);
      assert.equal(renewed.nodeId, worker.nodeId);
      assert.equal(renewed.role, 'manager');
      assert.notEqual(renewed.keyPem, worker.keyPem);
      holder.replace(renewed);
    } finally {
      connection.close();
    }
    const reopened = connect(probeMethods, port.address, channelCredentials(holder));
    try {
      assert.deepEqual(await reopened.call.forManagers({}), { nodes: [] });
    } finally {
      reopened.close();
    }
  });

  it('lets the listener show the new certificate without closing', async () => {
    const shownCertificate = () =>
      new Promise<string>((resolve, reject) => {
        const socket = tlsConnect(
          { port: port.port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] },
          () => {
            resolve(socket.getPeerCertificate().serialNumber);
            socket.destroy();
          },
        );
        socket.on('error', reject);
      });
    const manager = port.identities.current();
    const open = connect(probeMethods, port.address, channelCredentials(createIdentityHolder(manager)));
    try {
      await open.call.forNodes({});
      const old = await shownCertificate();
      port.identities.replace(await identityOf(port));
      assert.notEqual(await shownCertificate(), old);
      assert.deepEqual(await open.call.forNodes({}), {}, 'the connection that was open goes on');
    } finally {
      open.close();
    }
  });

  it('is refused once the present certificate has expired', async () => {
    const holder = createIdentityHolder(await identityOf(port, { nowMs: Date.now() - 7_200_000 }));
    await assert.rejects(renewIdentity(holder, [port.address]), failsWith('UNAUTHENTICATED', /expired at/));
  });
});

describe('an identity on disk', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skep-identity-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is read back as it was written, and only its owner can read it', async () => {
    const authority = await createRootAuthority({ nowMs: Date.now(), random: systemRandom });
    const identity = await createFirstIdentity({
      authority,
      clusterId: nextId(),
      nodeId: nextId(),
      nowMs: Date.now(),
      expiryMs: 3_600_000,
      random: systemRandom,
    });
    assert.equal(await loadIdentity(folder), undefined);
    await saveIdentity(folder, identity);
    await saveIdentity(folder, identity);
    assert.deepEqual(await loadIdentity(folder), identity);
    const { mode } = await stat(join(folder, 'certificates', 'node.pem'));
    assert.equal(mode & 0o777, 0o600);
    const other = await createRootAuthority({ nowMs: Date.now(), random: systemRandom });
    await saveIdentity(folder, { ...identity, keyPem: other.keyPem });
    await assert.rejects(loadIdentity(folder), failsWith('DATA_LOSS', /key that does not fit/));
    await saveIdentity(folder, { ...identity, rootCertificatePem: other.certificatePem });
    await assert.rejects(loadIdentity(folder), failsWith('DATA_LOSS', /not signed by its cluster's root/));
    await removeIdentity(folder);
    assert.equal(await loadIdentity(folder), undefined);
  });
});
