import type { StreamInput, TerminalSize } from '../../../proto/container-messages.ts';

const NOTHING = new Uint8Array();

/** A message of a stream that carries only what is given. */
export function streamInput(fields: Partial<StreamInput>): StreamInput {
  return { data: NOTHING, end: false, ...fields };
}

/** What a command still has to say on a stream: one message of input at most, and the latest size of the terminal. */
export interface StreamOutbox {
  /** Resolves once the message was taken, so that whoever reads the input waits for whoever wants it. */
  put(message: StreamInput): Promise<void>;
  /** Replaces a size that was not taken yet. */
  resize(size: TerminalSize): void;
  close(): void;
  messages(): AsyncGenerator<StreamInput>;
}

/** An outbox whose first message is `header`. */
export function createOutbox(header: StreamInput): StreamOutbox {
  let waiting: { readonly message: StreamInput; readonly taken: () => void } | undefined;
  let size: TerminalSize | undefined;
  let isClosed = false;
  let wake: () => void = () => undefined;
  async function* messages(): AsyncGenerator<StreamInput> {
    yield header;
    while (!isClosed) {
      if (size !== undefined) {
        const message = streamInput({ size });
        size = undefined;
        yield message;
      } else if (waiting !== undefined) {
        const { message, taken } = waiting;
        waiting = undefined;
        taken();
        yield message;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return {
    put: (message) =>
      new Promise((resolve) => {
        if (isClosed) return resolve();
        waiting = { message, taken: resolve };
        wake();
      }),
    resize: (next) => {
      size = next;
      wake();
    },
    close: () => {
      isClosed = true;
      waiting?.taken();
      waiting = undefined;
      wake();
    },
    messages,
  };
}
