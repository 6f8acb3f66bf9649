/** Commands on elements: add, create, delete, destroy, reset. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { SetDeclaration } from '../../../ast/nft/ruleset.ts';
import type { CommandOf } from '../../../ast/nft/script.ts';
import {
  flushedTable,
  type LoadContext,
  nameOfTarget,
  notFound,
  report,
  tableOfTarget,
} from './context.ts';
import { elementProblems } from './element-problems.ts';
import { keyTypes, valueKey, withoutPart } from './element-value.ts';
import { elementData, elementKey } from './expression-key.ts';
import { loseElements } from './lost.ts';
import { setOf } from './set-command.ts';
import type { SetState, TableState } from './state.ts';
import { countElements } from './usage.ts';

export function runElementCommand(context: LoadContext, command: CommandOf<'element'>): void {
  const { verb, target, elements, span } = command;
  const { family = 'ip', table: tableName, name } = target;
  const flushed = tableName && flushedTable(context, family, tableName);
  if (name !== undefined && flushed?.sets.has(name.text) === false) {
    notFound(context, 'set', name, flushed.sets.keys());
    return;
  }
  const table = tableOfTarget(context, target, span);
  if (table === undefined) return;
  const set = setOf(context, table, target, nameOfTarget(target, span));
  if (set === undefined) return;
  const items = elements.kind === 'set' ? elements.items : [elements];
  if (verb === 'add' || verb === 'create') {
    addElements(context, table, set, items, verb);
    return;
  }
  const missing = items.filter((item) => indexOf(set, item) === undefined);
  const { declaration } = set;
  const problems = elementProblems(table, declaration, missing, context.environment);
  if (missing.length > 0 && problems.length > 0) context.diagnostics.push(...problems);
  else if (verb === 'get' || verb === 'reset') {
    if (isInKernel(context, table, declaration)) {
      if (missing.length === 0 || declaration.flags.includes('interval')) return;
    }
    report(context, 'kernel-refused', span, 'no such element in the set');
  } else if (verb === 'delete' || verb === 'destroy')
    removeElements(context, table, set, items, verb);
}

/** Elements are asked for before the script's own changes are sent. */
function isInKernel(
  { before }: LoadContext,
  { family, name }: TableState,
  declaration: SetDeclaration,
): boolean {
  const table = before?.tables.find((each) => each.family === family && each.name === name);
  return table?.sets.some((set) => set.name === declaration.name) ?? false;
}

function keysOf(set: SetState): Map<string, number> {
  set.keys ??= new Map(set.elements.map((element, index) => [elementKey(element), index]));
  return set.keys;
}

/** The element of equal value, however it was written. */
function findByValue(set: SetState, item: Expression): number | undefined {
  const types = keyTypes(set.declaration);
  const wanted = types === undefined ? undefined : valueKey(item, types);
  if (types === undefined || wanted === undefined) return undefined;
  set.values ??= new Map(
    set.elements.map((element, index) => [valueKey(element, types) ?? '', index]),
  );
  return set.values.get(wanted);
}

function indexOf(set: SetState, item: Expression): number | undefined {
  return keysOf(set).get(elementKey(item)) ?? findByValue(set, item);
}

function noteValue(set: SetState, item: Expression): void {
  const types = set.values === undefined ? undefined : keyTypes(set.declaration);
  const value = types === undefined ? undefined : valueKey(item, types);
  if (value !== undefined) set.values?.set(value, set.elements.length);
}

/** Sets with `auto-merge` give up a part of an interval. */
function removePart(set: SetState, item: Expression): boolean {
  const types = set.declaration.autoMerge ? keyTypes(set.declaration) : undefined;
  const left = types === undefined ? undefined : withoutPart(set.elements, item, types);
  if (left === undefined) return false;
  set.elements = [...left];
  delete set.keys;
  delete set.values;
  return true;
}

/** An element that is there is left as it is; with other data, or with `create`, that is an error. */
export function addElements(
  context: LoadContext,
  table: TableState,
  set: SetState,
  items: readonly Expression[],
  verb: 'add' | 'create',
): void {
  set.fresh = false;
  table.touched = true;
  const keys = keysOf(set);
  const added: Expression[] = [];
  for (const item of items) {
    const key = elementKey(item);
    const index = keys.get(key) ?? (verb === 'create' ? findByValue(set, item) : undefined);
    const existing = index === undefined ? undefined : set.elements[index];
    if (existing === undefined) {
      keys.set(key, set.elements.length);
      noteValue(set, item);
      set.elements.push(item);
      added.push(item);
    } else if (verb === 'create' || elementData(existing) !== elementData(item)) {
      report(context, 'already-exists', item.span, `element '${key}' is in the set already`);
    }
  }
  if (context.usage !== undefined) countElements(context.usage, table, added, 1);
}

function removeElements(
  context: LoadContext,
  table: TableState,
  set: SetState,
  items: readonly Expression[],
  verb: 'delete' | 'destroy',
): void {
  const gone = new Set<number>();
  const parts: Expression[] = [];
  for (const item of items) {
    const index = indexOf(set, item);
    if (index !== undefined && !gone.has(index)) gone.add(index);
    else parts.push(item);
  }
  const intervals = hasIntervals(set.declaration);
  // nft takes whole intervals from its own list of elements, which it has not sent yet: they come back with it.
  if (gone.size > 0 && !(intervals && set.fresh)) removeAt(context, table, set, gone);
  set.fresh = false;
  for (const item of parts) {
    if (removePart(set, item) || (verb === 'destroy' && !intervals)) continue;
    report(context, 'not-found', item.span, `element '${elementKey(item)}' is not in the set`);
  }
}

/** Intervals of one field: nft looks for those to delete itself (set_delete()). */
function hasIntervals({ flags, key }: SetDeclaration): boolean {
  if (!flags.includes('interval')) return false;
  if (key?.kind === 'type') return key.names.length === 1;
  return key?.expression.kind !== 'concat';
}

function removeAt(
  context: LoadContext,
  table: TableState,
  set: SetState,
  gone: ReadonlySet<number>,
): void {
  const removed = set.elements.filter((_, index) => gone.has(index));
  if (context.usage !== undefined) countElements(context.usage, table, removed, -1);
  loseElements(context, table, set, removed);
  set.elements = set.elements.filter((_, index) => !gone.has(index));
  delete set.keys;
  delete set.values;
}
