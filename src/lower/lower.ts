/** Lowers a loaded ruleset into a program: what nft would send to the kernel. */

import type { Chain, Ruleset, Table } from '../ast/nft/ruleset.ts';
import type { Diagnostic, DiagnosticCode, Result } from '../base/diagnostic.ts';
import { debianEnvironment, type NameEnvironment } from '../datatypes/environment.ts';
import type { Program, ProgramChain, ProgramTable } from '../model/program.ts';
import { checkChains } from './checks/chains.ts';
import { checkDeclarations } from './checks/table.ts';
import { lowerObject } from './objects.ts';
import { lowerRule, newContext, type RuleScope } from './rule.ts';
import { declareSet, fillSet } from './sets/declaration.ts';
import type { SetBuild } from './sets/set-build.ts';
import { programSet } from './shape/lower-shaped.ts';
import { newTableScope } from './table-scope.ts';

export interface LowerOptions {
  /** Names of protocols, services, interfaces, marks, users; Debian's by default. */
  readonly environment?: NameEnvironment;
  /** Whether rules of one shape are lowered by what was learnt from the first of them; the result is the same. */
  readonly byShape?: boolean;
}

/**
 * The program of a ruleset, with what nft or the kernel would refuse as diagnostics (a rule with an error has no
 * operations). Linear in the size of the ruleset.
 */
export function lower(ruleset: Ruleset, options: LowerOptions = {}): Result<Program> {
  const diagnostics: Diagnostic[] = [];
  const tables = ruleset.tables.map((table) => lowerTable(newScope(table, diagnostics, options)));
  return { value: { tables }, diagnostics: kernelLast(diagnostics) };
}

/** The scope in which the rules of a table are lowered. */
export function newScope(
  table: Table,
  diagnostics: Diagnostic[],
  { environment = debianEnvironment, byShape = true }: LowerOptions,
): RuleScope {
  return {
    table: newTableScope(table),
    environment,
    diagnostics,
    ...(byShape ? { shapes: new Map() } : {}),
  };
}

const kernelCodes: ReadonlySet<string> = new Set<DiagnosticCode>([
  'kernel-refused',
  'jump-loop',
  'unknown-chain',
  'unknown-flowtable',
  'unknown-object',
]);

/** What the kernel finds when the whole script is sent to it. */
export function isOfKernel({ code }: Pick<Diagnostic, 'code'>): boolean {
  return kernelCodes.has(code);
}

/** nft finds its own errors before the kernel is asked. */
function kernelLast(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics.filter((one) => !isOfKernel(one)), ...diagnostics.filter(isOfKernel)];
}

export function lowerTable(scope: RuleScope): ProgramTable {
  const { table } = scope.table;
  checkDeclarations(scope);
  const declared = lowerSets(scope);
  const chains = table.chains.map((chain) => lowerChain(scope, chain));
  const { meters, anonymousSets } = scope.table;
  const lowered: ProgramTable = {
    family: table.family,
    name: table.name,
    loader: 'nft',
    dormant: table.flags.includes('dormant'),
    chains: [...chains, ...scope.table.anonymousChains],
    sets: [...declared, ...meters, ...anonymousSets].map(programSet),
    objects: table.objects.map(lowerObject),
    flowtables: table.flowtables.map((flowtable) => flowtable.name),
    span: table.span,
  };
  checkChains(scope, lowered);
  return lowered;
}

/** All keys first: elements may refer to nothing but their own set. */
function lowerSets(scope: RuleScope): readonly SetBuild[] {
  const builds: SetBuild[] = [];
  for (const node of scope.table.table.sets) {
    const build = declareSet(newContext(scope), node);
    if (build === undefined) continue;
    scope.table.sets.set(build.name, build);
    builds.push(build);
  }
  for (const build of builds) {
    fillSet(newContext(scope), build, scope.shapes !== undefined);
  }
  return builds;
}

/** One chain of a table whose sets are declared. */
export function lowerChain(scope: RuleScope, chain: Chain): ProgramChain {
  const rules = chain.rules.map((rule) => lowerRule(scope, rule));
  const { base, name, span } = chain;
  if (base === undefined) return { name, rules, span };
  return {
    name,
    base: {
      type: base.type,
      hook: base.hook,
      priority: base.priority.value,
      devices: base.devices ?? [],
      policy: base.policy ?? 'accept',
    },
    rules,
    span,
  };
}
