/** The ruleset while commands change it: what the kernel holds during a transaction, by name. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type {
  BaseChain,
  Chain,
  Flowtable,
  ObjectDeclaration,
  Rule,
  Ruleset,
  SetDeclaration,
  Table,
} from '../../../ast/nft/ruleset.ts';
import { isShaped, type RuleShape } from '../../../ast/nft/shaped-rule.ts';
import type { Span } from '../../../base/span.ts';
import type { Family } from '../../../fields/families.ts';

export interface ChainState {
  name: string;
  base?: BaseChain;
  offload: boolean;
  comment?: string;
  readonly handle: number;
  /** The handle as the listing gave it; without it none is shown. */
  writtenHandle?: number;
  span: Span;
  rules: Rule[];
  /** Made by this script. */
  readonly fresh?: true;
  /** Handles of rules that have none written. */
  ruleHandles?: Map<Rule, number>;
}

export interface SetState {
  declaration: SetDeclaration;
  readonly handle: number;
  /** Copied from the declaration when a command first asks for them. */
  elements: Expression[];
  /** Declared with its elements by this script, and no command was about its elements since. */
  fresh: boolean;
  /** Nothing has asked for the elements: they are those of the declaration. */
  readonly untouched: boolean;
  /** Keys of the elements; made when a command first asks for one. */
  keys?: Map<string, number>;
  /** The same by value; made when one is not found as it is written. */
  values?: Map<string, number>;
}

export interface ObjectState {
  readonly declaration: ObjectDeclaration;
  readonly handle: number;
}

export interface FlowtableState {
  flowtable: Flowtable;
  readonly handle: number;
}

export interface TableState {
  readonly family: Family;
  readonly name: string;
  flags: Table['flags'];
  comment?: string;
  readonly handle: number;
  readonly writtenHandle?: number;
  readonly span: Span;
  nextHandle: number;
  /** This script added something to it. */
  touched?: true;
  /** Rules of this script that went, in chains of their own. */
  lostChains?: Chain[];
  /** Its flags were changed by this script. */
  updated?: true;
  readonly chains: Map<string, ChainState>;
  readonly sets: Map<string, SetState>;
  /** Rules that were added since the last check of what they refer to. */
  pending: (readonly Rule[])[];
  /** Names of meters that rules make. */
  readonly meters: Set<string>;
  /** Names of sets that were there before this script. */
  readonly earlierSets: Set<string>;
  /** By type and name. */
  readonly objects: Map<string, ObjectState>;
  readonly flowtables: Map<string, FlowtableState>;
}

export interface RulesetState {
  readonly tables: Map<string, TableState>;
  nextHandle: number;
}

export function tableKey(family: Family, name: string): string {
  return `${family} ${name}`;
}

export function objectKey(type: ObjectDeclaration['type'], name: string): string {
  return `${type} ${name}`;
}

/** The state a ruleset stands for; the ruleset itself is never changed. */
export function stateOf(ruleset: Ruleset | undefined): RulesetState {
  const state: RulesetState = { tables: new Map(), nextHandle: 1 };
  for (const table of ruleset?.tables ?? []) {
    state.tables.set(tableKey(table.family, table.name), tableStateOf(state, table));
  }
  return state;
}

export function emptyTable(
  state: RulesetState,
  family: Family,
  { text, span }: { readonly text: string; readonly span: Span },
): TableState {
  const table: Table = {
    kind: 'table',
    family,
    name: text,
    flags: [],
    objects: [],
    sets: [],
    flowtables: [],
    chains: [],
    span,
  };
  return tableStateOf(state, table);
}

function tableStateOf(state: RulesetState, table: Table): TableState {
  const result: TableState = {
    family: table.family,
    name: table.name,
    flags: table.flags,
    ...(table.comment === undefined ? {} : { comment: table.comment }),
    handle: table.handle ?? state.nextHandle++,
    ...(table.handle === undefined ? {} : { writtenHandle: table.handle }),
    span: table.span,
    nextHandle: 1,
    chains: new Map(),
    sets: new Map(),
    pending: [],
    meters: new Set(),
    earlierSets: earlierSets(table),
    objects: new Map(),
    flowtables: new Map(),
  };
  for (const declaration of table.sets) addSetState(result, declaration);
  for (const declaration of table.objects) addObjectState(result, declaration);
  for (const flowtable of table.flowtables) addFlowtableState(result, flowtable);
  for (const chain of table.chains) {
    const added: ChainState = {
      name: chain.name,
      ...(chain.base === undefined ? {} : { base: chain.base }),
      offload: (chain.flags ?? []).length > 0,
      ...(chain.comment === undefined ? {} : { comment: chain.comment }),
      handle: takeHandle(result, chain.handle),
      ...(chain.handle === undefined ? {} : { writtenHandle: chain.handle }),
      span: chain.span,
      rules: [...chain.rules],
    };
    result.chains.set(chain.name, added);
  }
  return result;
}

/** Sets that no rule has made dynamic by now. */
function earlierSets({ sets, chains, earlierSets: known }: Table): Set<string> {
  const names = new Set(sets.map(({ name }) => name));
  if (names.size === 0) return names;
  /** Whether rules of a shape update sets. */
  const shapes = new Map<RuleShape, boolean>();
  for (const rule of chains.flatMap(({ rules }) => rules)) {
    if (isShaped(rule) && shapes.get(rule.shape) === false) continue;
    const updates = rule.statements.filter((statement) => statement.kind === 'set-update');
    if (isShaped(rule)) shapes.set(rule.shape, updates.length > 0);
    for (const { set } of updates) if (known?.has(set) !== true) names.delete(set);
  }
  return names;
}

export function addChainState(
  table: TableState,
  { text, span }: { readonly text: string; readonly span: Span },
): ChainState {
  const chain: ChainState = {
    name: text,
    offload: false,
    handle: takeHandle(table),
    span,
    rules: [],
    ruleHandles: new Map(),
  };
  table.chains.set(text, chain);
  return chain;
}

/** The kernel numbers everything in a table in order of creation (nf_tables_alloc_handle). */
export function takeHandle(table: TableState, written?: number): number {
  if (written !== undefined) {
    table.nextHandle = Math.max(table.nextHandle, written + 1);
    return written;
  }
  return table.nextHandle++;
}

/** The handle of a rule: as written, or numbered when one is first asked for. */
export function ruleHandle(table: TableState, chain: ChainState, rule: Rule): number {
  const known = rule.handle ?? chain.ruleHandles?.get(rule);
  if (known !== undefined) return known;
  const handle = takeHandle(table);
  chain.ruleHandles ??= new Map();
  chain.ruleHandles.set(rule, handle);
  return handle;
}

export function addSetState(table: TableState, declaration: SetDeclaration): SetState {
  let own: Expression[] | undefined;
  const added: SetState = {
    declaration,
    handle: takeHandle(table, declaration.handle),
    fresh: false,
    get elements() {
      own ??= [...declaration.elements];
      return own;
    },
    set elements(changed) {
      own = changed;
    },
    get untouched() {
      return own === undefined;
    },
  };
  table.sets.set(declaration.name, added);
  return added;
}

export function addObjectState(table: TableState, declaration: ObjectDeclaration): void {
  table.objects.set(objectKey(declaration.type, declaration.name), {
    declaration,
    handle: takeHandle(table, declaration.handle),
  });
}

export function addFlowtableState(table: TableState, flowtable: Flowtable): void {
  table.flowtables.set(flowtable.name, {
    flowtable,
    handle: takeHandle(table, flowtable.handle),
  });
}

/** The ruleset that a state has become. */
export function rulesetOf(state: RulesetState): Ruleset {
  return { kind: 'ruleset', tables: [...state.tables.values()].map(tableOf) };
}

function declarationOf(set: SetState): SetDeclaration {
  if (set.untouched) return set.declaration;
  return { ...set.declaration, elements: set.elements };
}

function chainOf(chain: ChainState): Chain {
  const { name, rules, span, base, offload, comment, writtenHandle } = chain;
  const bare = base === undefined && !offload && comment === undefined;
  if (bare && writtenHandle === undefined) return { kind: 'chain', name, rules, span };
  return {
    kind: 'chain',
    name,
    rules,
    span,
    ...(base === undefined ? {} : { base }),
    ...(offload ? { flags: ['offload'] as const } : {}),
    ...(comment === undefined ? {} : { comment }),
    ...(writtenHandle === undefined ? {} : { handle: writtenHandle }),
  };
}

function tableOf(table: TableState): Table {
  return {
    kind: 'table',
    family: table.family,
    name: table.name,
    flags: table.flags,
    ...(table.comment === undefined ? {} : { comment: table.comment }),
    ...(table.writtenHandle === undefined ? {} : { handle: table.writtenHandle }),
    objects: [...table.objects.values()].map(({ declaration }) => declaration),
    sets: [...table.sets.values()].map(declarationOf),
    ...(table.earlierSets.size === 0 ? {} : { earlierSets: table.earlierSets }),
    flowtables: [...table.flowtables.values()].map(({ flowtable }) => flowtable),
    chains: [...table.chains.values()].map(chainOf),
    span: table.span,
  };
}
