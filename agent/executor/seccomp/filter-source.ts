import { SkepError } from '../../../lib/errors.ts';
import { parseSeccompProfile } from '../../../lib/seccomp/parse-profile.ts';
import { type KernelVersion, UNCONFINED } from '../../../lib/seccomp/profile.ts';
import { capabilityMask } from '../capabilities.ts';
import { compileFilter } from './compile.ts';
import { DEFAULT_PROFILE } from './default-profile.ts';
import { resolveProfile } from './resolve.ts';

/** Filters kept ready; a node's services rarely differ in profile and capabilities together. */
const MAX_CACHED_FILTERS = 64;
const KNOWN_ARCHITECTURE = 'x64';

export interface NodeKernel {
  readonly version: KernelVersion;
  /** As Node names it: `x64`. */
  readonly architecture: string;
}

/**
 * The filter of a container: for the text of a profile, or the default one when it is undefined. Null = none, asked for by
 * `unconfined`. INVALID_ARGUMENT for a profile that cannot be read, FAILED_PRECONDITION when this node cannot have one.
 */
export type FilterSource = (
  profileText: string | undefined,
  capabilities: readonly string[],
) => Uint8Array | null;

/** Reads `6.1.0-28-amd64` as uname(2) gives it. FAILED_PRECONDITION when it is no version. */
export function parseKernelRelease(release: string): KernelVersion {
  const match = /^(\d+)\.(\d+)/.exec(release);
  if (match === null)
    throw new SkepError('FAILED_PRECONDITION', `cannot read the kernel's version ${release}`);
  return { major: Number(match[1]), minor: Number(match[2]) };
}

/** A source that compiles each pair of profile and capabilities once, so that a start costs a look into a map. */
export function createFilterSource(kernel: NodeKernel): FilterSource {
  const cache = new Map<string, Uint8Array>();
  return (profileText, capabilities) => {
    if (profileText === UNCONFINED) return null;
    if (kernel.architecture !== KNOWN_ARCHITECTURE) {
      throw new SkepError(
        'FAILED_PRECONDITION',
        `no system call filter can be made for a node of architecture ${kernel.architecture}`,
        { help: '--security-opt seccomp=unconfined runs the container without one' },
      );
    }
    const key = `${capabilityMask(capabilities)} ${profileText ?? ''}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const profile = profileText === undefined ? DEFAULT_PROFILE : parseSeccompProfile(profileText);
    const filter = compileFilter(resolveProfile(profile, { capabilities, kernel: kernel.version }));
    const [oldest] = cache.keys();
    if (cache.size >= MAX_CACHED_FILTERS && oldest !== undefined) cache.delete(oldest);
    cache.set(key, filter);
    return filter;
  };
}
