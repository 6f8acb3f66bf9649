/** One packet's way as text: phases, the rules that mattered, rewrites, routing, fate. */

import type { Span } from '../../base/span.ts';
import { positionAt, printable } from '../../base/text.ts';
import type { TraceEvent } from '../../trace/event.ts';
import { type Annotator, noAnnotator } from '../annotator.ts';
import { plainStyle, type Style } from '../style.ts';
import { eventLines } from './event-lines.ts';

export interface TraceTextOptions {
  readonly style?: Style;
  readonly annotator?: Annotator;
  /** Widest rule text before it is cut. */
  readonly width?: number;
}

/** What the lines of one trace share. */
export interface TraceView {
  readonly style: Style;
  readonly annotator: Annotator;
  readonly width: number;
  /** Chains entered by jumps, innermost last; one stack per packet. */
  readonly stacks: Map<number, string[]>;
}

/** `ruleset.nft:12`. */
export function originText(origin: Span | undefined): string {
  if (origin === undefined || origin.end === 0) return '';
  const name = origin.source.name.split('/').at(-1) ?? '';
  return `${printable(name)}:${positionAt(origin.source, origin.start).line}`;
}

/** The rule as its author wrote it, in one line. */
export function ruleText(origin: Span | undefined, width: number): string {
  if (origin === undefined) return '';
  const text = origin.source.text.slice(origin.start, origin.end).split(/\s+/).join(' ').trim();
  const shown = printable(text);
  return shown.length > width ? `${shown.slice(0, width - 1)}…` : shown;
}

/** What a rule does is recorded while it runs, before the rule itself; a reader wants the rule first. */
function isEffect(event: TraceEvent): boolean {
  if (event.kind === 'packet-rewritten') return event.cause === 'rule';
  return event.kind === 'nat-bound' || event.kind === 'log-written' || event.kind === 'set-changed';
}

/** Moves the effects of a rule behind the rule; effects that no rule follows stay where they are. */
function rulesFirst(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const ordered: TraceEvent[] = [];
  let effects: TraceEvent[] = [];
  for (const event of events) {
    if (isEffect(event)) {
      effects.push(event);
      continue;
    }
    if (event.kind === 'rule-matched') ordered.push(event, ...effects);
    else ordered.push(...effects, event);
    effects = [];
  }
  return [...ordered, ...effects];
}

/** The lines of a trace, without line ends. */
export function traceLines(
  events: readonly TraceEvent[],
  options: TraceTextOptions = {},
): readonly string[] {
  const view: TraceView = {
    style: options.style ?? plainStyle,
    annotator: options.annotator ?? noAnnotator,
    width: options.width ?? 120,
    stacks: new Map(),
  };
  return rulesFirst(events).flatMap((event) => eventLines(event, view));
}
