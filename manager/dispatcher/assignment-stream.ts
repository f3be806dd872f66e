import type { AssignmentMessage } from '../../lib/domain/assignment.ts';
import { SkepError } from '../../lib/errors.ts';
import { createWakeup } from '../../lib/wakeup.ts';
import type { Store } from '../store/store.ts';
import { completeMessage, diffAssignments, incrementalMessage } from './assignment-diff.ts';
import { taskItems } from './assignment-set.ts';
import type { NetworkPictures } from './network-picture.ts';
import type { Caller, OpenSession } from './open-sessions.ts';

/**
 * One complete set, then what changes of it. A slow agent gets fewer and larger messages: each one leads from
 * what was sent last to what holds when the agent takes the next.
 */
export async function* streamAssignments(
  store: Store,
  pictures: NetworkPictures,
  session: OpenSession,
  caller: Caller,
): AsyncGenerator<AssignmentMessage> {
  const { nodeId, signal } = caller;
  const stream = createWakeup(signal);
  session.assignments?.wake();
  session.assignments = stream;
  session.streams.add(stream);
  try {
    let sequence = 1;
    let picture = pictures.at(store.view());
    let tasks = taskItems(store.view(), nodeId);
    yield completeMessage([tasks, picture], sequence);
    for (;;) {
      await stream.next();
      if (signal.aborted) return;
      if (session.ended !== undefined) throw session.ended;
      if (session.assignments !== stream) {
        throw new SkepError('CONFLICT', `node ${nodeId} opened another stream of assignments`);
      }
      const view = store.view();
      const nextPicture = pictures.at(view);
      const nextTasks = taskItems(view, nodeId);
      const deltas = [diffAssignments(tasks, nextTasks), pictures.deltaFrom(picture)];
      picture = nextPicture;
      tasks = nextTasks;
      if (deltas.every((delta) => delta.updates.length + delta.removals.length === 0)) continue;
      sequence += 1;
      yield incrementalMessage(deltas, sequence);
    }
  } finally {
    session.streams.delete(stream);
    if (session.assignments === stream) session.assignments = undefined;
  }
}
