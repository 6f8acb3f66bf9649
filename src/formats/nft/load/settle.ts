/** Rules may refer only to what is there when they are added: checked before a command that changes what is there. */

import type { Rule } from '../../../ast/nft/ruleset.ts';
import type { Command } from '../../../ast/nft/script.ts';
import { everyStatement } from '../../../ast/nft/visit.ts';
import type { DiagnosticCode } from '../../../base/diagnostic.ts';
import { type LoadContext, report } from './context.ts';
import type { TableState } from './state.ts';
import { references } from './usage.ts';

/** Checks the rules that were added to the tables which a command may change. */
export function settleBefore(context: LoadContext, command: Command): void {
  const { object, verb, target } = command;
  if (context.lenient === true || object === 'element' || object === 'view') return;
  if (object === 'rule' && (verb === 'add' || verb === 'insert' || verb === 'create')) return;
  for (const table of context.state.tables.values()) {
    if (table.pending.length === 0) continue;
    const named = target.table?.text ?? table.name;
    if (named === table.name) settle(context, table);
  }
}

function settle(context: LoadContext, table: TableState): void {
  const rules = table.pending.flat();
  table.pending = [];
  for (const rule of rules) noteMeters(table, rule);
  for (const rule of rules) {
    for (const { name, span } of references(rule)) {
      const space = name.indexOf(' ');
      const [kind, rest] = [name.slice(0, space), name.slice(space + 1)];
      const missing = missingCode(table, kind, rest);
      if (kind === 'chain' && table.chains.get(rest)?.base !== undefined) {
        report(context, 'kernel-refused', span, `chain '${rest}' is a base chain`);
      }
      if (missing !== undefined) report(context, missing, span, `no ${kind} '${rest}' here by now`);
    }
  }
}

/** Meters are sets that rules make. */
function noteMeters(table: TableState, rule: Rule): void {
  for (const statement of everyStatement(rule.statements)) {
    if (statement.kind === 'meter') table.meters.add(statement.name);
  }
}

function missingCode(table: TableState, kind: string, name: string): DiagnosticCode | undefined {
  switch (kind) {
    case 'chain':
      return table.chains.has(name) ? undefined : 'unknown-chain';
    case 'set':
      return table.sets.has(name) || table.meters.has(name) ? undefined : 'unknown-set';
    case 'flowtable':
      return table.flowtables.has(name) ? undefined : 'unknown-flowtable';
    default:
      return table.objects.has(name) ? undefined : 'unknown-object';
  }
}
