/** The translation of every match and target that has one; the others are kept as comments. */

import type { MatchOptions } from '../../fields/iptables/match-table.ts';
import type { TargetOptions } from '../../fields/iptables/target-table.ts';
import * as conntrackMatches from './conntrack-matches.ts';
import * as deliveryTargets from './delivery-targets.ts';
import * as headerMatches from './header-matches.ts';
import * as icmpMatches from './icmp-matches.ts';
import * as natTargets from './nat-targets.ts';
import * as packetMatches from './packet-matches.ts';
import * as packetTargets from './packet-targets.ts';
import * as rateMatches from './rate-matches.ts';
import type { Translate, TranslationSite } from './translation.ts';
import * as transportMatches from './transport-matches.ts';

type OfKind<Union extends { readonly kind: string }, Kind extends string> = Extract<
  Union,
  { readonly kind: Kind }
>;

type Translations<Union extends { readonly kind: string }> = {
  readonly [Kind in Union['kind']]?: Translate<OfKind<Union, Kind>>;
};

const matches: Translations<MatchOptions> = {
  ...conntrackMatches,
  ...headerMatches,
  ...icmpMatches,
  ...packetMatches,
  ...rateMatches,
  ...transportMatches,
  // Up to 1.8.9 libxtables keeps comments apart, and nft shows an empty word.
  comment: ({ text }, { release }) => (release === '1.8.9' ? '' : `comment "${text}"`),
};

const targets: Translations<TargetOptions> = {
  ...deliveryTargets,
  ...natTargets,
  ...packetTargets,
};

/** nft's text of a match; undefined where it has none. */
export function translateMatch<Kind extends MatchOptions['kind']>(
  options: OfKind<MatchOptions, Kind> & { readonly kind: Kind },
  site: TranslationSite,
): string | undefined {
  return matches[options.kind]?.(options, site);
}

/** nft's text of a target; undefined where it has none. */
export function translateTarget<Kind extends TargetOptions['kind']>(
  options: OfKind<TargetOptions, Kind> & { readonly kind: Kind },
  site: TranslationSite,
): string | undefined {
  return targets[options.kind]?.(options, site);
}
