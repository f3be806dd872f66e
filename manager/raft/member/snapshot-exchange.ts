import { performance } from 'node:perf_hooks';
import { assert } from '../../../lib/errors.ts';
import type { Restoration } from '../../store/snapshot-parts.ts';
import type { FromConsensus, ToConsensus } from './thread-messages.ts';

/** The application encodes its state so long at a time; then others have their turn. */
const SLICE_MS = 5;
/** Parts that were posted and are not yet written. */
const MAX_PARTS_ON_THE_WAY = 8;

export interface StateExchangeOptions {
  readonly post: (message: ToConsensus, transfer?: readonly ArrayBuffer[]) => void;
  readonly snapshot: () => Iterable<Uint8Array>;
  readonly restore: (index: number) => Restoration;
  /** The application could not give its state. */
  readonly onFailure: (thrown: unknown) => void;
}

export type StateMessage = Extract<
  FromConsensus,
  { readonly kind: 'restore-begin' | 'restore-part' | 'restore-end' | 'take-snapshot' | 'snapshot-more' }
>;

/** The application's side of snapshots: its state leaves in parts and comes in parts. */
export interface StateExchange {
  /** Throws what the application throws for a state that it cannot take. */
  receive(message: StateMessage): void;
  /** No part is asked for any more. */
  stop(): void;
}

/** Nothing is on its way in either direction. */
export function createStateExchange(options: StateExchangeOptions): StateExchange {
  const { post } = options;
  let parts: Iterator<Uint8Array> | undefined;
  let onTheWay = 0;
  let isScheduled = false;
  let restoration: Restoration | undefined;

  const sendSlice = (): void => {
    const untilMs = performance.now() + SLICE_MS;
    while (parts !== undefined && onTheWay < MAX_PARTS_ON_THE_WAY && performance.now() < untilMs) {
      const next = parts.next();
      if (next.done === true) {
        parts = undefined;
        post({ kind: 'snapshot-end' });
        return;
      }
      const part = ownedBytes(next.value);
      post({ kind: 'snapshot-part', part }, [part.buffer]);
      onTheWay++;
    }
    if (onTheWay < MAX_PARTS_ON_THE_WAY) schedule();
  };
  const schedule = (): void => {
    if (isScheduled || parts === undefined) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      try {
        sendSlice();
      } catch (thrown) {
        parts = undefined;
        options.onFailure(thrown);
      }
    });
  };

  return {
    receive: (message) => {
      switch (message.kind) {
        case 'take-snapshot':
          assert(parts === undefined, 'one snapshot is taken at a time');
          // What it is of is settled now; the parts follow in later turns.
          parts = options.snapshot()[Symbol.iterator]();
          schedule();
          return;
        case 'snapshot-more':
          onTheWay--;
          schedule();
          return;
        case 'restore-begin':
          restoration = message.hasState ? options.restore(message.index) : undefined;
          return;
        case 'restore-part':
          restoration?.add(message.part);
          // A part is some milliseconds of work: others have their turn before the next.
          setImmediate(() => post({ kind: 'restored-part' }));
          return;
        case 'restore-end':
          restoration?.finish();
          restoration = undefined;
      }
    },
    stop: () => {
      parts = undefined;
    },
  };
}

/** The bytes alone in a buffer, which can then change hands: a copy unless they are that already. */
export function ownedBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return isAlone ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
