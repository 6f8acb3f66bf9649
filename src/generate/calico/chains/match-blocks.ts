/** Rules before the main rule, where iptables cannot say "or" in one: results are kept in two scratch marks. */

import type { RuleHalf, RuleSide } from '../policy-rule.ts';
import { type Action, clearMark, setMark, writeMark } from '../rules/action.ts';
import {
  type Match,
  markClear,
  network,
  portRanges,
  protocolIs,
  type Side,
} from '../rules/match.ts';
import { type GeneratedRule, rule } from '../rules/rule.ts';
import { type ChainContext, setName } from './context.ts';
import { splitPorts } from './port-slots.ts';

export interface MatchBlocks {
  readonly rules: readonly GeneratedRule[];
  /** What the blocks do not cover. */
  readonly match: RuleHalf;
  readonly not: RuleHalf;
}

interface Builder {
  readonly context: ChainContext;
  readonly rules: GeneratedRule[];
  positiveBlocks: number;
}

function begin({ context, rules }: Builder, positive: boolean): void {
  if (rules.length > 0) return;
  const { scratch0, scratch1 } = context.config.marks;
  rules.push(rule([], writeMark(positive ? 0 : scratch0, (scratch0 | scratch1) >>> 0)));
}

/**
 * One of the alternatives must match. The second scratch mark is not reset between the second and
 * later blocks, so once the second matched, later ones cannot fail; that is what Felix programs.
 */
function positiveBlock(builder: Builder, alternatives: readonly Match[]): void {
  begin(builder, true);
  const { scratch0, scratch1 } = builder.context.config.marks;
  const first = builder.positiveBlocks === 0;
  const found: Action = setMark(first ? scratch0 : scratch1);
  builder.rules.push(...alternatives.map((match) => rule(match, found)));
  if (!first) builder.rules.push(rule([markClear(scratch1)], clearMark(scratch0)));
  builder.positiveBlocks++;
}

function negatedBlock(builder: Builder, matches: readonly Match[]): void {
  begin(builder, false);
  const fail = clearMark(builder.context.config.marks.scratch0);
  builder.rules.push(...matches.map((match) => rule(match, fail)));
}

function portBlock(builder: Builder, half: RuleHalf, side: Side): RuleSide {
  const { context } = builder;
  const asked = half[side];
  const parts = splitPorts(asked.ports);
  if (parts.length + asked.namedPortSets.length <= 1) return asked;
  const protocol = half.protocol === undefined ? [] : [protocolIs(half.protocol)];
  positiveBlock(builder, [
    ...parts.map((part): Match => [...protocol, portRanges(side, part)]),
    ...asked.namedPortSets.map(
      (id): Match => [{ kind: 'port-set', side, set: setName(context, id), negated: false }],
    ),
  ]);
  return { ...asked, ports: [], namedPortSets: [] };
}

function networkMatches(side: Side, networks: readonly string[]): readonly Match[] {
  return networks.map((text): Match => [network(side, text)]);
}

function networkBlock(builder: Builder, asked: RuleSide, side: Side): RuleSide {
  if (asked.networks.length <= 1) return asked;
  positiveBlock(builder, networkMatches(side, asked.networks));
  return { ...asked, networks: [] };
}

function negatedNetworkBlock(
  builder: Builder,
  side: Side,
  halves: { readonly match: RuleSide; readonly not: RuleSide },
): RuleSide {
  const { match, not } = halves;
  if (not.networks.length === 0 || match.networks.length + not.networks.length <= 1) return not;
  negatedBlock(builder, networkMatches(side, not.networks));
  return { ...not, networks: [] };
}

/** Moves what needs an "or" out of the rule; `rules` is empty when nothing does. */
export function matchBlocks(context: ChainContext, match: RuleHalf, not: RuleHalf): MatchBlocks {
  const builder: Builder = { context, rules: [], positiveBlocks: 0 };
  const sourcePorts = portBlock(builder, match, 'source');
  const destinationPorts = portBlock(builder, match, 'destination');
  const source = networkBlock(builder, sourcePorts, 'source');
  const destination = networkBlock(builder, destinationPorts, 'destination');
  const notSource = negatedNetworkBlock(builder, 'source', { match: source, not: not.source });
  const notDestination = negatedNetworkBlock(builder, 'destination', {
    match: destination,
    not: not.destination,
  });
  return {
    rules: builder.rules,
    match: { ...match, source, destination },
    not: { ...not, source: notSource, destination: notDestination },
  };
}
