import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';

import { createSigningRequest } from '../../../daemon/identity/signing-request.ts';
import type { ErrorCode } from '../../../lib/errors.ts';
import { formatRootHash, parseJoinToken } from '../../../lib/join-token.ts';
import { certificateAuthorityHandlers } from '../../../manager/ca/certificate-authority.ts';
import { MAX_FAILURES_PER_CALLER } from '../../../manager/ca/failure-limit.ts';
import { signNodeCertificate } from '../../../manager/ca/node-certificate.ts';
import { createJoinTokens, createRootAuthority, roleOfToken } from '../../../manager/ca/root-authority.ts';
import { Pkcs10CertificateRequestGenerator } from '../../../manager/ca/x509.ts';
import type { Call } from '../../../proto/rpc.ts';
import {
  clusterObject,
  createLogRecord,
  createTestStore,
  nextId,
  put,
  systemRandom,
} from '../dispatcher/cluster-fixture.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 21, 10, 0, 0);

function failsWith(code: ErrorCode, message: RegExp) {
  return (error: Error & { code?: string }) => {
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };
}

async function certificateOf(signingRequestPem: string, role: 'worker' | 'manager' = 'worker') {
  const authority = await createRootAuthority({ nowMs: NOW_MS, random: systemRandom });
  const { certificatePem, expiresAtMs } = await signNodeCertificate({
    authority,
    clusterId: 'the-cluster',
    nodeId: 'the-node',
    role,
    signingRequestPem,
    nowMs: NOW_MS,
    expiryMs: 90 * 24 * HOUR_MS,
    random: systemRandom,
  });
  return {
    root: new X509Certificate(authority.certificatePem),
    certificate: new X509Certificate(certificatePem),
    expiresAtMs,
  };
}

describe('the root authority', () => {
  it('is an ECDSA P-256 root named swarm-ca, good for twenty years', async () => {
    const { certificatePem } = await createRootAuthority({ nowMs: NOW_MS, random: systemRandom });
    const root = new X509Certificate(certificatePem);
    assert.equal(root.subject, 'CN=swarm-ca');
    assert.ok(root.ca && root.verify(root.publicKey));
    assert.equal(root.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    assert.equal(new Date(root.validTo).getUTCFullYear(), 2046);
  });

  it('is named by its tokens, which tell the two roles apart', async () => {
    const { certificatePem } = await createRootAuthority({ nowMs: NOW_MS, random: systemRandom });
    const tokens = createJoinTokens(certificatePem, systemRandom);
    const digest = createHash('sha256').update(new X509Certificate(certificatePem).raw).digest();
    assert.equal(parseJoinToken(tokens.worker).rootHash, formatRootHash(digest));
    assert.equal(roleOfToken(tokens.worker, tokens), 'worker');
    assert.equal(roleOfToken(` ${tokens.manager}\n`, tokens), 'manager');
    assert.equal(roleOfToken(tokens.worker.slice(0, -1), tokens), undefined);
    assert.equal(roleOfToken('', tokens), undefined);
  });
});

describe('a node certificate', () => {
  it('names node, role and cluster, begins an hour early, and serves both ends of a connection', async () => {
    const { signingRequestPem } = await createSigningRequest();
    const { root, certificate, expiresAtMs } = await certificateOf(signingRequestPem, 'manager');
    assert.equal(certificate.subject, 'CN=the-node\nOU=swarm-manager\nO=the-cluster');
    assert.equal(Date.parse(certificate.validFrom), NOW_MS - HOUR_MS);
    assert.equal(Date.parse(certificate.validTo), expiresAtMs);
    assert.equal(expiresAtMs, NOW_MS + 90 * 24 * HOUR_MS);
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    assert.ok(certificate.checkIssued(root) && certificate.verify(root.publicKey) && !certificate.ca);
  });

  it('takes no name from the request', async () => {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
    const request = await Pkcs10CertificateRequestGenerator.create({
      name: [{ CN: ['someone-else'] }, { OU: ['swarm-manager'] }],
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    });
    const { certificate } = await certificateOf(request.toString('pem'));
    assert.equal(certificate.subject, 'CN=the-node\nOU=swarm-worker\nO=the-cluster');
  });

  it('is refused for a request that is garbled, not signed by its own key, or of another kind', async () => {
    await assert.rejects(certificateOf('hello'), failsWith('INVALID_ARGUMENT', /cannot be read/));
    await assert.rejects(certificateOf('x'.repeat(10_000)), failsWith('INVALID_ARGUMENT', /longer than/));
    const { signingRequestPem } = await createSigningRequest();
    const der = Buffer.from(signingRequestPem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
    // Somewhere inside the public key's point.
    const at = der.length - 100;
    der.writeUInt8(der.readUInt8(at) ^ 1, at);
    const tampered = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    await assert.rejects(
      certificateOf(tampered),
      failsWith('INVALID_ARGUMENT', /not signed by|cannot be read/),
    );
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign']);
    const other = await Pkcs10CertificateRequestGenerator.create({
      name: [{ CN: ['x'] }],
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    });
    await assert.rejects(
      certificateOf(other.toString('pem')),
      failsWith('INVALID_ARGUMENT', /P-384; only ECDSA P-256 is taken/),
    );
  });
});

describe('the certificate authority', () => {
  it('stops listening to a caller that guesses, for a minute', async () => {
    let nowMs = NOW_MS;
    const store = createTestStore();
    const authority = await createRootAuthority({ nowMs, random: systemRandom });
    const tokens = createJoinTokens(authority.certificatePem, systemRandom);
    await put(store, clusterObject(authority, tokens));
    const record = createLogRecord();
    const { issueCertificate } = certificateAuthorityHandlers({
      store,
      nowMs: () => nowMs,
      newId: nextId,
      random: systemRandom,
      log: record.log,
    });
    const { signingRequestPem } = await createSigningRequest();
    const from = (peerAddress: string): Call => ({
      peerCertificate: null,
      peerAddress,
      signal: new AbortController().signal,
      header: () => undefined,
    });
    const ask = (token: string, peerAddress = '192.0.2.1:5000') =>
      issueCertificate({ signingRequestPem, token, availability: '' }, from(peerAddress));
    const guess = `${tokens.worker.slice(0, -25)}${'1'.repeat(25)}`;
    for (let attempt = 0; attempt < MAX_FAILURES_PER_CALLER; attempt++) {
      await assert.rejects(ask(guess), failsWith('PERMISSION_DENIED', /not valid for this cluster/));
    }
    await assert.rejects(
      ask(tokens.worker),
      failsWith('RESOURCE_EXHAUSTED', /192\.0\.2\.1 was refused too often/),
    );
    assert.equal(record.lines.length, MAX_FAILURES_PER_CALLER);
    assert.equal(store.view().nodes.size, 0);
    assert.equal((await ask(tokens.worker, '192.0.2.2:5000')).role, 'worker');
    nowMs += 61_000;
    assert.equal((await ask(tokens.manager)).role, 'manager');
  });
});
