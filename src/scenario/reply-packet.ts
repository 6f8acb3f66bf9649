/** The answer of the other end to a packet that arrived: where it starts and what it must look like when it is back. */

import { parseAddress } from '../base/address.ts';
import type { PreparedHost } from '../host/prepared-host.ts';
import { buildPacket, type PacketDescription } from '../packet/build.ts';
import { protocol as protocols } from '../packet/protocols.ts';
import { summarisePacket } from '../packet/summary.ts';
import type { PacketSummary } from '../packet/summary-types.ts';
import type { PacketInput } from '../simulate/api.ts';
import type { Fate } from '../trace/fate.ts';
import { receivedOn } from './case-packet.ts';

/** Where a packet arrived: the network packet, and the device that it left by or (local) none. */
export interface Arrival {
  readonly packet: Uint8Array;
  readonly device?: string;
}

/** Undefined for packets that nobody got. */
export function arrivalOf(fate: Fate): Arrival | undefined {
  if (fate.kind === 'local') return { packet: fate.packet };
  if (fate.kind !== 'forwarded' && fate.kind !== 'output' && fate.kind !== 'bridged') {
    return undefined;
  }
  const [first] = fate.out;
  return first === undefined ? undefined : { packet: first.packet, device: first.device };
}

function answeredIcmp(type: number | undefined): number | undefined {
  if (type === 8) return 0;
  if (type === 128) return 129;
  return undefined;
}

/** What a willing peer sends back; undefined where nothing is due (ICMP errors, RST). */
function answerOf(summary: PacketSummary): PacketDescription | undefined {
  const source = parseAddress(summary.destination ?? '');
  const destination = parseAddress(summary.source ?? '');
  const { protocol } = summary;
  if (source === undefined || destination === undefined || protocol === undefined) return undefined;
  const base = { source, destination, protocol };
  if (protocol === protocols.icmp || protocol === protocols.icmpv6) {
    const icmpType = answeredIcmp(summary.icmpType);
    const { icmpId, icmpSequence } = summary;
    if (icmpType === undefined) return undefined;
    return {
      ...base,
      icmpType,
      ...(icmpId === undefined ? {} : { icmpId }),
      ...(icmpSequence === undefined ? {} : { icmpSequence }),
    };
  }
  const { sourcePort, destinationPort } = summary;
  if (sourcePort === undefined || destinationPort === undefined) return base;
  const ports = { sourcePort: destinationPort, destinationPort: sourcePort };
  if (protocol !== protocols.tcp) return { ...base, ...ports };
  return tcpAnswer(summary, { ...base, ...ports });
}

function tcpAnswer(
  { flags = '', sequence = 0, acknowledgement = 0 }: PacketSummary,
  base: PacketDescription,
): PacketDescription | undefined {
  if (flags.includes('R')) return undefined;
  if (!flags.includes('S')) {
    return { ...base, flags: 'A', sequence: acknowledgement, acknowledgement: sequence };
  }
  const both = flags.includes('A');
  return {
    ...base,
    flags: both ? 'A' : 'SA',
    sequence: both ? acknowledgement : 1000,
    acknowledgement: (sequence + 1) >>> 0,
  };
}

/** The answer on its way back; undefined when the packet did not arrive or nothing is due. */
export function replyInput(host: PreparedHost, fate: Fate): PacketInput | undefined {
  const arrival = arrivalOf(fate);
  if (arrival === undefined) return undefined;
  const answer = answerOf(summarisePacket(arrival.packet));
  if (answer === undefined) return undefined;
  if (arrival.device === undefined)
    return { kind: 'local', packet: buildPacket(answer), sender: {} };
  const device = host.interfacesByName.get(arrival.device);
  return device === undefined ? undefined : receivedOn(host, device, answer);
}

/** Do the ends of the arrived answer mirror those of the packet as it was sent? */
export function mirrors(original: PacketSummary, answer: PacketSummary): boolean {
  return (
    answer.source === original.destination &&
    answer.destination === original.source &&
    answer.sourcePort === original.destinationPort &&
    answer.destinationPort === original.sourcePort
  );
}
