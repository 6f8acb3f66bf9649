/** What nft says of elements that a command asks for or removes, before it looks for them. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { Ruleset, SetDeclaration } from '../../../ast/nft/ruleset.ts';
import type { Diagnostic } from '../../../base/diagnostic.ts';
import type { NameEnvironment } from '../../../datatypes/environment.ts';
import { isOfKernel, lower } from '../../../lower/lower.ts';
import type { TableState } from './state.ts';

/** Values that are not of the set's type; data of maps may be left out. */
export function elementProblems(
  { family, name, span }: TableState,
  { name: setName, key, flags, span: setSpan }: SetDeclaration,
  items: readonly Expression[],
  environment: NameEnvironment | undefined,
): readonly Diagnostic[] {
  if (key === undefined) return [];
  const set: SetDeclaration = {
    kind: 'set',
    name: setName,
    map: false,
    key,
    flags: flags.filter((flag) => flag === 'interval'),
    autoMerge: flags.includes('interval'),
    statements: [],
    elements: items.map(keyOf),
    span: setSpan,
  };
  const table = { kind: 'table', family, name, flags: [], objects: [], span } as const;
  const ruleset: Ruleset = {
    kind: 'ruleset',
    tables: [{ ...table, sets: [set], flowtables: [], chains: [] }],
  };
  const options = environment === undefined ? {} : { environment };
  return lower(ruleset, options).diagnostics.filter((one) => !isOfKernel(one));
}

function keyOf(item: Expression): Expression {
  if (item.kind === 'mapping') return keyOf(item.key);
  return item.kind === 'element' ? item.key : item;
}
