/** Matches on the IP header, the link header and raw bytes: ttl, dscp, tos, ecn, length, iprange, mac, pkttype, u32, string. */

import { type Address, compareAddresses } from '../../base/address.ts';
import type { DscpOptions } from '../../fields/iptables/matches/dscp.ts';
import type { EcnOptions } from '../../fields/iptables/matches/ecn.ts';
import type { AddressRange, IprangeOptions } from '../../fields/iptables/matches/iprange.ts';
import type { LengthOptions } from '../../fields/iptables/matches/length.ts';
import type { MacOptions } from '../../fields/iptables/matches/mac.ts';
import type { PkttypeOptions } from '../../fields/iptables/matches/pkttype.ts';
import type { StringOptions } from '../../fields/iptables/matches/string.ts';
import type { TosOptions } from '../../fields/iptables/matches/tos.ts';
import type { HlOptions, TtlOptions } from '../../fields/iptables/matches/ttl.ts';
import type { U32Options, U32Test } from '../../fields/iptables/matches/u32.ts';
import { byteAt, equalBytes, read16, read32 } from '../../packet/bytes.ts';
import { etherType, protocol } from '../../packet/protocols.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import { isBetween, type Matcher, transportAt } from './matcher.ts';

/** The TOS byte or traffic class. */
export function trafficClass(packet: LivePacket): number {
  const { bytes } = packet;
  return ipFamily(packet) === 6 ? (read16(bytes, 0) >> 4) & 0xff : byteAt(bytes, 1);
}

export function hopMatcher({ operator, value }: TtlOptions | HlOptions): Matcher {
  return ({ packet }) => {
    const hops = byteAt(packet.bytes, ipFamily(packet) === 6 ? 7 : 8);
    if (operator === 'eq' || operator === 'ne') return (hops === value) === (operator === 'eq');
    return operator === 'lt' ? hops < value : hops > value;
  };
}

export function dscpMatcher({ value, inverted }: DscpOptions): Matcher {
  return ({ packet }) => (trafficClass(packet) >> 2 === value) !== inverted;
}

export function tosMatcher({ value, mask, inverted }: TosOptions): Matcher {
  return ({ packet }) => ((trafficClass(packet) & mask) === value) !== inverted;
}

export function ecnMatcher({ ece, cwr, codepoint }: EcnOptions): Matcher {
  return (evaluation) => {
    const { packet, info } = evaluation;
    if (codepoint !== undefined) {
      const same = (trafficClass(packet) & 3) === codepoint.value;
      if (same === codepoint.inverted) return false;
    }
    if (ece === undefined && cwr === undefined) return true;
    const at = transportAt(evaluation, 20);
    if (info.protocol !== protocol.tcp || typeof at !== 'number') return false;
    const flags = byteAt(packet.bytes, at + 13);
    if (ece !== undefined && ((flags & 0x40) !== 0) !== ece) return false;
    return cwr === undefined || ((flags & 0x80) !== 0) === cwr;
  };
}

export function lengthMatcher(options: LengthOptions): Matcher {
  return ({ packet }) => {
    const { bytes } = packet;
    const length = ipFamily(packet) === 6 ? read16(bytes, 4) + 40 : read16(bytes, 2);
    return isBetween(length, options) !== options.inverted;
  };
}

function inRange(range: AddressRange | undefined, address: Address): boolean {
  if (range === undefined) return true;
  const { from, to, inverted } = range;
  const inside = compareAddresses(address, from) >= 0 && compareAddresses(address, to) <= 0;
  return inside !== inverted;
}

export function iprangeMatcher({ source, destination }: IprangeOptions): Matcher {
  return ({ packet }) =>
    inRange(source, sourceAddress(packet)) && inRange(destination, destinationAddress(packet));
}

export function macMatcher({ address, inverted }: MacOptions): Matcher {
  return ({ packet }) => {
    const { link, input } = packet;
    if (link === undefined || input?.linkType !== 'ether') return false;
    return equalBytes(link.subarray(6, 12), address) !== inverted;
  };
}

const typeNames = { unicast: 'host', broadcast: 'broadcast', multicast: 'multicast' } as const;

export function pkttypeMatcher({ type, inverted }: PkttypeOptions): Matcher {
  return ({ packet }) => (packet.packetType === typeNames[type]) !== inverted;
}

/** u32_match_it(); a read over the end fails the whole match. */
export function u32Matcher({ tests, inverted }: U32Options): Matcher {
  return ({ packet }) => tests.every((test) => passesU32(packet, test)) !== inverted;
}

function passesU32(packet: LivePacket, { start, steps, ranges }: U32Test): boolean {
  const { bytes, length } = packet;
  let base = 0;
  let position = start;
  if (position + 4 > length) return false;
  let value = read32(bytes, position);
  for (const { operator, number } of steps) {
    switch (operator) {
      case '&':
        value = (value & number) >>> 0;
        break;
      case '<<':
        value = (value << number) >>> 0;
        break;
      case '>>':
        value >>>= number;
        break;
      case '@':
        base += value;
        position = base + number;
        if (position + 4 > length) return false;
        value = read32(bytes, position);
        break;
    }
  }
  return ranges.some((range) => isBetween(value, range));
}

/** skb_find_text(): the pattern stands between the offsets `from` and `to`, its end included. */
export function stringMatcher(options: StringOptions): Matcher {
  const { from, to, inverted, ignoreCase } = options;
  const fold = (code: number): number =>
    ignoreCase && code >= 65 && code <= 90 ? code + 32 : code;
  const pattern = Array.from(options.pattern, (character) => fold(character.charCodeAt(0) & 255));
  return ({ packet: { bytes, length } }) => {
    for (let at = from; at + pattern.length <= Math.min(length, to); at++) {
      if (pattern.every((code, index) => fold(byteAt(bytes, at + index)) === code))
        return !inverted;
    }
    return inverted;
  };
}

/** The interface part of the source is made of the source MAC (eui64_mt6()). */
export const eui64Matcher: Matcher = ({ packet: { bytes, link, etherType: type } }) => {
  if (link === undefined || type !== etherType.ipv6 || read16(link, 12) !== type) return false;
  const [first = 0, ...rest] = link.subarray(6, 12);
  const part = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  return part.every((byte, index) => byteAt(bytes, 16 + index) === byte);
};
