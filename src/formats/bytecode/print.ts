/** A program as `nft --debug=netlink` lists it: every rule with the sets and chains that come with it. */

import type { Operation } from '../../model/operations.ts';
import type {
  Program,
  ProgramChain,
  ProgramRule,
  ProgramSet,
  ProgramTable,
} from '../../model/program.ts';
import { byteSum, commentData } from './data.ts';
import { printOperation } from './operation.ts';
import { printSet } from './set.ts';

/** All rules, in order of tables, chains and rules; each ends with a line end. */
export function printBytecode(program: Program): string {
  const lines: string[] = [];
  for (const table of program.tables) {
    const named = indexTable(table);
    for (const chain of table.chains) {
      if (chain.anonymous === true) continue;
      for (const rule of chain.rules) lines.push(...printRule(named, chain, rule));
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** A table with what comes with its rules, by name. */
export interface IndexedTable {
  readonly table: ProgramTable;
  readonly sets: ReadonlyMap<string, ProgramSet>;
  readonly chains: ReadonlyMap<string, ProgramChain>;
}

export function indexTable(table: ProgramTable): IndexedTable {
  return {
    table,
    sets: new Map(table.sets.map((set) => [set.name, set])),
    chains: new Map(
      table.chains.filter((chain) => chain.anonymous).map((chain) => [chain.name, chain]),
    ),
  };
}

/** The lines of one rule: what it brings along first. */
export function printRule(
  indexed: IndexedTable,
  chain: ProgramChain,
  rule: ProgramRule,
): readonly string[] {
  const { table } = indexed;
  const lines: string[] = [];
  for (const set of setsOf(indexed, rule)) lines.push(...printSet(table, set));
  for (const inner of anonymousChains(indexed, rule)) {
    lines.push(`${table.family} ${table.name} (null) use 0`);
    for (const innerRule of inner.rules) lines.push(...printRule(indexed, inner, innerRule));
  }
  const place = chain.anonymous === true ? '' : ` ${chain.name}`;
  lines.push(`${table.family} ${table.name}${place}`);
  for (const operation of rule.operations) lines.push(`  [ ${printOperation(operation)} ]`);
  if (rule.comment !== undefined) {
    const bytes = commentData(rule.comment);
    lines.push(`  userdata len ${bytes.length} sum 0x${byteSum(bytes).toString(16)}`);
  }
  return lines;
}

function referencedSet(operation: Operation): string | undefined {
  if (operation.kind === 'lookup' || operation.kind === 'dynset') return operation.set;
  if (operation.kind !== 'objref') return undefined;
  return 'set' in operation.target ? operation.target.set : undefined;
}

/** Anonymous sets and meters of the rule, in order of use. */
function setsOf({ sets }: IndexedTable, rule: ProgramRule): readonly ProgramSet[] {
  return rule.operations.flatMap((operation) => {
    const name = referencedSet(operation);
    const set = name === undefined ? undefined : sets.get(name);
    // What a `meter` statement declares carries the span of the statement.
    return set !== undefined && (set.anonymous || set.span === operation.span) ? [set] : [];
  });
}

function anonymousChains({ chains }: IndexedTable, rule: ProgramRule): readonly ProgramChain[] {
  return rule.operations.flatMap((operation) => {
    if (operation.kind !== 'immediate' || operation.data instanceof Uint8Array) return [];
    const chain = 'chain' in operation.data ? chains.get(operation.data.chain) : undefined;
    return chain === undefined ? [] : [chain];
  });
}
