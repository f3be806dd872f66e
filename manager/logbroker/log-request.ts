import type { Wakeup } from '../../lib/wakeup.ts';
import type { LogLine, LogOptions, LogsRequest } from '../../proto/messages.ts';

/** What one node was asked for, under an id of its own. Done once the node has sent everything. */
export interface LogPart {
  readonly id: string;
  readonly nodeId: string;
  readonly taskIds: ReadonlySet<string>;
  readonly lines: LogLine[];
  done: boolean;
  lastActivityMs: number;
  /** Resumes calls that wait until there is room. */
  readonly waiting: Set<() => void>;
}

/** One user's request while it is answered. */
export interface OpenRequest {
  readonly request: LogsRequest;
  readonly openedAtMs: number;
  readonly wakeup: Wakeup;
  readonly parts: Map<string, LogPart>;
  /** Tasks that belong to a part, or were given up. */
  readonly covered: Set<string>;
  /** Newest line seen of each task: where to go on after a node was lost. */
  readonly newestMs: Map<string, number>;
  readonly warned: Set<string>;
  readonly warnings: string[];
}

/** A request that nobody has been asked for yet. */
export function openRequest(request: LogsRequest, openedAtMs: number, wakeup: Wakeup): OpenRequest {
  return {
    request,
    openedAtMs,
    wakeup,
    parts: new Map(),
    covered: new Set(),
    newestMs: new Map(),
    warned: new Set(),
    warnings: [],
  };
}

/** Says something to the user, once. */
export function warn(open: OpenRequest, warning: string): void {
  if (open.warned.has(warning)) return;
  open.warned.add(warning);
  open.warnings.push(warning);
}

/** Lets calls that wait for room in the part look again. */
export function resumePublishers(part: LogPart): void {
  for (const resume of [...part.waiting]) resume();
}

/**
 * The options for a part. Tasks that were read before go on after their newest line; tasks that came while the
 * user follows are new, so all they wrote is wanted.
 */
export function partOptions(open: OpenRequest, taskIds: readonly string[], isFirst: boolean): LogOptions {
  const { options } = open.request;
  const seen = taskIds.flatMap((id) => open.newestMs.get(id) ?? []);
  if (seen.length > 0) return { ...options, tail: -1, sinceMs: Math.min(...seen) + 1 };
  return isFirst ? options : { ...options, tail: -1 };
}

/** Ends a part that will bring no more. The tasks of one that was lost while following are asked for again. */
export function losePart(open: OpenRequest, part: LogPart, reason: string): void {
  if (part.done) return;
  part.done = true;
  if (open.request.options.follow) for (const taskId of part.taskIds) open.covered.delete(taskId);
  else warn(open, `${reason}: lines of ${part.taskIds.size} of its tasks may be missing`);
  resumePublishers(part);
  open.wakeup.wake();
}
