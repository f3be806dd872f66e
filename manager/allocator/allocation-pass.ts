import { type ChangeBudget, emptyBudget, isBudgetSpent, putWithin } from '../../lib/change-budget.ts';
import type { Cluster } from '../../lib/domain/cluster.ts';
import type { Network } from '../../lib/domain/network.ts';
import type { Service } from '../../lib/domain/service.ts';
import type { StoreObject } from '../../lib/domain/store-object.ts';
import { isTerminal } from '../../lib/domain/task-state.ts';
import { parseAddress, parseBlock } from '../../lib/ip-address.ts';
import type { DecisionContext, StoreView } from '../store/store.ts';
import { type AddressHold, type AddressSpace, addressSpace } from './address-space.ts';
import { type PortTable, portTable } from './port-table.ts';

/** What one pass knows and has decided so far. It lives no longer than the pass. */
export interface AllocationPass {
  readonly view: StoreView;
  readonly context: DecisionContext;
  readonly cluster: Cluster;
  /** Networks and services as they will be after the pass. */
  readonly networks: Map<string, Network>;
  readonly services: Map<string, Service>;
  /** Why a network has no subnet or a service no endpoint, by id. */
  readonly problems: Map<string, string>;
  readonly budget: ChangeBudget;
  readonly spaceOf: (network: Network) => AddressSpace | undefined;
  readonly ports: () => PortTable;
}

function holdsByNetwork(view: StoreView): Map<string, AddressHold[]> {
  const holds = new Map<string, AddressHold[]>();
  const add = (networkId: string, text: string, alive: boolean, createdAtMs: number) => {
    const address = parseAddress(text);
    if (address === undefined) return;
    const list = holds.get(networkId);
    if (list === undefined) holds.set(networkId, [{ address, alive, createdAtMs }]);
    else list.push({ address, alive, createdAtMs });
  };
  for (const task of view.tasks.values()) {
    const alive = !isTerminal(task.status.state);
    for (const { networkId, address } of task.attachments) add(networkId, address, alive, task.createdAtMs);
  }
  for (const service of view.services.values()) {
    for (const { networkId, address } of service.endpoint?.vips ?? []) {
      add(networkId, address, true, service.createdAtMs);
    }
  }
  return holds;
}

/** A pass over the view. Address spaces and the port table are only built when something needs them. */
export function beginPass(view: StoreView, context: DecisionContext, cluster: Cluster): AllocationPass {
  const networks = new Map(view.networks);
  const services = new Map(view.services);
  const spaces = new Map<string, AddressSpace>();
  let holds: Map<string, AddressHold[]> | undefined;
  let ports: PortTable | undefined;
  return {
    view,
    context,
    cluster,
    networks,
    services,
    problems: new Map(),
    budget: emptyBudget(),
    spaceOf: (network) => {
      const known = spaces.get(network.id);
      if (known !== undefined) return known;
      const block = parseBlock(network.subnet);
      if (block === undefined) return undefined;
      holds ??= holdsByNetwork(view);
      const space = addressSpace(block, holds.get(network.id) ?? []);
      spaces.set(network.id, space);
      return space;
    },
    ports: () => {
      ports ??= portTable(view.services.values());
      return ports;
    },
  };
}

/** True once the pass may decide no more; its changes call for the next pass. */
export function isPassFull(pass: AllocationPass): boolean {
  return isBudgetSpent(pass.budget);
}

/** Adds a write of the object to what the pass decided. */
export function put(pass: AllocationPass, object: StoreObject): void {
  putWithin(pass.budget, object);
}
