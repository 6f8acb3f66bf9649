/** Which protocol each layer of the packet is known to be, while a rule is read (nft: proto_ctx). */

import type { Family } from '../fields/families.ts';
import type { HeaderField, HeaderRows } from '../fields/header.ts';
import { headerByName, networkProtocols, transportProtocols } from '../fields/headers.ts';

/** nft's PROTO_BASE_*: 0 none, 1 link, 2 network, 3 transport, 4 inner. */
export type Layer = 0 | 1 | 2 | 3 | 4;

export const layerOf = { link: 1, network: 2, transport: 3, inner: 4, tunnel: 4 } as const;

/** Headers that stand for "something with an upper protocol": they have no bits of their own. */
function pseudoHeader(protocol: string, upper: HeaderRows['upper']): HeaderRows {
  return { protocol, layer: 'link', fields: [], ...(upper === undefined ? {} : { upper }) };
}

export const inetHeader = pseudoHeader('inet', [
  [2, 'ip'],
  [10, 'ip6'],
]);
export const netdevHeader = pseudoHeader('netdev', networkProtocols);
export const unknownHeader = pseudoHeader('unknown', undefined);
const anyTransport = pseudoHeader('inet-service', transportProtocols);

export interface ProtocolContext {
  readonly family: Family;
  readonly base: { readonly layer: Layer; readonly header: HeaderRows };
  /** By layer. */
  readonly headers: (HeaderRows | undefined)[];
  /** Link layer headers below the current one. */
  readonly stacked: HeaderRows[];
  /** Type of ICMP message that is known to be matched; 0 is unknown. */
  icmpType: number;
}

function row(protocol: string): HeaderRows {
  return headerByName(protocol) ?? unknownHeader;
}

/** nft: hook_proto_desc */
const hookProtocols: Readonly<Record<Family, () => ProtocolContext['base']>> = {
  ip: () => ({ layer: 2, header: row('ip') }),
  ip6: () => ({ layer: 2, header: row('ip6') }),
  arp: () => ({ layer: 2, header: row('arp') }),
  bridge: () => ({ layer: 1, header: row('ether') }),
  inet: () => ({ layer: 1, header: inetHeader }),
  netdev: () => ({ layer: 1, header: netdevHeader }),
};

export function protocolContext(family: Family): ProtocolContext {
  const base = hookProtocols[family]();
  const headers: (HeaderRows | undefined)[] = [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  headers[base.layer] = base.header;
  return { family, base, headers, stacked: [], icmpType: 0 };
}

/** The protocol that a value of the header's protocol key selects. */
export function upperProtocol(
  header: HeaderRows | undefined,
  value: number,
): HeaderRows | undefined {
  const found = header?.upper?.find(([number]) => number === value);
  return found === undefined ? undefined : headerByName(found[1]);
}

export function layerOfHeader(header: HeaderRows): Layer {
  return layerOf[header.layer];
}

/** ICMP's type is the protocol key of ICMP (it has no upper protocol, only kinds of message). */
export function isProtocolKey(header: HeaderRows, field: HeaderField): boolean {
  const key = isIcmp(header) ? 'type' : header.protocolKey;
  return key === field.name;
}

export function isIcmp(header: HeaderRows | undefined): boolean {
  return header?.protocol === 'icmp' || header?.protocol === 'icmpv6';
}

/** Does the field exist in messages of this type? */
export function matchesMessage(field: HeaderField, type: number): boolean {
  return field.messageTypes?.includes(type) ?? true;
}

/** nft: payload_expr_pctx_update; a match on a protocol key was seen. */
export function learnPayload(context: ProtocolContext, layer: Layer, value: number): void {
  const below = context.headers[layer];
  const upper = upperProtocol(below, value);
  if (upper === undefined) {
    if (below?.protocol === 'icmp') context.icmpType = value === 0 ? 8 : value;
    if (below?.protocol === 'icmpv6') context.icmpType = value === 129 ? 128 : value;
    return;
  }
  const upperLayer = layerOfHeader(upper);
  if (below !== undefined && upperLayer === layer && layer === 1) context.stacked.push(below);
  context.headers[upperLayer] = upper;
}

/** ARPHRD_ETHER is the only device type that nft has a header for. */
const deviceHeaders: Readonly<Record<number, string>> = { 1: 'ether' };

/** nft: meta_expr_pctx_update */
export function learnMeta(context: ProtocolContext, key: string, value: number): void {
  const { base, headers } = context;
  switch (key) {
    case 'iiftype': {
      const mixed = ['inet', 'netdev', 'bridge'].includes(context.family);
      if (base.layer < 2 && !mixed) return;
      headers[1] = row(deviceHeaders[value] ?? 'unknown');
      return;
    }
    case 'nfproto': {
      const same = value === 2 ? 'ip' : value === 10 ? 'ip6' : '';
      if (base.header.protocol === same) return;
      headers[2] = upperProtocol(base.header, value) ?? unknownHeader;
      return;
    }
    case 'l4proto':
      headers[3] = upperProtocol(anyTransport, value) ?? unknownHeader;
      return;
    case 'protocol':
      if (context.family !== 'netdev' && context.family !== 'bridge') return;
      headers[2] = upperProtocol(base.header, value) ?? unknownHeader;
      return;
  }
}

/** nft: ct_expr_pctx_update */
export function learnCt(context: ProtocolContext, key: string, value: number): void {
  if (key !== 'protocol') return;
  const upper = upperProtocol(context.headers[2] ?? anyTransport, value);
  if (upper !== undefined) context.headers[3] = upper;
}
