import type { UpdateStatus } from '../../../lib/domain/service.ts';
import { SkepError } from '../../../lib/errors.ts';
import type { Context, ControlClient } from '../../context.ts';
import { nodeName } from '../../format/node-list.ts';
import {
  assessProgress,
  type Operation,
  type ProgressState,
  type ProgressView,
  STABILITY_MS,
  stepProgress,
} from '../../format/progress.ts';
import { drawProgress, progressChanges } from '../../format/progress-view.ts';
import { INTERRUPTED_EXIT_CODE } from '../../usage.ts';

/** The service is looked at this often even when the watch stays silent. */
const POLL_MS = 1_000;
/** Changes that come in a burst are looked at together. */
const MIN_PAUSE_MS = 100;
/** A daemon that does not answer for this long is given up; a restart takes less. */
const MAX_SILENCE_MS = 30_000;

export interface Awaited {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly operation: Operation;
  readonly earlierStatus: UpdateStatus | undefined;
  readonly quiet: boolean;
}

/** A bell that one waits for and many ring; a ring while nobody waits is kept. */
interface Bell {
  ring(): void;
  wait(timeoutMs: number): Promise<void>;
}

function createBell(): Bell {
  let rung = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wakeUp?.();
    },
    wait: (timeoutMs) =>
      new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          wakeUp = undefined;
          rung = false;
          resolve();
        };
        const timer = setTimeout(finish, timeoutMs);
        if (rung) finish();
        else wakeUp = finish;
      }),
  };
}

/** Rings whenever the daemon says that something changed; a broken stream is reopened, polling bridges it. */
async function ringOnChanges(
  control: ControlClient,
  serviceId: string,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const _ of control.watch({ serviceReferences: [serviceId] }, { signal })) bell.ring();
    } catch {
      // The next look at the service tells the user whatever there is to tell.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, POLL_MS).unref());
  }
}

/** Draws views in place on a terminal, or as one line per change. */
function createPainter(context: Context, quiet: boolean) {
  const { terminal } = context;
  let before: ProgressView | undefined;
  let drawnLines = 0;
  let drawn = '';
  return {
    paint: (view: ProgressView, verifying: boolean) => {
      if (quiet) return;
      if (!terminal.interactive) {
        for (const line of progressChanges(before, view)) terminal.writeOut(`${line}\n`);
        before = view;
        return;
      }
      const lines = [...drawProgress(view, terminal.columns())];
      if (verifying) lines.push(`verify: waiting ${STABILITY_MS / 1_000} s to see that the tasks are stable`);
      const picture = lines.map((line) => `${line}\n`).join('');
      if (picture === drawn) return;
      const back = drawnLines > 0 ? `\x1b[${drawnLines}A` : '';
      terminal.writeOut(`${back}\x1b[J${picture}`);
      drawn = picture;
      drawnLines = lines.length;
    },
    finish: (line: string) => {
      if (quiet) return;
      const back = terminal.interactive && drawnLines > 0 && line.startsWith('verify') ? '\x1b[1A\x1b[J' : '';
      terminal.writeOut(`${back}${line}\n`);
    },
  };
}

async function observe(context: Context, awaited: Awaited) {
  const control = context.control();
  const [service, { tasks }, nodes] = await Promise.all([
    control.getService({ reference: awaited.serviceId }),
    control.listTasks({ serviceReferences: [awaited.serviceId], nodeReferences: [], desiredRunning: false }),
    control.listNodes({}),
  ]);
  const nodeNames = Object.fromEntries(nodes.nodes.map((node) => [node.id, nodeName(node)]));
  const { operation, earlierStatus } = awaited;
  return assessProgress({ operation, service, tasks, earlierStatus, nodeNames });
}

/**
 * Waits until the service has converged and shows how it goes. Throws when the update was paused or rolled
 * back, or the service is gone. Ctrl-C ends the waiting, not the operation.
 */
export async function awaitConvergence(context: Context, awaited: Awaited): Promise<void> {
  const abort = new AbortController();
  const bell = createBell();
  const painter = createPainter(context, awaited.quiet);
  const stopListening = context.terminal.onInterrupt(() => {
    abort.abort();
    bell.ring();
  });
  void ringOnChanges(context.control(), awaited.serviceId, bell, abort.signal);
  let state: ProgressState = { settledSinceMs: undefined };
  let answeredAtMs = context.terminal.nowMs();
  try {
    for (;;) {
      const assessment = await observe(context, awaited).catch((thrown: unknown) => {
        const silent = thrown instanceof SkepError && thrown.code === 'UNAVAILABLE';
        if (!silent || context.terminal.nowMs() - answeredAtMs > MAX_SILENCE_MS) throw thrown;
        return undefined;
      });
      if (assessment !== undefined) {
        answeredAtMs = context.terminal.nowMs();
        const step = stepProgress(state, assessment.outcome, answeredAtMs);
        state = step.state;
        painter.paint(assessment.view, step.verdict === 'verifying' || step.verdict === 'converged');
        if (step.verdict === 'converged') {
          painter.finish(`verify: Service ${awaited.serviceName} converged`);
          return;
        }
        if (assessment.outcome.kind === 'failed') {
          throw new SkepError('FAILED_PRECONDITION', assessment.outcome.message);
        }
      }
      if (!abort.signal.aborted) await bell.wait(POLL_MS);
      if (abort.signal.aborted) {
        painter.finish('Operation continuing in background.');
        painter.finish(`Use \`skep service ps ${awaited.serviceName}\` to check progress.`);
        context.exitWith(INTERRUPTED_EXIT_CODE);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, MIN_PAUSE_MS));
    }
  } finally {
    stopListening();
    abort.abort();
  }
}
