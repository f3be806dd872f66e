/** The host of `host:port`, `[v6]:port` or `::ffff:a.b.c.d:port`, without brackets; other texts as they are. */
export function hostOfPeer(peerAddress: string): string {
  const match = /^(.*):\d+$/.exec(peerAddress);
  const host = (match?.[1] ?? peerAddress).replace(/^\[(.*)\]$/, '$1');
  return host.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
