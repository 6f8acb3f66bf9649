/** What a row of a protocol header says: where the field lies, how wide it is, how its values are written. */

/** Checksum that must follow a write to the header, or to a field of its pseudo header. */
export interface HeaderChecksum {
  /** NFT_PAYLOAD_CSUM_*: one's complement (RFC 1071) or CRC32c (SCTP). */
  readonly type: 'inet' | 'sctp';
  /** Byte offset of the checksum within the header. */
  readonly offset: number;
}

export interface HeaderField {
  /** nft's name of the field: `dport`, `saddr ip` (arp). */
  readonly name: string;
  /** Bits from the start of the header. */
  readonly offset: number;
  readonly bits: number;
  /** Name of the datatype. */
  readonly type: string;
  /** Constants of the field are stored in network order unless it says `host`. */
  readonly byteOrder?: 'host';
  /** The field is there only with these types of message (icmp, icmpv6): the kind of implicit dependency. */
  readonly messageTypes?: readonly number[];
}

/** Where a protocol's header starts in the packet. */
export type HeaderLayer = 'link' | 'network' | 'transport' | 'inner';

/** An encapsulation whose payload nft can look into (`vxlan ip saddr`). */
export interface TunnelHeader {
  /** NFT_INNER_*: 1 vxlan, 2 geneve; nft numbers gre 3 and gretap 4. */
  readonly type: number;
  /** Bytes. */
  readonly headerSize: number;
  /** NFT_INNER_HDRSIZE 1, LL 2, NH 4, TH 8. */
  readonly flags: number;
  /** Protocol that the inner packet starts with; absent: told by the tunnel's protocol field (gre). */
  readonly first?: string;
}

export interface HeaderRows {
  readonly protocol: string;
  readonly layer: HeaderLayer;
  readonly fields: readonly HeaderField[];
  /** The field whose value names the next protocol. */
  readonly protocolKey?: string;
  /** Which value of the protocol key selects which protocol, in nft's order. */
  readonly upper?: readonly (readonly [value: number, protocol: string])[];
  readonly checksum?: HeaderChecksum;
  /** Fields that are part of the pseudo header of the transport checksum. */
  readonly pseudoHeader?: readonly string[];
  readonly tunnel?: TunnelHeader;
  /** Fixed header length in bits, where nft has one (the sum of the rows otherwise). */
  readonly length?: number;
}

/** A row of an extension: IPv6 extension header, option of TCP or IP, SCTP chunk, DCCP option. */
export interface ExtensionRows {
  readonly name: string;
  /** Other names that nft reads. */
  readonly aliases?: readonly string[];
  /** Header, option or chunk number on the wire. */
  readonly type: number;
  readonly fields: readonly ExtensionField[];
}

export interface ExtensionField {
  readonly name: string;
  readonly offset: number;
  readonly bits: number;
  readonly type: string;
  /** Repeated fields, counted from 1 (`addr[1]`): bits from one to the next. */
  readonly stride?: number;
}
