/** Elements that a set does not take: what `ipset restore` 7.x or the kernel says of them. */

import {
  type Address,
  addressFamily,
  isUnspecified,
  lastAddress,
  maskAddress,
} from '../../base/address.ts';
import type { IpSet, IpSetElement, IpSetPart } from '../../host/ipset.ts';
import {
  addressMaskOf,
  holdsAddresses,
  holdsPorts,
  type IpSetRange,
  masked,
  rangeOf,
} from '../../host/ipset-options.ts';

/** What is told of a set once, for all of its elements. */
export interface ElementLimits {
  readonly set: IpSet;
  /** Names of the options the set was created with. */
  readonly options: ReadonlySet<string>;
  /** Words of the type: `ip`, `port`, `net`. */
  readonly words: readonly string[];
  readonly addressMask: Address | undefined;
  readonly range: IpSetRange | undefined;
}

export function limitsOf(set: IpSet): ElementLimits {
  return {
    set,
    options: new Set(set.options.map(({ name }) => name)),
    words: set.type.slice(set.type.indexOf(':') + 1).split(','),
    addressMask: addressMaskOf(set),
    range: rangeOf(set),
  };
}

/** IPSET_MAX_TIMEOUT: UINT_MAX milliseconds, halved. */
const longestTimeout = 2_147_483;

export function elementProblem(limits: ElementLimits, element: IpSetElement): string | undefined {
  const { options } = limits;
  const { timeoutSeconds, packets, bytes, comment, skbMark, skbPriority, skbQueue } = element;
  if (timeoutSeconds !== undefined) {
    if (!options.has('timeout')) return 'the set was created without timeout support';
    if (timeoutSeconds > longestTimeout) return `a timeout is at most ${longestTimeout}`;
  }
  if ((packets ?? bytes) !== undefined && !options.has('counters')) {
    return 'the set was created without counter support';
  }
  if (comment !== undefined && !options.has('comment')) {
    return 'the set was created without comment support';
  }
  if ((skbMark ?? skbPriority ?? skbQueue) !== undefined && !options.has('skbinfo')) {
    return 'the set was created without skbinfo support';
  }
  if (element.nomatch && !limits.words.includes('net')) return `${limits.set.type} has no nomatch`;
  return partsProblem(limits, element.parts);
}

function partsProblem(limits: ElementLimits, parts: readonly IpSetPart[]): string | undefined {
  for (let position = 0; position < parts.length; position++) {
    const part = parts[position];
    if (part === undefined) continue;
    const problem =
      part.kind === 'net' || part.kind === 'range'
        ? addressProblem(limits, part, position)
        : part.kind === 'port'
          ? portProblem(limits, part)
          : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function addressProblem(
  { set, words, range, addressMask }: ElementLimits,
  part: Extract<IpSetPart, { kind: 'net' | 'range' }>,
  position: number,
): string | undefined {
  const from = part.kind === 'net' ? maskAddress(part.address, part.prefixLength) : part.from;
  if (addressFamily(from) !== set.family) return `the addresses of the set are IPv${set.family}`;
  if (range !== undefined) {
    const to = part.kind === 'net' ? lastAddress(part) : part.to;
    return holdsAddresses(range, from, to) ? undefined : outOfRange;
  }
  const isNet = words[position] === 'net';
  if (!isNet && isSeveral(part) && (set.family === 6 || position > 0)) {
    return 'a plain address must be given';
  }
  if (part.kind === 'net' && part.prefixLength === 0 && !takesAll(set)) {
    return 'a prefix of length 0 is invalid here';
  }
  return set.type === 'hash:ip' && isUnspecified(masked(from, addressMask))
    ? 'the unspecified address cannot be stored'
    : undefined;
}

function isSeveral(part: Extract<IpSetPart, { kind: 'net' | 'range' }>): boolean {
  return part.kind === 'range' || part.prefixLength < part.address.length * 8;
}

/** hash_netiface and the types of two networks store 0.0.0.0/0. */
function takesAll({ type }: IpSet): boolean {
  return type === 'hash:net,iface' || type === 'hash:net,net' || type === 'hash:net,port,net';
}

const outOfRange = 'the element is out of the range of the set';

function portProblem(
  { range }: ElementLimits,
  { from, to }: Extract<IpSetPart, { kind: 'port' }>,
): string | undefined {
  return holdsPorts(range, from, to) ? undefined : outOfRange;
}
