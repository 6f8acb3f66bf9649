/** The keys of an expectation, each with its shape and what it says; the short spelling is read into the same. */

import { fateReasons } from '../../trace/fate.ts';
import {
  either,
  list,
  mappingOf,
  named,
  oneOrMore,
  type RecordOf,
  type Rows,
  record,
} from '../shape/compounds.ts';
import { flag, parsedText, text, word } from '../shape/leaves.ts';
import type { Shape } from '../shape/shape.ts';
import { type Endpoint, endpoint, mark, parseEndpoint, share } from './values.ts';

/** `accept` is any of forwarded, output, bridged and local. */
export const fateWords = [
  'accept',
  'drop',
  'reject',
  'forwarded',
  'local',
  'output',
  'bridged',
  'held',
  'stolen',
  'queue',
] as const;
export type FateWord = (typeof fateWords)[number];

const reasonWords = Object.keys(fateReasons);

const setRows = {
  contains: { shape: oneOrMore(text), explain: 'Keys that the set has afterwards.' },
  lacks: { shape: oneOrMore(text), explain: 'Keys that the set does not have afterwards.' },
} as const satisfies Rows;

export type SetExpectation = RecordOf<typeof setRows>;

const outcomeShape: Shape<Expectation> = named('expectation', () => expectationShape);

export const expectationRows = {
  fate: { shape: word(fateWords), explain: 'What becomes of the packet.' },
  reason: { shape: word(reasonWords), explain: 'The stable code of why.' },
  dnat: {
    shape: oneOrMore(endpoint),
    explain: 'Where destination NAT leads; a list: exactly these, over all outcomes.',
  },
  snat: { shape: oneOrMore(endpoint), explain: 'The source that NAT gives; none: left alone.' },
  masquerade: { shape: flag, explain: 'The source becomes an address of the host.' },
  mark: { shape: mark, explain: "The packet's mark in the end." },
  connectionMark: { shape: mark, explain: "The connection's mark in the end." },
  out: { shape: text, explain: 'The interface it leaves by.' },
  hits: {
    shape: oneOrMore(text),
    explain: 'Rules that must match: chain, chain#index, table chain#index.',
  },
  misses: { shape: oneOrMore(text), explain: 'Rules that must not match.' },
  sets: {
    shape: mappingOf(record('what the set has', setRows)),
    explain: 'Membership of sets afterwards, by set name.',
  },
  reply: {
    shape: word(['reachable', 'unreachable']),
    explain: 'Whether the answer of the other end gets back with the addresses it must have.',
  },
  outcomes: {
    shape: list(outcomeShape),
    explain: 'Each way that it can go; together they are all ways.',
  },
  probability: { shape: share, explain: 'Below outcomes: how likely this way is.' },
} as const satisfies Rows;

/** Written out because it contains itself. */
export interface Expectation {
  readonly fate?: FateWord;
  readonly reason?: string;
  readonly dnat?: readonly (Endpoint | 'none')[];
  readonly snat?: readonly (Endpoint | 'none')[];
  readonly masquerade?: boolean;
  readonly mark?: number;
  readonly connectionMark?: number;
  readonly out?: string;
  readonly hits?: readonly string[];
  readonly misses?: readonly string[];
  readonly sets?: ReadonlyMap<string, SetExpectation>;
  readonly reply?: 'reachable' | 'unreachable';
  readonly outcomes?: readonly Expectation[];
  readonly probability?: number;
}

type Draft = { -readonly [Key in keyof Expectation]: Expectation[Key] };

/** Words of the short spelling that take the word behind them. */
function readPair(draft: Draft, name: string, value: string): boolean {
  if (name === 'dnat' || name === 'snat') {
    const parsed = parseEndpoint(value);
    if (parsed === undefined) return false;
    draft[name] = [...(draft[name] ?? []), parsed];
    return true;
  }
  if (name === 'mark' && /^(0x[0-9a-f]+|[0-9]+)$/i.test(value)) draft.mark = Number(value);
  else if (name === 'out') draft.out = value;
  else return false;
  return true;
}

const pairWords = new Set(['dnat', 'snat', 'mark', 'out']);

function readWord(draft: Draft, text: string): boolean {
  const fate = fateWords.find((candidate) => candidate === text);
  if (fate !== undefined) draft.fate = fate;
  else if (reasonWords.includes(text)) draft.reason = text;
  else if (text === 'masquerade' || text === 'masq') draft.masquerade = true;
  else return false;
  return true;
}

/** `accept`, `drop POLICY_DROP`, `dnat 10.0.0.1:80 10.0.0.2:80 masquerade`, `accept out eth0 mark 0x4000`. */
export function parseExpectation(text: string): Expectation | undefined {
  const words = text.split(/[\s,]+/).filter((part) => part !== '');
  const draft: Draft = {};
  let pair = '';
  for (const current of words) {
    if (pair !== '' && readPair(draft, pair, current)) {
      if (pair !== 'dnat' && pair !== 'snat') pair = '';
    } else if (pairWords.has(current)) pair = current;
    else if (readWord(draft, current)) pair = '';
    else return undefined;
  }
  return words.length === 0 || pairWords.has(words.at(-1) ?? '') ? undefined : draft;
}

const shorthand: Shape<Expectation> = parsedText({
  what: 'an expectation such as accept, drop, or dnat 10.0.0.1:80 masquerade',
  hint: 'fates, reason codes, dnat ENDPOINT…, snat ENDPOINT, masquerade, mark NUMBER, out INTERFACE',
  parse: parseExpectation,
});

export const expectationShape: Shape<Expectation> = either({
  scalar: shorthand,
  mapping: record('an expectation', expectationRows),
});
