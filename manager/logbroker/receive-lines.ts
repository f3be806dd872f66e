import { SkepError } from '../../lib/errors.ts';
import type { LogLine, PublishLogsRequest } from '../../proto/messages.ts';
import type { BrokerState } from './broker-state.ts';
import { type LogPart, type OpenRequest, warn } from './log-request.ts';

/** Lines of one part that wait for the user; while they wait, the node's call is not read. */
const MAX_LINES_WAITING = 1_024;

interface Sender {
  readonly nodeId: string;
  readonly signal: AbortSignal;
}

/**
 * Takes the lines of one call. Throws NOT_FOUND once nobody wants them, PERMISSION_DENIED when the node was
 * asked for nothing of the kind.
 */
export async function receiveLines(
  state: BrokerState,
  requests: AsyncIterable<PublishLogsRequest>,
  sender: Sender,
): Promise<void> {
  for await (const request of requests) {
    const { open, part } = requirePart(state, request.subscriptionId, sender.nodeId);
    accept(state, open, part, request);
    if (request.done) state.parts.delete(part.id);
    await roomIn(state, part, sender.signal);
  }
}

function requirePart(state: BrokerState, id: string, nodeId: string) {
  const known = state.parts.get(id);
  if (known === undefined) throw new SkepError('NOT_FOUND', `nobody reads log subscription "${id}" any more`);
  if (known.part.nodeId === nodeId) return known;
  throw new SkepError('PERMISSION_DENIED', `log subscription "${id}" was not given to node ${nodeId}`);
}

function accept(state: BrokerState, open: OpenRequest, part: LogPart, request: PublishLogsRequest): void {
  const { tasks } = state.store.view();
  for (const line of request.lines) {
    if (!part.taskIds.has(line.taskId)) continue;
    // Whose line it is, the store knows; a node is not asked.
    const serviceId = tasks.get(line.taskId)?.serviceId ?? line.serviceId;
    const own: LogLine = { ...line, serviceId, nodeId: part.nodeId };
    part.lines.push(own);
    open.newestMs.set(line.taskId, Math.max(open.newestMs.get(line.taskId) ?? 0, line.timestampMs));
  }
  for (const taskId of request.unkeptTaskIds ?? []) {
    const task = part.taskIds.has(taskId) ? tasks.get(taskId) : undefined;
    if (task !== undefined) warn(open, `service ${task.serviceName} keeps no logs: its log driver is none`);
  }
  part.lastActivityMs = state.clock.nowMs();
  if (request.done) part.done = true;
  open.wakeup.wake();
}

async function roomIn(state: BrokerState, part: LogPart, signal: AbortSignal): Promise<void> {
  while (part.lines.length >= MAX_LINES_WAITING && state.parts.has(part.id) && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const resume = (): void => {
        part.waiting.delete(resume);
        signal.removeEventListener('abort', resume);
        resolve();
      };
      part.waiting.add(resume);
      signal.addEventListener('abort', resume, { once: true });
    });
  }
}
