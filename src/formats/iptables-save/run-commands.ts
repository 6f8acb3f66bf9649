/** Carries out the commands of iptables-save text: -A mostly, but iptables-restore takes all that change rules. */

import type { IptablesRule } from '../../ast/iptables.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Span } from '../../base/span.ts';
import type { RuleCommand } from './assemble-rule.ts';
import { printRule } from './print-rule.ts';
import {
  allRules,
  appendRule,
  editRules,
  replaceRules,
  type TableState,
  type TablesState,
} from './tables-state.ts';

const withoutEffect: readonly string[] = ['-v', '-n', '-x', '-w'];

/** Changes the table that is open; gives what keeps the command from being carried out. */
export function runCommands(
  state: TablesState,
  commands: readonly RuleCommand[],
  rule: IptablesRule,
): Diagnostic | undefined {
  const { table } = state;
  if (table === undefined) return undefined;
  const [command, second] = commands.filter(({ name }) => !withoutEffect.includes(name));
  if (command === undefined) return problem(rule.span, 'no command', 'such as -A CHAIN');
  if (command.name === '-t' || second?.name === '-t') {
    return problem(rule.span, 'the -t option cannot be used here', 'write *table before the rules');
  }
  return second === undefined
    ? run(state, table, command, rule)
    : problem(second.span, `cannot use ${second.name} with ${command.name}`);
}

function problem(span: Span, message: string, hint?: string): Diagnostic {
  return {
    code: 'iptables-command',
    span,
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

function run(
  state: TablesState,
  table: TableState,
  command: RuleCommand,
  rule: IptablesRule,
): Diagnostic | undefined {
  switch (command.name) {
    case '-A':
      appendRule(table, rule);
      return undefined;
    case '-I':
      return insert(table, command, rule);
    case '-D':
    case '-C':
      return remove(state, table, command, rule);
    case '-R':
      return replace(table, command, rule);
    case '-Z':
      return undefined;
    default:
      return runOnChain(table, command);
  }
}

function runOnChain(
  table: TableState,
  { name, values, span }: RuleCommand,
): Diagnostic | undefined {
  const [chain = '', second = ''] = values;
  switch (name) {
    case '-N':
      return addChain(table, chain, span);
    case '-X':
      deleteChains(table, chain);
      return undefined;
    case '-F':
      flush(table, chain);
      return undefined;
    case '-P':
      table.chains.set(chain, { name: chain, policy: second, span });
      return undefined;
    case '-E':
      rename(table, chain, second, span);
      return undefined;
    default:
      return problem(span, `command ${name} is not for files`);
  }
}

function flush(table: TableState, chain: string): void {
  replaceRules(table, chain === '' ? [] : allRules(table).filter((rule) => rule.chain !== chain));
}

function insert(
  table: TableState,
  command: RuleCommand,
  rule: IptablesRule,
): Diagnostic | undefined {
  const rules = editRules(table, rule.chain);
  const number = command.values[1] === undefined ? 1 : Number(command.values[1]);
  if (!(number >= 1) || number > rules.length + 1) {
    return problem(
      command.span,
      'the rule number to insert at is too big',
      `chain '${rule.chain}' has ${rules.length} rules`,
    );
  }
  rules.splice(number - 1, 0, rule);
  return undefined;
}

function remove(
  state: TablesState,
  table: TableState,
  command: RuleCommand,
  rule: IptablesRule,
): Diagnostic | undefined {
  const rules = editRules(table, rule.chain);
  const number = command.values[1];
  const place = number === undefined ? findSame(state, table, rules, rule) : Number(number) - 1;
  if (rules[place] === undefined) {
    return problem(command.span, 'no such rule', 'it was not there before this line');
  }
  if (command.name === '-D') rules.splice(place, 1);
  return undefined;
}

/** Negative when no rule of the chain says the same. */
function findSame(
  state: TablesState,
  table: TableState,
  rules: readonly IptablesRule[],
  rule: IptablesRule,
): number {
  const text = ruleText(state, table, rule);
  return rules.findIndex((other) => ruleText(state, table, other) === text);
}

/** Rules are compared by what is printed of them, which is found out once. */
const texts = new WeakMap<IptablesRule, string>();

function ruleText(state: TablesState, table: TableState, rule: IptablesRule): string {
  const known = texts.get(rule);
  if (known !== undefined) return known;
  const site = { family: state.options.family, table: table.name, counters: false };
  const text = printRule(rule, site).join('\n');
  texts.set(rule, text);
  return text;
}

function replace(
  table: TableState,
  command: RuleCommand,
  rule: IptablesRule,
): Diagnostic | undefined {
  const rules = editRules(table, rule.chain);
  const place = Number(command.values[1]) - 1;
  if (rules[place] === undefined) return problem(command.span, 'no rule of that number to replace');
  rules[place] = rule;
  return undefined;
}

function addChain(table: TableState, name: string, span: Span): Diagnostic | undefined {
  if (table.chains.has(name) || table.builtIn.has(name)) {
    return problem(span, `chain '${name}' already exists`);
  }
  table.chains.set(name, { name, span });
  return undefined;
}

/** One chain, or with an empty name every chain that is not built in. */
function deleteChains(table: TableState, chain: string): void {
  if (chain !== '') {
    table.chains.delete(chain);
    return;
  }
  for (const name of table.chains.keys()) if (!table.builtIn.has(name)) table.chains.delete(name);
}

function rename(table: TableState, from: string, to: string, span: Span): void {
  if (!table.chains.delete(from)) return;
  table.chains.set(to, { name: to, span });
  const renamed = allRules(table).map(
    ({ chain, counters, header, matches, target, span: place }) => ({
      chain: chain === from ? to : chain,
      counters,
      header,
      matches,
      target: target?.name === from ? { ...target, name: to } : target,
      span: place,
    }),
  );
  replaceRules(table, renamed);
}
