import type { NetworkPicture } from '../../../lib/domain/assignment.ts';

/** Two networks; `web` with a VIP on `front`, `db` without one on `back`, `shop` on both. */
export function picture(addresses: { readonly shop: string; readonly stranger: string }): NetworkPicture {
  const on = (networkId: string, address: string, aliases: readonly string[] = []) => ({
    networkId,
    address,
    aliases,
  });
  const backend = { kind: 'backend', nodeId: 'node1', ready: true } as const;
  return {
    peers: [],
    networks: [
      { kind: 'network', id: 'f', name: 'front', subnet: '10.1.0.0/24', internal: false, ingress: false },
      { kind: 'network', id: 'b', name: 'shop_back', subnet: '10.2.0.0/24', internal: false, ingress: false },
      { kind: 'network', id: 'o', name: 'other', subnet: '10.3.0.0/24', internal: false, ingress: false },
    ],
    balancers: [
      {
        kind: 'balancer',
        id: 'web',
        name: 'web',
        mode: 'vip',
        vips: [{ networkId: 'f', address: '10.1.0.2' }],
        ports: [],
      },
      { kind: 'balancer', id: 'db', name: 'db', mode: 'dnsrr', vips: [], ports: [] },
      { kind: 'balancer', id: 'shop', name: 'shop', mode: 'dnsrr', vips: [], ports: [] },
    ],
    backends: [
      {
        ...backend,
        id: 'w1',
        serviceId: 'web',
        taskName: 'web.1.w1',
        attachments: [on('f', '10.1.0.11', ['www'])],
      },
      {
        ...backend,
        id: 'w2',
        serviceId: 'web',
        taskName: 'web.2.w2',
        attachments: [on('f', '10.1.0.12', ['www'])],
      },
      {
        ...backend,
        id: 'w3',
        serviceId: 'web',
        taskName: 'web.3.w3',
        ready: false,
        attachments: [on('f', '10.1.0.13')],
      },
      { ...backend, id: 'd1', serviceId: 'db', taskName: 'db.1.d1', attachments: [on('b', '10.2.0.11')] },
      { ...backend, id: 'd2', serviceId: 'db', taskName: 'db.2.d2', attachments: [on('b', '10.2.0.12')] },
      {
        ...backend,
        id: 's1',
        serviceId: 'shop',
        taskName: 'shop.1.s1',
        attachments: [on('f', addresses.shop), on('b', '10.2.0.21', ['till'])],
      },
      {
        ...backend,
        id: 'o1',
        serviceId: 'odd',
        taskName: 'odd.1.o1',
        attachments: [on('o', addresses.stranger)],
      },
    ],
  };
}
