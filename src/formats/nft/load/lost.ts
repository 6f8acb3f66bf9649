/** What a script adds and takes away again: nft and the kernel have refused it by then if it is wrong. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { Rule, SetDeclaration, Table } from '../../../ast/nft/ruleset.ts';
import type { Diagnostic } from '../../../base/diagnostic.ts';
import type { Source } from '../../../base/span.ts';
import { debianEnvironment } from '../../../datatypes/environment.ts';
import { unknownInterface } from '../../../datatypes/parse-value.ts';
import { isOfKernel, lower } from '../../../lower/lower.ts';
import type { LoadContext } from './context.ts';
import type { ChainState, SetState, TableState } from './state.ts';

/** Rules that go, all of them or these. */
export function loseRules(
  context: LoadContext,
  table: TableState,
  { name, span, rules }: ChainState,
  gone: readonly Rule[] = rules,
): void {
  if (context.lost === undefined || table.touched !== true) return;
  const own = gone.filter((rule) => isOwn(context, rule.span));
  if (own.length === 0) return;
  table.lostChains ??= [];
  // Hooks and jumps are looked at when all is done, so the chain stands alone here.
  table.lostChains.push({ kind: 'chain', name, rules: own, span });
}

/** Elements that go, all of them or these, and the set where it goes too. */
export function loseElements(
  context: LoadContext,
  table: TableState,
  set: SetState,
  gone: readonly Expression[] = set.elements,
): void {
  if (context.lost === undefined || table.touched !== true) return;
  const elements = gone.filter(({ span }) => isOwn(context, span));
  if (elements.length > 0) evaluate(context, table, { sets: [bare(set.declaration, elements)] });
}

/** `flush set` takes elements of the declaration from nft's own list, so that the kernel never sees them. */
export function flushElements(context: LoadContext, table: TableState, set: SetState): void {
  const { lost } = context;
  const known = lost?.length ?? 0;
  loseElements(context, table, set);
  if (set.fresh) lost?.push(...lost.splice(known).filter((one) => !isOfKernel(one)));
}

export function loseObject(context: LoadContext, table: TableState, key: string): void {
  const object = table.objects.get(key)?.declaration;
  if (context.lost === undefined || object === undefined || !isOwn(context, object.span)) return;
  evaluate(context, table, { objects: [object] });
}

export function loseTable(context: LoadContext, table: TableState): void {
  if (context.lost === undefined || table.touched !== true) return;
  for (const chain of table.chains.values()) loseRules(context, table, chain);
  loseChains(context, table);
  const sets = [...table.sets.values()].filter(({ declaration: { span } }) => isOwn(context, span));
  const objects = [...table.objects.values()]
    .map(({ declaration }) => declaration)
    .filter(({ span }) => isOwn(context, span));
  const declared = sets.map(({ declaration, elements }) => bare(declaration, elements));
  evaluate(context, table, { sets: declared, objects });
}

/** Before sets go that the rules which went before may have used; and at the end. */
export function loseChains(context: LoadContext, table: TableState): void {
  const { lostChains: chains = [] } = table;
  if (chains.length === 0) return;
  delete table.lostChains;
  const sets = [...table.sets.values()].map(({ declaration }) => bare(declaration, []));
  evaluate(context, table, { sets, chains });
}

function isOwn({ sources }: LoadContext, { source }: { readonly source: Source }): boolean {
  return sources?.has(source) === true;
}

/** What was learnt of the elements that the declaration had is not copied. */
function bare(declaration: SetDeclaration, elements: readonly Expression[]): SetDeclaration {
  return { ...declaration, elements };
}

function evaluate(
  { lost, environment }: LoadContext,
  { family, name, span }: TableState,
  parts: Partial<Pick<Table, 'sets' | 'chains' | 'objects'>>,
): void {
  const none = { objects: [], sets: [], flowtables: [], chains: [] };
  const table: Table = { kind: 'table', family, name, flags: [], ...none, ...parts, span };
  const options = environment === undefined ? {} : { environment };
  const { diagnostics } = lower({ kind: 'ruleset', tables: [table] }, options);
  const told = environment !== undefined && environment.interfaces !== debianEnvironment.interfaces;
  for (const one of diagnostics) {
    // Which interfaces there are is known to those who ask with an environment.
    if (isAtOnce(one) && (told || one.message !== unknownInterface)) lost?.push(one);
  }
}

/** The kernel looks for what is referred to elsewhere; jumps are followed at the end of the transaction. */
function isAtOnce(diagnostic: Diagnostic): boolean {
  return !isOfKernel(diagnostic) || diagnostic.code === 'kernel-refused';
}
