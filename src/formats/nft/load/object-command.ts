/** Commands on stateful objects: declare, delete, destroy. */

import type { ObjectDeclaration } from '../../../ast/nft/ruleset.ts';
import type { CommandOf, Name, Target } from '../../../ast/nft/script.ts';
import type { ObjectType } from '../../../ast/nft/statements.ts';
import {
  alreadyExists,
  type LoadContext,
  nameOfTarget,
  notFound,
  report,
  tableOfTarget,
} from './context.ts';
import { loseObject } from './lost.ts';
import { nameFits } from './names.ts';
import { addObjectState, objectKey, type TableState } from './state.ts';
import { isUsed, usageOf } from './usage.ts';

export function runObjectCommand(context: LoadContext, command: CommandOf<'object'>): void {
  const { verb, target, type, declaration, span } = command;
  if (verb === 'destroy' && !isThere(context, target, type)) return;
  const table = tableOfTarget(context, target, span);
  if (table === undefined) return;
  const name = nameOfTarget(target, span);
  if (declaration !== undefined) {
    declareObject(context, table, name, declaration, verb === 'create' ? 'create' : 'add');
    return;
  }
  deleteObject(context, table, target, type, name);
}

function isThere(context: LoadContext, target: Target, type: ObjectType): boolean {
  const { family = 'ip', table } = target;
  const found = context.state.tables.get(`${family} ${table?.text ?? ''}`);
  return found === undefined || nameIn(found, target, type) !== undefined;
}

function nameIn(table: TableState, { name, handle }: Target, type: ObjectType): string | undefined {
  if (name !== undefined)
    return table.objects.has(objectKey(type, name.text)) ? name.text : undefined;
  for (const { declaration, handle: own } of table.objects.values()) {
    if (declaration.type === type && own === handle?.value) return declaration.name;
  }
  return undefined;
}

/** An object that is there already stays as it is (a quota's limit aside). */
export function declareObject(
  context: LoadContext,
  table: TableState,
  name: Name,
  declaration: ObjectDeclaration,
  verb: 'add' | 'create',
): void {
  if (!isComplete(declaration)) {
    const { source, end } = name.span;
    const message = 'a ct expectation needs protocol, dport, timeout and size';
    report(context, 'invalid-value', { source, start: end - 1, end }, message);
    return;
  }
  const key = objectKey(declaration.type, name.text);
  const existing = table.objects.get(key);
  if (existing === undefined) {
    if (!nameFits(context, name)) return;
    table.touched = true;
    addObjectState(table, declaration);
    return;
  }
  if (verb === 'create') {
    alreadyExists(context, declaration.type, name);
    return;
  }
  if (existing.declaration.type !== 'quota' || declaration.type !== 'quota') return;
  const { over, bytes } = declaration;
  table.objects.set(key, { ...existing, declaration: { ...existing.declaration, over, bytes } });
}

function isComplete(declaration: ObjectDeclaration): boolean {
  if (declaration.type !== 'ct expectation') return true;
  const { protocol, dport, timeout, size } = declaration;
  return protocol !== '' && dport !== 0 && timeout !== 0 && size !== 0;
}

function deleteObject(
  context: LoadContext,
  table: TableState,
  target: Target,
  type: ObjectType,
  name: Name,
): void {
  const found = nameIn(table, target, type);
  if (found === undefined) {
    const names = [...table.objects.values()]
      .filter(({ declaration }) => declaration.type === type)
      .map(({ declaration }) => declaration.name);
    notFound(context, type, name, names);
    return;
  }
  context.usage ??= usageOf(context.state);
  if (isUsed(context.usage, table, `object ${type} ${found}`)) {
    report(context, 'not-possible', name.span, `${type} '${found}' is still in use`);
    return;
  }
  loseObject(context, table, objectKey(type, found));
  table.objects.delete(objectKey(type, found));
}
