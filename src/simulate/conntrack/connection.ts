/** One tracked connection (struct nf_conn). */

import type { HelperState } from './helper-state.ts';
import type { SctpTracking } from './sctp-state.ts';
import type { TcpTracking } from './tcp-state.ts';
import type { Tuple } from './tuple.ts';

/** IPS_* bits, include/uapi/linux/netfilter/nf_conntrack_common.h. */
export const connectionStatus = {
  expected: 1,
  seenReply: 2,
  assured: 4,
  confirmed: 8,
  sourceNat: 16,
  destinationNat: 32,
  sequenceAdjust: 64,
  sourceNatDone: 128,
  destinationNatDone: 256,
  dying: 512,
  fixedTimeout: 1024,
  template: 2048,
  natClash: 4096,
  helper: 8192,
  offload: 16384,
  hardwareOffload: 32768,
} as const;

/** nft's names of the bits that its traces and `ct status` know. */
export const statusNames: readonly (readonly [number, string])[] = [
  [1, 'expected'],
  [2, 'seen-reply'],
  [4, 'assured'],
  [8, 'confirmed'],
  [16, 'snat'],
  [32, 'dnat'],
  [64, 'seq-adjust'],
  [128, 'snat-done'],
  [256, 'dnat-done'],
  [512, 'dying'],
];

/** How a packet relates to its connection (enum ip_conntrack_info). */
export type ConnectionInfo =
  | 'new'
  | 'established'
  | 'related'
  | 'established-reply'
  | 'related-reply';

/**
 * Modified freely while it belongs to one packet's run (unconfirmed, or checked out of the table); never afterwards.
 */
export interface Connection {
  readonly id: number;
  readonly family: 4 | 6;
  /** Of both directions or of one: see zone.ts. */
  readonly zone: number;
  original: Tuple;
  reply: Tuple;
  /** connectionStatus bits. */
  status: number;
  mark: number;
  /** 128 label bits, little endian; absent: no label was ever set. */
  labels: Uint8Array | undefined;
  secmark: number;
  /** Milliseconds on the simulation's clock. */
  expires: number;
  tcp: TcpTracking | undefined;
  sctp: SctpTracking | undefined;
  /** UDP: when it becomes a stream. */
  streamAt: number;
  /** Seconds by state, of a `ct timeout` object; absent: the host's own. */
  timeouts?: Readonly<Record<string, number>>;
  helper: string | undefined;
  /** What the helper remembers; absent until it has something to. */
  helperState?: HelperState;
  /** The connection that expected this one. */
  master: number | undefined;
  /** Index of the device that masquerade took the address from. */
  masqueradeDevice: number | undefined;
  /** Packets and bytes, original and reply. */
  packets: readonly [number, number];
  bytes: readonly [number, number];
}

export function isReply(info: ConnectionInfo): boolean {
  return info === 'established-reply' || info === 'related-reply';
}

export function tupleOf(connection: Connection, reply: boolean): Tuple {
  return reply ? connection.reply : connection.original;
}

export function statusWords(status: number): readonly string[] {
  return statusNames.filter(([bit]) => (status & bit) !== 0).map(([, name]) => name);
}
