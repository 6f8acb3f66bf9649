/** A network device with its addresses, as `ip -d addr` shows it. */

import type { Address } from '../base/address.ts';

/** Scopes of addresses and routes by their kernel numbers (RT_SCOPE_*): a larger number reaches less far. */
export const scopeNumbers = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;

/** The kinds that the simulator knows; every other link kind is `other` and keeps its own word in `kindName`. */
export type InterfaceKind =
  | 'ether'
  | 'loopback'
  | 'bridge'
  | 'veth'
  | 'vxlan'
  | 'ipip'
  | 'sit'
  | 'gre'
  | 'geneve'
  | 'wireguard'
  | 'dummy'
  | 'vlan'
  | 'bond'
  | 'vrf'
  | 'tun'
  | 'ifb'
  | 'macvlan'
  | 'ipvlan'
  | 'nlmon'
  | 'other';

/** What a tunnel or stacked device is made of; only what was printed is present. */
export interface LinkDetails {
  /** VXLAN and Geneve network identifier. */
  readonly id?: number;
  readonly vlanId?: number;
  readonly vlanProtocol?: string;
  /** The device below, by name. */
  readonly device?: string;
  readonly local?: Address;
  readonly remote?: Address;
  /** A VXLAN group (multicast) address. */
  readonly group?: Address;
  /** UDP destination port of a VXLAN or Geneve tunnel. */
  readonly port?: number;
  /** TTL of the outer header; absent: inherit or default. */
  readonly ttl?: number;
  readonly learning?: boolean;
  /** Table of a VRF device. */
  readonly table?: string;
  /** Details of the link kind that are flags or `key value` words and have no field of their own. */
  readonly words?: readonly string[];
}

export interface InterfaceAddress {
  readonly family: 4 | 6;
  readonly address: Address;
  readonly prefixLength: number;
  /** Of a point-to-point link: the other end, whose network the prefix length then describes. */
  readonly peer?: Address;
  readonly broadcast?: Address;
  /** RT_SCOPE_* number. */
  readonly scope: number;
  /** `secondary`, `deprecated`, `tentative`, `noprefixroute`, `dynamic`, `temporary`, `mngtmpaddr`, `nodad`, … as printed. */
  readonly flags: readonly string[];
  readonly label?: string;
  /** Priority of the prefix route, if one was set. */
  readonly metric?: number;
  readonly protocol?: string;
}

export interface NetworkInterface {
  readonly index: number;
  readonly name: string;
  readonly kind: InterfaceKind;
  /** The kind as `ip -d link` spells it, for example `openvswitch`; absent when no kind was printed. */
  readonly kindName?: string;
  /** `ether`, `loopback`, `none`, `ipip`, `sit`, …: the ARPHRD word after `link/`. */
  readonly linkType: string;
  /** `UP`, `LOWER_UP`, `NOARP`, `BROADCAST`, `POINTOPOINT`, … as printed. */
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly mac?: Uint8Array;
  readonly permanentMac?: Uint8Array;
  /** Link-layer broadcast address, or the peer of a point-to-point link, as printed. */
  readonly linkBroadcast?: Uint8Array;
  /** Bridge, bond or VRF that it belongs to, by name. */
  readonly master?: string;
  /** Name or index of the other device after `@`: a veth's peer, a VLAN's parent. */
  readonly peerName?: string;
  /** The other end lies in another network namespace. */
  readonly peerNamespace?: string;
  /** Interface group (`devgroup`): `default` is 0. */
  readonly group: number;
  readonly state: string;
  readonly queueDiscipline?: string;
  readonly alias?: string;
  readonly alternativeNames: readonly string[];
  readonly details: LinkDetails;
  /** Properties of this port when its master is a bridge (`hairpin on`, `isolated on`, …), as printed, `key value`. */
  readonly bridgePort?: ReadonlyMap<string, string>;
  readonly addresses: readonly InterfaceAddress[];
}
