/** listIptablesAsNft: what `nft list ruleset` shows after iptables-nft-restore has loaded a ruleset. */

import type { IptablesRuleset } from '../../ast/iptables.ts';
import { lowerIptables } from '../../lower/iptables/lower-iptables.ts';
import { raise } from '../../raise/raise.ts';
import { printNft } from '../nft/print.ts';
import { xtTranslator } from './translate-xt.ts';

/** Lowers, raises and prints; extensions without a translation show as `xt match "name"`. */
export function listIptablesAsNft(ruleset: IptablesRuleset): string {
  const { value: program } = lowerIptables(ruleset);
  return printNft(raise(program, undefined, { translateXt: xtTranslator(program) }));
}
