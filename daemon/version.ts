/** The version that nodes report and `skep version` prints; the same as in package.json. */
export const VERSION = '0.1.0';
