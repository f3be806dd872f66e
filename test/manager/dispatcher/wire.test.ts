import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { channelCredentials } from '../../../daemon/identity/channel-credentials.ts';
import { createIdentityHolder } from '../../../daemon/identity/identity-holder.ts';
import { joinCluster } from '../../../daemon/identity/join-cluster.ts';
import type { AssignmentMessage } from '../../../lib/domain/assignment.ts';
import type { CallAuthorizer } from '../../../manager/ca/authorize-call.ts';
import { createDispatcher, type Dispatcher } from '../../../manager/dispatcher/dispatcher.ts';
import type { Caller } from '../../../manager/dispatcher/open-sessions.ts';
import type { SessionMessage } from '../../../proto/messages.ts';
import { type Call, connect, serve } from '../../../proto/rpc.ts';
import { dispatcherMethods } from '../../../proto/services.ts';
import { startClusterPort } from '../../daemon/identity/cluster-port.ts';
import { sampleTask } from '../store/store-samples.ts';
import { descriptionOf, put, systemClock, systemRandom } from './cluster-fixture.ts';

/** Waits until something holds; the test's own time limit bounds it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the dispatcher on the cluster port', () => {
  let dispatcher: Dispatcher;
  let port: Awaited<ReturnType<typeof startClusterPort>>;

  before(async () => {
    port = await startClusterPort({}, (server, store, authorizer: CallAuthorizer) => {
      dispatcher = createDispatcher({
        store,
        clock: systemClock,
        random: systemRandom,
        log: () => undefined,
        managers: () => [],
      });
      const caller = (call: Call, method: string): Caller => ({
        nodeId: authorizer.node(call, method).nodeId,
        address: call.peerAddress,
        signal: call.signal,
      });
      serve(server, dispatcherMethods, {
        leader: async () => ({ isSelf: true, address: '' }),
        session: async function* (request, call) {
          yield* dispatcher.session(request, caller(call, 'Session'));
        },
        heartbeat: async (request, call) => dispatcher.heartbeat(request, caller(call, 'Heartbeat')),
        describe: async (request, call) => dispatcher.describe(request, caller(call, 'Describe')),
        updateTaskStatus: async (request, call) =>
          dispatcher.updateTaskStatus(request, caller(call, 'UpdateTaskStatus')),
        assignments: async function* (request, call) {
          yield* dispatcher.assignments(request, caller(call, 'Assignments'));
        },
      });
    });
    await dispatcher.start();
  });
  after(() => {
    dispatcher.stop();
    port.stop();
  });

  it('carries a task from assignment to its report, and sees the agent leave', async () => {
    const identity = await joinCluster({ address: port.address, token: port.tokens.worker });
    const { nodeId } = identity;
    const agent = connect(
      dispatcherMethods,
      port.address,
      channelCredentials(createIdentityHolder(identity)),
    );
    const leaving = new AbortController();
    try {
      const session = agent.call.session({ description: descriptionOf('h1') }, { signal: leaving.signal });
      const messages = session[Symbol.asyncIterator]();
      const opened: SessionMessage = (await messages.next()).value;
      assert.equal(opened.node.id, nodeId);
      assert.equal(port.store.view().nodes.get(nodeId)?.status.address, '127.0.0.1');
      const { sessionId } = opened;

      const stream = agent.call.assignments({ sessionId }, { signal: leaving.signal });
      const assignments = stream[Symbol.asyncIterator]();
      const complete: AssignmentMessage = (await assignments.next()).value;
      assert.deepEqual([complete.kind, complete.updates], ['complete', []]);
      const status = { state: 'ASSIGNED', timestampMs: 0, message: '' } as const;
      await put(port.store, { ...sampleTask('t1', 'web', nodeId), status });
      const next: AssignmentMessage = (await assignments.next()).value;
      assert.deepEqual(next.updates, [{ kind: 'task', id: 't1', task: port.store.view().tasks.get('t1') }]);

      const running = { state: 'RUNNING', timestampMs: 1, message: 'started' } as const;
      await agent.call.updateTaskStatus({ sessionId, updates: [{ taskId: 't1', status: running }] });
      assert.equal(port.store.view().tasks.get('t1')?.status.message, 'started');
      const { periodMs } = await agent.call.heartbeat({ sessionId });
      assert.ok(periodMs > 0);

      leaving.abort();
      let refused: unknown;
      await until(() => {
        agent.call.heartbeat({ sessionId }).catch((thrown: unknown) => {
          refused = thrown;
        });
        return refused !== undefined;
      });
      assert.equal((refused as { code?: string }).code, 'NOT_FOUND');
    } finally {
      leaving.abort();
      agent.close();
    }
  });
});
