/** How the text of a hole becomes a constant: the few ways in which the value cannot change what the rule means. */

import type { HoleKind } from '../../ast/nft/shaped-rule.ts';
import {
  addressToBigInt,
  parseIpv4,
  parseIpv6,
  parseLinkLayerAddress,
} from '../../base/address.ts';
import type { Datatype } from '../../datatypes/datatype.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';

export type Reading =
  /** Decimal digits without leading zeros, at most `max`. */
  | { readonly kind: 'decimal'; readonly max: number }
  | { readonly kind: 'ipv4' }
  | { readonly kind: 'ipv6' }
  | { readonly kind: 'ethernet' }
  /** ASCII text of 1 to `most` characters that does not end in a wildcard. */
  | { readonly kind: 'text'; readonly most: number };

/** Datatypes whose parser reads digits as the number they are. */
const decimalTypes: ReadonlySet<string> = new Set(['inet_service', 'mark', 'integer']);

const largestService = 65535;
/** More digits may not be exact. */
const mostDigits = 15;

interface Wanted {
  readonly type: Datatype | undefined;
  /** Bits that the value must fit. */
  readonly bits: number;
  /** Largest value; 0 for what the width allows. */
  readonly max: number;
}

/** How a hole is read where a value of this type is wanted; undefined: only the full evaluation can tell. */
export function readingFor(
  hole: HoleKind | undefined,
  wanted: Wanted,
  environment: NameEnvironment,
): Reading | undefined {
  const { type, bits, max } = wanted;
  if (type === undefined) return undefined;
  switch (hole) {
    case 'number': {
      if (!decimalTypes.has(type.name) || type.symbols !== undefined) return undefined;
      // Digits may be the name of a mark.
      if (type.name === 'mark' && environment.marks.numbers.size > 0) return undefined;
      const widest = bits < 53 ? 2 ** bits - 1 : Number.MAX_SAFE_INTEGER;
      const limit = type.name === 'inet_service' ? Math.min(widest, largestService) : widest;
      return { kind: 'decimal', max: max > 0 ? Math.min(max, limit) : limit };
    }
    case 'ipv4':
      return type.name === 'ipv4_addr' && bits === 32 && max === 0 ? { kind: 'ipv4' } : undefined;
    case 'ipv6':
      return type.name === 'ipv6_addr' && bits === 128 && max === 0 ? { kind: 'ipv6' } : undefined;
    case 'ethernet':
      return type.name === 'ether_addr' && bits === 48 && max === 0
        ? { kind: 'ethernet' }
        : undefined;
    case 'string':
      return type.name === 'ifname' && bits >= 16
        ? { kind: 'text', most: bits / 8 - 1 }
        : undefined;
    default:
      return undefined;
  }
}

/** May the text of a hole be read so? `start` and `end` are those of the text without quotes. */
export function canRead(reading: Reading, text: string, start: number, end: number): boolean {
  switch (reading.kind) {
    case 'decimal':
      return isDecimal(text, start, end, reading.max);
    case 'ipv4':
      return isDottedQuad(text, start, end);
    case 'ipv6':
      return parseIpv6(text.slice(start, end)) !== undefined;
    case 'ethernet':
      return parseLinkLayerAddress(text.slice(start, end))?.length === 6;
    case 'text':
      return isPlainText(text, start, end, reading.most);
  }
}

function isDecimal(text: string, start: number, end: number, max: number): boolean {
  if (end - start > mostDigits || (end - start > 1 && text.charCodeAt(start) === 48)) return false;
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value <= max;
}

/** The scan of the line saw digits and three dots; what is left to check is each part. */
function isDottedQuad(text: string, start: number, end: number): boolean {
  let value = 0;
  let digits = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      value = 0;
      digits = 0;
      continue;
    }
    if (digits > 0 && value === 0) return false;
    value = value * 10 + code - 48;
    digits++;
    if (value > 255) return false;
  }
  return true;
}

function isPlainText(text: string, start: number, end: number, most: number): boolean {
  if (end <= start || end - start > most || text.charCodeAt(end - 1) === 42) return false;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (!(code < 128) || code === 92) return false;
  }
  return true;
}

/** The number that a readable text stands for. */
export function readNumber(reading: Reading, text: string): bigint {
  switch (reading.kind) {
    case 'decimal':
      return BigInt(text);
    case 'ipv4':
      return addressToBigInt(parseIpv4(text) ?? new Uint8Array(4));
    case 'ipv6':
      return addressToBigInt(parseIpv6(text) ?? new Uint8Array(16));
    case 'ethernet':
      return addressToBigInt(parseLinkLayerAddress(text) ?? new Uint8Array(6));
    case 'text':
      return 0n;
  }
}
