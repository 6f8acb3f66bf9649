/** srh: the segment routing header (net/ipv6/netfilter/ip6t_srh.c). */

import type {
  SrhAddressTest,
  SrhNumberTest,
  SrhOptions,
} from '../../fields/iptables/matches/srh.ts';
import { byteAt } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import { locateHeader } from './ipv6-headers.ts';
import type { Matcher } from './matcher.ts';

const routingType = 4;

export function srhMatcher({ numbers, addresses }: SrhOptions): Matcher {
  return ({ packet }) => {
    const at = locateHeader(packet, protocol.routing);
    if (typeof at !== 'number' || at + 8 > packet.length) return false;
    const { bytes } = packet;
    if (packet.length - at < (byteAt(bytes, at + 1) + 1) * 8) return false;
    if (byteAt(bytes, at + 2) !== routingType) return false;
    if (byteAt(bytes, at + 3) > byteAt(bytes, at + 4)) return false;
    return (
      numbers.every((test) => numberFits(packet, at, test)) &&
      addresses.every((test) => segmentFits(packet, at, test))
    );
  };
}

/** The tag of the packet is compared in network order with a number of host order, so its bytes look swapped. */
function tagOf(bytes: Uint8Array, at: number): number {
  return (byteAt(bytes, at + 7) << 8) | byteAt(bytes, at + 6);
}

const numberOffsets = { 'next-hdr': 0, 'hdr-len': 1, 'segs-left': 3, 'last-entry': 4 } as const;

function numberFits(
  { bytes }: LivePacket,
  at: number,
  { field, operator, value, inverted }: SrhNumberTest,
): boolean {
  const found = field === 'tag' ? tagOf(bytes, at) : byteAt(bytes, at + numberOffsets[field]);
  const holds =
    operator === 'eq' ? found === value : operator === 'gt' ? found > value : found < value;
  return holds !== inverted;
}

/** Segments stand last one first; segments left counts down. */
function segmentIndex({ bytes }: LivePacket, at: number, field: SrhAddressTest['field']): number {
  const left = byteAt(bytes, at + 3);
  if (field === 'lsid') return 0;
  if (field === 'nsid') return left === 0 ? -1 : left - 1;
  return left === byteAt(bytes, at + 4) ? -1 : left + 1;
}

function segmentFits(packet: LivePacket, at: number, test: SrhAddressTest): boolean {
  const index = segmentIndex(packet, at, test.field);
  const start = at + 8 + 16 * index;
  if (index < 0 || start + 16 > packet.length) return false;
  const same = test.address.every(
    (byte, place) => ((byteAt(packet.bytes, start + place) ^ byte) & (test.mask[place] ?? 0)) === 0,
  );
  return same !== test.inverted;
}
