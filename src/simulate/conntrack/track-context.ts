/** What a protocol tracker gets to see of a packet, and what it answers. */

import type { HookName } from '../../model/program.ts';
import type { LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';
import type { Connection, ConnectionInfo } from './connection.ts';
import { settingOf } from './settings.ts';

export interface TrackContext {
  readonly run: Run;
  readonly packet: LivePacket;
  readonly hook: HookName;
  readonly bytes: Uint8Array;
  /** Of the transport header. */
  readonly protocol: number;
  readonly offset: number;
  readonly end: number;
  readonly family: 4 | 6;
  readonly zone: number;
  /** That the template asks for. */
  readonly helper: string | undefined;
  /** Of the connection, once it is known. */
  info: ConnectionInfo;
  /** 0 original, 1 reply. */
  direction: 0 | 1;
  /** Milliseconds. */
  readonly clock: number;
}

/** Seconds: what the connection's policy says of the state, else the setting (nf_ct_timeout_lookup()). */
export function timeoutBy(
  { run }: TrackContext,
  { timeouts }: Connection,
  state: string,
  number: number,
  absent: number,
): number {
  return timeouts?.[state] ?? settingOf(run, number, absent);
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
