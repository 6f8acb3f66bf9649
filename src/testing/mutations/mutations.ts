/** Systematic mutations of a program: every mistake of a list, at every rule where it can happen. */

import type { Program, ProgramChain, ProgramRule, ProgramTable } from '../../model/program.ts';
import { gone, type RuleMutationKind, ruleMutators } from './rule-mutators.ts';

export type MutationKind = RuleMutationKind | 'swap-rules' | 'flip-policy';

export interface Mutation {
  readonly kind: MutationKind;
  /** `ip filter cali-INPUT#3`. */
  readonly place: string;
  readonly table: ProgramTable;
  readonly chain: ProgramChain;
  /** Of the rule; swapped with the next one. Absent for policies. */
  readonly index?: number;
  readonly program: Program;
}

export const mutationKinds: readonly MutationKind[] = [
  'drop-jump',
  'remove-established-accept',
  'remove-rule',
  'remove-nat',
  'flip-verdict',
  'negate-match',
  'loosen-mask',
  'flip-mark',
  'widen-prefix',
  'port-off-by-one',
  'address-off-by-one',
  'change-probability',
  'nat-address-off-by-one',
  'nat-port-off-by-one',
  'swap-rules',
  'flip-policy',
];

function replaceChain(
  program: Program,
  table: ProgramTable,
  chain: ProgramChain,
  changed: ProgramChain,
): Program {
  const chains = table.chains.map((one) => (one === chain ? changed : one));
  return { tables: program.tables.map((one) => (one === table ? { ...table, chains } : one)) };
}

/** Rules of a loaded file may be made when they are read, so nothing is copied that is not needed. */
const withOperations = (
  { span }: ProgramRule,
  operations: ProgramRule['operations'],
): ProgramRule => ({ span, operations });

interface Place {
  readonly program: Program;
  readonly table: ProgramTable;
  readonly chain: ProgramChain;
  readonly index: number;
}

function mutationAt(place: Place, kind: MutationKind, rules: readonly ProgramRule[]): Mutation {
  const { program, table, chain, index } = place;
  return {
    kind,
    place: `${table.family} ${table.name} ${chain.name}#${index}`,
    table,
    chain,
    index,
    program: replaceChain(program, table, chain, { ...chain, rules }),
  };
}

function* ruleMutations(place: Place): Generator<Mutation> {
  const { chain, index } = place;
  const rule = chain.rules[index];
  if (rule === undefined) return;
  const { operations } = rule;
  for (const kind of mutationKinds) {
    if (kind === 'swap-rules' || kind === 'flip-policy') continue;
    const changed = ruleMutators[kind](operations);
    if (changed === undefined) continue;
    const rules =
      changed === gone
        ? chain.rules.toSpliced(index, 1)
        : chain.rules.with(index, withOperations(rule, changed));
    yield mutationAt(place, kind, rules);
  }
  const after = chain.rules[index + 1];
  if (after !== undefined)
    yield mutationAt(place, 'swap-rules', chain.rules.with(index, after).with(index + 1, rule));
}

function flippedPolicy(
  program: Program,
  table: ProgramTable,
  chain: ProgramChain,
): Mutation | undefined {
  if (chain.base === undefined) return undefined;
  const policy = chain.base.policy === 'accept' ? 'drop' : 'accept';
  const changed: ProgramChain = { ...chain, base: { ...chain.base, policy } };
  return {
    kind: 'flip-policy',
    place: `${table.family} ${table.name} ${chain.name}`,
    table,
    chain,
    program: replaceChain(program, table, chain, changed),
  };
}

/** Every mutation of every rule, in the order of the rules; made when asked for. */
export function* mutations(program: Program): Generator<Mutation> {
  for (const table of program.tables) {
    for (const chain of table.chains) {
      const flipped = flippedPolicy(program, table, chain);
      if (flipped !== undefined) yield flipped;
      for (let index = 0; index < chain.rules.length; index += 1)
        yield* ruleMutations({ program, table, chain, index });
    }
  }
}

/** Numerical Recipes' generator: the same choice for the same seed, everywhere. */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `count` of them, drawn by seed: each kind in turn gives one of its mutations, until there are enough. */
export function pickMutations(
  all: Iterable<Mutation>,
  count: number,
  seed: number,
): readonly Mutation[] {
  const random = numbersFrom(seed);
  const byKind = new Map<MutationKind, Mutation[]>(mutationKinds.map((kind) => [kind, []]));
  for (const mutation of all) byKind.get(mutation.kind)?.push(mutation);
  const picked: Mutation[] = [];
  while (picked.length < count && [...byKind.values()].some((list) => list.length > 0)) {
    for (const list of byKind.values()) {
      if (picked.length >= count) break;
      picked.push(...list.splice(Math.floor(random() * list.length), 1));
    }
  }
  return picked;
}
