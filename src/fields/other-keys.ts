/** Keys of the small expressions: rt, socket, ipsec, tunnel, osf, fib, numgen, hash. */

/** What such a key yields. */
export interface KeyRow {
  readonly name: string;
  /** Name in bytecode listings. */
  readonly listing: string;
  readonly type: string;
  readonly bits: number;
  readonly byteOrder: 'host' | 'big';
}

/** `rt KEY`; nexthop takes its type from the family. */
export const rtKeys: readonly KeyRow[] = [
  { name: 'classid', listing: 'classid', type: 'realm', bits: 32, byteOrder: 'host' },
  { name: 'ip nexthop', listing: 'nexthop4', type: 'ipv4_addr', bits: 32, byteOrder: 'big' },
  { name: 'ip6 nexthop', listing: 'nexthop6', type: 'ipv6_addr', bits: 128, byteOrder: 'big' },
  { name: 'mtu', listing: 'tcpmss', type: 'integer', bits: 16, byteOrder: 'host' },
  { name: 'ipsec', listing: 'ipsec', type: 'boolean', bits: 8, byteOrder: 'host' },
];

export const socketKeys: readonly KeyRow[] = [
  { name: 'transparent', listing: 'transparent', type: 'integer', bits: 8, byteOrder: 'host' },
  { name: 'mark', listing: 'mark', type: 'mark', bits: 32, byteOrder: 'host' },
  { name: 'wildcard', listing: 'wildcard', type: 'integer', bits: 8, byteOrder: 'host' },
  { name: 'cgroupv2', listing: 'cgroupv2', type: 'cgroupsv2', bits: 64, byteOrder: 'host' },
];

/** `ipsec in|out KEY`, with `ip` or `ip6` before addresses. */
export const ipsecKeys: readonly KeyRow[] = [
  { name: 'ip daddr', listing: 'daddr4', type: 'ipv4_addr', bits: 32, byteOrder: 'big' },
  { name: 'ip saddr', listing: 'saddr4', type: 'ipv4_addr', bits: 32, byteOrder: 'big' },
  { name: 'ip6 daddr', listing: 'daddr6', type: 'ipv6_addr', bits: 128, byteOrder: 'big' },
  { name: 'ip6 saddr', listing: 'saddr6', type: 'ipv6_addr', bits: 128, byteOrder: 'big' },
  { name: 'reqid', listing: 'reqid', type: 'integer', bits: 32, byteOrder: 'host' },
  { name: 'spi', listing: 'spi', type: 'integer', bits: 32, byteOrder: 'big' },
];

export const tunnelKeys: readonly KeyRow[] = [
  { name: 'path', listing: 'path', type: 'boolean', bits: 8, byteOrder: 'host' },
  { name: 'id', listing: 'id', type: 'integer', bits: 32, byteOrder: 'host' },
];

export const osfKeys: readonly KeyRow[] = [
  { name: 'name', listing: 'name', type: 'string', bits: 128, byteOrder: 'host' },
  { name: 'version', listing: 'version', type: 'string', bits: 128, byteOrder: 'host' },
];

/** Results of `fib … RESULT`. */
export const fibResults: readonly KeyRow[] = [
  { name: 'oif', listing: 'oif', type: 'iface_index', bits: 32, byteOrder: 'host' },
  { name: 'oifname', listing: 'oifname', type: 'ifname', bits: 128, byteOrder: 'host' },
  { name: 'type', listing: 'type', type: 'fib_addrtype', bits: 32, byteOrder: 'host' },
  { name: 'check', listing: 'oif present', type: 'boolean', bits: 8, byteOrder: 'host' },
];

export function keyRowByName(rows: readonly KeyRow[], name: string): KeyRow | undefined {
  return rows.find((row) => row.name === name);
}
