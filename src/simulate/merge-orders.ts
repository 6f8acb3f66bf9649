/** Orders of chains with equal priority that make no difference are no assumption: their outcomes become one. */

import { hexOfBytes } from '../packet/bytes.ts';
import type { ChoiceMade } from '../trace/choice.ts';
import type { TraceEvent } from '../trace/event.ts';
import type { Fate } from '../trace/fate.ts';
import type { Outcome } from './api.ts';

const isOrder = ({ choice }: ChoiceMade): boolean => choice.reason === 'hook-order';

/** The first outcome of each group stays; it loses its order if every order tried led to the same. */
export function mergeOrders(outcomes: readonly Outcome[]): readonly Outcome[] {
  if (!outcomes.some(({ assumptions }) => assumptions.some(isOrder))) return outcomes;
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = otherChoices(outcome);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [outcome]);
    else group.push(outcome);
  }
  return [...groups.values()].flatMap(mergeGroup);
}

function mergeGroup(group: readonly Outcome[]): readonly Outcome[] {
  const kept = new Map<string, Outcome>();
  for (const outcome of group) {
    const key = resultOf(outcome);
    if (!kept.has(key)) kept.set(key, outcome);
  }
  if (kept.size > 1) return [...kept.values()];
  return [...kept.values()].map((outcome) => ({
    ...outcome,
    assumptions: outcome.assumptions.filter((made) => !isOrder(made)),
  }));
}

function otherChoices({ choices }: Outcome): string {
  return choices
    .filter((made) => !isOrder(made))
    .map(({ choice, option }) => `${choice.key}=${option}`)
    .join('\n');
}

/**
 * What an observer behind the host, the next packet and the counters can tell: fates, headers, the connection, changes of
 * sets, and which rules matched. Of a packet that is dropped either way it does not matter which chain came to it first.
 */
function resultOf({ fate, spawned, trace }: Outcome): string {
  const fates = [fate, ...spawned.map((each) => each.fate)].map(fateText);
  if (fate.kind === 'drop') return fates.join('\n');
  return [...fates, lastConnection(trace), ...setChanges(trace), ...matchedRules(trace)].join('\n');
}

function fateText(fate: Fate): string {
  const out = [...('out' in fate ? fate.out : []), ...(fate.aside ?? [])];
  const bytes = out.map(({ device, packet }) => `${device} ${hexOfBytes(packet)}`);
  const local = fate.kind === 'local' ? `${fate.device} ${hexOfBytes(fate.packet)}` : '';
  return [fate.kind, ...bytes, local].join(' ');
}

function matchedRules(trace: readonly TraceEvent[]): readonly string[] {
  const rules = trace.flatMap((event) =>
    event.kind === 'rule-matched'
      ? [`${event.family} ${event.table} ${event.chain} ${event.index} ${event.verdict.kind}`]
      : [],
  );
  return rules.sort();
}

/** Tuples, mark and status of the connection as the last events show them. */
function lastConnection(trace: readonly TraceEvent[]): string {
  const bound = trace.findLast(({ kind }) => kind === 'nat-bound');
  const confirmed = trace.findLast(({ kind }) => kind === 'conntrack-confirmed');
  const marks = trace.flatMap((event) =>
    event.kind === 'packet-rewritten' && event.field === 'ct mark' ? [event.after] : [],
  );
  return JSON.stringify([bound, confirmed, marks.at(-1)].map(withoutOrigin));
}

function withoutOrigin(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, origin: undefined };
}

function setChanges(trace: readonly TraceEvent[]): readonly string[] {
  const changes = trace.flatMap((event) =>
    event.kind === 'set-changed'
      ? [`${event.family} ${event.table} ${event.set} ${event.change} ${hexOfBytes(event.key)}`]
      : [],
  );
  return changes.sort();
}
