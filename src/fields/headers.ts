/** All protocol headers by name. */

import type { HeaderField, HeaderRows } from './header.ts';
import { icmp, icmpv6, igmp } from './headers/icmp.ts';
import { arp, ether, vlan } from './headers/link.ts';
import { ip, ip6 } from './headers/network.ts';
import { ah, comp, esp } from './headers/security.ts';
import { dccp, sctp, tcp, th, udp, udplite } from './headers/transport.ts';
import { geneve, gre, gretap, vxlan } from './headers/tunnel.ts';

/** Every header, in nft's order of description. */
export const headers: readonly HeaderRows[] = [
  ether,
  vlan,
  arp,
  ip,
  icmp,
  igmp,
  ip6,
  icmpv6,
  ah,
  esp,
  comp,
  udp,
  udplite,
  tcp,
  dccp,
  sctp,
  th,
  vxlan,
  geneve,
  gre,
  gretap,
];

const byName: ReadonlyMap<string, HeaderRows> = new Map(
  headers.map((header) => [header.protocol, header]),
);

const fieldsByName: ReadonlyMap<string, ReadonlyMap<string, HeaderField>> = new Map(
  headers.map((header) => [
    header.protocol,
    new Map(header.fields.map((field) => [field.name, field])),
  ]),
);

export function headerByName(protocol: string): HeaderRows | undefined {
  return byName.get(protocol);
}

/** The row of a field; spellings that nft only reads (`vlan cfi`) are known too. */
export function headerField(protocol: string, field: string): HeaderField | undefined {
  const rows = fieldsByName.get(protocol);
  return rows?.get(field) ?? rows?.get(fieldAliases.get(`${protocol} ${field}`) ?? '');
}

/** Old and alternative spellings → the name in the rows. */
export const fieldAliases: ReadonlyMap<string, string> = new Map([
  ['vlan cfi', 'dei'],
  ['udplite cscov', 'csumcov'],
  ['icmpv6 param-problem', 'parameter-problem'],
  ['icmpv6 packet-too-big', 'mtu'],
]);

/** What `meta l4proto` selects above IP, whatever the version. */
export const transportProtocols: readonly (readonly [value: number, protocol: string])[] = [
  [50, 'esp'],
  [51, 'ah'],
  [108, 'comp'],
  [17, 'udp'],
  [136, 'udplite'],
  [6, 'tcp'],
  [33, 'dccp'],
  [132, 'sctp'],
  [1, 'icmp'],
  [2, 'igmp'],
  [58, 'icmpv6'],
  [47, 'gre'],
];

/** Upper protocols of nft's pseudo headers above the link layer, by value of `meta protocol`. */
export const networkProtocols: readonly (readonly [value: number, protocol: string])[] = [
  [0x0800, 'ip'],
  [0x0806, 'arp'],
  [0x86dd, 'ip6'],
  [0x8100, 'vlan'],
  [0x88a8, 'vlan'],
];
