/** A host whose conntrack already has the packet's connection. */

import type { ConntrackEntry } from '../host/conntrack-entry.ts';
import type { Host } from '../host/host.ts';
import type { PacketDescription } from '../packet/build.ts';
import { protocol as protocols } from '../packet/protocols.ts';
import { protocolName } from '../report/packet-text.ts';

const lifetimeSeconds = 300;

/** The packet's own tuple as the original direction, replied to and assured, without NAT. */
export function withEstablished(host: Host, packet: PacketDescription): Host {
  const { source, destination, sourcePort, destinationPort, protocol } = packet;
  const parts = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? {} : { sourcePort: from, destinationPort: to };
  const entry: ConntrackEntry = {
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
  return { ...host, conntrack: [...(host.conntrack ?? []), entry] };
}
