/** `no-unreachable-rule`: rules that no packet of a sample matched, and those that none ever can. */

import fc from 'fast-check';
import type { Span } from '../../base/span.ts';
import { ruleText } from '../../report/trace/trace-text.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import { packetsToRule } from '../arbitraries/packets.ts';
import type { Guide } from '../guide/guide.ts';
import { ruleName } from '../guide/rule-reach.ts';
import { playPacket } from '../observe.ts';
import type { TestRuleset } from '../ruleset.ts';

export interface UnreachedRule {
  /** `ip filter input#3`. */
  readonly rule: string;
  readonly text: string;
  readonly origin: Span;
  /** No packet can match it, whatever it is; else the sample had none that did. */
  readonly isDead: boolean;
}

export interface Sampling {
  readonly runs: number;
  readonly seed: number;
  readonly family?: 4 | 6;
}

function markReached(ruleset: TestRuleset, packet: PacketFields, reached: Set<string>): void {
  const played = playPacket(ruleset, packet, { limit: 16 });
  for (const { trace } of played?.exploration.outcomes ?? []) {
    for (const event of trace) {
      if (event.kind === 'rule-matched')
        reached.add(`${event.family} ${event.table} ${event.chain}#${event.index}`);
    }
  }
}

/** Packets that are aimed at one rule before it is given up. */
const triesPerRule = 24;
const widest = 120;

/** The sample first, then packets for each rule that is still missing, at most as many again. */
export function unreachedRules(
  ruleset: TestRuleset,
  guide: Guide,
  packets: fc.Arbitrary<PacketFields>,
  { runs, seed, family }: Sampling,
): readonly UnreachedRule[] {
  const reached = new Set<string>();
  for (const packet of fc.sample(packets, { seed, numRuns: runs }))
    markReached(ruleset, packet, reached);
  const goals = new Map(guide.goals.map((rule, place) => [rule, place]));
  let left = runs;
  return guide.rules.flatMap((harvested): readonly UnreachedRule[] => {
    const { table, chain, index } = harvested;
    const rule = ruleName(table, chain.name, index);
    const place = goals.get(harvested);
    const isDead = place === undefined;
    if (reached.has(rule)) return [];
    const tries = isDead ? 0 : Math.min(left, triesPerRule);
    left -= tries;
    const aimed = packetsToRule(guide, place ?? 0, family);
    for (const packet of tries > 0 ? fc.sample(aimed, { seed, numRuns: tries }) : []) {
      if (!reached.has(rule)) markReached(ruleset, packet, reached);
    }
    if (reached.has(rule)) return [];
    const origin = chain.rules[index]?.span ?? chain.span;
    return [{ rule, text: ruleText(origin, widest), origin, isDead }];
  });
}
