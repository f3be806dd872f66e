import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../../lib/errors.ts';
import { type NodeIdentity, readIdentity } from './node-identity.ts';

const FOLDER = 'certificates';
/**
 * Root certificate, node certificate and key in one file, so that a crash can never leave a key beside the
 * certificate of another one.
 */
const FILE = 'node.pem';
const SECTION_PATTERN = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----\n?/g;

/** Writes the identity below `dataRoot`, durably and all at once, readable by the owner alone. */
export async function saveIdentity(dataRoot: string, identity: NodeIdentity): Promise<void> {
  const folder = join(dataRoot, FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, FILE);
  const draft = `${path}.new`;
  // A draft that a crash left behind might have other permissions.
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(identity.rootCertificatePem + identity.certificatePem + identity.keyPem);
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

/**
 * The identity kept below `dataRoot`; undefined when the node belongs to no cluster. Throws DATA_LOSS when
 * there is one that cannot be used.
 */
export async function loadIdentity(dataRoot: string): Promise<NodeIdentity | undefined> {
  let text: string;
  try {
    text = await readFile(join(dataRoot, FOLDER, FILE), 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw new SkepError('DATA_LOSS', `the identity of this node cannot be read from ${dataRoot}`, {
      cause: thrown,
    });
  }
  const [root = '', certificate = '', key = ''] = text.match(SECTION_PATTERN) ?? [];
  return readIdentity(root, certificate, key);
}

/** Forgets the identity: the node has left its cluster. */
export async function removeIdentity(dataRoot: string): Promise<void> {
  await rm(join(dataRoot, FOLDER), { recursive: true, force: true });
}
