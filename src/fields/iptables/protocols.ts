/** Protocol names: Debian's /etc/protocols first, then the few that xtables knows itself (xtables_chain_protos). */

// biome-ignore format: table
const debianProtocols: readonly (readonly [name: string, number: number, alias?: string])[] = [
  ['ip', 0, 'IP'],
  ['hopopt', 0, 'HOPOPT'],
  ['icmp', 1, 'ICMP'],
  ['igmp', 2, 'IGMP'],
  ['ggp', 3, 'GGP'],
  ['ipencap', 4, 'IP-ENCAP'],
  ['st', 5, 'ST'],
  ['tcp', 6, 'TCP'],
  ['egp', 8, 'EGP'],
  ['igp', 9, 'IGP'],
  ['pup', 12, 'PUP'],
  ['udp', 17, 'UDP'],
  ['hmp', 20, 'HMP'],
  ['xns-idp', 22, 'XNS-IDP'],
  ['rdp', 27, 'RDP'],
  ['iso-tp4', 29, 'ISO-TP4'],
  ['dccp', 33, 'DCCP'],
  ['xtp', 36, 'XTP'],
  ['ddp', 37, 'DDP'],
  ['idpr-cmtp', 38, 'IDPR-CMTP'],
  ['ipv6', 41, 'IPv6'],
  ['ipv6-route', 43, 'IPv6-Route'],
  ['ipv6-frag', 44, 'IPv6-Frag'],
  ['idrp', 45, 'IDRP'],
  ['rsvp', 46, 'RSVP'],
  ['gre', 47, 'GRE'],
  ['esp', 50, 'IPSEC-ESP'],
  ['ah', 51, 'IPSEC-AH'],
  ['skip', 57, 'SKIP'],
  ['ipv6-icmp', 58, 'IPv6-ICMP'],
  ['ipv6-nonxt', 59, 'IPv6-NoNxt'],
  ['ipv6-opts', 60, 'IPv6-Opts'],
  ['rspf', 73, 'RSPF'],
  ['vmtp', 81, 'VMTP'],
  ['eigrp', 88, 'EIGRP'],
  ['ospf', 89, 'OSPFIGP'],
  ['ax.25', 93, 'AX.25'],
  ['ipip', 94, 'IPIP'],
  ['etherip', 97, 'ETHERIP'],
  ['encap', 98, 'ENCAP'],
  ['pim', 103, 'PIM'],
  ['ipcomp', 108, 'IPCOMP'],
  ['vrrp', 112, 'VRRP'],
  ['l2tp', 115, 'L2TP'],
  ['isis', 124, 'ISIS'],
  ['sctp', 132, 'SCTP'],
  ['fc', 133, 'FC'],
  ['mobility-header', 135, 'Mobility-Header'],
  ['udplite', 136, 'UDPLite'],
  ['mpls-in-ip', 137, 'MPLS-in-IP'],
  ['manet', 138],
  ['hip', 139, 'HIP'],
  ['shim6', 140, 'Shim6'],
  ['wesp', 141, 'WESP'],
  ['rohc', 142, 'ROHC'],
  ['ethernet', 143, 'Ethernet'],
  ['mptcp', 262, 'MPTCP'],
];

/** What xtables knows without the database (xtables_chain_protos); the first name of a number is printed. */
// biome-ignore format: table
const xtablesProtocols: readonly (readonly [name: string, number: number])[] = [
  ['tcp', 6], ['sctp', 132], ['udp', 17], ['udplite', 136], ['icmp', 1], ['ipv6-icmp', 58], ['icmpv6', 58], ['icmp6', 58],
  ['esp', 50], ['ah', 51], ['mobility-header', 135], ['ipv6-mh', 135], ['mh', 135], ['dccp', 33], ['ipcomp', 108], ['all', 0],
];

const numbers = new Map<string, number>();
const names = new Map<number, string>();
const savedNames = new Map<number, string>();
for (const [name, number, alias] of debianProtocols) {
  if (!numbers.has(name)) numbers.set(name, number);
  const lower = alias?.toLowerCase();
  if (lower !== undefined && !numbers.has(lower)) numbers.set(lower, number);
  if (!names.has(number)) names.set(number, name);
}
for (const [name, number] of xtablesProtocols) {
  if (!numbers.has(name)) numbers.set(name, number);
  if (!savedNames.has(number)) savedNames.set(number, name);
}

/** The number of a protocol that is written as a name in lower case. */
export function protocolByName(name: string): number | undefined {
  return numbers.get(name);
}

/** Debian's name, or undefined where /etc/protocols has none. */
export function protocolName(number: number): string | undefined {
  return names.get(number);
}

/** As iptables-save prints `-p`: only what xtables knows has a name there. */
export function savedProtocol(number: number): string {
  return savedNames.get(number) ?? String(number);
}
