/** SNPT and DNPT: IPv6 prefixes exchanged without touching checksums (RFC 6296; net/ipv6/netfilter/ip6t_NPT.c). */

import type { Address } from '../../base/address.ts';
import type { DnptOptions, SnptOptions } from '../../fields/iptables/targets/npt.ts';
import { byteAt, read16, write16 } from '../../packet/bytes.ts';
import { foldChecksum, sumWords } from '../../packet/checksum.ts';
import { protocol } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import type { Step } from '../rules/evaluation.ts';
import { dropVerdict } from '../rules/registers.ts';
import { sendIcmpError } from '../stack/icmp-error.ts';

type Options = SnptOptions | DnptOptions;

export function prefixTarget(options: Options): Step {
  const isSource = options.kind === 'SNPT';
  const at = isSource ? 8 : 24;
  const adjustment = adjustmentOf(options);
  return ({ run, packet, registers }) => {
    rewriteQuoted(packet, options, adjustment);
    if (mapPrefix(packet.bytes, at, options, adjustment)) return;
    sendIcmpError(run, packet, { type: 4, code: 0 });
    registers.verdict = dropVerdict;
  };
}

const onesSum = (a: number, b: number): number => {
  const sum = a + b;
  return (sum & 0xffff) + (sum >>> 16);
};

const sumOf = (address: Address): number => ~foldChecksum(sumWords(address, 0, 16)) & 0xffff;

/** What the interface part has to add so that the sum of the address stays. */
function adjustmentOf({ from, to }: Options): number {
  return onesSum(sumOf(from.address), ~sumOf(to.address) & 0xffff);
}

const prefixLength = (mask: Address): number =>
  mask.reduce((bits, byte) => bits + byte.toString(2).replaceAll('0', '').length, 0);

/** ip6t_npt_map_pfx(); false: no word is left that can be adjusted. */
function mapPrefix(
  bytes: Uint8Array,
  at: number,
  { from, to }: Options,
  adjustment: number,
): boolean {
  const length = Math.max(prefixLength(from.mask), prefixLength(to.mask));
  for (let index = 0; index * 8 < length; index++) {
    const kept = length - index * 8 >= 8 ? 0 : (1 << (8 - (length - index * 8))) - 1;
    const own = byteAt(bytes, at + index) & kept;
    bytes[at + index] = own | ((to.address[index] ?? 0) & ~kept & 255);
  }
  let word = 3;
  if (length > 48) {
    word = 4;
    while (word < 8 && read16(bytes, at + 2 * word) === 0xffff) word++;
    if (word === 8) return false;
  }
  const sum = onesSum(read16(bytes, at + 2 * word), adjustment);
  write16(bytes, at + 2 * word, sum === 0xffff ? 0 : sum);
  return true;
}

/** The packet that an ICMPv6 error quotes goes the other way, so its other address is mapped. */
function rewriteQuoted(packet: LivePacket, options: Options, adjustment: number): void {
  const { bytes, length } = packet;
  const isError = byteAt(bytes, 6) === protocol.icmpv6 && byteAt(bytes, 40) < 128;
  if (!isError || length < 88) return;
  const at = 48 + (options.kind === 'SNPT' ? 24 : 8);
  const { address, mask } = options.from;
  const inside = address.every(
    (byte, index) => ((byteAt(bytes, at + index) ^ byte) & (mask[index] ?? 0)) === 0,
  );
  if (inside) mapPrefix(bytes, at, options, adjustment);
}
