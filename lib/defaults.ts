import type { ClusterSpec } from './domain/cluster.ts';
import type { RestartPolicy, UpdatePolicy } from './domain/service.ts';

export const DEFAULT_STOP_GRACE_PERIOD_MS = 10_000;
export const DEFAULT_DRAIN_MS = 2_000;

export const DEFAULT_RESTART_POLICY: RestartPolicy = {
  condition: 'any',
  delayMs: 5_000,
  maxAttempts: 0,
  windowMs: 0,
};

export const DEFAULT_UPDATE_POLICY: UpdatePolicy = {
  parallelism: 1,
  delayMs: 0,
  failureAction: 'pause',
  monitorMs: 5_000,
  maxFailureRatio: 0,
  order: 'stop-first',
};

export const DEFAULT_HEALTH_INTERVAL_MS = 30_000;
export const DEFAULT_HEALTH_TIMEOUT_MS = 30_000;
export const DEFAULT_HEALTH_RETRIES = 3;
export const DEFAULT_HEALTH_START_INTERVAL_MS = 5_000;

export const DEFAULT_API_PORT = 2377;
/** Managers replicate on the port above that of their API. */
export const RAFT_PORT_OFFSET = 1;
export const DEFAULT_DATA_PATH_PORT = 4789;

export const INGRESS_PORT_FIRST = 30_000;
export const INGRESS_PORT_LAST = 32_767;

export const INGRESS_NETWORK_NAME = 'ingress';
export const HOST_NETWORK_NAME = 'host';

export const DEFAULT_CLUSTER_SPEC: ClusterSpec = {
  name: 'default',
  taskHistoryLimit: 5,
  heartbeatPeriodMs: 1_000,
  certificateExpiryMs: 90 * 24 * 3_600_000,
  defaultAddressPools: ['10.0.0.0/8'],
  defaultAddressPoolMaskLength: 24,
  dataPathPort: DEFAULT_DATA_PATH_PORT,
  autolockManagers: false,
};

/** A node is down after this many heartbeat periods without a word. */
export const HEARTBEATS_BEFORE_DOWN = 3;
