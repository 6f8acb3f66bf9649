/** Recorders: where trace events go. No recorder at all is the fast way: events are then never built. */

import type { TraceEvent } from './event.ts';

export interface Recorder {
  /** Also rules that did not match and set look-ups: what an explanation needs. */
  readonly wantsMisses: boolean;
  record(event: TraceEvent): void;
}

export interface ListRecorder extends Recorder {
  readonly events: TraceEvent[];
}

/** Keeps all events in order. */
export function listRecorder(options: { readonly misses?: boolean } = {}): ListRecorder {
  const events: TraceEvent[] = [];
  return {
    wantsMisses: options.misses ?? false,
    events,
    record(event) {
      events.push(event);
    },
  };
}
