import type { Network } from '../../lib/domain/network.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { Task, TaskAttachment, TaskStatus } from '../../lib/domain/task.ts';
import { compareTaskStates } from '../../lib/domain/task-state.ts';
import { formatAddress } from '../../lib/ip-address.ts';
import { type AddressSpace, explainFull, returnAddress, takeAddress } from './address-space.ts';
import { type AllocationPass, isPassFull, put } from './allocation-pass.ts';
import type { Granted } from './endpoint.ts';

interface Wish {
  readonly network: Network;
  readonly aliases: readonly string[];
}

function findIngress(pass: AllocationPass): Network | undefined {
  for (const network of pass.networks.values()) if (network.spec.ingress) return network;
  return undefined;
}

/** The networks that a task needs an address in. None when it lives in its node's own network. */
function wishesOf(pass: AllocationPass, task: Task, service: Service): Granted<readonly Wish[]> {
  const wishes: Wish[] = [];
  for (const { target, aliases } of task.spec.networks) {
    const network = pass.networks.get(target);
    if (network === undefined) return { problem: `network ${target} does not exist` };
    if (network.spec.driver === 'host') return { value: [] };
    wishes.push({ network, aliases });
  }
  const isPublished = (service.endpoint?.ports.length ?? 0) > 0;
  if (!isPublished || wishes.some(({ network }) => network.spec.ingress)) return { value: wishes };
  const ingress = findIngress(pass);
  if (ingress === undefined) return { problem: 'ports are published, but there is no ingress network' };
  return { value: [...wishes, { network: ingress, aliases: [] }] };
}

function attach(pass: AllocationPass, wishes: readonly Wish[]): Granted<readonly TaskAttachment[]> {
  const attachments: TaskAttachment[] = [];
  const taken: { space: AddressSpace; address: number }[] = [];
  const giveUp = (problem: string) => {
    for (const { space, address } of taken) returnAddress(space, address);
    return { problem };
  };
  for (const { network, aliases } of wishes) {
    const space = pass.spaceOf(network);
    if (space === undefined) {
      return giveUp(pass.problems.get(network.id) ?? `network ${network.spec.name} has no subnet yet`);
    }
    const address = takeAddress(space);
    if (address === undefined) return giveUp(explainFull(network.spec.name, space));
    taken.push({ space, address });
    attachments.push({ networkId: network.id, address: formatAddress(address), aliases });
  }
  return { value: attachments };
}

function allocateTask(pass: AllocationPass, task: Task, service: Service): Granted<Task> {
  const problem = pass.problems.get(service.id);
  if (problem !== undefined) return { problem };
  const wishes = wishesOf(pass, task, service);
  if ('problem' in wishes) return wishes;
  const attachments = attach(pass, wishes.value);
  if ('problem' in attachments) return attachments;
  const { nowMs } = pass.context;
  const status: TaskStatus = { state: 'PENDING', timestampMs: nowMs, message: 'waiting for a node' };
  return {
    value: {
      ...task,
      status,
      statusAppliedAtMs: nowMs,
      attachments: attachments.value,
      ports: service.endpoint?.ports ?? [],
    },
  };
}

/**
 * Moves NEW tasks that are still wanted to PENDING, with an address in each of their networks and the ports of
 * their service. A task that must wait stays NEW and says why; the reason is written only when it changed.
 */
export function allocateTasks(pass: AllocationPass): void {
  for (const task of pass.view.tasks.values()) {
    if (task.status.state !== 'NEW' || compareTaskStates(task.desiredState, 'RUNNING') > 0) continue;
    if (isPassFull(pass)) return;
    const service = pass.services.get(task.serviceId);
    // The service is gone: the task will be removed.
    if (service === undefined) continue;
    const result = allocateTask(pass, task, service);
    if ('value' in result) {
      put(pass, result.value);
    } else if (task.status.message !== result.problem || task.status.error !== result.problem) {
      const status: TaskStatus = { ...task.status, message: result.problem, error: result.problem };
      put(pass, { ...task, status, statusAppliedAtMs: pass.context.nowMs });
    }
  }
}
