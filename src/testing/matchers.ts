/** Matchers: what a ruleset does with a packet, for vitest's `expect.extend` and as plain functions for any runner. */

import { fateText } from '../report/fate-text.ts';
import type { CheckContext } from '../scenario/checks.ts';
import { factsOf } from '../scenario/facts.ts';
import { judge } from '../scenario/judge.ts';
import { complaintLine } from '../scenario/reporters/failure-text.ts';
import type { Expectation } from '../scenario/rows/expectation-rows.ts';
import type { PacketFields } from '../scenario/rows/packet-rows.ts';
import { parseEndpoint } from '../scenario/rows/values.ts';
import { counterexample, type ScenarioStep } from './counterexample.ts';
import { asOther } from './invariants/as-other.ts';
import { observe, playPacket } from './observe.ts';
import type { TestRuleset } from './ruleset.ts';

/** As vitest and jest want it. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

function expecting(
  ruleset: TestRuleset,
  packet: PacketFields,
  expectation: Expectation,
  words: NonNullable<ScenarioStep['expect']>,
): MatcherResult {
  const played = playPacket(ruleset, packet);
  if (played === undefined) {
    return {
      pass: false,
      message: () => `there is no such packet on this host: ${JSON.stringify(packet)}`,
    };
  }
  const { compiled, exploration } = played;
  const context: CheckContext = { compiled, clock: 0, assume: new Map() };
  const complaints = judge(expectation, exploration, context);
  return {
    pass: complaints.length === 0,
    message() {
      const [first] = exploration.outcomes;
      const found = first === undefined ? 'nothing' : fateText(factsOf(first).outcome.fate);
      const lines = complaints.length === 0 ? [`found ${found}`] : complaints.map(complaintLine);
      return [...lines, counterexample(ruleset, packet, [{ packet, expect: words }])].join('\n');
    },
  };
}

export const toAccept = (ruleset: TestRuleset, packet: PacketFields): MatcherResult =>
  expecting(ruleset, packet, { fate: 'accept' }, 'accept');

export const toDrop = (ruleset: TestRuleset, packet: PacketFields): MatcherResult =>
  expecting(ruleset, packet, { fate: 'drop' }, 'drop');

export const toReject = (ruleset: TestRuleset, packet: PacketFields): MatcherResult =>
  expecting(ruleset, packet, { fate: 'reject' }, 'reject');

/** One target or several: exactly these, over all outcomes. */
export function toDnatTo(
  ruleset: TestRuleset,
  packet: PacketFields,
  ...targets: readonly string[]
): MatcherResult {
  const dnat = targets.map(parseEndpoint).filter((end) => end !== undefined);
  if (dnat.length < targets.length)
    throw new RangeError(`not an endpoint among ${targets.join(', ')}`);
  return expecting(ruleset, packet, { dnat }, { dnat: targets });
}

export const toMasquerade = (ruleset: TestRuleset, packet: PacketFields): MatcherResult =>
  expecting(ruleset, packet, { masquerade: true }, { masquerade: true });

/** `chain`, `chain#2`, `table chain#2`, `family table chain`, `text:WORDS`. */
export const toHitRule = (
  ruleset: TestRuleset,
  packet: PacketFields,
  rule: string,
): MatcherResult => expecting(ruleset, packet, { hits: [rule] }, { hits: rule });

export interface EquivalenceOptions {
  /** For example `fc.sample(guidedPackets(program, { host }), 1000)`. */
  readonly packets: Iterable<PacketFields>;
}

/** No packet tells the two apart: the same ways with the same shares, the same for answers and further packets. */
export function toBeEquivalentTo(
  ruleset: TestRuleset,
  other: TestRuleset,
  { packets }: EquivalenceOptions,
): MatcherResult {
  for (const packet of packets) {
    const [first, second] = [observe(ruleset, packet), observe(other, packet)];
    if (first === second) continue;
    const message = () =>
      [
        'the rulesets differ',
        `one    ${first}`,
        `other  ${second}`,
        counterexample(ruleset, packet, asOther(other, packet)),
      ].join('\n');
    return { pass: false, message };
  }
  return { pass: true, message: () => 'no packet tells the rulesets apart' };
}

/** For `expect.extend(matchers)`. */
export const matchers = {
  toAccept,
  toDrop,
  toReject,
  toDnatTo,
  toMasquerade,
  toHitRule,
  toBeEquivalentTo,
} as const;
