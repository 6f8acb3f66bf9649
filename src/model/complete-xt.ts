/** Rules that an nft listing shows in part, made whole from the same rules as iptables-save shows them. */

import type { MatchOperation, Operation, TargetOperation } from './operations.ts';
import type { Program, ProgramChain, ProgramRule, ProgramTable } from './program.ts';

type XtOperation = MatchOperation | TargetOperation;

export interface XtCompletion {
  readonly program: Program;
  /** Rules taken from the iptables-save. */
  readonly completedRules: number;
  /** Rules that still have a match or target without content: the other dump has no chain that corresponds. */
  readonly openRules: number;
}

const optionsOf = (operation: XtOperation) =>
  operation.kind === 'match' ? operation.match.options : operation.target.options;

const isXt = (operation: Operation): operation is XtOperation =>
  operation.kind === 'match' || operation.kind === 'target';

const isOpenRule = (rule: ProgramRule) =>
  rule.operations.some((operation) => isXt(operation) && optionsOf(operation) === undefined);

/** Where a rule ends: the chain it jumps to (`jump NAME`), or the verdict; nothing if it goes on. */
function endOf(rule: ProgramRule): string {
  const last = rule.operations.findLast((operation) => operation.kind === 'immediate');
  if (last?.kind !== 'immediate' || last.data instanceof Uint8Array) return '';
  return 'chain' in last.data ? `${last.data.kind} ${last.data.chain}` : last.data.kind;
}

function withoutSpan(operation: Operation): Operation {
  if (operation.span === undefined) return operation;
  const { span: _span, ...rest } = operation;
  return rest;
}

/** A rule of a listing: where it is and where it ends. */
export interface ListedRule extends Pick<ProgramRule, 'span' | 'handle' | 'comment'> {
  /** `jump NAME`, `goto NAME`, a verdict, or nothing. */
  readonly end: string;
}

/** The rules of the other dump in the places of the listing; undefined unless they end alike, one by one. */
export function takeRules(
  listed: readonly ListedRule[],
  rules: readonly ProgramRule[],
): readonly ProgramRule[] | undefined {
  if (listed.length !== rules.length) return undefined;
  const taken: ProgramRule[] = [];
  for (const [index, rule] of rules.entries()) {
    const { end, span = rule.span, handle, comment } = listed[index] ?? {};
    if (end !== endOf(rule)) return undefined;
    taken.push({
      operations: rule.operations.map(withoutSpan),
      ...(handle === undefined ? {} : { handle }),
      ...(comment === undefined ? {} : { comment }),
      span,
    });
  }
  return taken;
}

/** As `takeRules`; the listing's own rules where they do not correspond. */
export function completeRules(
  rules: readonly ProgramRule[],
  other: ProgramChain | undefined,
): readonly ProgramRule[] {
  if (other === undefined) return rules;
  // Rules may be objects whose properties are computed: a spread would lose them.
  const listed = rules.map((rule): ListedRule => {
    const { span, handle, comment } = rule;
    return {
      end: endOf(rule),
      ...(handle === undefined ? {} : { handle }),
      ...(comment === undefined ? {} : { comment }),
      span,
    };
  });
  return takeRules(listed, other.rules) ?? rules;
}

function completeChain(chain: ProgramChain, other: ProgramChain | undefined): ProgramChain {
  const rules = completeRules(chain.rules, other);
  return rules === chain.rules ? chain : { ...chain, rules };
}

function completeTable(table: ProgramTable, other: ProgramTable | undefined): ProgramTable {
  if (other === undefined) return table;
  const chains = new Map(other.chains.map((chain) => [chain.name, chain]));
  const completed = table.chains.map((chain) => completeChain(chain, chains.get(chain.name)));
  const known = new Set(table.sets.map(({ name }) => name));
  const sets = [...table.sets, ...other.sets.filter(({ name }) => !known.has(name))];
  return { ...table, chains: completed, sets };
}

const rulesOf = (program: Program) =>
  program.tables.flatMap((table) => table.chains).flatMap((chain) => chain.rules);

/**
 * `nft list ruleset` loses parts of what iptables-nft wrote: `xt match "set"` has no content, and the negation of
 * `--ctstate` is not shown. iptables-save of the same node has both. A chain is taken from there when both dumps have
 * equally many rules in it that end alike, one by one; every other chain stays as the listing shows it. Spans stay those
 * of the listing.
 */
export function completeXt(program: Program, companion: Program): XtCompletion {
  const others = new Map(companion.tables.map((table) => [`${table.family} ${table.name}`, table]));
  const tables = program.tables.map((table) =>
    completeTable(table, others.get(`${table.family} ${table.name}`)),
  );
  const completed: Program = { ...program, tables };
  const before = new Set(rulesOf(program));
  const rules = rulesOf(completed);
  return {
    program: completed,
    completedRules: rules.filter((rule) => !before.has(rule)).length,
    openRules: rules.filter(isOpenRule).length,
  };
}
