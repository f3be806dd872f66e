import type { SecureContextOptions } from 'node:tls';
import { TLSSocket } from 'node:tls';

import {
  experimental,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
} from '@grpc/grpc-js';

import type { IdentityHolder } from './identity-holder.ts';
import type { NodeIdentity } from './node-identity.ts';

const MIN_VERSION = 'TLSv1.3';

function contextOf(identity: NodeIdentity): SecureContextOptions {
  return {
    ca: identity.rootCertificatePem,
    cert: identity.certificatePem,
    key: identity.keyPem,
    // The listener takes the lowest version from each context that it is given.
    minVersion: MIN_VERSION,
  };
}

/**
 * A class because gRPC's own credentials are one. The handshake asks for a certificate and lets the connection
 * in without one, as a joining node has none; each call is authorized by itself.
 */
class NodeServerCredentials extends ServerCredentials {
  constructor(identities: IdentityHolder) {
    super(
      { requestCert: true, rejectUnauthorized: false, minVersion: MIN_VERSION },
      contextOf(identities.current()),
    );
    identities.watch((identity) => this.updateSecureContextOptions(contextOf(identity)));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** The part of gRPC's base call that leads to its connection. */
interface CallOnStream {
  readonly stream?: { readonly session?: { readonly socket?: unknown } };
}

/**
 * gRPC hides a certificate that OpenSSL did not like, an expired one for instance, and the caller would be told
 * that it showed none. This shows what was proven in the handshake; `authenticatePeer` judges it alone.
 */
const showPeerCertificate: ServerInterceptor = (_method, call) => {
  const shown = new ServerInterceptingCall(call);
  const socket = (call as unknown as CallOnStream).stream?.session?.socket;
  if (!(socket instanceof TLSSocket)) return shown;
  const known = call.getAuthContext();
  if (known.sslPeerCertificate !== undefined) return shown;
  const certificate = socket.getPeerCertificate();
  if (certificate?.raw === undefined) return shown;
  shown.getAuthContext = () => ({ transportSecurityType: 'ssl', sslPeerCertificate: certificate });
  return shown;
};

/**
 * Credentials for the cluster port: TLS 1.3 only, the certificate of the identity in use. When the identity is
 * replaced the listener stays open, and new connections see the new certificate.
 */
export function serverCredentials(identities: IdentityHolder): ServerCredentials {
  return experimental.createServerCredentialsWithInterceptors(new NodeServerCredentials(identities), [
    showPeerCertificate,
  ]);
}
