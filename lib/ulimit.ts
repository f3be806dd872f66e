import type { Ulimit } from './domain/container-spec.ts';

/** The word for "no limit", in specifications and on command lines. */
export const UNLIMITED = -1;

/**
 * Docker's names of resource limits with the kernel's numbers (asm-generic/resource.h). `as` is not among them, as in
 * Docker: it would limit what starts the program too.
 */
export const ULIMIT_RESOURCES: ReadonlyMap<string, number> = new Map([
  ['core', 4],
  ['cpu', 0],
  ['data', 2],
  ['fsize', 1],
  ['locks', 10],
  ['memlock', 8],
  ['msgqueue', 12],
  ['nice', 13],
  ['nofile', 7],
  ['nproc', 6],
  ['rss', 5],
  ['rtprio', 14],
  ['rttime', 15],
  ['sigpending', 11],
  ['stack', 3],
]);

const ULIMIT_PATTERN = /^([a-z]+)=(-1|\d{1,16})(?::(-1|\d{1,16}))?$/;

/**
 * `nofile=1024:2048`, or `nofile=1024` for both limits; -1 = unlimited. Undefined when the text has another form.
 * Whether name and numbers make sense is left to the validation of the service.
 */
export function parseUlimit(text: string): Ulimit | undefined {
  const [, name, soft, hard = soft] = ULIMIT_PATTERN.exec(text) ?? [];
  if (name === undefined || soft === undefined) return undefined;
  const limit = { name, soft: Number(soft), hard: Number(hard) };
  return Number.isSafeInteger(limit.soft) && Number.isSafeInteger(limit.hard) ? limit : undefined;
}

/** The two limits as `parseUlimit` reads them after the name: `1024:2048`. */
export function formatUlimitRange({ soft, hard }: Ulimit): string {
  return `${soft}:${hard}`;
}
