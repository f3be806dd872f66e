/** One key, or several while old files are still sealed under older ones. Each has 32 bytes. */
export type FileKey = Uint8Array | KeyRing;

/** The keys of one data folder. New files are sealed under the newest; any of them opens a file. */
export interface KeyRing {
  newest(): Uint8Array;
  /** Newest first. */
  all(): readonly Uint8Array[];
  /** Becomes the newest, at once, for every file begun from now on. One that is known keeps its place. */
  add(key: Uint8Array): void;
  /** Forgets all but the newest: no file needs them any more. */
  keepNewest(): void;
  /** True while `whileWriting` runs anything. */
  isBeingUsed(): boolean;
  use<Result>(write: () => Promise<Result>): Promise<Result>;
}

/** `keys` newest first, at least one. */
export function createKeyRing([newest, ...older]: readonly [
  Uint8Array,
  ...(readonly Uint8Array[]),
]): KeyRing {
  let keys: readonly [Uint8Array, ...(readonly Uint8Array[])] = [newest, ...older];
  let writers = 0;
  return {
    newest: () => keys[0],
    all: () => keys,
    add: (key) => {
      if (keys.some((known) => isSameKey(known, key))) return;
      keys = [key, ...keys];
    },
    keepNewest: () => {
      keys = [keys[0]];
    },
    isBeingUsed: () => writers > 0,
    use: async (write) => {
      writers++;
      try {
        return await write();
      } finally {
        writers--;
      }
    },
  };
}

/**
 * Runs `write`, which takes the newest key and begins a file under it. A key that was replaced meanwhile is not taken
 * for unused before that file is in its folder, where it is found.
 */
export function whileWriting<Result>(key: FileKey, write: () => Promise<Result>): Promise<Result> {
  return key instanceof Uint8Array ? write() : key.use(write);
}

/** The ring itself; for a single key, which then cannot be changed, one that holds it. */
export function keyRingOf(key: FileKey): KeyRing {
  return key instanceof Uint8Array ? createKeyRing([key]) : key;
}

/** The key that new files are sealed under. */
export function newestKey(key: FileKey): Uint8Array {
  return key instanceof Uint8Array ? key : key.newest();
}

/** Every key that a file may be sealed under, newest first. */
export function allKeys(key: FileKey): readonly Uint8Array[] {
  return key instanceof Uint8Array ? [key] : key.all();
}

/** Both are secrets of this process, so the time that it takes tells nobody anything. */
export function isSameKey(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, place) => byte === other[place]);
}
