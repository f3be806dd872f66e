import { Server as GrpcServer, type Server, type ServerCredentials } from '@grpc/grpc-js';
import { createFirstIdentity } from '../../../daemon/identity/first-identity.ts';
import { createIdentityHolder } from '../../../daemon/identity/identity-holder.ts';
import { serverCredentials } from '../../../daemon/identity/server-credentials.ts';
import type { ClusterSpec } from '../../../lib/domain/cluster.ts';
import { type CallAuthorizer, createCallAuthorizer } from '../../../manager/ca/authorize-call.ts';
import { certificateAuthorityHandlers } from '../../../manager/ca/certificate-authority.ts';
import { createJoinTokens, createRootAuthority } from '../../../manager/ca/root-authority.ts';
import type { ReplicatedStore } from '../../../manager/store/memory-store.ts';
import { emptyCodec, listNodesResponseCodec } from '../../../proto/messages.ts';
import { serve, unary } from '../../../proto/rpc.ts';
import { certificateAuthorityMethods } from '../../../proto/services.ts';
import {
  clusterObject,
  createLogRecord,
  createTestStore,
  nextId,
  nodeObject,
  put,
  systemRandom,
} from '../../manager/dispatcher/cluster-fixture.ts';

/** One call for every node and one for managers, to see who may make which. */
export const probeMethods = {
  forNodes: unary('/skep.test.Probe/ForNodes', emptyCodec, emptyCodec),
  forManagers: unary('/skep.test.Probe/ForManagers', emptyCodec, listNodesResponseCodec),
} as const;

function bind(server: Server, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

/** A cluster of one manager, that serves certificates and the probe on a loopback port over real TLS. */
export async function startClusterPort(
  spec: Partial<ClusterSpec> = {},
  addServices: (server: Server, store: ReplicatedStore, authorizer: CallAuthorizer) => void = () => undefined,
) {
  const authority = await createRootAuthority({ nowMs: Date.now(), random: systemRandom });
  const tokens = createJoinTokens(authority.certificatePem, systemRandom);
  const cluster = clusterObject(authority, tokens, spec);
  const managerId = nextId();
  const store = createTestStore();
  await put(
    store,
    cluster,
    nodeObject(managerId, { spec: { role: 'manager', availability: 'active', labels: {} } }),
  );
  const first = await createFirstIdentity({
    authority,
    clusterId: cluster.id,
    nodeId: managerId,
    nowMs: Date.now(),
    expiryMs: 3_600_000,
    random: systemRandom,
  });
  const identities = createIdentityHolder(first);
  const record = createLogRecord();
  const authorizer = createCallAuthorizer({ store, nowMs: Date.now, log: record.log });
  const server = new GrpcServer();
  serve(
    server,
    certificateAuthorityMethods,
    certificateAuthorityHandlers({
      store,
      nowMs: Date.now,
      newId: nextId,
      random: systemRandom,
      log: record.log,
    }),
  );
  serve(server, probeMethods, {
    forNodes: async (_request, call) => {
      authorizer.node(call, 'ForNodes');
      return {};
    },
    forManagers: async (_request, call) => {
      authorizer.manager(call, 'CreateService');
      return { nodes: [] };
    },
  });
  addServices(server, store, authorizer);
  const port = await bind(server, serverCredentials(identities));
  return {
    address: `127.0.0.1:${port}`,
    port,
    authority,
    cluster,
    tokens,
    store,
    managerId,
    identities,
    record,
    stop: () => server.forceShutdown(),
  };
}
