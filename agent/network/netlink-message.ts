/** One netlink request, whole with its header, ready to send. */
export interface NetlinkMessage {
  /** Netlink protocol: 0 = NETLINK_ROUTE, 12 = NETLINK_NETFILTER. */
  readonly protocol: number;
  readonly bytes: Uint8Array;
  /**
   * Where in `bytes` (offset of a 4-byte native-endian field) the keeper writes a descriptor of the container's
   * network namespace (IFLA_NET_NS_FD); null when there is none.
   */
  readonly namespaceOffset: number | null;
  /** Errno values that count as success (EEXIST when adding, ENODEV when deleting). */
  readonly tolerated: readonly number[];
  /** For the error text: `create veth v12`. */
  readonly description: string;
}
