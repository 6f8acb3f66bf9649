/** Commands on sets and maps: declare, delete, destroy, flush. */

import type { SetDeclaration } from '../../../ast/nft/ruleset.ts';
import type { CommandOf, Name, Target } from '../../../ast/nft/script.ts';
import type { Span } from '../../../base/span.ts';
import {
  alreadyExists,
  type LoadContext,
  nameOfTarget,
  notFound,
  report,
  tableOfTarget,
} from './context.ts';
import { addElements } from './element-command.ts';
import { expressionKey } from './expression-key.ts';
import { flushElements, loseChains, loseElements } from './lost.ts';
import { nameFits } from './names.ts';
import { addSetState, type SetState, type TableState } from './state.ts';
import { countElements, isUsed, usageOf } from './usage.ts';

export function runSetCommand(context: LoadContext, command: CommandOf<'set' | 'map'>): void {
  const { verb, target, span } = command;
  const declaration = 'declaration' in command ? command.declaration : undefined;
  if (verb === 'destroy' && !isThere(context, target)) return;
  const table = tableOfTarget(context, target, span);
  if (table === undefined) return;
  const name = nameOfTarget(target, span);
  if (declaration !== undefined) {
    const keyless =
      declaration.key === undefined ? { ...name, span: bodyOf(declaration.span) } : name;
    const body = bodyOf(declaration.span);
    declareSet(context, table, keyless, declaration, verb === 'create' ? 'create' : 'add', body);
    return;
  }
  const set = setOf(context, table, target, name);
  if (set === undefined) return;
  if (verb === 'flush') flushSet(context, table, set);
  else deleteSet(context, table, set, name);
}

/** The braces of a declaration: nft blames them where a command declares a set without a type. */
function bodyOf(span: Span): Span {
  const brace = span.source.text.indexOf('{', span.start);
  return brace < 0 || brace >= span.end ? span : { ...span, start: brace };
}

function isThere(context: LoadContext, { family = 'ip', table, name, handle }: Target): boolean {
  const found = context.state.tables.get(`${family} ${table?.text ?? ''}`);
  if (found === undefined) return true;
  if (name !== undefined) return found.sets.has(name.text);
  return [...found.sets.values()].some((set) => set.handle === handle?.value);
}

/** The set of that name or handle; an error if there is none. */
export function setOf(
  context: LoadContext,
  table: TableState,
  target: Target,
  name: Name,
): SetState | undefined {
  if (target.name !== undefined) {
    const set = table.sets.get(name.text);
    if (set === undefined) notFound(context, 'set', name, table.sets.keys());
    return set;
  }
  for (const set of table.sets.values()) if (set.handle === target.handle?.value) return set;
  const span = target.handle?.span ?? name.span;
  report(context, 'not-found', span, `no set with handle ${target.handle?.value ?? 0}`);
  return undefined;
}

/** A set that is there already takes the elements, if it is declared the same; `body` is where its type is written. */
export function declareSet(
  context: LoadContext,
  table: TableState,
  name: Name,
  declaration: SetDeclaration,
  verb: 'add' | 'create',
  body: Span = name.span,
): void {
  if (declaration.key === undefined) {
    report(
      context,
      'invalid-value',
      name.span,
      'a set needs the type of its elements',
      "give 'type' or 'typeof'",
    );
    return;
  }
  const existing = table.sets.get(name.text);
  if (existing === undefined) {
    if (!nameFits(context, name)) return;
    table.touched = true;
    addSetState(table, declaration).fresh = true;
    if (context.usage !== undefined) {
      countElements(context.usage, table, declaration.elements, 1);
    }
    return;
  }
  if (typesOf(existing.declaration) !== typesOf(declaration)) {
    const message = `'${name.text}' exists already with another datatype`;
    report(context, 'invalid-set', body, message);
    return;
  }
  if (verb === 'create') {
    alreadyExists(context, 'set', name);
    return;
  }
  const isInterval = ({ flags }: SetDeclaration) => flags.includes('interval');
  if (isInterval(existing.declaration) !== isInterval(declaration)) {
    const message = `the ${declaration.map ? 'map' : 'set'} that is there differs in its interval flag`;
    report(context, 'invalid-set', name.span, message);
    return;
  }
  if (!sameSet(existing.declaration, declaration)) {
    alreadyExists(context, 'another set', name);
    return;
  }
  addElements(context, table, existing, declaration.elements, 'add');
}

/** What nf_tables_newset() compares before it lets a declaration pass for one that is there. */
function sameSet(first: SetDeclaration, second: SetDeclaration): boolean {
  return shape(first) === shape(second);
}

function shape(set: SetDeclaration): string {
  const { map, objectType, flags, timeout, gcInterval, size } = set;
  return JSON.stringify([
    map,
    typesOf(set),
    objectType,
    [...flags].sort(),
    timeout,
    gcInterval,
    size,
  ]);
}

function typesOf({ key, data }: SetDeclaration): string {
  const types = [key, data].map((type) => {
    if (type === undefined) return '';
    return type.kind === 'type' ? type.names.join('.') : expressionKey(type.expression);
  });
  return types.join(' : ');
}

function flushSet(context: LoadContext, table: TableState, set: SetState): void {
  if (context.usage !== undefined) countElements(context.usage, table, set.elements, -1);
  flushElements(context, table, set);
  set.elements = [];
  set.keys?.clear();
  set.values?.clear();
}

function deleteSet(context: LoadContext, table: TableState, set: SetState, name: Name): void {
  context.usage ??= usageOf(context.state);
  if (isUsed(context.usage, table, `set ${set.declaration.name}`)) {
    const what = set.declaration.map ? 'map' : 'set';
    report(context, 'not-possible', name.span, `${what} '${set.declaration.name}' is still in use`);
    return;
  }
  countElements(context.usage, table, set.elements, -1);
  loseChains(context, table);
  loseElements(context, table, set);
  table.sets.delete(set.declaration.name);
  table.earlierSets.delete(set.declaration.name);
}
