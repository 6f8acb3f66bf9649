/** IPv6 source address selection: ipv6_dev_get_saddr(), net/ipv6/addrconf.c, the rules of RFC 6724 that Linux has. */

import { type Address, type Prefix, parsePrefix, prefixContains } from '../base/address.ts';
import type { InterfaceAddress } from './network-interface.ts';
import type { PreparedHost } from './prepared-host.ts';

/** Scope values of RFC 4291 multicast addresses, which unicast scopes share. */
const scopes = { interfaceLocal: 1, linkLocal: 2, siteLocal: 5, global: 14 } as const;

/** The default label table (ip6_addr_label_init_table[]); `ip addrlabel` changes are not read. */
const labels: readonly (readonly [string, number])[] = [
  ['::1/128', 0],
  ['::ffff:0:0/96', 4],
  ['::/96', 3],
  ['2001::/32', 6],
  ['2001:10::/28', 7],
  ['2002::/16', 2],
  ['fc00::/7', 5],
];

interface Candidate {
  readonly entry: InterfaceAddress;
  readonly outgoing: boolean;
}

/** The source for packets to `destination` through `device`; undefined when no address is usable. */
export function selectSourceAddress6(
  prepared: PreparedHost,
  device: string,
  destination: Address,
): Address | undefined {
  const scope = addressScope6(destination);
  const onlyDevice = isMulticast(destination) || scope <= scopes.linkLocal;
  let best: { readonly candidate: Candidate; readonly score: readonly number[] } | undefined;
  for (const other of prepared.host.interfaces) {
    if (onlyDevice && other.name !== device) continue;
    for (const entry of other.addresses) {
      if (entry.family !== 6 || !isUsable(entry)) continue;
      const candidate = { entry, outgoing: other.name === device };
      const score = scoreOf(candidate, destination, scope);
      if (best === undefined || isBetter(score, best.score)) best = { candidate, score };
    }
  }
  return best?.candidate.entry.address;
}

function isUsable(entry: InterfaceAddress): boolean {
  const tentative = entry.flags.includes('tentative') && !entry.flags.includes('optimistic');
  return !tentative && !entry.flags.includes('dadfailed') && !isMulticast(entry.address);
}

/** One number per rule, in their order; larger is better. */
function scoreOf(candidate: Candidate, destination: Address, scope: number): readonly number[] {
  const { address, flags, prefixLength } = candidate.entry;
  const common = commonPrefixLength(address, destination);
  const own = addressScope6(address);
  return [
    Number(common === 128),
    own >= scope ? -own : own - 128,
    Number(!flags.includes('deprecated') && !flags.includes('optimistic')),
    Number(candidate.outgoing),
    Number(labelOf(address) === labelOf(destination)),
    Number(!flags.includes('temporary')),
    Math.min(common, prefixLength),
  ];
}

function isBetter(score: readonly number[], best: readonly number[]): boolean {
  const position = score.findIndex((value, index) => value !== best[index]);
  return position >= 0 && (score[position] ?? 0) > (best[position] ?? 0);
}

let prefixes: readonly (readonly [Prefix | undefined, number])[] | undefined;

function labelOf(address: Address): number {
  prefixes ??= labels.map(([prefix, label]) => [parsePrefix(prefix), label]);
  return (
    prefixes.find(([prefix]) => prefix !== undefined && prefixContains(prefix, address))?.[1] ?? 1
  );
}

export function isMulticast(address: Address): boolean {
  return address.length === 16 ? address[0] === 0xff : ((address[0] ?? 0) & 0xf0) === 0xe0;
}

/** ipv6_addr_scope(): loopback counts as link-local, unique local addresses as global. */
export function addressScope6(address: Address): number {
  const [first = 0, second = 0] = address;
  if (first === 0xff) return second & 0x0f;
  if (first === 0xfe && (second & 0xc0) === 0x80) return scopes.linkLocal;
  if (first === 0xfe && (second & 0xc0) === 0xc0) return scopes.siteLocal;
  const loopback = address.every((byte, index) => byte === (index === 15 ? 1 : 0));
  return loopback ? scopes.linkLocal : scopes.global;
}

function commonPrefixLength(first: Address, second: Address): number {
  const index = first.findIndex((byte, position) => byte !== second[position]);
  if (index < 0) return first.length * 8;
  return index * 8 + Math.clz32((first[index] ?? 0) ^ (second[index] ?? 0)) - 24;
}
