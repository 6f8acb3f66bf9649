/** What a protocol tracker gets to see of a packet, and what it answers. */

import type { ConnectionInfo } from './connection.ts';

export interface TrackContext {
  readonly bytes: Uint8Array;
  /** Of the transport header. */
  readonly offset: number;
  readonly end: number;
  readonly family: 4 | 6;
  readonly info: ConnectionInfo;
  /** 0 original, 1 reply. */
  readonly direction: 0 | 1;
  /** Milliseconds. */
  readonly clock: number;
  /** True where the kernel does not look (everywhere but in prerouting) or where the checksum is right. */
  checksumOk(): boolean;
  /** `net.netfilter.nf_conntrack_NAME`. */
  sysctl(name: string, absent: number): number;
  /** Seconds: what the connection's policy says of the state, else the setting (nf_ct_timeout_lookup()). */
  timeout(state: string, sysctl: string, absent: number): number;
}

export type TrackVerdict =
  | {
      readonly kind: 'accept';
      /** The new timeout; absent: it stays. */
      readonly timeoutSeconds?: number;
      /** The connection is forgotten after this packet. */
      readonly kill?: boolean;
    }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'drop' }
  /** Forget the connection and look again: an old one is opened anew. */
  | { readonly kind: 'repeat' };
