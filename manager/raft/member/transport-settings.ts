import type { PeerCertificate } from 'node:tls';
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

/** Credentials of the listener: TLS with a client certificate of the cluster's root, or none at all. */
export function listenerCredentials({ tls }: TransportSettings): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const pair = { private_key: Buffer.from(tls.keyPem), cert_chain: Buffer.from(tls.certificatePem) };
  return ServerCredentials.createSsl(Buffer.from(tls.rootCertificatePem), [pair], true);
}

/** Credentials of a connection to a member, whose certificate must have `commonName` where one is known. */
export function peerCredentials(
  { tls }: TransportSettings,
  commonName: string | undefined,
): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  return ChannelCredentials.createSsl(
    Buffer.from(tls.rootCertificatePem),
    Buffer.from(tls.keyPem),
    Buffer.from(tls.certificatePem),
    { checkServerIdentity: (_name, certificate) => checkSubject(tls, certificate.subject, commonName) },
  );
}

/** Options of the channel that go with `peerCredentials`. */
export function peerChannelOptions({ tls }: TransportSettings): Record<string, string | number> {
  return {
    ...(tls === undefined ? {} : { 'grpc.ssl_target_name_override': SERVER_NAME }),
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
