/** Connection tracking entries as `conntrack -L -o extended` prints them. */

import type { Address } from '../base/address.ts';

/** One direction of a connection: addresses and what the protocol keys on. */
export interface ConntrackTuple {
  readonly source: Address;
  readonly destination: Address;
  /** TCP, UDP, SCTP, DCCP, UDP-Lite. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly icmpId?: number;
  /** GRE keys. */
  readonly sourceKey?: number;
  readonly destinationKey?: number;
  /** `zone-orig` or `zone-reply` that stands in this tuple. */
  readonly zone?: number;
  readonly packets?: bigint;
  readonly bytes?: bigint;
}

export interface ConntrackEntry {
  readonly family: 4 | 6;
  /** IP protocol number. */
  readonly protocol: number;
  /** The name as printed, `unknown` for protocols without a tracker. */
  readonly protocolName: string;
  readonly timeoutSeconds?: number;
  /** TCP, SCTP and DCCP state: `ESTABLISHED`, `SYN_SENT`, … */
  readonly state?: string;
  readonly original: ConntrackTuple;
  readonly reply: ConntrackTuple;
  /** No packet was seen in the reply direction. */
  readonly unreplied: boolean;
  readonly assured: boolean;
  readonly offload?: 'software' | 'hardware';
  readonly mark?: number;
  /** Zone of both directions; 0 when none is printed. */
  readonly zone: number;
  readonly securityContext?: string;
  readonly helper?: string;
  readonly labels?: readonly string[];
  readonly useCount?: number;
  readonly id?: number;
  readonly deltaTimeSeconds?: number;
}
