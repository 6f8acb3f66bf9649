/** Commands on tables: add, create, delete, destroy, flush, and the contents of a table block. */

import type { CommandOf, TableBlock, Target } from '../../../ast/nft/script.ts';
import type { Span } from '../../../base/span.ts';
import type { Family } from '../../../fields/families.ts';
import { addRules, applyChainBlock } from './chain-command.ts';
import { alreadyExists, type LoadContext, report, tableOfTarget } from './context.ts';
import { declareFlowtable } from './flowtable-command.ts';
import { loseRules, loseTable } from './lost.ts';
import { declareObject } from './object-command.ts';
import { declareSet } from './set-command.ts';
import { type TableState, tableKey } from './state.ts';

export function runTableCommand(context: LoadContext, command: CommandOf<'table'>): void {
  const { verb, target, span } = command;
  if (verb === 'add' || verb === 'create') {
    declareTable(context, command, verb);
    return;
  }
  if (verb === 'destroy' && !isThere(context, target)) return;
  const table = tableOfTarget(context, target, span);
  if (table === undefined) return;
  if (verb === 'flush') flushTable(context, table);
  else deleteTable(context, table);
}

function isThere(context: LoadContext, { family = 'ip', table, handle }: Target): boolean {
  if (table !== undefined) return context.state.tables.has(tableKey(family, table.text));
  return [...context.state.tables.values()].some(
    (other) => other.family === family && other.handle === handle?.value,
  );
}

function declareTable(
  context: LoadContext,
  { target, block, span }: CommandOf<'table'>,
  verb: 'add' | 'create',
): void {
  const { family = 'ip', table: name } = target;
  if (name === undefined) return;
  const key = tableKey(family, name.text);
  let table = context.state.tables.get(key);
  if (table !== undefined && verb === 'create') {
    alreadyExists(context, 'table', name);
    return;
  }
  if (table === undefined) {
    table = newTable(context, family, name.text, block, block?.span ?? name.span);
    context.state.tables.set(key, table);
  } else {
    const place = { ...span, end: Math.max(name.span.end, span.start) };
    updateFlags(context, table, block?.flags ?? [], place);
  }
  if (block !== undefined) applyTableBlock(context, table, block);
}

/** nf_tables_updtable(): flags of a table that is there are replaced, its comment is not. */
function updateFlags(
  context: LoadContext,
  table: TableState,
  flags: TableState['flags'],
  span: Span,
): void {
  const had = new Set(table.flags);
  const has = new Set(flags);
  if (had.size === has.size && flags.every((flag) => had.has(flag))) return;
  const orphan = had.has('persist') && !had.has('owner');
  const owner = had.has('owner') ? !has.has('owner') || !orphan : has.has('owner') && !orphan;
  if (owner || had.has('persist') !== has.has('persist')) {
    report(context, 'kernel-refused', span, 'owner and persist of a table cannot be changed');
    return;
  }
  if (table.updated === true) {
    report(context, 'kernel-refused', span, 'a table changes between dormant and not once only');
    return;
  }
  table.updated = true;
  table.flags = [...has];
}

function newTable(
  context: LoadContext,
  family: Family,
  name: string,
  block: TableBlock | undefined,
  span: TableState['span'],
): TableState {
  const handle = block?.handle ?? context.state.nextHandle;
  context.state.nextHandle = Math.max(context.state.nextHandle, handle + 1);
  return {
    family,
    name,
    flags: [...new Set(block?.flags ?? [])],
    ...(block?.comment === undefined ? {} : { comment: block.comment }),
    handle,
    ...(block?.handle === undefined ? {} : { writtenHandle: block.handle }),
    span,
    nextHandle: 1,
    chains: new Map(),
    sets: new Map(),
    pending: [],
    meters: new Set(),
    earlierSets: new Set(),
    objects: new Map(),
    flowtables: new Map(),
  };
}

/** nft sends a block's chains first, then objects, sets, flowtables, and the rules last (nft_cmd_expand). */
function applyTableBlock(context: LoadContext, table: TableState, block: TableBlock): void {
  for (const chain of block.chains) applyChainBlock(context, table, chain, 'add');
  for (const { name, declaration } of block.objects) {
    declareObject(context, table, name, declaration, 'add');
  }
  for (const { name, declaration } of block.sets) {
    declareSet(context, table, name, declaration, 'add');
  }
  for (const flowtable of block.flowtables) declareFlowtable(context, table, flowtable, 'add');
  for (const chain of block.chains) addRules(context, table, chain);
}

function deleteTable(context: LoadContext, table: TableState): void {
  loseTable(context, table);
  context.state.tables.delete(tableKey(table.family, table.name));
  context.usage?.delete(table);
}

function flushTable(context: LoadContext, table: TableState): void {
  for (const chain of table.chains.values()) {
    loseRules(context, table, chain);
    chain.rules = [];
    delete chain.ruleHandles;
  }
  context.usage = undefined;
}

export function flushRuleset(context: LoadContext, family: Family | undefined): void {
  for (const table of [...context.state.tables.values()]) {
    if (family !== undefined && table.family !== family) continue;
    context.flushed.set(tableKey(table.family, table.name), table);
    deleteTable(context, table);
  }
}
