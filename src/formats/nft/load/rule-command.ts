/** Commands on rules: add and insert at a place, replace, delete, destroy. */

import type { Rule } from '../../../ast/nft/ruleset.ts';
import type { CommandOf, Count, Target } from '../../../ast/nft/script.ts';
import { chainOf } from './chain-command.ts';
import { type LoadContext, nameOfTarget, report, tableOfTarget } from './context.ts';
import { loseRules } from './lost.ts';
import { type ChainState, ruleHandle, type TableState } from './state.ts';
import { countRule } from './usage.ts';

export function runRuleCommand(context: LoadContext, command: CommandOf<'rule'>): void {
  const { verb, target, rule, span } = command;
  if (verb === 'destroy' && !isThere(context, target)) return;
  const table = tableOfTarget(context, target, span);
  if (table === undefined) return;
  const chain = chainOf(
    context,
    table,
    { ...target, handle: noHandle },
    nameOfTarget(target, span),
  );
  if (chain === undefined) return;
  if (rule === undefined) removeRule(context, table, chain, target);
  else if (verb === 'replace' && context.lenient !== true)
    replaceRule(context, table, chain, target, rule);
  else placeRule(context, table, chain, target, rule, verb === 'insert');
}

const noHandle: Count = { value: 0, span: { source: { name: '', text: '' }, start: 0, end: 0 } };

function isThere(context: LoadContext, { family = 'ip', table, name, handle }: Target): boolean {
  const found = context.state.tables.get(`${family} ${table?.text ?? ''}`);
  const chain = found?.chains.get(name?.text ?? '');
  if (found === undefined) return true;
  if (chain === undefined) return false;
  if (handle?.value === 0) return true;
  return chain.rules.some((rule) => ruleHandle(found, chain, rule) === handle?.value);
}

function placeRule(
  context: LoadContext,
  table: TableState,
  chain: ChainState,
  { position, index }: Target,
  rule: Rule,
  before: boolean,
): void {
  let at = before ? 0 : chain.rules.length;
  if (context.lenient === true) chain.rules.push(rule);
  else if (position !== undefined && position.value !== 0) {
    const found = indexOfHandle(context, table, chain, position);
    if (found < 0) return;
    at = before ? found : found + 1;
  } else if (index !== undefined) {
    if (index.value >= chain.rules.length) {
      const message = `chain '${chain.name}' has no rule with index ${index.value}`;
      report(context, 'not-found', index.span, message);
      return;
    }
    at = before ? index.value : index.value + 1;
  }
  if (context.lenient === true) return;
  table.touched = true;
  table.pending.push([rule]);
  if (at === chain.rules.length) chain.rules.push(rule);
  else chain.rules.splice(at, 0, rule);
  if (context.usage !== undefined) countRule(context.usage, table, rule, 1);
}

function indexOfHandle(
  context: LoadContext,
  table: TableState,
  chain: ChainState,
  handle: Count,
): number {
  const index = chain.rules.findIndex((rule) => ruleHandle(table, chain, rule) === handle.value);
  if (index < 0) {
    const message = `chain '${chain.name}' has no rule with handle ${handle.value}`;
    report(context, 'not-found', handle.span, message);
  }
  return index;
}

function replaceRule(
  context: LoadContext,
  table: TableState,
  chain: ChainState,
  { handle = noHandle }: Target,
  rule: Rule,
): void {
  const index = indexOfHandle(context, table, chain, handle);
  const old = chain.rules[index];
  if (old === undefined) return;
  loseRules(context, table, chain, [old]);
  table.touched = true;
  chain.rules[index] = rule;
  table.pending.push([rule]);
  if (context.usage === undefined) return;
  countRule(context.usage, table, old, -1);
  countRule(context.usage, table, rule, 1);
}

function removeRule(
  context: LoadContext,
  table: TableState,
  chain: ChainState,
  { handle = noHandle }: Target,
): void {
  // Without a handle the kernel is asked for all rules of the chain.
  if (handle.value === 0 && handle !== noHandle) {
    removeAll(context, table, chain);
    return;
  }
  const index = indexOfHandle(context, table, chain, handle);
  const [old] = index < 0 ? [] : chain.rules.splice(index, 1);
  if (old !== undefined) loseRules(context, table, chain, [old]);
  if (old !== undefined && context.usage !== undefined) countRule(context.usage, table, old, -1);
}

function removeAll(context: LoadContext, table: TableState, chain: ChainState): void {
  const old = chain.rules.splice(0);
  if (old.length > 0) loseRules(context, table, chain, old);
  if (context.usage === undefined) return;
  for (const rule of old) countRule(context.usage, table, rule, -1);
}
