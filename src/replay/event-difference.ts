/** Compares the rules that a packet matched, in order: verdicts, policies and the mark after each. */

import type { TracedVerdict, TraceEvent } from '../trace/event.ts';
import type { RecordedEvent } from './recording.ts';

function verdictText(verdict: TracedVerdict): string {
  if (verdict.kind === 'jump' || verdict.kind === 'goto') return `${verdict.kind} ${verdict.chain}`;
  return verdict.kind === 'queue' ? `queue ${verdict.number}` : verdict.kind;
}

/** The trace reads the mark of a packet that was sent away already, and so lost it. */
const stolenMark = 'mark gone';

function recordedText(event: RecordedEvent): string {
  const index = event.index === undefined ? '' : ` ${event.index}`;
  const mark = event.verdict === 'stolen' ? stolenMark : `mark ${event.mark}`;
  return `${event.fam} ${event.table} ${event.chain} ${event.type}${index} ${event.verdict} ${mark}`;
}

/** xtables-legacy logs a rule before its target runs: the mark is that before the rule. */
function eventsOf(trace: readonly TraceEvent[], subject: number): readonly string[] {
  const texts: string[] = [];
  let before = 0;
  for (const event of trace) {
    if (event.subject !== subject) continue;
    if (event.kind === 'chain-entered') before = event.mark;
    if (event.kind !== 'rule-matched' && event.kind !== 'policy-applied') continue;
    const legacy = event.loader === 'iptables-legacy';
    const place = `${event.family} ${event.table} ${event.chain}`;
    const stolen = event.kind === 'rule-matched' && event.verdict.kind === 'stolen';
    const mark = stolen ? stolenMark : `mark ${legacy ? before : event.mark}`;
    const what =
      event.kind === 'rule-matched'
        ? `rule ${event.index} ${verdictText(event.verdict)}`
        : `policy ${event.policy}`;
    texts.push(`${place} ${what} ${mark}`);
    before = event.mark;
  }
  return texts;
}

export interface EventLines {
  readonly kernel: readonly string[];
  readonly simulated: readonly string[];
}

/** Both sides in the same words; the ends of user chains that xtables-legacy logs are no events. */
export function eventLines(
  recorded: readonly RecordedEvent[],
  trace: readonly TraceEvent[],
  subject: number,
): EventLines {
  const kernel = recorded.filter(({ type }) => type !== 'return').map(recordedText);
  return { kernel, simulated: eventsOf(trace, subject) };
}

/** The first place where two lists differ, as a sentence. */
export function firstDifference(
  what: string,
  kernel: readonly string[],
  simulated: readonly string[],
): string | undefined {
  for (let index = 0; index < Math.max(kernel.length, simulated.length); index++) {
    const wanted = kernel[index];
    const found = simulated[index];
    if (wanted !== found)
      return `${what.replace('#', `${index}`)}: kernel ${wanted ?? '(none)'}, simulated ${found ?? '(none)'}`;
  }
  return undefined;
}

export function eventDifference(
  recorded: readonly RecordedEvent[],
  trace: readonly TraceEvent[],
  subject: number,
): string | undefined {
  const { kernel, simulated } = eventLines(recorded, trace, subject);
  return firstDifference('event #', kernel, simulated);
}
