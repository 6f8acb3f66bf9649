/** Writes an IptablesRuleset as iptables-save does, without counters and comment lines. */

import type { IptablesOption, IptablesRule, IptablesRuleset } from '../../../ast/iptables.ts';

export function printSave(ruleset: IptablesRuleset): string {
  let text = '';
  for (const table of ruleset.tables) {
    text += `*${table.name}\n`;
    for (const chain of table.chains) text += `:${chain.name} ${chain.policy ?? '-'} [0:0]\n`;
    for (const rule of table.rules) text += `${ruleText(rule)}\n`;
    text += 'COMMIT\n';
  }
  return text;
}

export function ruleText(rule: IptablesRule): string {
  const words = [`-A ${rule.chain}`, ...rule.header.map(optionText)];
  for (const match of rule.matches)
    words.push(`-m ${match.name}`, ...match.options.map(optionText));
  if (rule.target) words.push(`-j ${rule.target.name}`, ...rule.target.options.map(optionText));
  return words.join(' ');
}

function optionText({ name, negated, values }: IptablesOption): string {
  const shown = name === '--comment' ? values.map((value) => `"${value}"`) : values;
  return [...(negated ? ['!'] : []), name, ...shown].join(' ');
}
