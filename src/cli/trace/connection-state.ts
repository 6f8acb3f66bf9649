/** `--ct-state established`: the host with an entry of conntrack for the packet's connection. */

import type { ConntrackEntry } from '../../host/conntrack-entry.ts';
import type { Host } from '../../host/host.ts';
import type { PacketDescription } from '../../packet/build.ts';
import { protocolName } from '../../report/packet-text.ts';

/** The packet's own tuple as the original direction, replied to and assured, without NAT. */
export function withConnection(host: Host, packet: PacketDescription): Host {
  const { source, destination, sourcePort, destinationPort, protocol } = packet;
  const ports = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? {} : { sourcePort: from, destinationPort: to };
  const entry: ConntrackEntry = {
    family: source.length === 4 ? 4 : 6,
    protocol,
    protocolName: protocolName(protocol),
    timeoutSeconds: 300,
    ...(protocol === 6 ? { state: 'ESTABLISHED' } : {}),
    original: { source, destination, ...ports(sourcePort, destinationPort) },
    reply: { source: destination, destination: source, ...ports(destinationPort, sourcePort) },
    unreplied: false,
    assured: true,
    zone: 0,
  };
  return { ...host, conntrack: [...(host.conntrack ?? []), entry] };
}
