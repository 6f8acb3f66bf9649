/** What a packet's headers say, as plain values: used in traces and reports; never the source of a decision. */

export interface FragmentSummary {
  /** Bytes. */
  readonly offset: number;
  readonly more: boolean;
}

export interface VlanTag {
  /** EtherType of the tag: 0x8100 or 0x88a8. */
  readonly type: number;
  readonly id: number;
  readonly priority: number;
}

export interface LinkSummary {
  readonly destination: string;
  readonly source: string;
  readonly vlans: readonly VlanTag[];
  readonly etherType: number;
}

export interface ArpSummary {
  readonly operation: number;
  readonly senderMac: string;
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
}

/** Headers as text and numbers; a field is absent when the packet does not have it (or is too short for it). */
export interface PacketSummary {
  /** Absent for other EtherTypes and unreadable packets. */
  readonly family?: 4 | 6 | 'arp';
  readonly source?: string;
  readonly destination?: string;
  /** Hop limit for IPv6. */
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  /** Total length as the IP header says; IPv6: payload length + 40. */
  readonly length?: number;
  readonly fragment?: FragmentSummary;
  /** IP protocol number behind the IPv6 extension headers. */
  readonly protocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  /** Letters of FSRPAUEC in this order. */
  readonly flags?: string;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly icmpId?: number;
  readonly icmpSequence?: number;
  /** The packet that an ICMP error quotes. */
  readonly inner?: PacketSummary;
  /** Transport checksum; absent where it cannot be checked. */
  readonly checksum?: 'ok' | 'bad';
  readonly link?: LinkSummary;
  readonly arp?: ArpSummary;
}
