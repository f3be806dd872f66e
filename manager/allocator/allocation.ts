import type { Network } from '../../lib/domain/network.ts';
import { formatAddress, formatBlock, parseBlock } from '../../lib/ip-address.ts';
import type { Decide } from '../store/store.ts';
import { addressSpace, takeAddress, usableCount } from './address-space.ts';
import { type AllocationPass, beginPass, isPassFull, put } from './allocation-pass.ts';
import { allocateEndpoints } from './endpoint.ts';
import { chooseSubnet, routerHolds, type TakenBlock, takenBlocks } from './subnets.ts';
import { allocateTasks } from './task-allocation.ts';

function allocateRouterAddresses(pass: AllocationPass): void {
  const waiting = [...pass.view.nodes.values()].filter((node) => node.routerAddress === '');
  const block = parseBlock(pass.cluster.routerSubnet);
  if (waiting.length === 0 || block === undefined) return;
  const space = addressSpace(block, routerHolds(pass.view));
  for (const node of waiting) {
    if (isPassFull(pass)) return;
    const address = takeAddress(space);
    if (address !== undefined) {
      put(pass, { ...node, routerAddress: formatAddress(address) });
      continue;
    }
    const message = `all ${usableCount(block)} router addresses of ${formatBlock(block)} are in use`;
    if (node.status.message !== message) put(pass, { ...node, status: { ...node.status, message } });
  }
}

function requestedBlocks(networks: readonly Network[]): TakenBlock[] {
  return networks.flatMap((network) => {
    const block = parseBlock(network.spec.subnet ?? '');
    return block === undefined ? [] : [{ block, holder: `network ${network.spec.name}` }];
  });
}

function allocateSubnets(pass: AllocationPass): void {
  const waiting = [...pass.view.networks.values()].filter(
    (network) => network.spec.driver === 'overlay' && network.subnet === '',
  );
  if (waiting.length === 0) return;
  const taken = takenBlocks(pass.view, pass.cluster);
  const requested = requestedBlocks(waiting);
  for (const network of waiting) {
    if (isPassFull(pass)) return;
    const choice = chooseSubnet(network, pass.cluster, taken, requested);
    if ('problem' in choice) {
      pass.problems.set(network.id, choice.problem);
      continue;
    }
    const next: Network = { ...network, subnet: choice.subnet };
    const block = parseBlock(choice.subnet);
    if (block !== undefined) taken.push({ block, holder: `network ${network.spec.name}` });
    pass.networks.set(network.id, next);
    put(pass, next);
  }
}

/**
 * The allocator: gives nodes their router address, networks their subnet, services their endpoint, and tasks
 * their addresses (NEW → PENDING). All that is free follows from the stored objects; nothing is remembered
 * between passes, so whatever is removed from the store is free again.
 */
export const decideAllocation: Decide = (view, context) => {
  if (view.cluster === undefined) return { changes: [] };
  const pass = beginPass(view, context, view.cluster);
  allocateRouterAddresses(pass);
  allocateSubnets(pass);
  allocateEndpoints(pass);
  allocateTasks(pass);
  return { changes: pass.budget.changes };
};
