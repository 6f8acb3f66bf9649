/** translateIptables: what iptables-restore-translate 1.8.13 writes for a ruleset. */

import type {
  IptablesChain,
  IptablesFamily,
  IptablesRule,
  IptablesRuleset,
} from '../../ast/iptables.ts';
import { decodeRule } from '../../fields/iptables/decode.ts';
import { builtInChain } from '../../fields/iptables/tables.ts';
import { printRule } from '../iptables-save/print-rule.ts';
import { translateRule } from './translate-rule.ts';
import type { SetNumbering } from './translation.ts';

/** Rules without a translation become comments in iptables' own words. */
export function translateIptables(ruleset: IptablesRuleset): string {
  const lines: string[] = [];
  const numbering: SetNumbering = { connlimit: 0 };
  for (const table of ruleset.tables) {
    lines.push(`add table ${ruleset.family} ${table.name}`);
    for (const chain of table.chains) lines.push(chainCommand(chain, ruleset.family, table.name));
    for (const rule of table.rules) {
      lines.push(...ruleCommands(rule, ruleset.family, table.name, 'add', undefined, numbering));
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** 1.8.13 writes priority 0 for table security, where the kernel has 150. */
export function chainCommand(
  { name, policy }: Pick<IptablesChain, 'name' | 'policy'>,
  family: IptablesFamily,
  table: string,
): string {
  const command = `add chain ${family} ${table} ${name}`;
  const builtIn = builtInChain(table, name);
  if (builtIn === undefined) return command;
  const { type, hook } = builtIn;
  const priority = table === 'security' ? 0 : builtIn.priority;
  const policyText = (policy ?? 'ACCEPT').toLowerCase();
  return `${command} { type ${type} hook ${hook} priority ${priority}; policy ${policyText}; }`;
}

const noChains = { has: () => false };

/** The words of the text, when there is one, are what an untranslated rule is kept as. */
export function ruleCommands(
  rule: IptablesRule,
  family: IptablesFamily,
  table: string,
  verb: 'add' | 'insert',
  words: readonly string[] | undefined,
  numbering: SetNumbering,
  place = '',
): string[] {
  const decoded = decodeRule(rule, { family, table, chains: noChains, report: () => undefined });
  const translated = decoded.map((each) => translateRule(each, family, table, numbering));
  const lines: string[] = [];
  for (const each of translated) {
    if (each === undefined) return [untranslated(rule, family, table, words)];
    lines.push(
      ...each.before,
      `${verb} rule ${family} ${table} ${rule.chain} ${place}${each.text}`,
    );
  }
  return lines;
}

function untranslated(
  rule: IptablesRule,
  family: IptablesFamily,
  table: string,
  words: readonly string[] | undefined,
): string {
  const text =
    words?.map((word) => `${word} `).join('') ??
    printRule(rule, { family, table, counters: false }).join(' ');
  return `# -t ${table} ${text}`;
}
