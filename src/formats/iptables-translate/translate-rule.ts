/** One rule as iptables-translate 1.8.13 says it in nft's language. */

import type { IptablesFamily } from '../../ast/iptables.ts';
import type { DecodedMatch, DecodedRule, DecodedTarget } from '../../fields/iptables/decode.ts';
import { translateHeader } from './header.ts';
import { translateMatch, translateTarget } from './tables.ts';
import { joined, type SetNumbering, type TranslationSite } from './translation.ts';

export interface TranslatedRule {
  /** Commands that have to come before it: sets that it uses. */
  readonly before: readonly string[];
  readonly text: string;
}

/** undefined when one of its parts has no translation. */
export function translateRule(
  rule: DecodedRule,
  family: IptablesFamily,
  table: string,
  numbering: SetNumbering,
): TranslatedRule | undefined {
  const before: string[] = [];
  const site: TranslationSite = {
    family,
    table,
    release: '1.8.13',
    protocol: rule.protocol,
    listing: false,
    numbering,
    before: (command) => before.push(command),
  };
  const matches = rule.matches
    .filter((match) => commentOf(match) === undefined)
    .map((match) => (match.kind === 'match' ? translateMatch(match.options, site) : undefined));
  const target = translateAction(rule.target, site);
  if (target === undefined || matches.includes(undefined)) return undefined;
  const comment = rule.matches.map(commentOf).findLast((text) => text !== undefined);
  return {
    before,
    text: [
      joined([...translateHeader(rule, family), ...matches, 'counter', target]),
      comment === undefined ? '' : ` comment "${comment}"`,
    ]
      .join('')
      .trimEnd(),
  };
}

function commentOf(match: DecodedMatch): string | undefined {
  return match.kind === 'match' && match.options.kind === 'comment'
    ? match.options.text
    : undefined;
}

const verdicts = { ACCEPT: 'accept', DROP: 'drop', RETURN: 'return', QUEUE: undefined } as const;

function translateAction(
  target: DecodedTarget | undefined,
  site: TranslationSite,
): string | undefined {
  switch (target?.kind) {
    case undefined:
      return '';
    case 'verdict':
      return verdicts[target.name];
    case 'chain':
      return `${target.goto ? 'goto' : 'jump'} ${target.chain}`;
    case 'unknown':
      return undefined;
    case 'target':
      return translateTarget(target.options, site);
  }
}
