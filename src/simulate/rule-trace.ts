/** Which rules matched, as numbers in a ring: a trace that costs next to nothing, read afterwards. */

import type { Family } from '../fields/families.ts';
import type { CompiledProgram } from './compile.ts';
import type { PreparedChain } from './rules/prepared-chain.ts';

/** Made by `newRuleTrace`; only the simulator writes it. */
export interface RuleTrace {
  /** Numbers of rules; the oldest ones are written over. */
  readonly numbers: Int32Array;
  /** How many rules matched since it was made or cleared. */
  count: number;
}

export interface MatchedRule {
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
  /** Zero-based position in the chain. */
  readonly index: number;
}

/** Room for `size` rules (a power of two is made of it). */
export function newRuleTrace(size = 1024): RuleTrace {
  let room = 16;
  while (room < size) room *= 2;
  return { numbers: new Int32Array(room), count: 0 };
}

export function noteMatch(trace: RuleTrace, number: number): void {
  trace.numbers[trace.count++ & (trace.numbers.length - 1)] = number;
}

/** The rules in the order in which they matched, as many as the ring still holds. */
export function readRuleTrace(
  compiled: CompiledProgram,
  { numbers, count }: RuleTrace,
): readonly MatchedRule[] {
  const chains = compiled.chains.filter(({ first, chain }) => first >= 0 && chain.rules.length > 0);
  chains.sort((a, b) => a.first - b.first);
  const kept = Math.min(count, numbers.length);
  return Array.from({ length: kept }, (_, at) => {
    const number = numbers[(count - kept + at) & (numbers.length - 1)] ?? 0;
    return placeOfRule(chains, number);
  });
}

function placeOfRule(chains: readonly PreparedChain[], number: number): MatchedRule {
  let low = 0;
  let high = chains.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((chains[middle]?.first ?? 0) <= number) low = middle;
    else high = middle - 1;
  }
  const found = chains[low];
  if (found === undefined) throw new RangeError(`no rule ${number}`);
  const { table, chain, first } = found;
  return { family: table.family, table: table.name, chain: chain.name, index: number - first };
}
