/** The entry of conntrack for a connection that stands before its packet comes. */

import type { ConntrackEntry } from '../host/conntrack-entry.ts';
import type { PacketDescription } from '../packet/build.ts';
import { protocol as protocols } from '../packet/protocols.ts';
import { protocolName } from '../report/packet-text.ts';

const lifetimeSeconds = 300;

/** The packet's own tuple as the original direction, replied to and assured, without NAT. */
export function establishedEntry(packet: PacketDescription): ConntrackEntry {
  const { source, destination, sourcePort, destinationPort, protocol } = packet;
  const parts = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? {} : { sourcePort: from, destinationPort: to };
  return {
    family: source.length === 4 ? 4 : 6,
    protocol,
    protocolName: protocolName(protocol),
    timeoutSeconds: lifetimeSeconds,
    ...(protocol === protocols.tcp ? { state: 'ESTABLISHED' } : {}),
    original: { source, destination, ...parts(sourcePort, destinationPort) },
    reply: { source: destination, destination: source, ...parts(destinationPort, sourcePort) },
    unreplied: false,
    assured: true,
    zone: 0,
  };
}
