/** What the text of rules says of them without being read: what the evaluator has to know before the first packet. */

import type { Held, RuleTrait } from '../../model/program.ts';

interface TraitWords {
  /** Without one of these words no rule has the trait, in nft's language and in that of iptables. */
  readonly possible: RegExp;
  /** Outside of quotes, a rule with one of these has the trait. */
  readonly certain?: RegExp;
}

const traitWords: Readonly<Record<RuleTrait, TraitWords>> = {
  tracking: {
    possible:
      /\bct\b|nat|NAT|masquerade|MASQUERADE|redirect|REDIRECT|synproxy|SYNPROXY|flow|state|conn|CONN|CT\b|helper|cluster|NETMAP/,
    certain:
      /[\t ]ct (?:state|status|mark) |[\t ]masquerade| -m conntrack | -j (?:MASQUERADE|DNAT|SNAT|CONNMARK)\b/g,
  },
  defragmentation: { possible: /socket|tproxy|TPROXY/ },
  accounting: { possible: /\bct (?:original |reply )?(?:bytes|packets|avgpkt)\b|connbytes/ },
  'set-changes': { possible: /\b(?:add|update|delete) @|\bset (?:add|update) |\bmeter\b/ },
};

/** Whether one of the words stands in front of the first quote of a line. */
function isSaid(pattern: RegExp, text: string): boolean {
  for (const { index } of text.matchAll(pattern)) {
    if (!text.slice(text.lastIndexOf('\n', index) + 1, index).includes('"')) return true;
  }
  return false;
}

/** Whether rules of this text, of a listing or an iptables-save, have the trait; at least `other`. */
export function traitInText(trait: RuleTrait, text: string, other: Held = 'no'): Held {
  const { possible, certain } = traitWords[trait];
  if (certain !== undefined && isSaid(certain, text)) return 'yes';
  return possible.test(text) ? 'unknown' : other;
}
