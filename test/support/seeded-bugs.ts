/**
 * The study of seeded bugs: mutations of a node's rules, drawn by seed, and how many packets it takes until one of them
 * tells the mutant from the original.
 *
 * Mutations are drawn before any packet is played: each kind of mistake in turn gives one of its places. Only those that
 * provably change nothing are left out (src/testing/mutations/equivalence.ts gives the reasons).
 */

import fc from 'fast-check';
import { processIo } from '../../src/cli/io.ts';
import { scenarioLoader } from '../../src/cli/test/scenario-loader.ts';
import type { PacketFields } from '../../src/scenario/rows/packet-rows.ts';
import {
  type EquivalenceReason,
  equivalenceTest,
  whyEquivalent,
} from '../../src/testing/mutations/equivalence.ts';
import { type Mutation, mutations, pickMutations } from '../../src/testing/mutations/mutations.ts';
import { type Observation, observation, observe } from '../../src/testing/observe.ts';
import { type TestRuleset, testRuleset } from '../../src/testing/ruleset.ts';

export async function nodeRuleset(folder: string): Promise<TestRuleset> {
  const loader = scenarioLoader(processIo());
  const host = await loader.loadHost({ folder, facts: [] });
  if ('failure' in host) throw new Error(host.failure);
  const loaded = await loader.loadRulesets([], host.value);
  if ('failure' in loaded) throw new Error(loaded.failure);
  return testRuleset(loaded.program, host.value.host, { host: folder });
}

export interface DrawnMutations {
  readonly picked: readonly Mutation[];
  readonly candidates: number;
  readonly excluded: ReadonlyMap<EquivalenceReason, number>;
}

export function drawMutations(ruleset: TestRuleset, count: number, seed: number): DrawnMutations {
  const test = equivalenceTest(ruleset.program, ruleset.host);
  const excluded = new Map<EquivalenceReason, number>();
  let candidates = 0;
  const isReal = (mutation: Mutation): boolean => {
    candidates += 1;
    const reason = whyEquivalent(test, mutation);
    if (reason !== undefined) excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
    return reason === undefined;
  };
  const real = [...mutations(ruleset.program)].filter(isReal);
  return { picked: pickMutations(real, count, seed), candidates, excluded };
}

/** What the original does with each packet, worked out when first asked for. */
export interface Sample {
  readonly packets: readonly PacketFields[];
  readonly seen: (Observation | undefined)[];
}

export function samplePackets(
  arbitrary: fc.Arbitrary<PacketFields>,
  count: number,
  seed: number,
): Sample {
  return { packets: fc.sample(arbitrary, { seed, numRuns: count }), seen: [] };
}

/** How many packets it took; undefined: none of the sample told the two apart. */
export function packetsUntilFound(
  original: TestRuleset,
  mutation: Mutation,
  { packets, seen }: Sample,
): number | undefined {
  const mutant = testRuleset(mutation.program, original.host);
  const { table, chain } = mutation;
  const changed = `${table.family} ${table.name} ${chain.name}`;
  for (const [index, packet] of packets.entries()) {
    if (seen.length <= index) seen.push(observation(original, packet));
    const known = seen[index];
    // A packet that never comes to the chain meets the same rules in both.
    if (known?.chains.has(changed) !== true) continue;
    if (observe(mutant, packet) !== known.signature) return index + 1;
  }
  return undefined;
}

const cell = (count: number | undefined) => String(count ?? '-').padStart(8);

export function tableLine(mutation: Mutation, counts: readonly (number | undefined)[]): string {
  const { kind, place } = mutation;
  return `${kind.padEnd(26)}${counts.map(cell).join('')}  ${place}`;
}
