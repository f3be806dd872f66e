import type { KernelState } from '../../../agent/network/kernel-state.ts';
import { readU16, u16Bytes } from '../../../agent/network/netlink-attributes.ts';
import type { NetlinkMessage } from '../../../agent/network/netlink-message.ts';
import {
  parseAddresses,
  parseForwarding,
  parseLinks,
  parseNeighbours,
  parseRoutes,
  parseRules,
} from '../../../agent/network/netlink-parser.ts';

const AF_BRIDGE = 7;
const FLAG_UP = 1;

export const EMPTY_STATE: KernelState = {
  links: [],
  addresses: [],
  routes: [],
  neighbours: [],
  forwarding: [],
  rules: [],
};

/** What the messages make of a state, as far as the kernel's answer to a dump would show it. */
export function applyMessages(state: KernelState, messages: readonly NetlinkMessage[]): KernelState {
  return messages.reduce(applyMessage, state);
}

function applyMessage(state: KernelState, message: NetlinkMessage): KernelState {
  const type = readU16(message.bytes, 4);
  const deletes = (type & 3) === 1;
  const bytes = Uint8Array.from(message.bytes);
  bytes.set(u16Bytes(type & ~3), 4);
  const change = <T>(items: readonly T[], parsed: readonly T[], key: (item: T) => string): readonly T[] => {
    const keys = new Set(parsed.map(key));
    const others = items.filter((item) => !keys.has(key(item)));
    return deletes ? others : [...others, ...parsed];
  };
  switch (type & ~3) {
    case 16:
      return changeLinks(state, bytes, deletes);
    case 20:
      return {
        ...state,
        addresses: change(
          state.addresses,
          parseAddresses([bytes]),
          (one) => `${one.linkIndex} ${one.address}`,
        ),
      };
    case 24: {
      const key = (one: KernelState['routes'][number]) => `${one.table} ${one.destination} ${one.metric}`;
      return { ...state, routes: change(state.routes, parseRoutes([bytes]), key) };
    }
    case 28:
      return bytes[16] === AF_BRIDGE
        ? { ...state, forwarding: change(state.forwarding, parseForwarding([bytes]), ({ mac }) => mac) }
        : {
            ...state,
            neighbours: change(state.neighbours, parseNeighbours([bytes]), ({ address }) => address),
          };
    case 32:
      return { ...state, rules: change(state.rules, parseRules([bytes]), (one) => JSON.stringify(one)) };
    default:
      throw new Error(`unexpected message type ${type}`);
  }
}

function changeLinks(state: KernelState, bytes: Uint8Array, deletes: boolean): KernelState {
  const [parsed] = parseLinks([bytes]);
  if (parsed === undefined) throw new Error('a link message expected');
  if (deletes) {
    const found = state.links.find((link) => link.name === parsed.name);
    const stays = (item: { readonly linkIndex: number | null }) => item.linkIndex !== found?.index;
    if (found === undefined) return state;
    return {
      links: state.links.filter((link) => link !== found),
      addresses: state.addresses.filter(stays),
      routes: state.routes.filter(stays),
      neighbours: state.neighbours.filter(stays),
      forwarding: state.forwarding.filter(stays),
      rules: state.rules,
    };
  }
  const known = state.links.find((link) => link.index === parsed.index);
  if (known === undefined) return { ...state, links: [...state.links, parsed] };
  const mtu = parsed.mtu === 0 ? known.mtu : parsed.mtu;
  const changed = { ...known, mtu, up: known.up || (bytes[16 + 8] ?? 0) === FLAG_UP };
  return { ...state, links: state.links.map((link) => (link === known ? changed : link)) };
}
