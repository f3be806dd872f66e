/** As many random bytes as Docker's ids have. */
export const CONTAINER_ID_BYTES = 32;
const PATTERN = /^[0-9a-f]{64}$/;

/**
 * True for the id of a container of this node alone. Tasks have ids of another length, so both kinds live in one keeper
 * and each room clears away only what can be its own.
 */
export function isLocalContainerId(id: string): boolean {
  return PATTERN.test(id);
}

/** The id that random bytes stand for. */
export function containerIdOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
