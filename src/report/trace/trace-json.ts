/** A trace as JSON: the events themselves, spans as locations, bytes as hexadecimal. */

import type { Span } from '../../base/span.ts';
import type { Outcome } from '../../simulate/api.ts';
import type { TraceEvent } from '../../trace/event.ts';
import { locationOf } from '../diagnostic-json.ts';

function isSpan(value: object): value is Span {
  return 'source' in value && 'start' in value && 'end' in value;
}

/** Plain JSON data of any event or fate: bigint as string, bytes as hex, spans as locations. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  if (isSpan(value)) return value.end === 0 ? undefined : locationOf(value);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toJson(field)]));
}

export function eventsToJson(events: readonly TraceEvent[]): readonly unknown[] {
  return events.map(toJson);
}

/** One outcome: probability as an exact fraction, the assumptions, the fate, the events. */
export function outcomeToJson(outcome: Outcome): unknown {
  return {
    probability: outcome.probability,
    assumptions: outcome.assumptions.map(({ choice, option }) => ({
      reason: choice.reason,
      key: choice.key,
      answer: choice.options[option]?.label,
    })),
    fate: toJson(outcome.fate),
    replies: outcome.spawned.map(toJson),
    events: eventsToJson(outcome.trace),
  };
}
