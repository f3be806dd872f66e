/** A key with its value, and the revisions that etcd keeps of it. */
export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
  /** How often it was written since it was made; 1 = once. */
  readonly version: number;
  readonly lease: string;
}

/** A revision of 0 means that the key is not there. */
export interface Condition {
  readonly what: 'created' | 'modified';
  readonly key: string;
  readonly revision: number;
}

export type Operation =
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array; readonly lease?: string }
  /** Without `end` the one key. */
  | { readonly kind: 'delete'; readonly key: string; readonly end?: string }
  | { readonly kind: 'get'; readonly key: string };

/** All of `steps` if every condition holds, otherwise all of `otherwise`, as one change. */
export interface TransactionRequest {
  readonly conditions: readonly Condition[];
  readonly steps: readonly Operation[];
  readonly otherwise?: readonly Operation[];
}

export interface TransactionAnswer {
  readonly isDone: boolean;
  /** Of etcd after the transaction. */
  readonly revision: number;
  /** What each operation found: one key or none for `get`, nothing for the others. */
  readonly found: readonly (KeyValue | undefined)[];
}

export interface RangeRequest {
  readonly key: string;
  readonly end: string;
  readonly limit: number;
  /** As of this revision; absent = now, as a majority of etcd's members sees it. */
  readonly revision?: number;
  readonly isKeysOnly?: boolean;
}

export interface RangeAnswer {
  readonly revision: number;
  readonly keys: readonly KeyValue[];
  readonly hasMore: boolean;
}

export interface WatchEvent {
  readonly kind: 'put' | 'delete';
  /** Of a deletion only key and `modRevision` say something. */
  readonly key: KeyValue;
}

export type WatchEnd = { readonly kind: 'compacted' } | { readonly kind: 'broken'; readonly error: Error };

export interface Watcher {
  /** `isWhole` is false when more events of the last revision follow. */
  readonly onEvents: (events: readonly WatchEvent[], isWhole: boolean) => void;
  /** Called once, unless the watch was cancelled. */
  readonly onEnd: (end: WatchEnd) => void;
}
