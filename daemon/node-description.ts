import { cpus, totalmem } from 'node:os';

import type { Image } from '../agent/image/image-store.ts';
import type { NodeDescription } from '../lib/domain/node.ts';
import type { GenericResource } from '../lib/domain/service.ts';
import { VERSION } from './version.ts';

const NANO = 1_000_000_000;
/** Node's names of architectures, in the names that images use. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** What this node says of itself. */
export function describeNode(facts: {
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly dataPathAddress: string;
  readonly images: readonly Image[];
  readonly generic: readonly GenericResource[];
}): NodeDescription {
  return {
    hostname: facts.hostname,
    os: 'linux',
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    nanoCpus: cpus().length * NANO,
    memoryBytes: totalmem(),
    engineVersion: VERSION,
    engineLabels: facts.labels,
    images: facts.images.map(({ id, references }) => ({ imageId: id, references })),
    dataPathAddress: facts.dataPathAddress,
    ...(facts.generic.length === 0 ? {} : { generic: { items: facts.generic } }),
  };
}
