import {
  exportPrivateKey,
  KEY_ALGORITHM,
  Pkcs10CertificateRequestGenerator,
  SIGNING_ALGORITHM,
} from '../../manager/ca/x509.ts';

export interface SigningRequest {
  readonly keyPem: string;
  /** PKCS #10 in PEM; who the node is, the managers put into the certificate. */
  readonly signingRequestPem: string;
}

/** A new key pair (ECDSA P-256) and the request to have its certificate signed. */
export async function createSigningRequest(): Promise<SigningRequest> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ['skep-node'] }],
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
  });
  return { keyPem: await exportPrivateKey(keys.privateKey), signingRequestPem: request.toString('pem') };
}
