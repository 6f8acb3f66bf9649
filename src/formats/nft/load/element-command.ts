/** Commands on elements: add, create, delete, destroy, reset. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { CommandOf } from '../../../ast/nft/script.ts';
import { type LoadContext, nameOfTarget, report, tableOfTarget } from './context.ts';
import { elementData, elementKey } from './expression-key.ts';
import { setOf } from './set-command.ts';
import type { SetState, TableState } from './state.ts';
import { countElements } from './usage.ts';

export function runElementCommand(context: LoadContext, command: CommandOf<'element'>): void {
  const { verb, target, elements, span } = command;
  const table = tableOfTarget(context, target, span);
  if (table === undefined) return;
  const set = setOf(context, table, target, nameOfTarget(target, span));
  if (set === undefined) return;
  const items = elements.kind === 'set' ? elements.items : [elements];
  if (verb === 'add' || verb === 'create') addElements(context, table, set, items, verb);
  else if (verb === 'delete' || verb === 'destroy')
    removeElements(context, table, set, items, verb);
}

function keysOf(set: SetState): Map<string, number> {
  set.keys ??= new Map(set.elements.map((element, index) => [elementKey(element), index]));
  return set.keys;
}

/** An element that is there is left as it is; with other data, or with `create`, that is an error. */
export function addElements(
  context: LoadContext,
  table: TableState,
  set: SetState,
  items: readonly Expression[],
  verb: 'add' | 'create',
): void {
  const keys = keysOf(set);
  const added: Expression[] = [];
  for (const item of items) {
    const key = elementKey(item);
    const index = keys.get(key);
    const existing = index === undefined ? undefined : set.elements[index];
    if (existing === undefined) {
      keys.set(key, set.elements.length);
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
  const keys = keysOf(set);
  const gone = new Set<number>();
  for (const item of items) {
    const key = elementKey(item);
    const index = keys.get(key);
    if (index !== undefined) {
      gone.add(index);
      keys.delete(key);
    } else if (verb === 'delete') {
      report(context, 'not-found', item.span, `element '${key}' is not in the set`);
    }
  }
  if (gone.size === 0) return;
  if (context.usage !== undefined) {
    const removed = set.elements.filter((_, index) => gone.has(index));
    countElements(context.usage, table, removed, -1);
  }
  set.elements = set.elements.filter((_, index) => !gone.has(index));
  delete set.keys;
}
