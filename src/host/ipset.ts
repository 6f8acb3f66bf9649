/** ipset sets as `ipset save` prints them. */

import type { Address } from '../base/address.ts';

export type IpSetType =
  | 'bitmap:ip'
  | 'bitmap:ip,mac'
  | 'bitmap:port'
  | 'hash:ip'
  | 'hash:mac'
  | 'hash:ip,mac'
  | 'hash:net'
  | 'hash:net,net'
  | 'hash:ip,port'
  | 'hash:net,port'
  | 'hash:ip,port,ip'
  | 'hash:ip,port,net'
  | 'hash:net,port,net'
  | 'hash:ip,mark'
  | 'hash:net,iface'
  | 'list:set';

/** An option of a `create` line as written: `hashsize 1024`, `counters`. */
export interface IpSetOption {
  readonly name: string;
  readonly value?: string;
}

/** One dimension of an element. Addresses and ports may be ranges in hand-written files; the kernel saves them apart. */
export type IpSetPart =
  | { readonly kind: 'net'; readonly address: Address; readonly prefixLength: number }
  | { readonly kind: 'range'; readonly from: Address; readonly to: Address }
  | {
      readonly kind: 'port';
      /** Absent in bitmap:port and where none is written, which is TCP. */
      readonly protocol?: number;
      /** The protocol's word as written; `/etc/protocols` of the writer decided about it. */
      readonly protocolName?: string;
      /** Ports; of ICMP and ICMPv6 type × 256 + code; 0 for protocols without ports. */
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'mac'; readonly mac: Uint8Array }
  | { readonly kind: 'mark'; readonly mark: number }
  | {
      readonly kind: 'interface';
      readonly name: string;
      readonly physical: boolean;
      readonly wildcard: boolean;
    }
  | { readonly kind: 'set'; readonly name: string };

export interface IpSetElement {
  readonly parts: readonly IpSetPart[];
  readonly nomatch: boolean;
  /** Seconds that were left; 0 is for ever. */
  readonly timeoutSeconds?: number;
  readonly packets?: bigint;
  readonly bytes?: bigint;
  readonly comment?: string;
  readonly skbMark?: { readonly mark: number; readonly mask: number };
  readonly skbPriority?: { readonly major: number; readonly minor: number };
  readonly skbQueue?: number;
  /** list:set only: position relative to another member in hand-written files. */
  readonly placement?: { readonly where: 'before' | 'after'; readonly set: string };
}

export interface IpSet {
  readonly name: string;
  readonly type: IpSetType;
  /** `any` for types without addresses (bitmap:port, hash:mac, list:set). */
  readonly family: 4 | 6 | 'any';
  /** The options of the create line in their order, `family` included where it was written. */
  readonly options: readonly IpSetOption[];
  readonly elements: readonly IpSetElement[];
}
