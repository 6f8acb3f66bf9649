/** Fills xt matches and targets that an nft listing shows only by name from the same rules as iptables-save shows them. */

import type { MatchOperation, Operation, TargetOperation } from './operations.ts';
import type { Program, ProgramChain, ProgramRule, ProgramTable } from './program.ts';

type XtOperation = MatchOperation | TargetOperation;

export interface XtCompletion {
  readonly program: Program;
  /** Rules that got all their contents. */
  readonly completedRules: number;
  /** Rules that still have a match or target without content: the other dump has no rule that corresponds. */
  readonly openRules: number;
}

const nameOf = (operation: XtOperation) =>
  operation.kind === 'match' ? operation.match.name : operation.target.name;

const optionsOf = (operation: XtOperation) =>
  operation.kind === 'match' ? operation.match.options : operation.target.options;

const isXt = (operation: Operation): operation is XtOperation =>
  operation.kind === 'match' || operation.kind === 'target';

const isOpen = (operation: Operation): operation is XtOperation =>
  isXt(operation) && optionsOf(operation) === undefined;

const isOpenRule = (rule: ProgramRule) => rule.operations.some(isOpen);

/** What a rule does when its contents are left out: the chain it jumps to, or the verdict. */
function endOf(rule: ProgramRule): string {
  const last = rule.operations.findLast((operation) => operation.kind === 'immediate');
  if (last?.kind !== 'immediate' || last.data instanceof Uint8Array) return '';
  return 'chain' in last.data ? `${last.data.kind} ${last.data.chain}` : last.data.kind;
}

/** The open operations of a rule filled from `other`, in order of their names; undefined when they do not correspond. */
function fillRule(rule: ProgramRule, other: ProgramRule): ProgramRule | undefined {
  if (endOf(rule) !== endOf(other)) return undefined;
  const known = other.operations.filter(isXt);
  const operations = rule.operations.map((operation): Operation | undefined => {
    if (!isOpen(operation)) return operation;
    const at = known.findIndex(
      (candidate) => candidate.kind === operation.kind && nameOf(candidate) === nameOf(operation),
    );
    const [found] = at < 0 ? [] : known.splice(at, 1);
    if (found === undefined) return undefined;
    return operation.span === undefined ? found : { ...found, span: operation.span };
  });
  const filled = operations.filter((operation) => operation !== undefined);
  return filled.length === operations.length ? { ...rule, operations: filled } : undefined;
}

function fillChain(chain: ProgramChain, other: ProgramChain | undefined): ProgramChain {
  if (!chain.rules.some(isOpenRule)) return chain;
  if (other === undefined || other.rules.length !== chain.rules.length) return chain;
  const rules = chain.rules.map((rule, index) => {
    const match = other.rules[index];
    return isOpenRule(rule) && match !== undefined ? (fillRule(rule, match) ?? rule) : rule;
  });
  return { ...chain, rules };
}

function fillTable(table: ProgramTable, other: ProgramTable | undefined): ProgramTable {
  if (other === undefined) return table;
  const chains = new Map(other.chains.map((chain) => [chain.name, chain]));
  return {
    ...table,
    chains: table.chains.map((chain) => fillChain(chain, chains.get(chain.name))),
  };
}

const openRules = (program: Program) =>
  program.tables
    .flatMap((table) => table.chains)
    .reduce((count, chain) => count + chain.rules.filter(isOpenRule).length, 0);

/**
 * `nft list ruleset` prints `xt match "set"` without its content; iptables-save of the same node prints it whole.
 * A rule takes its contents from the rule at the same place of the same chain, when both have equally many rules and
 * end alike; everything else stays open and is asked for when a packet meets it.
 */
export function completeXt(program: Program, companion: Program): XtCompletion {
  const others = new Map(companion.tables.map((table) => [`${table.family} ${table.name}`, table]));
  const tables = program.tables.map((table) =>
    fillTable(table, others.get(`${table.family} ${table.name}`)),
  );
  const completed: Program = { ...program, tables };
  const open = openRules(completed);
  return { program: completed, completedRules: openRules(program) - open, openRules: open };
}
