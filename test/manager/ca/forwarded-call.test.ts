import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { credentials, Server, ServerCredentials } from '@grpc/grpc-js';
import { createSigningRequest } from '../../../daemon/identity/signing-request.ts';
import type { NodeRole } from '../../../lib/domain/node.ts';
import type { ErrorCode } from '../../../lib/errors.ts';
import { createCallAuthorizer } from '../../../manager/ca/authorize-call.ts';
import { certificateAuthorityHandlers } from '../../../manager/ca/certificate-authority.ts';
import { MAX_FAILURES_PER_CALLER } from '../../../manager/ca/failure-limit.ts';
import { forwardHeaders, isForwarded } from '../../../manager/ca/forwarded-call.ts';
import { signNodeCertificate } from '../../../manager/ca/node-certificate.ts';
import { createJoinTokens, createRootAuthority } from '../../../manager/ca/root-authority.ts';
import { type Call, connect, serve } from '../../../proto/rpc.ts';
import { certificateAuthorityMethods } from '../../../proto/services.ts';
import {
  clusterObject,
  createLogRecord,
  createTestStore,
  nextId,
  nodeObject,
  put,
  systemRandom,
} from '../dispatcher/cluster-fixture.ts';
import { managerNode } from '../quorum/quorum-samples.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 10, 0, 0);

function callFrom(
  certificate: Uint8Array | null,
  peerAddress: string,
  headers: Readonly<Record<string, string>> = {},
): Call {
  const signal = new AbortController().signal;
  return { peerCertificate: certificate, peerAddress, signal, header: (name) => headers[name] };
}

/** A leader that knows the manager `m2`, the worker `w1` and the former manager `d1`, each with a certificate. */
async function openLeader() {
  const store = createTestStore(() => NOW_MS);
  const authority = await createRootAuthority({ nowMs: NOW_MS, random: systemRandom });
  const tokens = createJoinTokens(authority.certificatePem, systemRandom);
  const cluster = clusterObject(authority, tokens);
  await put(store, cluster, managerNode('m2', 2), nodeObject('w1'), nodeObject('d1'));
  const record = createLogRecord();
  const certificateOf = async (nodeId: string, role: NodeRole): Promise<Uint8Array> => {
    const { signingRequestPem } = await createSigningRequest();
    const { certificatePem } = await signNodeCertificate({
      authority,
      clusterId: cluster.id,
      nodeId,
      role,
      signingRequestPem,
      nowMs: NOW_MS,
      expiryMs: 3_600_000,
      random: systemRandom,
    });
    return new X509Certificate(certificatePem).raw;
  };
  const options = { store, nowMs: () => NOW_MS, newId: nextId, random: systemRandom, log: record.log };
  const { issueCertificate } = certificateAuthorityHandlers(options);
  const { signingRequestPem } = await createSigningRequest();
  const issue = (token: string, call: Call) =>
    issueCertificate({ signingRequestPem, token, availability: '' }, call);
  return {
    store,
    tokens,
    record,
    issue,
    authorize: createCallAuthorizer(options),
    certificates: {
      manager: await certificateOf('m2', 'manager'),
      worker: await certificateOf('w1', 'worker'),
      demoted: await certificateOf('d1', 'manager'),
    },
  };
}

/** The call as the leader gets it from a follower that shows `certificate`. */
function passedOn(certificate: Uint8Array | null, original: Call): Call {
  return callFrom(certificate, '192.0.2.2:2377', forwardHeaders(original));
}

function failsWith(code: ErrorCode, message: RegExp) {
  return (error: Error & { code?: string }) => {
    assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  };
}

describe('a call that a manager passes on', () => {
  it('counts as the call of who made it first', async () => {
    const { authorize, certificates } = await openLeader();
    const { manager, worker } = certificates;
    const fromWorker = passedOn(manager, callFrom(worker, '192.0.2.9:1'));
    assert.deepEqual(authorize.node(fromWorker, 'Leave'), { nodeId: 'w1', role: 'worker' });
    assert.throws(
      () => authorize.manager(fromWorker, 'ListNodes'),
      failsWith('PERMISSION_DENIED', /node w1 is a worker; ListNodes is for managers/),
    );
    assert.throws(
      () => authorize.node(passedOn(manager, callFrom(null, '192.0.2.9:1')), 'Leave'),
      failsWith('UNAUTHENTICATED', /showed no certificate/),
    );
  });

  it('is refused, and that logged, from anybody else', async () => {
    const { authorize, certificates, record } = await openLeader();
    const { manager, worker, demoted } = certificates;
    for (const [certificate, code] of [
      [worker, 'PERMISSION_DENIED'],
      [demoted, 'PERMISSION_DENIED'],
      [null, 'UNAUTHENTICATED'],
    ] as const) {
      record.lines.length = 0;
      const call = passedOn(certificate, callFrom(manager, '192.0.2.9:1'));
      assert.throws(() => authorize.manager(call, 'ListNodes'), failsWith(code, /passing on|no certificate/));
      assert.match(record.text(), /A call was refused.*192\.0\.2\.2/);
    }
  });

  it('is refused when it does not say whose it is', async () => {
    const { authorize, certificates } = await openLeader();
    for (const headers of [
      { 'skep-forwarded-certificate': '' },
      { 'skep-forwarded-address': '192.0.2.9:1' },
      { 'skep-forwarded-address': '', 'skep-forwarded-certificate': '' },
    ]) {
      const call = callFrom(certificates.manager, '192.0.2.2:2377', headers);
      assert.throws(
        () => authorize.node(call, 'Leave'),
        failsWith('INVALID_ARGUMENT', /without saying whose/),
      );
    }
  });

  it('is not passed on again', async () => {
    const { certificates } = await openLeader();
    const call = passedOn(certificates.manager, callFrom(certificates.worker, '192.0.2.9:1'));
    assert.ok(isForwarded(call));
    assert.throws(() => forwardHeaders(call), failsWith('NOT_LEADER', /nothing was changed/));
  });

  it('is not passed on with a certificate that cannot be one of a node', () => {
    const call = callFrom(new Uint8Array(5_000), '192.0.2.9:1');
    assert.throws(() => forwardHeaders(call), failsWith('UNAUTHENTICATED', /not one of a node/));
  });

  it('arrives whole over a connection, without a certificate too', async () => {
    const seen: (readonly [string | undefined, string | undefined])[] = [];
    const server = new Server();
    serve(server, certificateAuthorityMethods, {
      getRootCertificate: async (_request, call) => {
        seen.push([call.header('skep-forwarded-certificate'), call.header('skep-forwarded-address')]);
        return { certificatePem: '' };
      },
      issueCertificate: () => Promise.reject(new Error('not asked')),
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    const connection = connect(
      certificateAuthorityMethods,
      `127.0.0.1:${port}`,
      credentials.createInsecure(),
    );
    const certificate = systemRandom.bytes(600);
    for (const shown of [certificate, null]) {
      const headers = forwardHeaders(callFrom(shown, '[2001:db8::9]:50123'));
      await connection.call.getRootCertificate({}, { headers });
    }
    connection.close();
    server.forceShutdown();
    assert.deepEqual(seen, [
      [Buffer.from(certificate).toString('base64'), '[2001:db8::9]:50123'],
      ['', '[2001:db8::9]:50123'],
    ]);
  });
});

describe('the certificate authority behind another manager', () => {
  it('lets nodes join, and renews for who holds the certificate', async () => {
    const { store, tokens, issue, certificates } = await openLeader();
    const { manager, worker } = certificates;
    const joined = await issue(tokens.manager, passedOn(manager, callFrom(null, '192.0.2.9:1')));
    assert.equal(joined.role, 'manager');
    assert.equal(store.view().nodes.get(joined.nodeId)?.spec.role, 'manager');
    assert.equal(store.view().nodes.get(joined.nodeId)?.manager, undefined);
    const renewed = await issue('', passedOn(manager, callFrom(worker, '192.0.2.9:1')));
    assert.deepEqual([renewed.nodeId, renewed.role], ['w1', 'worker']);
  });

  it('stops listening to the one who guesses, not to the manager in between', async () => {
    const { tokens, issue, certificates } = await openLeader();
    const guess = `${tokens.worker.slice(0, -25)}${'1'.repeat(25)}`;
    const from = (host: string) => passedOn(certificates.manager, callFrom(null, `${host}:50000`));
    for (let attempt = 0; attempt < MAX_FAILURES_PER_CALLER; attempt++) {
      await assert.rejects(issue(guess, from('192.0.2.9')), failsWith('PERMISSION_DENIED', /not valid/));
    }
    await assert.rejects(
      issue(tokens.worker, from('192.0.2.9')),
      failsWith('RESOURCE_EXHAUSTED', /192\.0\.2\.9 was refused too often/),
    );
    assert.equal((await issue(tokens.worker, from('192.0.2.8'))).role, 'worker');
  });

  it('stops listening to a worker that claims to pass calls on', async () => {
    const { tokens, issue, certificates, record } = await openLeader();
    const claimed = passedOn(certificates.worker, callFrom(certificates.manager, '192.0.2.9:1'));
    for (let attempt = 0; attempt < MAX_FAILURES_PER_CALLER; attempt++) {
      await assert.rejects(
        issue('', claimed),
        failsWith('PERMISSION_DENIED', /passing on calls is for managers/),
      );
    }
    assert.match(record.text(), /A certificate was refused.*192\.0\.2\.2/);
    await assert.rejects(
      issue(tokens.worker, callFrom(null, '192.0.2.2:9')),
      failsWith('RESOURCE_EXHAUSTED', /too often/),
    );
  });
});

describe('a renewed certificate', () => {
  it('is not one of a worker while the node is part of the quorum', async () => {
    const { store, issue, certificates } = await openLeader();
    const call = callFrom(certificates.manager, '192.0.2.2:1');
    const present = managerNode('m2', 2);
    const leaving = { ...present, spec: { ...present.spec, role: 'worker' } } as const;
    await put(store, leaving);
    for (let attempt = 0; attempt <= MAX_FAILURES_PER_CALLER; attempt++) {
      await assert.rejects(issue('', call), failsWith('UNAVAILABLE', /m2 .* still part of the quorum/));
    }
    assert.equal(store.view().nodes.get('m2')?.certificateExpiresAtMs, 0);
    const { manager: _former, ...left } = leaving;
    await put(store, left);
    assert.equal((await issue('', call)).role, 'worker');
    await put(store, present);
    assert.equal((await issue('', call)).role, 'manager');
  });
});
