import { SkepError } from '../../../lib/errors.ts';
import type { TunnelBroker } from '../../../manager/tunnel/tunnel-broker.ts';
import { BLANK_FRAME } from '../../../proto/tunnel-frames.ts';
import type { TunnelFrame, TunnelOpening } from '../../../proto/tunnel-messages.ts';

/** Frames that a test sends when it likes. */
export interface Sender {
  send(frame: Partial<TunnelFrame>): void;
  /** Nothing more comes, without a last frame. */
  breakOff(): void;
  /** How many frames were asked for. */
  asked(): number;
  readonly frames: AsyncIterable<TunnelFrame>;
}

/** A source of frames, and nothing sent yet. */
export function createSender(): Sender {
  const queue: TunnelFrame[] = [];
  let asked = 0;
  let isBroken = false;
  let wake = (): void => undefined;
  const next = async (): Promise<IteratorResult<TunnelFrame>> => {
    asked++;
    for (;;) {
      const frame = queue.shift();
      if (frame !== undefined) return { done: false, value: frame };
      if (isBroken) throw new SkepError('CANCELLED', 'the caller broke the call off');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    send(frame) {
      queue.push({ ...BLANK_FRAME, ...frame });
      wake();
    },
    breakOff() {
      isBroken = true;
      wake();
    },
    asked: () => asked,
    frames: { [Symbol.asyncIterator]: () => ({ next }) },
  };
}

/** One end of a tunnel: what it sends, and what came to it. */
export interface End {
  readonly sender: Sender;
  readonly received: TunnelFrame[];
  /** How its stream ended; undefined while it goes on. */
  outcome(): { readonly failure: SkepError | undefined } | undefined;
  /** The process that held it is gone. */
  vanish(): void;
}

type Stream = (frames: AsyncIterable<TunnelFrame>, signal: AbortSignal) => AsyncIterable<TunnelFrame>;

/** Turns that a reader takes for each frame; null = it stops after the first one. */
export type Pace = number | null;

/** Reads a stream at its pace. */
function startEnd(stream: Stream, pace: Pace): End {
  const sender = createSender();
  const abort = new AbortController();
  const received: TunnelFrame[] = [];
  let outcome: { readonly failure: SkepError | undefined } | undefined;
  const read = async (): Promise<void> => {
    for await (const frame of stream(sender.frames, abort.signal)) {
      received.push(frame);
      if (pace === null) {
        await new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve()));
      }
      for (let turn = 0; turn < (pace ?? 0); turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  read().then(
    () => {
      outcome = { failure: undefined };
    },
    (failure: SkepError) => {
      outcome = { failure };
    },
  );
  return {
    sender,
    received,
    outcome: () => outcome,
    vanish() {
      abort.abort();
      sender.breakOff();
    },
  };
}

/** A caller of a method of a node. */
export function openEnd(broker: TunnelBroker, nodeId: string, pace: Pace = 0): End {
  const end = startEnd((frames, signal) => broker.open(frames, signal), pace);
  end.sender.send({ target: { nodeId, method: '/a/Method' } });
  return end;
}

/** A node that takes up its end. */
export function serveEnd(broker: TunnelBroker, nodeId: string, id: string, pace: Pace = 0): End {
  const end = startEnd((frames, signal) => broker.serve(frames, { nodeId, signal }), pace);
  end.sender.send({ id });
  return end;
}

export interface ListeningNode {
  readonly nodeId: string;
  readonly openings: TunnelOpening[];
  outcome(): { readonly failure: SkepError | undefined } | undefined;
  vanish(): void;
}

/** A node that waits for tunnels. */
export function listenAs(broker: TunnelBroker, nodeId: string): ListeningNode {
  const abort = new AbortController();
  const openings: TunnelOpening[] = [];
  let outcome: { readonly failure: SkepError | undefined } | undefined;
  const read = async (): Promise<void> => {
    for await (const opening of broker.listen({ nodeId, signal: abort.signal })) openings.push(opening);
  };
  read().then(
    () => {
      outcome = { failure: undefined };
    },
    (failure: SkepError) => {
      outcome = { failure };
    },
  );
  return { nodeId, openings, outcome: () => outcome, vanish: () => abort.abort() };
}
