import { randomBytes } from 'node:crypto';

import type { Random } from '../lib/ports.ts';

const FRACTION_RANGE = 2 ** 48;

/** The machine's randomness, fit for secrets. */
export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  fraction: () => randomBytes(6).readUIntBE(0, 6) / FRACTION_RANGE,
};
