/** listIptablesAsNft: what `nft list ruleset` shows after iptables-nft-restore has loaded a ruleset. */

import type { IptablesRuleset } from '../../ast/iptables.ts';
import { debianEnvironment, redHatEnvironment } from '../../datatypes/environment.ts';
import type { IptablesRelease } from '../../lower/iptables/header.ts';
import { lowerIptables } from '../../lower/iptables/lower-iptables.ts';
import { raise } from '../../raise/raise.ts';
import { type PrintOptions, printNft } from '../nft/print.ts';
import { xtTranslator } from './translate-xt.ts';

export interface ListIptablesOptions {
  /** Whose iptables-nft-restore loaded it, and whose libxtables nft asks; 1.8.13 unless said otherwise. */
  readonly release?: IptablesRelease;
  readonly libxtables?: IptablesRelease;
  readonly print?: PrintOptions;
}

/** The tools of a system: they decide the words of the listing. */
export const listingSystems = {
  current: {},
  /** nft 1.0.6 and iptables 1.8.9. */
  'debian-12': { release: '1.8.9', print: { dialect: '1.0.6' } },
  /** nft 1.0.9; its iptables 1.8.10 shows rules as 1.8.9 does, as far as a node's dump tells. */
  'red-hat-9': { release: '1.8.9', print: { environment: redHatEnvironment } },
} as const satisfies Readonly<Record<string, ListIptablesOptions>>;

/** Lowers, raises and prints; extensions without a translation show as `xt match "name"`. */
export function listIptablesAsNft(
  ruleset: IptablesRuleset,
  { release = '1.8.13', libxtables = release, print = {} }: ListIptablesOptions = {},
): string {
  const { value: program } = lowerIptables(ruleset, { release });
  const translateXt = xtTranslator(program, libxtables);
  const { environment = debianEnvironment } = print;
  return printNft(raise(program, undefined, { translateXt, environment }), print);
}
