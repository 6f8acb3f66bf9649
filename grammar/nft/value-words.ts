/** Keywords that are values too: on right sides and in arguments of statements. */

import type { KeywordName, Scope } from './words.ts';

/** Words that are also values, with the scope that they opened. */
export const valueWords: readonly (readonly [KeywordName, Scope?])[] = [
  ['dnat', 'nat'],
  ['snat', 'nat'],
  ['ecn'],
  ['reset', 'reset'],
  ['destroy', 'destroy'],
  ['original'],
  ['reply'],
  ['label'],
  ['last', 'last'],
];

/** Headers' names that are values in arguments of statements too. */
export const addressWords: readonly (readonly [KeywordName, Scope?])[] = [
  ['ether', 'ether'],
  ['ip', 'ip'],
  ['ip6', 'ip6'],
  ['vlan', 'vlan'],
  ['arp', 'arp'],
];
