/** Matches on transport headers: tcp, udp, sctp ports, multiport, icmp, tcpmss (xt_tcpudp.c, xt_multiport.c). */

import type { IcmpOptions } from '../../fields/iptables/matches/icmp.ts';
import type { Icmp6Options } from '../../fields/iptables/matches/icmp6.ts';
import type { MultiportOptions } from '../../fields/iptables/matches/multiport.ts';
import type { PortMatch, TcpOptions } from '../../fields/iptables/matches/tcp.ts';
import type { TcpmssOptions } from '../../fields/iptables/matches/tcpmss.ts';
import type { UdpOptions } from '../../fields/iptables/matches/udp.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { isBetween, type MatchAnswer, type Matcher, transportAt } from './matcher.ts';

function portFits(wanted: PortMatch | undefined, port: number): boolean {
  return wanted === undefined || isBetween(port, wanted) !== wanted.inverted;
}

/** Offset of the option in the packet; undefined when there is none. */
function findTcpOption({ packet, info }: Evaluation, kind: number): number | undefined {
  const { bytes } = packet;
  const start = info.transport;
  const end = start + (byteAt(bytes, start + 12) >> 4) * 4;
  for (let at = start + 20; at < end; ) {
    const found = byteAt(bytes, at);
    if (found === kind) return at;
    if (found === 0 && kind !== 0) return undefined;
    at += found < 2 ? 1 : byteAt(bytes, at + 1) || 1;
  }
  return undefined;
}

export function tcpMatcher(options: TcpOptions): Matcher {
  const { sport, dport, flags, option } = options;
  return (evaluation): MatchAnswer => {
    const { packet, info } = evaluation;
    if (info.fragmentOffset === 1) return 'drop';
    const at = transportAt(evaluation, 20);
    if (typeof at !== 'number') return at ?? false;
    const { bytes } = packet;
    if (!portFits(sport, read16(bytes, at)) || !portFits(dport, read16(bytes, at + 2)))
      return false;
    if (flags !== undefined) {
      const same = (byteAt(bytes, at + 13) & flags.mask) === flags.value;
      if (same === flags.inverted) return false;
    }
    if (option === undefined) return true;
    const length = (byteAt(bytes, at + 12) >> 4) * 4;
    if (length < 20 || at + length > packet.length) return 'drop';
    return (findTcpOption(evaluation, option.number) !== undefined) !== option.inverted;
  };
}

export function portsMatcher({ sport, dport }: Pick<UdpOptions, 'sport' | 'dport'>): Matcher {
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 8);
    if (typeof at !== 'number') return at ?? false;
    const { bytes } = evaluation.packet;
    return portFits(sport, read16(bytes, at)) && portFits(dport, read16(bytes, at + 2));
  };
}

export function multiportMatcher({ side, ports, inverted }: MultiportOptions): Matcher {
  const listed = (port: number): boolean => ports.some((range) => isBetween(port, range));
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 4);
    if (typeof at !== 'number') return at ?? false;
    const { bytes } = evaluation.packet;
    const source = side !== 'destination' && listed(read16(bytes, at));
    const destination = side !== 'source' && listed(read16(bytes, at + 2));
    return (source || destination) !== inverted;
  };
}

/** Type 255 of ICMP stands for any. */
export function icmpMatcher(options: IcmpOptions | Icmp6Options): Matcher {
  const { type, codeFrom, codeTo, inverted } = options;
  const any = options.kind === 'icmp' && type === 255;
  return (evaluation): MatchAnswer => {
    const at = transportAt(evaluation, 8);
    if (typeof at !== 'number') return at ?? false;
    const { bytes } = evaluation.packet;
    const code = byteAt(bytes, at + 1);
    const same = byteAt(bytes, at) === type && code >= codeFrom && code <= codeTo;
    return (any || same) !== inverted;
  };
}

export function tcpmssMatcher({ from, to, inverted }: TcpmssOptions): Matcher {
  return (evaluation): MatchAnswer => {
    const { bytes, length } = evaluation.packet;
    const at = evaluation.info.transport;
    if (at + 20 > length) return 'drop';
    const header = (byteAt(bytes, at + 12) >> 4) * 4;
    if (header < 20 || at + header > length) return 'drop';
    const option = findTcpOption(evaluation, 2);
    if (option === undefined || byteAt(bytes, option + 1) !== 4) return inverted;
    return isBetween(read16(bytes, option + 2), { from, to }) !== inverted;
  };
}
