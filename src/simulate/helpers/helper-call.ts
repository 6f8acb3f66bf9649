/** What a connection helper gets to see of a packet. */

import type { Connection, ConnectionInfo } from '../conntrack/connection.ts';
import type { LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';

export interface HelperCall {
  readonly run: Run;
  readonly packet: LivePacket;
  /** Checked out: it may be modified. */
  readonly connection: Connection;
  readonly info: ConnectionInfo;
  /** Offset of the transport header. */
  readonly transport: number;
}
