import type { ClusterSpec } from '../domain/cluster.ts';
import { blocksOverlap } from '../ip-address.ts';
import { requireName } from './name.ts';
import { LONGEST_SUBNET_PREFIX, requireSubnet } from './network-spec.ts';
import { invalid, requireDuration, requireInteger } from './rule.ts';

/** Certificates shorter than this would be renewed all the time; swarm has the same floor. */
export const MIN_CERTIFICATE_EXPIRY_MS = 3_600_000;
/** Below this a busy manager would call healthy nodes down. */
const MIN_HEARTBEAT_PERIOD_MS = 100;
const MAX_HEARTBEAT_PERIOD_MS = 3_600_000;
/** Old tasks kept per slot; each is an object in every manager's memory. */
const MAX_TASK_HISTORY = 1_000;
/** Most blocks that a cluster cuts subnets from. */
const MAX_ADDRESS_POOLS = 16;
/** The ingress network alone takes a /16 from the first pool, the nodes' router addresses another. */
const LONGEST_POOL_PREFIX = 24;

function validateAddressPools(subject: string, spec: ClusterSpec): void {
  const { defaultAddressPools: pools, defaultAddressPoolMaskLength: maskLength } = spec;
  if (pools.length === 0) throw invalid(subject, 'at least one default address pool is needed');
  if (pools.length > MAX_ADDRESS_POOLS) {
    throw invalid(
      subject,
      `at most ${MAX_ADDRESS_POOLS} default address pools are possible, not ${pools.length}`,
    );
  }
  requireInteger(subject, 'default-addr-pool-mask-length', maskLength, {
    least: 1,
    most: LONGEST_SUBNET_PREFIX,
  });
  const blocks = pools.map((text) => ({ text, block: requireSubnet(subject, text) }));
  for (const [index, { text, block }] of blocks.entries()) {
    if (block.prefixLength > LONGEST_POOL_PREFIX) {
      throw invalid(
        subject,
        `the address pool ${text} is too small`,
        `use /${LONGEST_POOL_PREFIX} or larger`,
      );
    }
    if (maskLength < block.prefixLength) {
      throw invalid(subject, `default-addr-pool-mask-length ${maskLength} is larger than the pool ${text}`);
    }
    const other = blocks.slice(0, index).find((earlier) => blocksOverlap(earlier.block, block));
    if (other !== undefined) throw invalid(subject, `the address pools ${other.text} and ${text} overlap`);
  }
}

/** Checks a cluster specification by itself. Throws INVALID_ARGUMENT with one line. */
export function validateClusterSpec(spec: ClusterSpec): void {
  requireName('cluster', spec.name);
  const subject = 'cluster';
  requireInteger(subject, 'task-history-limit', spec.taskHistoryLimit, { least: 0, most: MAX_TASK_HISTORY });
  requireDuration(subject, 'dispatcher-heartbeat', spec.heartbeatPeriodMs, MIN_HEARTBEAT_PERIOD_MS);
  if (spec.heartbeatPeriodMs > MAX_HEARTBEAT_PERIOD_MS) {
    throw invalid(subject, 'dispatcher-heartbeat must be one hour at most');
  }
  if (!(spec.certificateExpiryMs >= MIN_CERTIFICATE_EXPIRY_MS)) {
    throw invalid(subject, `cert-expiry must be at least one hour, not ${spec.certificateExpiryMs} ms`);
  }
  // A year bounds every other duration; a certificate may live as long as its root.
  if (spec.certificateExpiryMs > 20 * 365 * 24 * 3_600_000)
    throw invalid(subject, 'cert-expiry must be 20 years at most');
  requireInteger(subject, 'data-path-port', spec.dataPathPort, { least: 1_024, most: 49_151 });
  if (typeof spec.autolockManagers !== 'boolean') {
    throw invalid(subject, `autolock must be true or false, not ${String(spec.autolockManagers)}`);
  }
  validateAddressPools(subject, spec);
}
