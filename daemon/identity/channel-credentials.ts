import type { Socket } from 'node:net';
import {
  type ConnectionOptions,
  createSecureContext,
  type PeerCertificate,
  connect as tlsConnect,
} from 'node:tls';

import { CallCredentials, ChannelCredentials, type experimental } from '@grpc/grpc-js';

import { ensureError } from '../../lib/errors.ts';
import { UNIT_OF_ROLE } from '../../manager/ca/node-certificate.ts';
import type { IdentityHolder } from './identity-holder.ts';

/** A handshake takes two round trips; whoever needs longer is not there. */
const HANDSHAKE_TIMEOUT_MS = 5_000;

type ServerNameCheck = (name: string, certificate: PeerCertificate) => Error | undefined;

/**
 * Credentials for calls to a manager: the server must show a certificate of this cluster's root, with the unit
 * of a manager and our cluster's id; host names play no part. We show our own certificate, that of the identity
 * in use when the connection is opened.
 */
export function channelCredentials(identities: IdentityHolder): ChannelCredentials {
  return new HandshakeCredentials(() => {
    const { rootCertificatePem, certificatePem, keyPem, clusterId } = identities.current();
    return {
      secureContext: createSecureContext({
        ca: rootCertificatePem,
        cert: certificatePem,
        key: keyPem,
        minVersion: 'TLSv1.3',
      }),
      checkServerIdentity: managerCheck(clusterId),
    };
  });
}

/** Credentials of a node that has none yet but knows the root: the server must be a manager below that root. */
export function joiningCredentials(rootCertificatePem: string): ChannelCredentials {
  const secureContext = createSecureContext({ ca: rootCertificatePem, minVersion: 'TLSv1.3' });
  return new HandshakeCredentials(() => ({ secureContext, checkServerIdentity: managerCheck(undefined) }));
}

/** Credentials that believe anyone: only for fetching a root certificate whose hash is known. */
export function unverifiedCredentials(): ChannelCredentials {
  const secureContext = createSecureContext({ minVersion: 'TLSv1.3' });
  return new HandshakeCredentials(() => ({ secureContext, rejectUnauthorized: false }));
}

function managerCheck(clusterId: string | undefined): ServerNameCheck {
  return (_name, { subject }) => {
    if (subject.OU !== UNIT_OF_ROLE.manager) return new Error(`node ${subject.CN} is not a manager`);
    if (clusterId !== undefined && subject.O !== clusterId) {
      return new Error(`node ${subject.CN} is of cluster ${subject.O}, not ${clusterId}`);
    }
    return undefined;
  };
}

/**
 * A class because gRPC's own credentials are one. It differs from those in asking for the options of each
 * handshake anew, so that a connection reopened after a renewal shows the new certificate.
 */
class HandshakeCredentials extends ChannelCredentials {
  readonly #options: () => ConnectionOptions;

  constructor(options: () => ConnectionOptions) {
    super();
    this.#options = options;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    _target: unknown,
    _options: unknown,
    callCredentials?: CallCredentials,
  ): experimental.SecureConnector {
    return {
      connect: (socket) => handshake(socket, this.#options),
      waitForReady: async () => undefined,
      getCallCredentials: () => callCredentials ?? CallCredentials.createEmpty(),
      destroy: () => undefined,
    };
  }
}

function handshake(
  socket: Socket,
  options: () => ConnectionOptions,
): Promise<experimental.SecureConnectResult> {
  return new Promise((resolve, reject) => {
    const secured = tlsConnect({
      rejectUnauthorized: true,
      ...options(),
      socket,
      ALPNProtocols: ['h2'],
      // A fixed name: an address is not allowed here, and names are not what is checked.
      servername: 'swarm-manager',
    });
    const timer = setTimeout(
      () => secured.destroy(new Error('TLS handshake timed out')),
      HANDSHAKE_TIMEOUT_MS,
    );
    const fail = (thrown: unknown) => {
      clearTimeout(timer);
      secured.destroy();
      reject(ensureError(thrown));
    };
    const closed = () => fail(new Error('the connection was closed during the TLS handshake'));
    secured.once('error', fail);
    secured.once('close', closed);
    secured.once('secureConnect', () => {
      clearTimeout(timer);
      secured.off('error', fail);
      secured.off('close', closed);
      resolve({ socket: secured, secure: true });
    });
  });
}
