/** Protocol descriptions and the protocol context of a rule (nft: proto.c). */

import type { Family } from '../fields/families.ts';
import type { HeaderRows } from '../fields/header.ts';
import { headers, networkProtocols, transportProtocols } from '../fields/headers.ts';

/** PROTO_BASE_*: link 1, network 2, transport 3, inner 4. */
export type Layer = 1 | 2 | 3 | 4;

export const layerNames = {
  1: 'link layer',
  2: 'network layer',
  3: 'transport layer',
  4: 'payload data',
} as const;

/** How the next protocol is matched: by a meta key or by the header's own field. */
export type ProtocolKey =
  | { readonly kind: 'meta'; readonly key: string }
  | { readonly kind: 'field'; readonly field: string };

export interface Protocol {
  readonly name: string;
  readonly layer: Layer | 0;
  readonly rows?: HeaderRows;
  readonly key?: ProtocolKey;
  readonly upper: ReadonlyMap<number, string>;
  /** Header length in bits, for stacked link layer headers. */
  readonly length: number;
}

const layerOf = { link: 1, network: 2, transport: 3, inner: 4 } as const;

function protocolOfRows(rows: HeaderRows): Protocol {
  const byMeta = rows.protocol === 'ip' || rows.protocol === 'ip6';
  const field = rows.protocolKey;
  return {
    name: rows.protocol === 'icmpv6' ? 'icmpv6' : rows.protocol,
    layer: layerOf[rows.layer],
    rows,
    ...(field === undefined
      ? {}
      : { key: byMeta ? { kind: 'meta', key: 'l4proto' } : { kind: 'field', field } }),
    upper: upperMap(rows.upper ?? []),
    length: rows.length ?? 0,
  };
}

function upperMap(pairs: readonly (readonly [number, string])[]): ReadonlyMap<number, string> {
  const map = new Map<number, string>();
  for (const [value, name] of pairs) if (!map.has(value)) map.set(value, name);
  return map;
}

export const protocolInet: Protocol = {
  name: 'inet',
  layer: 1,
  key: { kind: 'meta', key: 'nfproto' },
  upper: new Map([
    [2, 'ip'],
    [10, 'ip6'],
  ]),
  length: 0,
};

export const protocolNetdev: Protocol = {
  name: 'netdev',
  layer: 1,
  key: { kind: 'meta', key: 'protocol' },
  upper: upperMap(networkProtocols),
  length: 0,
};

export const protocolInetService: Protocol = {
  name: 'inet_service',
  layer: 2,
  key: { kind: 'meta', key: 'l4proto' },
  upper: upperMap(transportProtocols),
  length: 0,
};

export const protocolUnknown: Protocol = { name: 'unknown', layer: 0, upper: new Map(), length: 0 };

const protocols: ReadonlyMap<string, Protocol> = new Map(
  headers.map((rows) => [rows.protocol, protocolOfRows(rows)]),
);

export function protocolByName(name: string): Protocol | undefined {
  return protocols.get(name);
}

function required(name: string): Protocol {
  return protocols.get(name) ?? protocolUnknown;
}

export const protocolEther = required('ether');
export const protocolVlan = required('vlan');
export const protocolIp = required('ip');
export const protocolIp6 = required('ip6');
export const protocolArp = required('arp');
export const protocolTcp = required('tcp');
export const protocolUdp = required('udp');
export const protocolTh = required('th');
export const protocolIcmp = required('icmp');
export const protocolIcmpv6 = required('icmpv6');

/** proto_find_upper(): the protocol that a value of the protocol key selects. */
export function upperProtocol(protocol: Protocol, value: number): Protocol | undefined {
  const name = protocol.upper.get(value);
  return name === undefined ? undefined : protocols.get(name);
}

/** proto_find_num(): the value that selects a protocol; `gretap` is carried as `gre`. */
export function protocolNumber(protocol: Protocol, upper: Protocol): number | undefined {
  const name = upper.name === 'gretap' ? 'gre' : upper.name;
  for (const [value, candidate] of protocol.upper) if (candidate === name) return value;
  if (upper.name === 'vxlan' || upper.name === 'geneve') {
    return protocol.name === 'udp' ? 0 : undefined;
  }
  return undefined;
}

interface LayerState {
  protocol: Protocol | undefined;
  /** Alternatives, where a set of protocols was matched. */
  seen: readonly Protocol[];
}

/** What the rule is known to match so far (nft: struct proto_ctx). */
export interface ProtocolContext {
  readonly family: Family;
  readonly layers: readonly [LayerState, LayerState, LayerState, LayerState, LayerState];
  /** Link layer headers below the one in force. */
  stacked: readonly Protocol[];
  /** Type of the ICMP message once matched. */
  icmpType: number;
}

const familyBase: Readonly<Record<Family, readonly [Layer, Protocol]>> = {
  inet: [1, protocolInet],
  netdev: [1, protocolNetdev],
  bridge: [1, protocolEther],
  ip: [2, protocolIp],
  ip6: [2, protocolIp6],
  arp: [2, protocolArp],
};

export function familyLayer(family: Family): Layer {
  return familyBase[family][0];
}

export function familyProtocol(family: Family): Protocol {
  return familyBase[family][1];
}

export function newProtocolContext(family: Family): ProtocolContext {
  const context: ProtocolContext = {
    family,
    layers: [newLayer(), newLayer(), newLayer(), newLayer(), newLayer()],
    stacked: none,
    icmpType: -1,
  };
  resetProtocols(context);
  return context;
}

const none: readonly Protocol[] = [];

function newLayer(): LayerState {
  return { protocol: undefined, seen: none };
}

/** As at the start of a rule: the family's own protocol is known, nothing else. */
export function resetProtocols(context: ProtocolContext): void {
  for (const layer of context.layers) {
    layer.protocol = undefined;
    layer.seen = none;
  }
  context.stacked = none;
  context.icmpType = -1;
  const [layer, protocol] = familyBase[context.family];
  context.layers[layer].protocol = protocol;
}

/** proto_ctx_update() */
export function updateProtocol(context: ProtocolContext, layer: Layer, protocol: Protocol): void {
  const state = context.layers[layer];
  if (layer === 3 && !state.seen.includes(protocol) && state.seen.length < 16) {
    state.seen = [...state.seen, protocol];
  }
  state.protocol = protocol;
}

/** Two protocols were matched as alternatives (`ip protocol { tcp, udp }`). */
export function isAmbiguous(context: ProtocolContext, layer: Layer): boolean {
  return context.layers[layer].seen.length > 1;
}

export function conflictingProtocol(
  context: ProtocolContext,
  layer: Layer,
  protocol: Protocol,
): Protocol | undefined {
  return context.layers[layer].seen.find((candidate) => candidate !== protocol);
}
