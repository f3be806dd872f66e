import { setTimeout } from 'node:timers/promises';

import { SkepError } from '../../../lib/errors.ts';
import type { StreamInput, StreamOutput } from '../../../proto/container-messages.ts';
import type { CallSettings } from '../../../proto/rpc.ts';
import type { Terminal } from '../../context.ts';
import { type DetachMatch, NO_MATCH, scanForDetach } from './detach-keys.ts';
import { createOutbox, type StreamOutbox, streamInput } from './stream-outbox.ts';

/** What is passed on to a container without a terminal; the others stop or continue the command line itself. */
const PROXIED: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
];
/** What ends the command line when nothing is passed on. */
const ENDING: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** Signals that wait for the daemon to pass earlier ones on; further ones are dropped, as the kernel drops them. */
const MAX_WAITING_SIGNALS = 64;
/** What was typed right before the detach keys is on its way that long before the stream is broken off. */
const DETACH_DELAY_MS = 50;

export interface StreamRequest {
  readonly call: (inputs: AsyncIterable<StreamInput>, settings: CallSettings) => AsyncIterable<StreamOutput>;
  /** The first message, without a size of the terminal. */
  readonly header: Pick<StreamInput, 'attach' | 'exec'>;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Empty = no keys detach. */
  readonly detachKeys: readonly number[];
  /** Passes a signal on; absent = signals end this side. */
  readonly forward?: (name: NodeJS.Signals) => Promise<void>;
  /** A program that is drawing already is made to draw anew: this terminal shows nothing of what came before. */
  readonly redraw?: boolean;
}

export type StreamEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** The stream was closed and the container goes on. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'detached' }
  | { readonly kind: 'interrupted'; readonly signal: NodeJS.Signals };

/** Docker's words for it, scripts know them. */
export function checkInputDevice(terminal: Terminal, stdin: boolean, tty: boolean): void {
  if (stdin && tty && !terminal.inputIsTerminal) {
    throw new SkepError('FAILED_PRECONDITION', 'the input device is not a TTY', {
      help: 'leave -t out, or run this in a terminal',
    });
  }
}

function withSize(terminal: Terminal, request: StreamRequest): StreamInput {
  const size = request.tty ? terminal.size() : undefined;
  const { attach, exec } = request.header;
  // A program draws anew when the size changes: one row more at first makes the true size a change.
  const moreRows = request.redraw === true ? 1 : 0;
  const sized = size === undefined ? {} : { size: { ...size, rows: size.rows + moreRows } };
  return streamInput({
    ...(attach === undefined ? {} : { attach: { ...attach, ...sized } }),
    ...(exec === undefined ? {} : { exec: { ...exec, ...sized } }),
  });
}

/** Sends what is typed until it ends, or until the detach keys were typed. */
async function pumpInput(
  terminal: Terminal,
  request: StreamRequest,
  outbox: StreamOutbox,
  onDetach: () => void,
): Promise<void> {
  const keys = request.tty ? request.detachKeys : [];
  let match: DetachMatch = NO_MATCH;
  for await (const typed of terminal.readInput()) {
    const scan = scanForDetach(keys, match, typed);
    match = scan.match;
    if (scan.passed.length > 0) await outbox.put(streamInput({ data: scan.passed }));
    if (scan.detached) {
      await setTimeout(DETACH_DELAY_MS);
      return onDetach();
    }
  }
  await outbox.put(streamInput({ end: true }));
}

/** Signals while a stream is open: passed on in their order, or the end of this side. */
function listenForSignals(
  terminal: Terminal,
  request: StreamRequest,
  opened: Promise<void>,
  onEnd: (name: NodeJS.Signals) => void,
): () => void {
  const { forward } = request;
  if (forward === undefined) return terminal.onSignals(ENDING, onEnd);
  let isOpen = false;
  let asked = 0;
  let waiting = 0;
  let earlier = opened.then(() => {
    isOpen = true;
  });
  return terminal.onSignals(PROXIED, (name) => {
    // Before there is a container that could answer, whoever asks again wants to get out.
    if (!isOpen && ++asked > 1 && ENDING.includes(name)) return onEnd(name);
    if (waiting >= MAX_WAITING_SIGNALS) return;
    waiting++;
    earlier = earlier.then(async () => {
      await forward(name);
      waiting--;
    });
  });
}

function watchSize(terminal: Terminal, request: StreamRequest, outbox: StreamOutbox): () => void {
  if (!request.tty) return () => undefined;
  const tell = () => {
    const size = terminal.size();
    if (size !== undefined) outbox.resize(size);
  };
  if (request.redraw === true) tell();
  return terminal.onResize(tell);
}

/**
 * Joins this side's standard streams to those of a container until one side ends it. Output is written no faster than
 * it is read, which in turn slows the container. The terminal is in raw mode only while the stream is open, and every
 * way out restores it. Rejects with the daemon's refusal.
 */
export async function runStream(terminal: Terminal, request: StreamRequest): Promise<StreamEnd> {
  const abort = new AbortController();
  const outbox = createOutbox(withSize(terminal, request));
  let ownEnd: StreamEnd | undefined;
  let onOpened: () => void = () => undefined;
  const undo: (() => void)[] = [];
  const endWith = (end: StreamEnd) => {
    ownEnd = end;
    abort.abort();
  };
  const onOpen = () => {
    onOpened();
    if (request.stdin && request.tty) undo.unshift(terminal.enterRawMode());
    undo.push(watchSize(terminal, request, outbox));
    if (!request.stdin) return;
    undo.push(terminal.releaseInput);
    // Input that cannot be read is input that ended; the container goes on.
    pumpInput(terminal, request, outbox, () => endWith({ kind: 'detached' })).catch(() =>
      outbox.put(streamInput({ end: true })),
    );
  };
  const opened = new Promise<void>((resolve) => {
    onOpened = resolve;
  });
  undo.push(
    listenForSignals(terminal, request, opened, (signal) => endWith({ kind: 'interrupted', signal })),
  );
  try {
    for await (const message of request.call(outbox.messages(), { signal: abort.signal })) {
      if (message.open) onOpen();
      if (message.data.length > 0) {
        if (message.stream === 'stderr' && request.stderr) await terminal.writeErrorBytes(message.data);
        if (message.stream !== 'stderr' && request.stdout) await terminal.writeBytes(message.data);
      }
      if (ownEnd !== undefined) return ownEnd;
      if (!message.closed) continue;
      const { exitCode } = message;
      return exitCode === undefined ? { kind: 'closed' } : { kind: 'exited', exitCode };
    }
    return ownEnd ?? { kind: 'closed' };
  } catch (thrown) {
    if (ownEnd === undefined) throw thrown;
    return ownEnd;
  } finally {
    outbox.close();
    for (const step of undo) step();
  }
}
