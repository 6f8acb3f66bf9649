/** What a rule asks of a packet, as values of fields: the common form of comparisons, set look-ups and xtables matches. */

import { type Address, addressToBigInt, lastAddress, maskAddress } from '../../base/address.ts';
import type { Field } from './register-origins.ts';

/** Values of a field from `first` to `last`; the rule wants them, or anything but them. */
export interface Interval {
  readonly field: Field;
  readonly first: bigint;
  readonly last: bigint;
  readonly wanted: boolean;
  /** The bits that are compared, of fields made of flags (states, TCP flags, marks). */
  readonly mask?: bigint;
}

/** Any of these, each a conjunction over fields (elements of concatenated sets); empty asks for nothing. */
export type Condition = readonly (readonly Interval[])[];

export function toBigInt(bytes: Uint8Array, littleEndian = false): bigint {
  let value = 0n;
  const ordered = littleEndian ? bytes.toReversed() : bytes;
  for (const byte of ordered) value = (value << 8n) | BigInt(byte);
  return value;
}

export type End = 'source' | 'destination';

/** The address field of an end by the length of an address. */
export function addressField(end: End, length: number): Field {
  return length === 4 ? `${end}4` : `${end}6`;
}

export function prefixInterval(
  end: End,
  address: Address,
  prefixLength: number,
  wanted = true,
): Interval {
  return {
    field: addressField(end, address.length),
    first: addressToBigInt(maskAddress(address, prefixLength)),
    last: addressToBigInt(lastAddress({ address, prefixLength })),
    wanted,
  };
}

const widths: Readonly<Partial<Record<Field, number>>> = {
  source4: 32,
  destination4: 32,
  source6: 128,
  destination6: 128,
  sourcePort: 16,
  port: 16,
  protocol: 8,
  icmpType: 8,
  mark: 32,
};

/** The edges of an interval and what lies just outside. */
export function edges({
  field,
  first,
  last,
}: Pick<Interval, 'field' | 'first' | 'last'>): readonly bigint[] {
  const limit = (1n << BigInt(widths[field] ?? 32)) - 1n;
  const middle = (first + last) / 2n;
  const values = [first, last, middle, first + 1n, last - 1n, first - 1n, last + 1n];
  return [...new Set(values)].filter((value) => value >= 0n && value <= limit);
}

export const isInside = ({ first, last }: Interval, value: bigint): boolean =>
  value >= first && value <= last;

/** Conntrack states as `ct state` numbers them (NF_CT_STATE_BIT). */
export const stateBits = { invalid: 1n, established: 2n, related: 4n, new: 8n, untracked: 64n };

/** The flags of which one must be set: `ct state established,related` compares the masked state with 0. */
export function wantedBits({ first, wanted, mask }: Interval): bigint {
  if (mask !== undefined && first === 0n) return wanted ? ~mask : mask;
  return wanted ? first : ~first;
}
