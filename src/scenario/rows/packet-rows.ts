/** The keys of a packet in a test file, each with its shape and what it says. */

import { type RecordOf, type Rows, record } from '../shape/compounds.ts';
import { flag, integer, parsedText, text, word } from '../shape/leaves.ts';
import type { Shape } from '../shape/shape.ts';
import { address, mac, mark, port, protocolNumber, tcpFlags } from './values.ts';

/** A number, or one of nft's names of ICMP types; which names, the family decides later. */
const icmpType: Shape<string> = parsedText({
  what: 'an ICMP type: its number or a name such as echo-request',
  parse: (value) => (/^[0-9a-z-]+$/.test(value) ? value : undefined),
});

export const packetRows = {
  like: { shape: text, explain: 'Name of a packet whose keys this one takes over.' },
  source: { shape: address, explain: 'Source address.' },
  destination: { shape: address, explain: 'Destination address.' },
  protocol: { shape: protocolNumber, explain: 'IP protocol, by name or number; default tcp.' },
  sourcePort: { shape: port, explain: 'Source port; default 40000.' },
  port: { shape: port, explain: 'Destination port, or the name of a service.' },
  in: { shape: text, explain: 'Interface it comes in on; default: where the route back leads.' },
  out: { shape: text, explain: 'Interface that the local sender is bound to.' },
  local: { shape: flag, explain: 'Sent by the host itself, whatever its source address.' },
  flags: { shape: tcpFlags, explain: 'TCP flags, letters of FSRPAUEC; default S.' },
  state: {
    shape: word(['new', 'established']),
    explain: 'established: conntrack already has the connection, with replies seen.',
  },
  icmpType: { shape: icmpType, explain: 'ICMP type; default echo-request.' },
  icmpCode: { shape: integer({ what: 'an ICMP code', maximum: 255 }), explain: 'ICMP code.' },
  icmpId: { shape: integer({ what: 'an ICMP id', maximum: 65535 }), explain: 'Id of an echo.' },
  ttl: {
    shape: integer({ what: 'a TTL', maximum: 255 }),
    explain: 'TTL or hop limit; default 64.',
  },
  dscp: { shape: integer({ what: 'a DSCP', maximum: 63 }), explain: 'DSCP.' },
  length: {
    shape: integer({ what: 'a payload length', maximum: 65000 }),
    explain: 'Bytes of payload.',
  },
  mark: { shape: mark, explain: 'Mark that the local sender sets.' },
  uid: { shape: mark, explain: 'User id of the local sender.' },
  gid: { shape: mark, explain: 'Group id of the local sender.' },
  sourceMac: { shape: mac, explain: 'Source MAC address of the frame.' },
} as const satisfies Rows;

export type PacketFields = RecordOf<typeof packetRows>;

export const packetShape: Shape<PacketFields> = record('a packet', packetRows);

/** The names that tables of packet flows elsewhere give to the same columns. */
export const columnAliases: Readonly<Record<string, string>> = {
  sourceIP: 'source',
  destIP: 'destination',
  destPort: 'port',
  sport: 'sourcePort',
  dport: 'port',
  src: 'source',
  dst: 'destination',
  iif: 'in',
  output: 'expect',
  outcome: 'expect',
};
