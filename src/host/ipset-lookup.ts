/** Is a packet in an ipset? Mirrors ip_set_test() and the kadt functions of net/netfilter/ipset/. */

import { type Address, isUnspecified } from '../base/address.ts';
import type { IpSetElement } from './ipset.ts';
import {
  addressPart,
  type IpSetDimension,
  type IpSetLevel,
  numberPart,
  type PreparedIpSet,
  portPart,
} from './ipset-index.ts';
import { holdsAddresses, holdsPorts, masked } from './ipset-options.ts';

/** What a set can compare of a packet. */
export interface IpSetPacket {
  readonly family: 4 | 6;
  readonly source: Address;
  readonly destination: Address;
  /** Transport protocol number behind IPv6 extension headers; undefined when there is none. */
  readonly protocol?: number;
  /** Absent in fragments other than the first and in truncated packets. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly mark: number;
  readonly inputInterface?: string;
  readonly outputInterface?: string;
  readonly physicalInputInterface?: string;
  readonly physicalOutputInterface?: string;
  /** Absent where the packet has no Ethernet header. */
  readonly sourceMac?: Uint8Array;
  readonly destinationMac?: Uint8Array;
}

export type IpSetDirection = 'src' | 'dst';

export interface IpSetTestOptions {
  /** Seconds since the set was saved; absent: timeouts are not looked at. */
  readonly elapsedSeconds?: number;
  /** A further condition on the element, such as `--packets-gt`; others are passed over. */
  readonly accepts?: (element: IpSetElement) => boolean;
}

export type IpSetTest =
  | { readonly kind: 'match'; readonly element: IpSetElement; readonly set: string }
  /** The most specific element is a `nomatch` one: no match, or a match under `--return-nomatch`. */
  | { readonly kind: 'nomatch'; readonly element: IpSetElement; readonly set: string }
  | { readonly kind: 'absent' }
  /** A list:set names a set that is not known. */
  | { readonly kind: 'unknown-set'; readonly set: string };

const absent: IpSetTest = { kind: 'absent' };

const transport = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132, udplite: 136 } as const;

/**
 * Tests a packet against the set of that name.
 * @param directions one per dimension of the match; fewer than the set's dimensions never match.
 */
export function testIpSet(
  sets: ReadonlyMap<string, PreparedIpSet>,
  name: string,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
  options: IpSetTestOptions = {},
): IpSetTest {
  const prepared = sets.get(name);
  if (prepared === undefined) return { kind: 'unknown-set', set: name };
  const { set } = prepared;
  if (set.type === 'list:set') return testMembers(sets, prepared, directions, packet, options);
  const keys = comparedParts(prepared, directions, packet);
  if (keys === undefined) return absent;
  for (const level of prepared.levels) {
    const element = findInLevel(prepared, level, keys, options);
    if (element !== undefined)
      return { kind: element.nomatch ? 'nomatch' : 'match', element, set: set.name };
    if (elementsOfNetwork(prepared, level, keys) > 0) return absent;
  }
  return absent;
}

/**
 * How many elements have the packet's network, whatever their interface: none of them being of its interface, shorter
 * prefixes are not looked at (`multi` in mtype_test_cidrs()). 0 for types without interfaces.
 */
function elementsOfNetwork(
  prepared: PreparedIpSet,
  level: IpSetLevel,
  parts: readonly PacketPart[],
): number {
  if (!prepared.dimensions.includes('interface')) return 0;
  return level.elements.get(levelKey(prepared, level, parts, true))?.length ?? 0;
}

/** list_set_ktest(): the first member that matches; a member's nomatch is no match. */
function testMembers(
  sets: ReadonlyMap<string, PreparedIpSet>,
  list: PreparedIpSet,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
  options: IpSetTestOptions,
): IpSetTest {
  const { accepts: _, ...memberOptions } = options;
  for (const { name, element } of list.members) {
    if (!isCurrent(element, options)) continue;
    if (sets.get(name)?.set.type === 'list:set') continue;
    const test = testIpSet(sets, name, directions, packet, memberOptions);
    if (test.kind === 'unknown-set') return test;
    if (test.kind === 'match' && (options.accepts?.(element) ?? true)) return test;
  }
  return absent;
}

/** What the packet offers in one dimension; addresses are masked per level. */
export type PacketPart =
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'mac'; readonly key: string }
  | {
      readonly kind: 'interface';
      readonly name: string;
      readonly physicalName: string | undefined;
    };

/** What a set compares of a packet, by dimension; undefined where it has no place for the packet. */
export function comparedParts(
  prepared: PreparedIpSet,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): readonly PacketPart[] | undefined {
  const { set, dimensions } = prepared;
  if (directions.length < dimensions.length) return undefined;
  if (set.family !== 'any' && set.family !== packet.family) return undefined;
  return packetParts(prepared, directions, packet);
}

function packetParts(
  prepared: PreparedIpSet,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): readonly PacketPart[] | undefined {
  const parts: PacketPart[] = [];
  for (const [position, dimension] of prepared.dimensions.entries()) {
    const part = readDimension[dimension](prepared, packet, directions[position] === 'src');
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

type ReadDimension = (
  prepared: PreparedIpSet,
  packet: IpSetPacket,
  source: boolean,
) => PacketPart | undefined;

const readDimension: Readonly<Record<IpSetDimension, ReadDimension>> = {
  address: readAddress,
  port: readPort,
  mac: (_, packet, source) => {
    const mac = source ? packet.sourceMac : packet.destinationMac;
    if (mac === undefined || mac.every((byte) => byte === 0)) return undefined;
    return { kind: 'mac', key: String.fromCharCode(word(mac, 0), word(mac, 2), word(mac, 4)) };
  },
  mark: (prepared, packet) => ({ kind: 'key', key: numberPart(packet.mark & prepared.markMask) }),
  interface: (_, packet, source) => {
    const name = source ? packet.inputInterface : packet.outputInterface;
    if (name === undefined || name === '') return undefined;
    const physicalName = source ? packet.physicalInputInterface : packet.physicalOutputInterface;
    return { kind: 'interface', name, physicalName };
  },
};

function word(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** The zero address is an error for hash:ip and hash:ip,mark (hash_ip4_kadt()). */
function readAddress(
  prepared: PreparedIpSet,
  packet: IpSetPacket,
  source: boolean,
): PacketPart | undefined {
  const address = source ? packet.source : packet.destination;
  if (!holdsAddresses(prepared.range, address)) return undefined;
  const refusesZero = prepared.set.type === 'hash:ip';
  return refusesZero && isUnspecified(masked(address, prepared.addressMask))
    ? undefined
    : { kind: 'address', address };
}

/** ip_set_get_ip4_port(): other protocols have port 0; bitmap:port takes only TCP and UDP. */
function readPort(
  prepared: PreparedIpSet,
  packet: IpSetPacket,
  source: boolean,
): PacketPart | undefined {
  const { protocol } = packet;
  if (protocol === undefined) return undefined;
  const number = portNumber(packet, protocol, source);
  if (number === undefined) return undefined;
  if (prepared.set.type !== 'bitmap:port') return { kind: 'key', key: portPart(protocol, number) };
  const counts = protocol === transport.tcp || protocol === transport.udp;
  if (!holdsPorts(prepared.range, number)) return undefined;
  return counts ? { kind: 'key', key: portPart(0, number) } : undefined;
}

function portNumber(packet: IpSetPacket, protocol: number, source: boolean): number | undefined {
  switch (protocol) {
    case transport.tcp:
    case transport.udp:
    case transport.sctp:
    case transport.udplite:
      return source ? packet.sourcePort : packet.destinationPort;
    case transport.icmp:
    case transport.icmpv6:
      if ((protocol === transport.icmp) !== (packet.family === 4)) return 0;
      return packet.icmpType === undefined
        ? undefined
        : packet.icmpType * 256 + (packet.icmpCode ?? 0);
    default:
      return 0;
  }
}

function findInLevel(
  prepared: PreparedIpSet,
  level: IpSetLevel,
  parts: readonly PacketPart[],
  options: IpSetTestOptions,
): IpSetElement | undefined {
  const withMac = levelKey(prepared, level, parts, true);
  const found = level.elements.get(withMac);
  const element = found?.find((candidate) => accepted(candidate, parts, options));
  if (element !== undefined || prepared.set.type !== 'bitmap:ip,mac') return element;
  const anyMac = level.elements.get(levelKey(prepared, level, parts, false));
  return anyMac?.find((candidate) => accepted(candidate, parts, options));
}

/** Without the MAC: elements of bitmap:ip,mac that have none yet match every MAC (bitmap_ipmac_do_test()). */
function levelKey(
  prepared: PreparedIpSet,
  level: IpSetLevel,
  parts: readonly PacketPart[],
  mac: boolean,
): string {
  let key = '';
  let addresses = 0;
  for (const part of parts) {
    if (part.kind === 'address') {
      key += addressPart(prepared, part.address, level.prefixLengths[addresses++] ?? 0);
    } else if (part.kind === 'key' || (part.kind === 'mac' && mac)) {
      key += part.key;
    }
  }
  return key;
}

function accepted(
  element: IpSetElement,
  parts: readonly PacketPart[],
  options: IpSetTestOptions,
): boolean {
  if (!isCurrent(element, options) || !(options.accepts?.(element) ?? true)) return false;
  return parts.every((part) => part.kind !== 'interface' || interfaceMatches(element, part));
}

function interfaceMatches(
  element: IpSetElement,
  part: { name: string; physicalName: string | undefined },
): boolean {
  const wanted = element.parts.find((candidate) => candidate.kind === 'interface');
  if (wanted === undefined || wanted.kind !== 'interface') return true;
  const name = wanted.physical ? part.physicalName : part.name;
  return (
    name !== undefined && (wanted.wildcard ? name.startsWith(wanted.name) : name === wanted.name)
  );
}

function isCurrent(element: IpSetElement, options: IpSetTestOptions): boolean {
  const { elapsedSeconds } = options;
  if (elapsedSeconds === undefined || (element.timeoutSeconds ?? 0) === 0) return true;
  return elapsedSeconds < (element.timeoutSeconds ?? 0);
}

/** The element of a packet in the level of these prefix lengths. */
export function elementAt(
  prepared: PreparedIpSet,
  prefixLengths: readonly number[],
  parts: readonly PacketPart[],
  options: IpSetTestOptions = {},
): IpSetElement | undefined {
  const level = levelOf(prepared, prefixLengths);
  return level && findInLevel(prepared, level, parts, options);
}

function levelOf(
  prepared: PreparedIpSet,
  prefixLengths: readonly number[],
): IpSetLevel | undefined {
  return prepared.levels.find(
    (candidate) =>
      candidate.prefixLengths.length === prefixLengths.length &&
      candidate.prefixLengths.every((length, index) => length === prefixLengths[index]),
  );
}

/** As many elements of the packet's network, whatever their interface, are in the level; 0 for types without interfaces. */
export function networkElementsAt(
  prepared: PreparedIpSet,
  prefixLengths: readonly number[],
  parts: readonly PacketPart[],
): number {
  const level = levelOf(prepared, prefixLengths);
  return level === undefined ? 0 : elementsOfNetwork(prepared, level, parts);
}

/** The element that `SET --add-set` makes of a packet, as a key. */
export function packetElementKey(
  prepared: PreparedIpSet,
  prefixLengths: readonly number[],
  parts: readonly PacketPart[],
): string {
  const lengths = prefixLengths.values();
  return parts
    .map((part) => {
      if (part.kind === 'address')
        return addressPart(prepared, part.address, lengths.next().value ?? 0);
      return part.kind === 'interface' ? part.name : part.key;
    })
    .join('');
}
