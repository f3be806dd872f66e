import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../../lib/errors.ts';
import { createSealer, KEY_CHECK_BYTES, newSalt, SALT_BYTES, sealerOfFile } from '../../manager/raft/seal.ts';
import { type NodeIdentity, readIdentity } from './node-identity.ts';

const FOLDER = 'certificates';
/**
 * Root certificate, node certificate and key in one file, so that a crash can never leave a key beside the
 * certificate of another one.
 */
const FILE = 'node.pem';
const SECTION_PATTERN = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----\n?/g;
/** What stands for the key while the manager is locked: salt, key check and the sealed PEM text, in base64. */
const SEALED_BEGIN = '-----BEGIN SEALED KEY-----\n';
const SEALED_END = '\n-----END SEALED KEY-----\n';

/**
 * Writes the identity below `dataRoot`, durably and all at once, readable by the owner alone. Its key is sealed under
 * `sealingKey`, of 32 bytes, unless that is null. One writer at a time.
 */
export async function saveIdentity(
  dataRoot: string,
  identity: NodeIdentity,
  sealingKey: Uint8Array | null = null,
): Promise<void> {
  const folder = join(dataRoot, FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, FILE);
  const draft = `${path}.new`;
  const { keyPem, certificatePem } = identity;
  const keyText = sealingKey === null ? keyPem : sealedKey(keyPem, certificatePem, sealingKey);
  // A draft that a crash left behind might have other permissions.
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(identity.rootCertificatePem + identity.certificatePem + keyText);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** An identity as it stands on disk. */
export interface StoredIdentity {
  readonly identity: NodeIdentity;
  /** Its key is sealed. */
  readonly isSealed: boolean;
}

/**
 * The identity kept below `dataRoot`; undefined when the node belongs to no cluster. `sealingKey` opens a key that is
 * sealed, and is ignored where it is not. Throws DATA_LOSS when there is an identity that cannot be used, and
 * FAILED_PRECONDITION when its key is sealed under another key or there is none to open it.
 */
export async function loadStoredIdentity(
  dataRoot: string,
  sealingKey: Uint8Array | null,
): Promise<StoredIdentity | undefined> {
  const path = join(dataRoot, FOLDER, FILE);
  // A draft that a crash left behind may be more open than the file itself.
  await rm(`${path}.new`, { force: true });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw new SkepError('DATA_LOSS', `the identity of this node cannot be read from ${dataRoot}`, {
      cause: thrown,
    });
  }
  const [root = '', certificate = '', key = ''] = text.match(SECTION_PATTERN) ?? [];
  const isSealed = key.startsWith(SEALED_BEGIN);
  const keyPem = isSealed ? openedKey(path, key, certificate, sealingKey) : key;
  return { identity: readIdentity(root, certificate, keyPem), isSealed };
}

/** The identity kept below `dataRoot` by a node that cannot be locked. Throws what loadStoredIdentity throws. */
export async function loadIdentity(dataRoot: string): Promise<NodeIdentity | undefined> {
  return (await loadStoredIdentity(dataRoot, null))?.identity;
}

/** The certificate is authenticated with the key: neither can be put beside another one. */
function sealedKey(keyPem: string, certificatePem: string, sealingKey: Uint8Array): string {
  const sealer = createSealer(sealingKey, newSalt());
  const text = sealer.seal(Buffer.from(keyPem), Buffer.from(certificatePem));
  const base64 = Buffer.concat([sealer.salt, sealer.keyCheck, text]).toString('base64');
  return `${SEALED_BEGIN}${base64}${SEALED_END}`;
}

function openedKey(
  path: string,
  section: string,
  certificatePem: string,
  sealingKey: Uint8Array | null,
): string {
  if (sealingKey === null) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `the key in ${path} is sealed, and no key file tells with what`,
      {
        help: 'put back the key file of this manager, or leave and join again: skep swarm leave --force',
      },
    );
  }
  const base64 = section.slice(SEALED_BEGIN.length, -SEALED_END.length);
  const bytes = Buffer.from(base64, 'base64');
  const textAt = SALT_BYTES + KEY_CHECK_BYTES;
  if (bytes.byteLength <= textAt || bytes.toString('base64') !== base64) {
    throw new SkepError('DATA_LOSS', `the key in ${path} is damaged`, {
      help: 'leave and join again: skep swarm leave --force, then skep swarm join',
    });
  }
  const salt = bytes.subarray(0, SALT_BYTES);
  const sealer = sealerOfFile(sealingKey, path, salt, bytes.subarray(SALT_BYTES, textAt));
  return Buffer.from(sealer.open(bytes.subarray(textAt), Buffer.from(certificatePem))).toString();
}

/** Forgets the identity: the node has left its cluster. */
export async function removeIdentity(dataRoot: string): Promise<void> {
  await rm(join(dataRoot, FOLDER), { recursive: true, force: true });
}
