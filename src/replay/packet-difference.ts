/** Packet summaries in the words of a recording, and their comparison. */

import { read16 } from '../packet/bytes.ts';
import { protocol } from '../packet/protocols.ts';
import { summariseFrame, summarisePacket } from '../packet/summary.ts';
import type { PacketSummary } from '../packet/summary-types.ts';
import type { OutgoingPacket } from '../trace/fate.ts';
import type { RecordedPacket } from './recording.ts';

const protocolNames: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipip',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
};

export function packetText(summary: PacketSummary): RecordedPacket {
  const { link, arp, inner } = summary;
  const number = summary.protocol;
  const fields: Readonly<Record<string, unknown>> = {
    family: summary.family,
    src: summary.source,
    dst: summary.destination,
    ttl: summary.ttl,
    dscp: summary.dscp,
    ecn: summary.ecn,
    len: summary.length,
    frag: summary.fragment,
    proto: number === undefined ? undefined : (protocolNames[number] ?? number),
    sport: summary.sourcePort,
    dport: summary.destinationPort,
    seq: summary.sequence,
    ack: summary.acknowledgement,
    flags: summary.flags,
    icmp_type: summary.icmpType,
    icmp_code: summary.icmpCode,
    icmp_id: summary.icmpId,
    icmp_seq: summary.icmpSequence,
    inner: inner === undefined ? undefined : packetText(inner),
    l4sum: summary.checksum,
    dmac: link?.destination,
    smac: link?.source,
    vlan:
      link === undefined || link.vlans.length === 0
        ? undefined
        : link.vlans.map(({ type, id, priority }) => ({ type, id, pcp: priority })),
    op: arp?.operation,
    sha: arp?.senderMac,
    spa: arp?.senderAddress,
    tha: arp?.targetMac,
    tpa: arp?.targetAddress,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function outgoingText({ frame, packet }: OutgoingPacket): RecordedPacket {
  const text = packetText(frame === undefined ? summarisePacket(packet) : summariseFrame(frame));
  const other =
    text.family === undefined && frame !== undefined ? { ethertype: typeOf(frame) } : {};
  return { ...queryText(packet), ...other, ...text };
}

/** Behind the VLAN tags. */
function typeOf(frame: Uint8Array): number {
  let at = 12;
  while (read16(frame, at) === 0x8100 || read16(frame, at) === 0x88a8) at += 4;
  return read16(frame, at);
}

/** Traces cut transport headers off, and so do fragments: the head of an ICMP error is then read as that of a query. */
export function queryText(packet: Uint8Array): RecordedPacket {
  const first = packet[0] ?? 0;
  const number = first >> 4 === 6 ? packet[6] : packet[9];
  if (number !== protocol.icmp && number !== protocol.icmpv6) return {};
  const at = first >> 4 === 6 ? 40 : (first & 15) * 4;
  if (packet.length < at + 8) return {};
  return { icmp_id: read16(packet, at + 4), icmp_seq: read16(packet, at + 6) };
}

/** Keys of the recording that differ; link addresses only where asked. */
export function packetDifference(
  recorded: RecordedPacket,
  own: RecordedPacket,
  withLink: boolean,
): string | undefined {
  for (const [key, value] of Object.entries(recorded)) {
    if (!withLink && (key === 'dmac' || key === 'smac')) continue;
    // The trace cuts the transport header off, and what an error has there is then read as a query id.
    if ((key === 'icmp_id' || key === 'icmp_seq') && own.inner !== undefined) continue;
    const mine = own[key];
    // Of an error within an error the recording reads the head as that of a query.
    if ((key === 'icmp_id' || key === 'icmp_seq') && mine === undefined) continue;
    if (key === 'inner' && isRecord(value) && isRecord(mine)) {
      const inner = packetDifference(value, mine, withLink);
      if (inner !== undefined) return `inner ${inner}`;
    } else if (canonical(value) !== canonical(mine)) {
      return `${key}: kernel ${JSON.stringify(value)}, simulated ${JSON.stringify(mine)}`;
    }
  }
  return undefined;
}

function isRecord(value: unknown): value is RecordedPacket {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}
