/** Lists and ranges of `each`: every value as text. */

import {
  addressFamily,
  addressFromBigInt,
  addressToBigInt,
  formatAddress,
  lastAddress,
  maskAddress,
  parseAddress,
  parsePrefix,
} from '../base/address.ts';

/** No single range may give more cases. */
export const spreadLimit = 65_536;

function addresses(first: bigint, last: bigint, family: 4 | 6): readonly string[] | undefined {
  if (last < first || last - first >= BigInt(spreadLimit)) return undefined;
  return Array.from({ length: Number(last - first) + 1 }, (_, index) =>
    formatAddress(addressFromBigInt(first + BigInt(index), family)),
  );
}

function spreadPrefix(text: string): readonly string[] | undefined {
  const prefix = parsePrefix(text);
  if (prefix === undefined) return undefined;
  const first = maskAddress(prefix.address, prefix.prefixLength);
  const last = lastAddress(prefix);
  return addresses(addressToBigInt(first), addressToBigInt(last), addressFamily(first));
}

function spreadRange(text: string): readonly string[] | undefined {
  const at = text.indexOf('-');
  const [from, to] = [text.slice(0, at), text.slice(at + 1)];
  if (/^[0-9]+$/.test(from) && /^[0-9]+$/.test(to)) {
    const count = Number(to) - Number(from) + 1;
    if (count < 1 || count > spreadLimit) return undefined;
    return Array.from({ length: count }, (_, index) => String(Number(from) + index));
  }
  const [first, last] = [parseAddress(from), parseAddress(to)];
  if (first === undefined || last === undefined || first.length !== last.length) return [text];
  return addresses(addressToBigInt(first), addressToBigInt(last), addressFamily(first));
}

/** `80`, `80-90`, `10.0.0.1-10.0.0.9`, `10.0.0.0/30`; undefined: backwards or too many. */
export function spreadValue(text: string): readonly string[] | undefined {
  if (text.includes('/')) return spreadPrefix(text) ?? (parsePrefix(text) ? undefined : [text]);
  return text.includes('-') ? spreadRange(text) : [text];
}
