/** Recorders: where trace events go. No recorder at all is the fast way: events are then never built. */

import type { TraceEvent } from './event.ts';

export interface Recorder {
  /** Also rules that did not match and set look-ups: what an explanation needs. */
  readonly wantsMisses: boolean;
  record(event: TraceEvent): void;
  /**
   * Rules that did not match, one after the other. Their events are made when they are asked for: there may be tens of
   * thousands. Without this method each of them is recorded on its own.
   */
  recordMisses?(misses: MissedRules): void;
}

export interface MissedRules {
  /** Number of rules. */
  readonly count: number;
  events(): readonly TraceEvent[];
}

export interface ListRecorder extends Recorder {
  readonly events: TraceEvent[];
}

/** Keeps all events in order. */
export function listRecorder(options: { readonly misses?: boolean } = {}): ListRecorder {
  let kept: (TraceEvent | MissedRules)[] = [];
  const events: TraceEvent[] = [];
  return {
    wantsMisses: options.misses ?? false,
    get events() {
      if (kept.length > 0) {
        for (const each of kept) {
          if ('kind' in each) events.push(each);
          else for (const event of each.events()) events.push(event);
        }
        kept = [];
      }
      return events;
    },
    record(event) {
      if (kept.length > 0) kept.push(event);
      else events.push(event);
    },
    recordMisses(misses) {
      kept.push(misses);
    },
  };
}
