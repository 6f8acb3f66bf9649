/** Translations of matches on transport headers: tcp, udp, sctp, dccp, multiport, tcpmss. */

import type { DccpOptions, DccpType } from '../../fields/iptables/matches/dccp.ts';
import type { MultiportOptions } from '../../fields/iptables/matches/multiport.ts';
import {
  type SctpChunk,
  type SctpOptions,
  sctpChunkTypes,
} from '../../fields/iptables/matches/sctp.ts';
import {
  matchesEveryPort,
  type PortMatch,
  type TcpOptions,
} from '../../fields/iptables/matches/tcp.ts';
import type { TcpmssOptions } from '../../fields/iptables/matches/tcpmss.ts';
import type { UdpOptions } from '../../fields/iptables/matches/udp.ts';
import { joined, not, range, type Translate, type TranslationSite } from './translation.ts';

export const tcp: Translate<TcpOptions> = ({ sport, dport, option, flags }) => {
  const tests = [
    translatePorts('tcp sport', sport),
    translatePorts('tcp dport', dport),
    option && `tcp option ${option.number} ${option.inverted ? 'missing' : 'exists'}`,
    flags && (flags.mask !== 0 || flags.inverted) ? translateFlags(flags) : undefined,
  ];
  return joined(tests) || 'meta l4proto tcp';
};

export const udp: Translate<UdpOptions> = ({ sport, dport }) =>
  joined([translatePorts('udp sport', sport), translatePorts('udp dport', dport)]) ||
  'meta l4proto udp';

function translatePorts(key: string, ports: PortMatch | undefined): string | undefined {
  return ports === undefined || matchesEveryPort(ports)
    ? undefined
    : `${key} ${not(ports.inverted)}${range(ports)}`;
}

const flagNames = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];

function translateFlags({ mask, value, inverted }: NonNullable<TcpOptions['flags']>): string {
  return `tcp flags ${not(inverted)}${names(value)} / ${names(mask)}`;
}

function names(bits: number): string {
  return flagNames.filter((_, bit) => bits & (1 << bit)).join(',') || '0x0';
}

export const sctp: Translate<SctpOptions> = ({ sport, dport, chunks }) => {
  if (!sport && !dport && !chunks) return 'meta l4proto sctp';
  const chunkText = chunks && translateChunks(chunks);
  if (chunks && chunkText === undefined) return undefined;
  return joined([
    sport && `sctp sport ${not(sport.inverted)}${range(sport)}`,
    dport && `sctp dport ${not(dport.inverted)}${range(dport)}`,
    chunkText,
  ]);
};

/** "any of several" has no translation. */
function translateChunks({
  quantifier,
  types,
  inverted,
}: NonNullable<SctpOptions['chunks']>): string | undefined {
  if (quantifier === 'any') return undefined;
  const present = new Map(types.map((chunk) => [chunk.type, chunk]));
  return joined(
    sctpChunkTypes.map(([name, type]) => {
      const chunk = present.get(type);
      if (chunk !== undefined) return translateChunk(nftChunkName(name), chunk, inverted);
      return quantifier === 'only'
        ? `sctp chunk ${nftChunkName(name)} ${inverted ? 'exists' : 'missing'}`
        : undefined;
    }),
  );
}

function nftChunkName(name: string): string {
  return name.toLowerCase().replace(/^ecn_/, '').replaceAll('_', '-');
}

function translateChunk(name: string, { mask, value }: SctpChunk, inverted: boolean): string {
  if (mask === 0) return `sctp chunk ${name} ${inverted ? 'missing' : 'exists'}`;
  const operator = inverted ? '!=' : '==';
  return `sctp chunk ${name} flags & 0x${mask.toString(16)} ${operator} 0x${value.toString(16)}`;
}

export const dccp: Translate<DccpOptions> = ({ sport, dport, types, option }) =>
  option
    ? undefined
    : joined([
        sport && `dccp sport ${not(sport.inverted)}${range(sport)}`,
        dport && `dccp dport ${not(dport.inverted)}${range(dport)}`,
        types && `dccp type ${not(types.inverted)}${oneOrSet(types.types.map(nftDccpType))}`,
      ]);

function nftDccpType(type: DccpType): string {
  return type === 'INVALID' ? '10-15' : type.toLowerCase();
}

export function oneOrSet(values: readonly string[]): string {
  return values.length === 1 ? values.join('') : `{ ${values.join(', ')} }`;
}

const portProtocols: Readonly<Record<number, string>> = {
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  132: 'sctp',
  136: 'udplite',
};

export const multiport: Translate<MultiportOptions> = (options, site) => {
  const protocol = protocolWithPorts(site);
  if (protocol === undefined) return undefined;
  if (options.side === 'either') return eitherPort(protocol, options);
  const key = `${protocol} ${options.side === 'source' ? 'sport' : 'dport'}`;
  const ports = options.ports.map(range);
  const values = ports.length > 1 ? `{ ${ports.join(', ')} }` : ports.join('');
  return `${key} ${not(options.inverted)}${values}`;
};

function protocolWithPorts({ protocol }: TranslationSite): string | undefined {
  return protocol === undefined ? undefined : portProtocols[protocol.number];
}

/** Each port on either side; the ends of a range stand for themselves and an inversion is lost, as in 1.8.13. */
function eitherPort(protocol: string, { ports }: MultiportOptions): string {
  const numbers = ports.flatMap(({ from, to }) => (from === to ? [from] : [from, to]));
  const pairs = numbers.map((port) => `0-65535 . ${port}, ${port} . 0-65535`);
  return `${protocol} sport . ${protocol} dport { ${pairs.join(', ')} }`;
}

export const tcpmss: Translate<TcpmssOptions> = (options) =>
  `tcp option maxseg size ${not(options.inverted)}${range(options)}`;
