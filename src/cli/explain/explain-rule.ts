/** A match or whole rule: how nft lists it, what the kernel is sent, and the expressions in it. */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { Rule } from '../../ast/nft/ruleset.ts';
import { everyOperand, statementsOf } from '../../ast/nft/visit.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import type { Family } from '../../fields/families.ts';
import type { HookWord } from '../../fields/hooks.ts';
import { printBytecode } from '../../formats/bytecode/print.ts';
import { printNftRule } from '../../formats/nft/print.ts';
import { lower } from '../../lower/lower.ts';
import type { Program } from '../../model/program.ts';
import { raise } from '../../raise/raise.ts';
import { describeExpression, type ExpressionInfo } from './describe.ts';
import { emptyTable, families, usableHooks } from './in-family.ts';

export interface RuleInFamily {
  readonly family: Family;
  readonly refused?: string;
  /** As `nft list ruleset` shows it. */
  readonly listing: string;
  /** As `nft --debug=netlink` shows it: sets first, then one operation per line. */
  readonly bytecode: readonly string[];
  readonly hooks: readonly HookWord[];
}

export interface RuleInfo {
  readonly kind: 'rule';
  readonly text: string;
  /** The family that listing and bytecode are shown for. */
  readonly shown: RuleInFamily;
  readonly families: readonly RuleInFamily[];
  readonly expressions: readonly ExpressionInfo[];
}

export interface ExplainedRule {
  readonly info: RuleInfo;
  readonly diagnostics: readonly Diagnostic[];
}

/** `family`: asked for; otherwise inet, or the first family that takes the rule. */
export function explainRule(
  rule: Rule,
  family: Family | undefined,
  environment: NameEnvironment,
): ExplainedRule {
  const tried = families.map((one) => ruleInFamily(rule, one, environment));
  const usable = tried.filter(({ result }) => result.refused === undefined);
  const wanted = tried.find(({ result }) => result.family === (family ?? 'inet'));
  const shown =
    family === undefined && wanted?.result.refused !== undefined ? (usable[0] ?? wanted) : wanted;
  if (shown === undefined) throw new Error('no such family');
  const { span } = rule;
  const info: RuleInfo = {
    kind: 'rule',
    text: span.source.text.slice(span.start, span.end).trim(),
    shown: shown.result,
    families: tried.map(({ result }) => result),
    expressions: expressionsIn(rule, environment),
  };
  return { info, diagnostics: shown.result.refused === undefined ? [] : shown.diagnostics };
}

interface Tried {
  readonly result: RuleInFamily;
  readonly diagnostics: readonly Diagnostic[];
}

function ruleInFamily(rule: Rule, family: Family, environment: NameEnvironment): Tried {
  const { span } = rule;
  const chain = { kind: 'chain', name: 'c', rules: [rule], span } as const;
  const ruleset = {
    kind: 'ruleset',
    tables: [{ ...emptyTable(family, { span }), chains: [chain] }],
  } as const;
  const { value: program, diagnostics } = lower(ruleset, { environment });
  const [problem] = diagnostics;
  if (problem !== undefined) {
    const result = { family, refused: problem.message, listing: '', bytecode: [], hooks: [] };
    return { result, diagnostics };
  }
  const raised = raise(program, ruleset, { environment }).tables[0]?.chains[0]?.rules[0];
  const listing =
    raised === undefined ? '' : printNftRule(raised, { stateless: true, environment });
  const bytecode = printBytecode(program).trimEnd().split('\n');
  return { result: { family, listing, bytecode, hooks: hooksOf(program, family) }, diagnostics };
}

function hooksOf(program: Program, family: Family): readonly HookWord[] {
  const chains = program.tables.flatMap((table) => table.chains);
  const operations = chains.flatMap((chain) => chain.rules.flatMap((rule) => rule.operations));
  return usableHooks(operations, family);
}

const constants: ReadonlySet<Expression['kind']> = new Set([
  'symbol',
  'string',
  'value',
  'prefix',
  'range',
  'list',
  'set',
  'set-reference',
  'element',
  'wildcard',
  'mapping',
  'verdict',
  'map',
  'boolean',
  'flags-mask',
  'binary',
  'concat',
  'variable',
]);

/** What the rule looks at or sets, each once, in order of writing. */
function expressionsIn(rule: Rule, environment: NameEnvironment): readonly ExpressionInfo[] {
  const found = new Map<string, ExpressionInfo>();
  for (const statement of statementsOf(rule)) {
    for (const node of everyOperand(statement)) {
      if (constants.has(node.kind)) continue;
      const info = describeExpression(node, environment);
      if (info !== undefined && !found.has(info.expression)) found.set(info.expression, info);
    }
  }
  return [...found.values()];
}
