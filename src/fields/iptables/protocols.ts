/** Protocol names: /etc/protocols first, then the few that xtables knows itself. */

import { protocols } from '../../datatypes/names/protocols.ts';

/** What xtables knows without the database (xtables_chain_protos); the first name of a number is printed. */
// biome-ignore format: table
const xtablesProtocols: readonly (readonly [name: string, number: number])[] = [
  ['tcp', 6], ['sctp', 132], ['udp', 17], ['udplite', 136], ['icmp', 1], ['ipv6-icmp', 58], ['icmpv6', 58], ['icmp6', 58],
  ['esp', 50], ['ah', 51], ['mobility-header', 135], ['ipv6-mh', 135], ['mh', 135], ['dccp', 33], ['ipcomp', 108], ['all', 0],
];

const numbers = new Map<string, number>();
const savedNames = new Map<number, string>();
for (const [name, number] of protocols.numbers) {
  const lower = name.toLowerCase();
  if (!numbers.has(lower)) numbers.set(lower, number);
}
for (const [name, number] of xtablesProtocols) {
  if (!numbers.has(name)) numbers.set(name, number);
  if (!savedNames.has(number)) savedNames.set(number, name);
}

/** The number of a protocol that is written as a name in lower case. */
export function protocolByName(name: string): number | undefined {
  return numbers.get(name);
}

/** The first name in /etc/protocols, or undefined. */
export function protocolName(number: number): string | undefined {
  return protocols.names.get(number);
}

/** As iptables-save prints `-p`: only what xtables knows has a name there. */
export function savedProtocol(number: number): string {
  return savedNames.get(number) ?? String(number);
}
