// The metadata calls must be there before the X.509 library loads.
import './reflect-metadata.ts';

import type { webcrypto } from 'node:crypto';

export {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** Key pairs of the cluster: ECDSA on P-256, for the root as for the nodes. */
export const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Extended key usages (RFC 5280, section 4.2.1.12): every node is a server and a client of the others. */
export const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

const SERIAL_NUMBER_BYTES = 16;

/** A certificate serial number (RFC 5280, section 4.1.2.2): positive, 127 bits, as hexadecimal digits. */
export function serialNumber(random: { bytes(length: number): Uint8Array }): string {
  const bytes = Buffer.from(random.bytes(SERIAL_NUMBER_BYTES));
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}

/** A private key (PKCS #8) in PEM. */
export async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', key));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

/** Reads a PKCS #8 key in PEM for signing with ECDSA P-256. Rejects when it is not one. */
export function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const base64 = pem.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '');
  return crypto.subtle.importKey('pkcs8', Buffer.from(base64, 'base64'), KEY_ALGORITHM, false, ['sign']);
}
