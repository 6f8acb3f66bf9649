/** A rule that did not match: what stopped it, the value wanted and the value found. */

import type { RuleMissedEvent } from '../../trace/event.ts';
import { chainDepth } from './event-lines.ts';
import { originText, ruleText, type TraceView } from './trace-text.ts';

const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`;

function whyText(event: RuleMissedEvent): string {
  if (event.cause === 'break') return `${event.operationKind} cannot be evaluated here`;
  if (event.wanted === undefined || event.found === undefined) return event.operationKind;
  return `${event.operationKind}: wanted ${hex(event.wanted)}, found ${hex(event.found)}`;
}

export function missLine(event: RuleMissedEvent, view: TraceView): readonly string[] {
  const depth = chainDepth(view, event.subject, event.chain);
  const place = `${originText(event.origin)} ${event.chain}#${event.index}`.trim();
  const text = ruleText(event.origin, view.width);
  return [view.style.faint(`${'  '.repeat(depth + 1)}${place}  ${text}  ✗ ${whyText(event)}`)];
}
