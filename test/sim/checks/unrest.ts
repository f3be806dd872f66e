import type { Service } from '../../../lib/domain/service.ts';
import { isRunning } from '../../../manager/orchestrator/slots.ts';
import { isUpdating } from '../../../manager/orchestrator/update-progress.ts';
import type { StoreView } from '../../../manager/store/store.ts';
import type { AgentMachine } from '../cluster/agent.ts';
import type { ManagerMachine, RunningManager } from '../cluster/manager.ts';

/** What a healed cluster has yet to do, in a few words; undefined when everything is as it should be. */
export function findUnrest(
  machines: readonly ManagerMachine[],
  agents: readonly AgentMachine[],
): string | undefined {
  const present = machines.filter(({ isRetired }) => !isRetired);
  const leaders = present.filter(({ running }) => running?.leading !== undefined);
  const leader = leaders[0]?.running;
  if (leader === undefined || leaders.length > 1) return `${leaders.length} managers lead`;
  for (const { name, running } of present) {
    if (running === undefined) return `${name} does not run`;
    if (running.store.view().index !== leader.store.view().index) return `${name} is behind`;
    if (!stateOf(running).equals(stateOf(leader))) {
      return `${name} has another state than the leader at the same index`;
    }
  }
  const view = leader.store.view();
  for (const node of view.nodes.values()) {
    if (node.status.state !== 'ready') return `node ${node.id} is ${node.status.state}`;
    if (node.spec.availability !== 'active') return `node ${node.id} is still ${node.spec.availability}`;
  }
  for (const service of view.services.values()) {
    const unrest = serviceUnrest(view, service);
    if (unrest !== undefined) return unrest;
  }
  return containerUnrest(view, agents);
}

function stateOf({ store }: RunningManager): Buffer {
  return Buffer.concat([...store.snapshot()]);
}

function serviceUnrest(view: StoreView, service: Service): string | undefined {
  const { name, mode } = service.spec;
  const state = service.updateStatus?.state;
  if (isUpdating(service)) return `${name} is ${state}: ${service.updateStatus?.message}`;
  const wanted = mode.kind === 'global' ? view.nodes.size : mode.replicas;
  const running = view.tasksOfService(service.id).filter(isRunning).length;
  return running === wanted ? undefined : `${name} runs ${running} of ${wanted} tasks (${state})`;
}

/** What runs is what is wanted, on the node where it is wanted. */
function containerUnrest(view: StoreView, agents: readonly AgentMachine[]): string | undefined {
  for (const { name, records } of agents) {
    for (const { task, container } of records.values()) {
      if (container === undefined || container.exit !== null) continue;
      const stored = view.tasks.get(task.id);
      if (stored === undefined || !isRunning(stored)) return `${name} still runs task ${task.id}`;
    }
  }
  for (const task of view.tasks.values()) {
    if (!isRunning(task)) continue;
    const container = agents.find(({ name }) => name === task.nodeId)?.records.get(task.id)?.container;
    if (container === undefined || container.exit !== null)
      return `${task.nodeId} does not run task ${task.id}`;
  }
  return undefined;
}
