/** The rule (or policy, or the stack) that decided about one aspect of an outcome, in words. */

import type { Span } from '../base/span.ts';
import { printable } from '../base/text.ts';
import { originText, ruleText } from '../report/trace/trace-text.ts';
import type { RuleMatchedEvent, TraceEvent } from '../trace/event.ts';
import type { FatePlace } from '../trace/fate.ts';
import type { OutcomeFacts } from './facts.ts';

const widest = 100;

interface Place {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly index?: number;
  readonly origin?: Span;
}

/** `inet firewall input#3 (ruleset.nft:12): tcp dport 22 accept`. */
export function rulePlaceText(place: Place): string {
  const index = place.index === undefined ? '' : `#${place.index}`;
  const name = printable(`${place.family} ${place.table} ${place.chain}${index}`);
  const at = originText(place.origin);
  const where = at === '' ? '' : ` (${at})`;
  const text = place.index === undefined ? '' : ruleText(place.origin, widest);
  return `${name}${where}${text === '' ? '' : `: ${text}`}`;
}

function fatePlaceText(place: FatePlace): string {
  if (place.kind === 'stack') {
    return place.afterHook === undefined
      ? 'the stack, before any hook'
      : `the stack, after the ${place.afterHook} hook`;
  }
  return place.kind === 'policy' ? `the policy of ${rulePlaceText(place)}` : rulePlaceText(place);
}

/** The last rule that accepted; else the policy of the last chain. */
function acceptDecider(events: readonly TraceEvent[]): string {
  const rule = events.findLast(
    (event): event is RuleMatchedEvent =>
      event.kind === 'rule-matched' && event.verdict.kind === 'accept',
  );
  if (rule !== undefined) return rulePlaceText(rule);
  const policy = events.findLast((event) => event.kind === 'policy-applied');
  return policy?.kind === 'policy-applied' ? `the policy of ${rulePlaceText(policy)}` : 'no rule';
}

/** Events of the packet itself; filter chains first where they had a say, since NAT chains accept by default. */
function filterEvents(facts: OutcomeFacts): readonly TraceEvent[] {
  const events = facts.outcome.trace.filter(({ subject }) => subject === 0);
  let type = 'filter';
  const filtered = events.filter((event) => {
    if (event.kind === 'chain-entered') type = event.chainType;
    return type !== 'nat';
  });
  return filtered.some(({ kind }) => kind === 'rule-matched') ? filtered : events;
}

/** The place in the ruleset of what decided the fate, where a rule or a policy did. */
export function fateOrigin(facts: OutcomeFacts): Span | undefined {
  const { fate } = facts.outcome;
  if ('at' in fate) return fate.at.kind === 'stack' ? undefined : fate.at.origin;
  const rule = filterEvents(facts).findLast(
    (event): event is RuleMatchedEvent =>
      event.kind === 'rule-matched' && event.verdict.kind === 'accept',
  );
  return rule?.origin;
}

export function fateDecider(facts: OutcomeFacts): string {
  const { fate } = facts.outcome;
  return 'at' in fate ? fatePlaceText(fate.at) : acceptDecider(filterEvents(facts));
}

/** Effects are recorded before the rule that has them. */
function ruleBehind(facts: OutcomeFacts, effect: TraceEvent | undefined): string | undefined {
  if (effect === undefined) return undefined;
  const { trace } = facts.outcome;
  const from = trace.indexOf(effect);
  const rule = trace.find(
    (event, index): event is RuleMatchedEvent =>
      index > from && event.kind === 'rule-matched' && event.subject === 0,
  );
  return rule === undefined ? undefined : rulePlaceText(rule);
}

function natRule(facts: OutcomeFacts, kind: 'dnat' | 'snat'): string | undefined {
  return ruleBehind(facts, facts[kind]);
}

function lastRewrite(facts: OutcomeFacts, field: string): TraceEvent | undefined {
  return facts.outcome.trace.findLast(
    (event) => event.kind === 'packet-rewritten' && event.field === field && event.cause === 'rule',
  );
}

/** The rule behind an aspect; where none had a hand in it, what decided the fate. */
export function deciderOf(facts: OutcomeFacts, aspect: string): string {
  const found = {
    dnat: () => natRule(facts, 'dnat'),
    snat: () => natRule(facts, 'snat'),
    masquerade: () => natRule(facts, 'snat'),
    mark: () => ruleBehind(facts, lastRewrite(facts, 'meta mark')),
    connectionMark: () => ruleBehind(facts, lastRewrite(facts, 'ct mark')),
    out: () => natRule(facts, 'dnat'),
    sets: () =>
      ruleBehind(
        facts,
        facts.outcome.trace.findLast(({ kind }) => kind === 'set-changed'),
      ),
  };
  const find = Object.entries(found).find(([name]) => name === aspect)?.[1];
  return find?.() ?? fateDecider(facts);
}
