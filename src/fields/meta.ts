/** Meta keys (nft meta.c, kernel nft_meta.c): what the packet's metadata holds, its width and byte order. */

export interface MetaKey {
  readonly name: string;
  /** Name in bytecode listings (libnftnl). */
  readonly listing: string;
  /** Name of the datatype. */
  readonly type: string;
  readonly bits: number;
  readonly byteOrder: 'host' | 'big';
  /** Usable without the word `meta`. */
  readonly bare?: boolean;
  /** `meta KEY set …` exists in nft's grammar and the kernel. */
  readonly settable?: boolean;
  /** The kernel sets it, but cannot match it. */
  readonly writeOnly?: boolean;
}

function key(
  name: string,
  listing: string,
  type: string,
  bits: number,
  more: Partial<MetaKey> = {},
): MetaKey {
  return { name, listing, type, bits, byteOrder: 'host', ...more };
}

const bare = { bare: true } as const;
const ifname = ['ifname', 128] as const;

export const metaKeys: readonly MetaKey[] = [
  key('length', 'len', 'integer', 32),
  key('protocol', 'protocol', 'ether_type', 16, { byteOrder: 'big' }),
  key('priority', 'priority', 'classid', 32, { settable: true }),
  key('mark', 'mark', 'mark', 32, { bare: true, settable: true }),
  key('iif', 'iif', 'iface_index', 32, bare),
  key('iifname', 'iifname', ...ifname, bare),
  key('iiftype', 'iiftype', 'iface_type', 16, bare),
  key('oif', 'oif', 'iface_index', 32, bare),
  key('oifname', 'oifname', ...ifname, bare),
  key('oiftype', 'oiftype', 'iface_type', 16, bare),
  key('skuid', 'skuid', 'uid', 32, bare),
  key('skgid', 'skgid', 'gid', 32, bare),
  key('nftrace', 'nftrace', 'integer', 1, { bare: true, settable: true, writeOnly: true }),
  key('rtclassid', 'rtclassid', 'realm', 32, bare),
  key('secmark', 'secmark', 'integer', 32, { settable: true }),
  key('nfproto', 'nfproto', 'nf_proto', 8),
  key('l4proto', 'l4proto', 'inet_proto', 8),
  key('ibrname', 'bri_iifname', ...ifname, bare),
  key('obrname', 'bri_oifname', ...ifname, bare),
  key('pkttype', 'pkttype', 'pkt_type', 8, { bare: true, settable: true }),
  key('cpu', 'cpu', 'integer', 32, bare),
  key('iifgroup', 'iifgroup', 'devgroup', 32, bare),
  key('oifgroup', 'oifgroup', 'devgroup', 32, bare),
  key('cgroup', 'cgroup', 'integer', 32, bare),
  key('random', 'prandom', 'integer', 32, { byteOrder: 'big' }),
  key('ipsec', 'secpath', 'boolean', 8),
  key('iifkind', 'iifkind', ...ifname),
  key('oifkind', 'oifkind', ...ifname),
  key('ibrpvid', 'bri_iifpvid', 'integer', 16),
  key('ibrvproto', 'bri_iifvproto', 'ether_type', 16, { byteOrder: 'big' }),
  key('time', 'time', 'date', 64),
  key('day', 'day', 'day', 8),
  key('hour', 'hour', 'hour', 32),
  key('sdif', 'sdif', 'iface_index', 32),
  key('sdifname', 'sdifname', ...ifname),
  key('broute', 'broute', 'integer', 1, { settable: true, writeOnly: true }),
  key('ibrhwaddr', 'ibrhwaddr', 'ether_addr', 48, { byteOrder: 'big' }),
];

/** Spellings that nft only reads → key. */
export const metaAliases: ReadonlyMap<string, string> = new Map([
  ['secpath', 'ipsec'],
  ['ibriport', 'ibrname'],
  ['obriport', 'obrname'],
]);

const byName: ReadonlyMap<string, MetaKey> = new Map(metaKeys.map((row) => [row.name, row]));

export function metaKeyByName(name: string): MetaKey | undefined {
  return byName.get(name) ?? byName.get(metaAliases.get(name) ?? '');
}
