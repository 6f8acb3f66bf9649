/** Matches on transport headers other than TCP, UDP and ICMP: sctp, dccp, esp, ah, ipcomp, mh (xt_sctp.c, xt_dccp.c, …). */

import type { AhOptions } from '../../fields/iptables/matches/ah.ts';
import { type DccpOptions, dccpTypes } from '../../fields/iptables/matches/dccp.ts';
import type { EspOptions } from '../../fields/iptables/matches/esp.ts';
import type { IpcompOptions } from '../../fields/iptables/matches/ipcomp.ts';
import type { MhOptions } from '../../fields/iptables/matches/mh.ts';
import type { SctpChunk, SctpOptions } from '../../fields/iptables/matches/sctp.ts';
import type { PortMatch } from '../../fields/iptables/matches/tcp.ts';
import { byteAt, read16, read32 } from '../../packet/bytes.ts';
import { protocol } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import { isBetween, type MatchAnswer, type Matcher, transportAt } from './matcher.ts';

function portFits(wanted: PortMatch | undefined, port: number): boolean {
  return wanted === undefined || isBetween(port, wanted) !== wanted.inverted;
}

export function sctpMatcher({ sport, dport, chunks }: SctpOptions): Matcher {
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 12);
    if (typeof at !== 'number') return at ?? false;
    const { packet } = evaluation;
    if (!portFits(sport, read16(packet.bytes, at))) return false;
    if (!portFits(dport, read16(packet.bytes, at + 2))) return false;
    if (chunks === undefined) return true;
    const fits = chunksFit(packet, at + 12, chunks);
    return fits === 'drop' ? fits : fits !== chunks.inverted;
  };
}

/** match_packet(), net/netfilter/xt_sctp.c. */
function chunksFit(
  { bytes, length }: LivePacket,
  start: number,
  { quantifier, types }: NonNullable<SctpOptions['chunks']>,
): MatchAnswer {
  const missing = new Set(types.map(({ type }) => type));
  let at = start;
  do {
    const size = at + 4 > length ? 0 : read16(bytes, at + 2);
    if (size === 0) return 'drop';
    const type = byteAt(bytes, at);
    const listed = types.find((chunk) => chunk.type === type);
    const fits = listed !== undefined && flagsFit(listed, byteAt(bytes, at + 1));
    if (fits && quantifier === 'any') return true;
    if (!fits && quantifier === 'only') return false;
    if (fits) missing.delete(type);
    at += (size + 3) & ~3;
  } while (at < length);
  return quantifier === 'only' || (quantifier === 'all' && missing.size === 0);
}

function flagsFit({ mask, value }: SctpChunk, flags: number): boolean {
  return (flags & mask) === value;
}

export function dccpMatcher({ sport, dport, types, option }: DccpOptions): Matcher {
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 12);
    if (typeof at !== 'number') return at ?? false;
    const { packet } = evaluation;
    const { bytes } = packet;
    if (!portFits(sport, read16(bytes, at)) || !portFits(dport, read16(bytes, at + 2)))
      return false;
    if (types !== undefined) {
      const own = dccpTypes[(byteAt(bytes, at + 8) >> 1) & 15];
      if (types.types.some((type) => type === own) === types.inverted) return false;
    }
    if (option === undefined) return true;
    const found = hasDccpOption(packet, at, option.number);
    return found === 'drop' ? found : found !== option.inverted;
  };
}

/** Bytes behind the generic header by type (dccp_packet_hdr_len()); those that are not here have 12. */
const dccpTypeLengths: ReadonlyMap<number, number> = new Map([
  [0, 4],
  [2, 0],
  [3, 8],
  [4, 8],
  [5, 8],
  [6, 8],
  [8, 8],
  [9, 8],
]);

/** dccp_find_option() */
function hasDccpOption(
  { bytes, length }: LivePacket,
  at: number,
  wanted: number,
): boolean | 'drop' {
  const flags = byteAt(bytes, at + 8);
  const header = 12 + (flags & 1) * 4 + (dccpTypeLengths.get((flags >> 1) & 15) ?? 12);
  const end = at + byteAt(bytes, at + 4) * 4;
  const start = at + header;
  if (end < start) return 'drop';
  if (end === start) return false;
  if (end > length) return 'drop';
  for (let place = start; place < end; ) {
    const kind = byteAt(bytes, place);
    if (kind === wanted) return true;
    place += kind < 2 ? 1 : byteAt(bytes, place + 1) || 1;
  }
  return false;
}

export function espMatcher({ spi }: EspOptions): Matcher {
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 8);
    if (typeof at !== 'number') return at ?? false;
    return isBetween(read32(evaluation.packet.bytes, at), spi) !== spi.inverted;
  };
}

export function ahMatcher4({ spi }: AhOptions): Matcher {
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 12);
    if (typeof at !== 'number') return at ?? false;
    return isBetween(read32(evaluation.packet.bytes, at + 4), spi) !== spi.inverted;
  };
}

/** comp_mt() does not look at the reserved field, whatever --compres says. */
export function ipcompMatcher({ spi }: IpcompOptions): Matcher {
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 4);
    if (typeof at !== 'number') return at ?? false;
    return isBetween(read16(evaluation.packet.bytes, at + 2), spi) !== spi.inverted;
  };
}

/** mh_mt6(): mobility headers carry nothing behind them. */
export function mhMatcher(options: MhOptions): Matcher {
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 6);
    if (typeof at !== 'number') return at ?? false;
    const { bytes } = evaluation.packet;
    if (byteAt(bytes, at) !== protocol.none) return 'drop';
    return isBetween(byteAt(bytes, at + 2), options) !== options.inverted;
  };
}
