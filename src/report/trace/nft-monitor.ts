/** A trace in the lines of `nft monitor trace`, so that it can be laid beside a recording from a node. */

import { printable } from '../../base/text.ts';
import type { PacketSummary } from '../../packet/summary-types.ts';
import type {
  ChainEnteredEvent,
  PolicyAppliedEvent,
  RuleMatchedEvent,
  TraceEvent,
} from '../../trace/event.ts';
import { protocolName } from '../packet-text.ts';
import { verdictText } from './event-lines.ts';
import { ruleText } from './trace-text.ts';

const flagWords: Readonly<Record<string, string>> = {
  F: 'fin',
  S: 'syn',
  R: 'rst',
  P: 'psh',
  A: 'ack',
  U: 'urg',
  E: 'ecn',
  C: 'cwr',
};

/** The trace id; the kernel draws it from the packet, here it counts packets. */
const traceId = (subject: number) => (subject + 1).toString(16).padStart(8, '0');

const quoted = (name: string) => `"${printable(name)}"`;

const place = (event: ChainEnteredEvent | RuleMatchedEvent | PolicyAppliedEvent) =>
  `trace id ${traceId(event.subject)} ` +
  printable(`${event.family} ${event.table} ${event.chain}`);

function networkText(packet: PacketSummary): readonly string[] {
  const ip = packet.family === 6 ? 'ip6' : 'ip';
  const limit = packet.family === 6 ? 'hoplimit' : 'ttl';
  const parts = [`${ip} saddr ${packet.source}`, `${ip} daddr ${packet.destination}`];
  if (packet.ttl !== undefined) parts.push(`${ip} ${limit} ${packet.ttl}`);
  if (packet.length !== undefined) parts.push(`${ip} length ${packet.length}`);
  return parts;
}

function transportText(packet: PacketSummary): readonly string[] {
  const name = protocolName(packet.protocol ?? 0);
  if (packet.icmpType !== undefined) {
    return [`${name} type ${packet.icmpType}`, `${name} code ${packet.icmpCode ?? 0}`];
  }
  if (packet.sourcePort === undefined) return [`meta l4proto ${packet.protocol ?? 0}`];
  const parts = [`${name} sport ${packet.sourcePort}`, `${name} dport ${packet.destinationPort}`];
  if (packet.flags) {
    parts.push(`tcp flags == ${[...packet.flags].map((letter) => flagWords[letter]).join(',')}`);
  }
  return parts;
}

function packetLine(event: ChainEnteredEvent): string {
  const devices = [
    ...(event.iif ? [`iif ${quoted(event.iif)}`] : []),
    ...(event.oif ? [`oif ${quoted(event.oif)}`] : []),
  ];
  const { packet } = event;
  const headers =
    packet.source === undefined ? [] : [...networkText(packet), ...transportText(packet)];
  return `${place(event)} packet: ${[...devices, ...headers].join(' ')}`;
}

const markText = (mark: number) =>
  mark === 0 ? '' : ` meta mark 0x${(mark >>> 0).toString(16).padStart(8, '0')}`;

/** The lines of one trace, without line ends. */
export function nftMonitorLines(events: readonly TraceEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.kind === 'chain-entered') return [packetLine(event)];
    if (event.kind === 'rule-matched') {
      const text = ruleText(event.origin, Number.POSITIVE_INFINITY);
      return [`${place(event)} rule ${text} (verdict ${printable(verdictText(event.verdict))})`];
    }
    if (event.kind !== 'policy-applied') return [];
    return [`${place(event)} policy ${event.policy}${markText(event.mark)}`];
  });
}
