import { decode } from 'dns-packet';

/** Answers kept at most, the oldest going first. */
const MAX_ENTRIES = 1_000;
/** Nothing is kept longer, since a kept answer is given out with its first TTL. */
const MAX_KEPT_MS = 30_000;
/** How long a name that does not exist stays so. */
const MAX_NEGATIVE_MS = 5_000;
const HEADER_BYTES = 12;

interface Entry {
  readonly response: Uint8Array;
  readonly expiresAtMs: number;
}

/** Answers of the node's resolvers, by the question's own bytes. */
export interface AnswerCache {
  /** A response to the query, with the query's id and spelling; null when none is fresh. */
  find(query: Uint8Array, nowMs: number): Uint8Array | null;
  keep(query: Uint8Array, response: Uint8Array, nowMs: number): void;
}

/** An empty cache. */
export function createAnswerCache(): AnswerCache {
  const entries = new Map<string, Entry>();
  return {
    find: (query, nowMs) => {
      const key = keyOf(query);
      const entry = entries.get(key);
      if (entry === undefined) return null;
      if (entry.expiresAtMs <= nowMs) {
        entries.delete(key);
        return null;
      }
      return readdress(entry.response, query);
    },
    keep: (query, response, nowMs) => {
      const lifetimeMs = keepingTimeMs(response);
      if (lifetimeMs <= 0) return;
      const key = keyOf(query);
      entries.delete(key);
      entries.set(key, { response, expiresAtMs: nowMs + lifetimeMs });
      const oldest = entries.keys().next();
      if (entries.size > MAX_ENTRIES && !oldest.done) entries.delete(oldest.value);
    },
  };
}

/** How long a response may be kept: its lowest TTL, bounded; 0 for errors and for what was cut short. */
export function keepingTimeMs(response: Uint8Array): number {
  try {
    const packet = decode(Buffer.from(response));
    const code = (response[3] ?? 0) & 15;
    if (packet.flag_tc || (code !== 0 && code !== 3)) return 0;
    const ttls = [...(packet.answers ?? []), ...(packet.authorities ?? [])].flatMap((record) =>
      'ttl' in record && typeof record.ttl === 'number' ? [record.ttl * 1_000] : [],
    );
    if (ttls.length === 0) return 0;
    const positive = code === 0 && (packet.answers ?? []).length > 0;
    return Math.min(positive ? MAX_KEPT_MS : MAX_NEGATIVE_MS, ...ttls);
  } catch {
    return 0;
  }
}

/** Everything behind the id, names without regard to case. */
function keyOf(query: Uint8Array): string {
  return Buffer.from(query.subarray(2)).toString('latin1').toLowerCase();
}

/** Gives a response the id and the question bytes of another query with the same question. */
function readdress(response: Uint8Array, query: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(response);
  copy.set(query.subarray(0, 2), 0);
  let end = HEADER_BYTES;
  while ((query[end] ?? 0) !== 0) end += (query[end] ?? 0) + 1;
  copy.set(query.subarray(HEADER_BYTES, end), HEADER_BYTES);
  return copy;
}
