import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import { describe, it } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { Server } from '@grpc/grpc-js';
import { makeMessage } from '../../../../manager/raft/core/message.ts';
import { type Member, startMember } from '../../../../manager/raft/member/member.ts';
import { createOutbox } from '../../../../manager/raft/member/outbox.ts';
import {
  createTransport,
  listenerCredentials,
  type MemberTls,
} from '../../../../manager/raft/member/transport-settings.ts';
import type { RaftMessage } from '../../../../proto/raft-messages.ts';
import { raftMethods } from '../../../../proto/raft-services.ts';
import { serve } from '../../../../proto/rpc.ts';
import { isSkepError, KEY, withFolder } from '../raft-samples.ts';
import { eventually, freePort, SKIP_REASON } from './number-cluster.ts';
import { createRoots, type Roots, tlsOf } from './roots.ts';

const log = (): void => {};

/** What a listener shows to a new connection, and the protocol; the message of the error when there is none. */
function seenAt(port: number, client: MemberTls, maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3') {
  return new Promise<{ readonly protocol: string; readonly serial: string }>((resolve, reject) => {
    const socket = tlsConnect({
      host: '127.0.0.1',
      port,
      ca: client.rootCertificatePem,
      cert: client.certificatePem,
      key: client.keyPem,
      maxVersion,
      ALPNProtocols: ['h2'],
      checkServerIdentity: () => undefined,
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve({
        protocol: socket.getProtocol() ?? '',
        serial: socket.getPeerX509Certificate()?.serialNumber ?? '',
      });
      socket.destroy();
    });
  });
}

function serialOf(tls: MemberTls): string {
  return new X509Certificate(tls.certificatePem).serialNumber;
}

async function managerTls(roots: Roots, id: number): Promise<MemberTls> {
  return tlsOf(roots, await roots.identity(`node-${id}`, 'manager'));
}

async function startThree(roots: Roots, root: string, onTerm: (term: number) => void): Promise<Member[]> {
  const ports = [await freePort(), await freePort(), await freePort()];
  const peers = Object.fromEntries(
    ports.map((port, place) => [
      String(place + 1),
      { address: `127.0.0.1:${port}`, commonName: `node-${place + 1}` },
    ]),
  );
  const members: Member[] = [];
  for (const [place, port] of ports.entries()) {
    const member = await startMember({
      folder: path.join(root, String(place)),
      key: KEY,
      id: place + 1,
      peers,
      bootstrapVoters: [1, 2, 3],
      transport: { listen: `127.0.0.1:${port}`, tls: await managerTls(roots, place + 1) },
      apply: () => {},
      snapshot: () => [],
      restore: () => ({ add: () => {}, finish: () => {} }),
      onLeadership: ({ term }) => onTerm(term),
      log,
    });
    members.push(member);
  }
  return members;
}

describe('a renewed certificate', { skip: SKIP_REASON }, () => {
  it('is shown by the running member, which speaks TLS 1.3 only; nobody is elected and every write passes', () =>
    withFolder(async (root) => {
      const roots = await createRoots();
      const terms = new Set<number>();
      const members = await startThree(roots, root, (term) => terms.add(term));
      try {
        const leader = await eventually('a leader', () => members.find((member) => member.isLeader()));
        await leader.propose(Buffer.from('before'));
        const { term } = leader.leadership();
        for (const [place, member] of members.entries()) {
          const old = await managerTls(roots, place + 1);
          const renewed = await managerTls(roots, place + 1);
          const writes = Array.from({ length: 20 }, (_, turn) =>
            new Promise((resolve) => setTimeout(resolve, 10 * turn)).then(() =>
              leader.propose(Buffer.from('x')),
            ),
          );
          await member.renew(renewed);
          await Promise.all(writes);
          assert.deepEqual(await seenAt(member.port, old), {
            protocol: 'TLSv1.3',
            serial: serialOf(renewed),
          });
          await assert.rejects(seenAt(member.port, old, 'TLSv1.2'), /alert protocol version|ECONNRESET/);
        }
        const { progress } = await leader.status();
        assert.equal(progress.size, 3);
        assert.ok(leader.isLeader() && Math.max(...terms) === term, 'nobody took over');
        const broken = { ...(await managerTls(roots, 1)), keyPem: (await managerTls(roots, 1)).keyPem };
        await assert.rejects(leader.renew(broken), isSkepError('INVALID_ARGUMENT', /cannot be used/));
      } finally {
        await Promise.all(members.map((member) => member.close()));
      }
    }));
});

describe('the messages to a member', () => {
  it('go over a new connection with the renewed certificate, none lost and in order', async () => {
    const roots = await createRoots();
    const seen: { readonly serial: string; readonly index: number }[] = [];
    const server = new Server();
    serve(server, raftMethods, {
      send: async (frames, call) => {
        const serial = new X509Certificate(call.peerCertificate ?? new Uint8Array(0)).serialNumber;
        for await (const { messages } of frames)
          for (const { index } of messages) seen.push({ serial, index });
        return {};
      },
      sendSnapshot: async () => ({}),
    });
    const serving = createTransport({ listen: '', tls: await managerTls(roots, 2) });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', listenerCredentials(serving), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    const first = await managerTls(roots, 1);
    const second = await managerTls(roots, 1);
    const transport = createTransport({ listen: '', tls: first });
    const unreachable: number[] = [];
    const outbox = createOutbox({ id: 1, transport, log, onUnreachable: (id) => unreachable.push(id) });
    try {
      outbox.setAddresses(new Map([[2, { address: `127.0.0.1:${port}`, commonName: 'node-2' }]]));
      for (let index = 1; index <= 60; index++) {
        outbox.send(makeMessage({ type: 'MsgHeartbeat', from: 1, to: 2, index }) as RaftMessage);
        outbox.flush();
        if (index === 20) await eventually('the first have arrived', () => seen.length === 20);
        if (index === 30) transport.renew(second);
        if (index % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await eventually('all have arrived', () => seen.length === 60);
      assert.deepEqual(
        seen.map(({ index }) => index),
        Array.from({ length: 60 }, (_, place) => place + 1),
      );
      assert.deepEqual([seen[0]?.serial, seen[59]?.serial], [serialOf(first), serialOf(second)]);
      assert.deepEqual(unreachable, []);
    } finally {
      outbox.close();
      server.forceShutdown();
    }
  });
});
