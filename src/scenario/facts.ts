/** What one outcome says, in the terms of expectations. */

import { summarisePacket } from '../packet/summary.ts';
import type { PacketSummary } from '../packet/summary-types.ts';
import type { Outcome } from '../simulate/api.ts';
import type { NatBoundEvent, RuleMatchedEvent, TraceEvent } from '../trace/event.ts';
import { arrivalOf } from './reply-packet.ts';
import type { Endpoint } from './rows/values.ts';

export interface OutcomeFacts {
  readonly outcome: Outcome;
  /** 1 when nothing random decided. */
  readonly probability: number;
  readonly dnat?: NatBoundEvent;
  readonly snat?: NatBoundEvent;
  readonly mark: number;
  readonly connectionMark: number;
  readonly devices: readonly string[];
  /** Of the packet itself, in order; not of packets that it caused. */
  readonly matched: readonly RuleMatchedEvent[];
  /** As it was sent. */
  readonly start?: PacketSummary;
  /** As it arrived. */
  readonly arrived?: PacketSummary;
}

function natEvent(
  events: readonly TraceEvent[],
  manipulation: NatBoundEvent['manipulation'],
): NatBoundEvent | undefined {
  return events.findLast(
    (event): event is NatBoundEvent =>
      event.kind === 'nat-bound' && event.manipulation === manipulation,
  );
}

function lastMark(events: readonly TraceEvent[]): number {
  const last = events.findLast(
    (event) =>
      event.kind === 'rule-matched' ||
      event.kind === 'policy-applied' ||
      event.kind === 'chain-entered',
  );
  return last !== undefined && 'mark' in last ? last.mark : 0;
}

function lastConnectionMark(events: readonly TraceEvent[]): number {
  for (const event of events.toReversed()) {
    if (event.kind === 'packet-rewritten' && event.field === 'ct mark') return Number(event.after);
    if (event.kind === 'chain-entered' && event.conntrack?.mark !== undefined) {
      return event.conntrack.mark;
    }
  }
  return 0;
}

export function factsOf(outcome: Outcome): OutcomeFacts {
  const events = outcome.trace.filter(({ subject }) => subject === 0);
  const { probability } = outcome;
  const dnat = natEvent(events, 'destination');
  const snat = natEvent(events, 'source');
  const { fate } = outcome;
  const started = events.find((event) => event.kind === 'packet-started');
  const arrival = arrivalOf(fate);
  return {
    outcome,
    probability: probability === undefined ? 1 : probability.numerator / probability.denominator,
    ...(dnat === undefined ? {} : { dnat }),
    ...(snat === undefined ? {} : { snat }),
    mark: lastMark(events),
    connectionMark: lastConnectionMark(events),
    devices: 'out' in fate ? fate.out.map(({ device }) => device) : [],
    matched: events.filter((event) => event.kind === 'rule-matched'),
    ...(started?.kind === 'packet-started' ? { start: started.packet } : {}),
    ...(arrival === undefined ? {} : { arrived: summarisePacket(arrival.packet) }),
  };
}

/** The end that NAT gave, or undefined when it left that end alone. */
export function natEnd(event: NatBoundEvent | undefined): Endpoint | undefined {
  if (event === undefined) return undefined;
  const { manipulation, after } = event;
  const address = manipulation === 'source' ? after.source : after.destination;
  const port = manipulation === 'source' ? after.sourcePort : after.destinationPort;
  return { address, ...(port === undefined ? {} : { port }) };
}
