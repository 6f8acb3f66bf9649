/** SCTP tracking: states and the transition table (RFC 4960, section 4; nf_conntrack_proto_sctp.c). */

export type SctpState =
  | 'NONE'
  | 'CLOSED'
  | 'COOKIE_WAIT'
  | 'COOKIE_ECHOED'
  | 'ESTABLISHED'
  | 'SHUTDOWN_SENT'
  | 'SHUTDOWN_RECD'
  | 'SHUTDOWN_ACK_SENT'
  | 'HEARTBEAT_SENT'
  | 'HEARTBEAT_ACKED';

export interface SctpTracking {
  state: SctpState;
  /** Verification tags, original and reply. */
  tags: readonly [number, number];
  lastDirection: number;
  flags: number;
  /** The direction in which an INIT was last seen. */
  initSeen: readonly [boolean, boolean];
}
