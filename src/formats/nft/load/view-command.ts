/** Commands that only show something: list, reset, monitor, export. */

import type { Command, CommandOf, Verb } from '../../../ast/nft/script.ts';
import { flushedTable, type LoadContext, notFound, report, tableOfTarget } from './context.ts';
import { type TableState, tableKey } from './state.ts';

/** Views change nothing, but nft refuses one of a table that is not there. */
export function checkView(context: LoadContext, command: CommandOf<'view'>): void {
  const { target, what, span, verb } = command;
  if (verb === 'export' || verb === 'import') {
    const message =
      verb === 'export'
        ? "JSON export is no longer supported, use 'nft -j list ruleset' instead"
        : 'operation not supported';
    report(context, verb === 'export' ? 'invalid-value' : 'kernel-refused', span, message);
    return;
  }
  if (target.table === undefined) return;
  const { family = 'ip' } = target;
  const table = flushedTable(context, family, target.table) ?? tableOfTarget(context, target, span);
  if (table === undefined || target.name === undefined) return;
  const { text } = target.name;
  const names = viewed(table, what, command.verb);
  if (names !== undefined && !names.includes(text)) notFound(context, what, target.name, names);
}

const listedObjects: ReadonlySet<string> = new Set([
  ...['counter', 'quota', 'limit', 'secmark', 'synproxy', 'tunnel'],
  ...['ct helper', 'ct timeout', 'ct expectation'],
]);

/** Names of what a view shows one of; undefined: not known here. */
function viewed(table: TableState, what: string, verb: Verb): readonly string[] | undefined {
  if (what === 'chain' || what === 'rules') return [...table.chains.keys()];
  if (what === 'set' || what === 'map') return [...table.sets.keys()];
  // Objects that are reset are looked up by nobody.
  if (verb === 'reset') return undefined;
  if (what === 'flowtable') return [...table.flowtables.keys()];
  if (!listedObjects.has(what)) return undefined;
  const objects = [...table.objects.values()].map(({ declaration }) => declaration);
  return objects.filter(({ type }) => type === what).map(({ name }) => name);
}

/** A table is shown before the batch is sent, from the cache, which has lost by then what the script deletes. */
export function checkViewsAtEnd(context: LoadContext, commands: readonly Command[]): void {
  for (const { object, target, span } of commands) {
    if (object !== 'view' || target.table === undefined) continue;
    const key = tableKey(target.family ?? 'ip', target.table.text);
    if (context.state.tables.has(key) || context.flushed.has(key)) continue;
    report(context, 'kernel-refused', span, 'the script deletes this table: no such file');
  }
}
