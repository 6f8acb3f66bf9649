/** Connection helpers, called before a packet is confirmed: the first half of nf_confirm(). */

import { byteAt } from '../../packet/bytes.ts';
import { skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { type Connection, connectionStatus } from '../conntrack/connection.ts';
import { adjustSequence } from '../conntrack/sequence-shift.ts';
import { ipFamily, type LivePacket } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { helpFtp } from './ftp.ts';
import type { HelperCall } from './helper-call.ts';
import { helpTftp } from './tftp.ts';

/** Helpers that expect connections; the others are known by name only, and what they would do is said to be missing. */
export const helpers: Readonly<Record<string, (call: HelperCall) => boolean>> = {
  ftp: helpFtp,
  tftp: helpTftp,
};

/** Helpers of Linux that only have their name here. */
export const namedHelpers = [
  'amanda',
  'h323',
  'irc',
  'netbios-ns',
  'pptp',
  'sane',
  'sip',
  'snmp',
] as const;

/** False: the packet is dropped. */
export function runHelper(run: Run, packet: LivePacket, connection: Connection): boolean {
  const { connectionInfo: info } = packet;
  if (info === undefined || info === 'related-reply') return true;
  const transport = transportOf(packet);
  if (transport === undefined) return true;
  const adjusts = (connection.status & connectionStatus.sequenceAdjust) !== 0;
  const { helper } = connection;
  if (helper !== undefined) {
    const help = helpers[helper];
    if (help === undefined)
      record(run, { kind: 'unmodelled', subject: packet.subject, what: `helper:${helper}` });
    else if (!help({ run, packet, connection, info, transport })) return false;
  }
  if (adjusts) adjustSequence(packet, connection, info, transport);
  return true;
}

function transportOf(packet: LivePacket): number | undefined {
  if (ipFamily(packet) === 4) return (byteAt(packet.bytes, 0) & 15) * 4;
  return skipExtensionHeaders(packet.bytes, packet.length)?.offset;
}
