/** What membership of an ipset asks of a packet: one alternative per element. */

import { addressToBigInt } from '../../base/address.ts';
import type { Host } from '../../host/host.ts';
import type { IpSetElement, IpSetPart } from '../../host/ipset.ts';
import {
  addressField,
  type Condition,
  type End,
  type Interval,
  prefixInterval,
} from './condition.ts';

/** Of large sets so many elements, spread evenly. */
const elementLimit = 1024;

function partIntervals(part: IpSetPart, end: End, wanted: boolean): readonly Interval[] {
  switch (part.kind) {
    case 'net':
      return [prefixInterval(end, part.address, part.prefixLength, wanted)];
    case 'range': {
      const field = addressField(end, part.from.length);
      const [first, last] = [addressToBigInt(part.from), addressToBigInt(part.to)];
      return [{ field, first, last, wanted }];
    }
    case 'port': {
      const field = end === 'source' ? 'sourcePort' : 'port';
      const protocol = BigInt(part.protocol ?? 6);
      return [
        { field: 'protocol', first: protocol, last: protocol, wanted: true },
        { field, first: BigInt(part.from), last: BigInt(part.to), wanted },
      ];
    }
    default:
      return [];
  }
}

/** Lists of sets are followed one level deep, as deep as the kernel lets them be. */
function elementsOf(host: Host, name: string, depth = 0): readonly IpSetElement[] {
  const elements = host.ipsets?.find((set) => set.name === name)?.elements ?? [];
  if (depth > 0) return elements;
  return elements.flatMap((element) => {
    const members = element.parts.flatMap((part) => (part.kind === 'set' ? [part.name] : []));
    return members.length === 0
      ? [element]
      : members.flatMap((member) => elementsOf(host, member, depth + 1));
  });
}

export function ipsetCondition(
  host: Host,
  name: string,
  directions: readonly ('src' | 'dst')[],
  wanted: boolean,
): Condition {
  const elements = elementsOf(host, name);
  const step = Math.max(1, Math.ceil(elements.length / elementLimit));
  return elements.flatMap((element, index) => {
    if (index % step !== 0) return [];
    const intervals = element.parts.flatMap((part, place) => {
      const direction = directions[place] ?? directions.at(-1);
      return partIntervals(part, direction === 'src' ? 'source' : 'destination', wanted);
    });
    return intervals.length === 0 ? [] : [intervals];
  });
}
