import { createSecureContext, type PeerCertificate, type SecureContextOptions } from 'node:tls';
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';
import type { SkepError } from '../../../lib/errors.ts';
import { SkepError as Failure } from '../../../lib/errors.ts';

/** Certificate and key of this member, and what the certificates of the others must say. */
export interface MemberTls {
  readonly rootCertificatePem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Organization of every certificate of the cluster: its id. */
  readonly organization: string;
  /** Organizational unit of the managers' certificates. */
  readonly organizationalUnit: string;
}

/** How members reach one another. Plain data, for it goes to another thread. */
export interface TransportSettings {
  /** `host:port` to listen on; port 0 takes a free one. */
  readonly listen: string;
  /** Absent: no encryption and no authentication, for tests on the loopback only. */
  readonly tls?: MemberTls;
}

/** A name that stands in every handshake: addresses are not what is checked. */
const SERVER_NAME = 'swarm-manager';
const MIN_VERSION = 'TLSv1.3';

/** The settings in a running member, whose certificate may be renewed. */
export interface Transport {
  readonly listen: string;
  /** What holds for connections opened from now on. */
  tls(): MemberTls | undefined;
  /** Throws INVALID_ARGUMENT, and changes nothing, when certificate and key do not fit or TLS is not in use. */
  renew(tls: MemberTls): void;
  /** Called after each renewal, in the order of the calls of this. */
  onRenewal(listener: () => void): void;
}

/** Nothing is renewed yet. */
export function createTransport({ listen, tls }: TransportSettings): Transport {
  const listeners: (() => void)[] = [];
  let current = tls;
  return {
    listen,
    tls: () => current,
    renew: (renewed) => {
      if (current === undefined) throw unusable('this manager uses no certificates');
      try {
        createSecureContext(contextOptions(renewed));
      } catch (cause) {
        throw unusable('the new certificate of this manager cannot be used', cause);
      }
      current = renewed;
      for (const listener of listeners) listener();
    },
    onRenewal: (listener) => void listeners.push(listener),
  };
}

function unusable(message: string, cause?: unknown): SkepError {
  return new Failure('INVALID_ARGUMENT', message, { cause });
}

function contextOptions(tls: MemberTls): SecureContextOptions {
  return {
    ca: tls.rootCertificatePem,
    cert: tls.certificatePem,
    key: tls.keyPem,
    // The listener takes the lowest version from each context that it is given.
    minVersion: MIN_VERSION,
  };
}

/** A class because gRPC's own credentials are one. */
class RenewableServerCredentials extends ServerCredentials {
  constructor(transport: Transport, first: MemberTls) {
    super({ requestCert: true, rejectUnauthorized: true, minVersion: MIN_VERSION }, contextOptions(first));
    transport.onRenewal(() => {
      const renewed = transport.tls();
      if (renewed !== undefined) this.updateSecureContextOptions(contextOptions(renewed));
    });
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/**
 * Credentials of the listener: TLS 1.3 with a client certificate of the cluster's root, or none at all. The listener
 * stays open over a renewal, and new connections see the new certificate.
 */
export function listenerCredentials(transport: Transport): ServerCredentials {
  const tls = transport.tls();
  return tls === undefined
    ? ServerCredentials.createInsecure()
    : new RenewableServerCredentials(transport, tls);
}

/**
 * Credentials of a connection to a member, whose certificate must have `commonName` where one is known. It shows the
 * certificate that is in use now, also when it is reopened later.
 */
export function peerCredentials(transport: Transport, commonName: string | undefined): ChannelCredentials {
  const tls = transport.tls();
  if (tls === undefined) return ChannelCredentials.createInsecure();
  return ChannelCredentials.createFromSecureContext(createSecureContext(contextOptions(tls)), {
    checkServerIdentity: (_name, certificate) => checkSubject(tls, certificate.subject, commonName),
  });
}

/** Options of the channel that go with `peerCredentials`. */
export function peerChannelOptions(transport: Transport): Record<string, string | number> {
  return {
    ...(transport.tls() === undefined ? {} : { 'grpc.ssl_target_name_override': SERVER_NAME }),
    // A member that comes back should be heard within an election timeout.
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 500,
    'grpc.keepalive_time_ms': 2_000,
    'grpc.keepalive_timeout_ms': 2_000,
  };
}

/** What is wrong with a certificate of a valid chain; undefined when it is that of a manager of this cluster. */
export function checkSubject(
  tls: MemberTls,
  subject: Pick<PeerCertificate['subject'], 'O' | 'OU' | 'CN'>,
  commonName: string | undefined,
): SkepError | undefined {
  const { O: organization, OU: unit, CN: name } = subject;
  const isOfCluster = organization === tls.organization && unit === tls.organizationalUnit;
  if (isOfCluster && (commonName === undefined || name === commonName)) return undefined;
  const expected = isOfCluster ? `that of ${commonName}` : 'that of a manager of this cluster';
  return new Failure('PERMISSION_DENIED', `the certificate of ${name} is not ${expected}`, {
    help: 'see that the address belongs to the member meant',
  });
}
