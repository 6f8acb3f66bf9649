/** Small damages to a text of rules, as a hand at a keyboard or a generator with a bug makes them. */

import type { Dice } from './dice.ts';

const tokenPattern = /"[^"\n]*"|[A-Za-z_][\w.\-/*]*|\d[\w.:/]*|\s+|[^\s\w]/g;

type Damage = (tokens: string[], at: number, dice: Dice, others: readonly string[]) => void;

const keywords = [
  'counter',
  'accept',
  'drop',
  'ip',
  'tcp',
  'dport',
  'set',
  'map',
  'vmap',
  'meta',
  'ct',
  'mark',
  'type',
  'hook',
  'chain',
  'table',
  'rule',
  'add',
  'delete',
  'elements',
  'flags',
  'timeout',
  'comment',
  'policy',
  'priority',
  'jump',
  'limit',
  'rate',
  'log',
  'to',
  'with',
  'inet',
  'ip6',
  'saddr',
  'element',
  'and',
  'or',
  'queue',
  'reject',
  'dnat',
  'masquerade',
];
const symbols = [
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '!',
  ':',
  ';',
  ',',
  '{',
  '}',
  '(',
  ')',
  '-',
  '/',
  '.',
  '@',
  '$',
  '*',
  '=',
  '"',
  '\\',
  '~',
  '\n',
  '#',
  '`',
  '%',
];

function other(items: readonly string[], dice: Dice): string {
  return items[dice.below(items.length)] ?? '';
}

const damages: readonly Damage[] = [
  (tokens, at) => tokens.splice(at, 1),
  (tokens, at) => tokens.splice(at, 0, tokens[at] ?? '', ' '),
  (tokens, at, dice) => tokens.splice(at, 0, other(symbols, dice), ' '),
  (tokens, at, dice) => tokens.splice(at, 1, other(symbols, dice)),
  (tokens, at, dice) => tokens.splice(at, 1, other(keywords, dice)),
  (tokens, at, dice) => tokens.splice(at, 0, other(keywords, dice), ' '),
  (tokens, at) => tokens.splice(at, 1, `"${tokens[at] ?? ''}"`),
  (tokens, at) => tokens.splice(at, tokens.length),
  (tokens, at, dice) => swap(tokens, at, dice.below(tokens.length)),
  (tokens, at, _, others) => tokens.splice(at, 1, others[at % Math.max(1, others.length)] ?? 'x'),
  (tokens, at, dice, others) => tokens.splice(at, 1, other(others, dice)),
  (tokens, at, dice, others) => tokens.splice(at, 1, other(others, dice)),
  (tokens, at, dice, others) =>
    tokens.splice(at, 0, ...others.slice(dice.below(others.length || 1)).slice(0, 6), ' '),
  (tokens, at) => typo(tokens, at),
  numberChange,
  numberChange,
  operatorChange,
  operatorChange,
  familyChange,
  (tokens, at) => tokens.splice(at, 1, `$${tokens[at] ?? ''}`),
  (tokens, at) => tokens.splice(at, 1, `@${tokens[at] ?? ''}`),
  (tokens, at) => tokens.splice(at, 1, `{ ${tokens[at] ?? ''} }`),
  (tokens, at) => tokens.splice(at, 1, `${tokens[at] ?? ''}-${tokens[at] ?? ''}`),
  (tokens, at, _, others) =>
    tokens.splice(
      at,
      1,
      `{ ${tokens[at] ?? ''}, ${others.find((text) => /^\d/.test(text)) ?? '1'} }`,
    ),
  (tokens, at) => tokens.splice(at, 1, `!= ${tokens[at] ?? ''}`),
  (tokens, at) => tokens.splice(at, 1, `${tokens[at] ?? ''}/24`),
  (tokens, at) => tokens.splice(at, 1, `${tokens[at] ?? ''} & 0xff`),
];

function swap(tokens: string[], first: number, second: number): void {
  const [a, b] = [tokens[first] ?? '', tokens[second] ?? ''];
  tokens[first] = b;
  tokens[second] = a;
}

function typo(tokens: string[], at: number): void {
  const token = tokens[at] ?? '';
  const middle = Math.floor(token.length / 2);
  tokens[at] = token.length < 2 ? `${token}x` : token.slice(0, middle) + token.slice(middle + 1);
}

function placesWhere(tokens: readonly string[], pattern: RegExp): number[] {
  return tokens.flatMap((token, index) => (pattern.test(token) ? [index] : []));
}

function numberChange(tokens: string[], at: number, dice: Dice): void {
  const places = placesWhere(tokens, /^\d+$/);
  const place = places[dice.below(places.length || 1)] ?? at;
  tokens[place] = other(
    [
      '0',
      '1',
      '255',
      '256',
      '65535',
      '65536',
      '4294967295',
      '4294967296',
      '18446744073709551616',
      '0x10',
      '-1',
      '007',
      '1.5',
      '99',
      '3',
    ],
    dice,
  );
}

function operatorChange(tokens: string[], at: number, dice: Dice): void {
  const places = placesWhere(tokens, /^[=!<>&|^-]$/);
  const place = places[dice.below(places.length || 1)] ?? at;
  tokens[place] = other(
    ['==', '!=', '<', '>', '<=', '>=', '&', '|', '^', '-', ',', '<<', '!'],
    dice,
  );
}

function familyChange(tokens: string[], at: number, dice: Dice): void {
  const places = placesWhere(
    tokens,
    /^(ip|ip6|inet|arp|bridge|netdev|tcp|udp|icmp|icmpv6|saddr|daddr|sport|dport|input|output|filter|nat|prerouting|postrouting|iifname|oifname|mark|state|accept|drop|th|sctp|ether|vlan|type)$/,
  );
  const place = places[dice.below(places.length || 1)] ?? at;
  tokens[place] = other(
    [
      'ip',
      'ip6',
      'inet',
      'arp',
      'bridge',
      'netdev',
      'tcp',
      'udp',
      'icmp',
      'icmpv6',
      'saddr',
      'daddr',
      'sport',
      'dport',
      'protocol',
      'nexthdr',
      'input',
      'postrouting',
      'nat',
      'route',
      'iif',
      'oifname',
      'mark',
      'length',
      'state',
      'id',
      'type',
      'code',
      'queue',
      'sctp',
      'th',
      'ether',
      'vlan',
      'flags',
    ],
    dice,
  );
}

export function tokensOf(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

/** `text` with one damage or two; `donor` is where foreign tokens come from. */
export function mutate(text: string, donor: string, dice: Dice): string {
  const tokens = tokensOf(text);
  const others = tokensOf(donor).filter((token) => token.trim() !== '');
  const count = dice.chance(75) ? 1 : 2;
  for (let done = 0; done < count && tokens.length > 0; done++) {
    let at = dice.below(tokens.length);
    if ((tokens[at] ?? '').trim() === '' && dice.chance(90))
      at = Math.min(at + 1, tokens.length - 1);
    damages[dice.below(damages.length)]?.(tokens, at, dice, others);
  }
  return tokens.join('');
}

/** Changes that mostly stay within the language: two rules joined, one value, operator or field exchanged. */
export function vary(text: string, donor: string, dice: Dice): string {
  const roll = dice.below(10);
  if (roll < 3) return `${text} ${donor}`;
  const tokens = tokensOf(text);
  const others = tokensOf(donor).filter((token) => token.trim() !== '');
  const at = dice.below(tokens.length || 1);
  if (roll < 5) numberChange(tokens, at, dice);
  else if (roll < 6) operatorChange(tokens, at, dice);
  else if (roll < 8) familyChange(tokens, at, dice);
  else if (roll < 9) cross(tokens, others, dice);
  else exchangeLast(tokens, others);
  return tokens.join('');
}

/** The beginning of one and the end of the other, where both have the same word. */
function cross(tokens: string[], others: readonly string[], dice: Dice): void {
  const shared = tokens.flatMap((token, index) =>
    /\w/.test(token) && others.includes(token) ? [index] : [],
  );
  const at = shared[dice.below(shared.length || 1)];
  if (at === undefined) return;
  const rest = others.slice(others.indexOf(tokens[at] ?? '') + 1);
  tokens.splice(at + 1, tokens.length, ' ', rest.join(' '));
}

function exchangeLast(tokens: string[], others: readonly string[]): void {
  tokens.splice(tokens.length - 1, 1, others.at(-1) ?? '');
}
