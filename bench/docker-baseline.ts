/**
 * Docker Engine 20.10.24 in swarm mode, three engines on test hosts of one machine with 2 cores, Debian 12, 21
 * November 2026. Seconds. Absolute figures drift between machines: they stand beside ours as a bearing, and a
 * claim needs both measured in one run.
 */
export const DOCKER_BASELINE = {
  firstTask: { host: '0.5–0.9', overlay: '1.4–1.5' },
  scale1to30: { host: '2.2–2.4', overlay: '6.5–7.7' },
  scale30to90: { host: '4.1–4.5', overlay: '12.2–13.9' },
} as const;
