/** A line kube-proxy writes, as the rule that iptables-save shows after loading it. */

import type {
  IptablesMatch,
  IptablesOption,
  IptablesRule,
  IptablesTarget,
} from '../../../ast/iptables.ts';
import { generatedSpan } from '../../../base/span.ts';
import type { AddressFamily } from '../../kubernetes/go-address.ts';
import { statisticThreshold } from '../probability.ts';

interface Extension {
  readonly name: string;
  readonly options: IptablesOption[];
}

interface WrittenRule {
  readonly chain: string;
  readonly header: Map<string, IptablesOption>;
  readonly matches: Extension[];
  target?: Extension;
}

/** The order in which iptables-save prints the options of the rule itself. */
const headerOrder = ['-s', '-d', '-i', '-p'];
const withoutValue = new Set(['--rcheck', '--reap', '--set', '--random-fully']);

/** Reads one `-A CHAIN …` line of this generator; not a reader of iptables-restore text in general. */
export function ruleOfLine(line: string, family: AddressFamily): IptablesRule {
  const written = readLine(line);
  const header = headerOrder
    .map((name) => written.header.get(name))
    .filter((one) => one !== undefined)
    .map((one) => savedHeader(one, family))
    .filter((one) => one !== undefined);
  return {
    chain: written.chain,
    header,
    matches: written.matches.map((match) => savedMatch(match, family)),
    ...(written.target === undefined ? {} : { target: savedTarget(written.target, family) }),
    span: generatedSpan,
  };
}

function readLine(line: string): WrittenRule {
  const words = wordsOf(line);
  const rule: WrittenRule = { chain: words[1] ?? '', header: new Map(), matches: [] };
  let negated = false;
  for (let index = 2; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '!') {
      negated = true;
      continue;
    }
    const value = withoutValue.has(word) ? undefined : words[++index];
    takeWord(rule, word, value, negated);
    negated = false;
  }
  return rule;
}

function takeWord(
  rule: WrittenRule,
  word: string,
  value: string | undefined,
  negated: boolean,
): void {
  if (word === '-m') {
    rule.matches.push({ name: value ?? '', options: [] });
  } else if (word === '-j') {
    rule.target = { name: value ?? '', options: [] };
  } else if (headerOrder.includes(word)) {
    rule.header.set(word, option(word, value === undefined ? [] : [value], negated));
  } else {
    const owner = rule.target ?? rule.matches.at(-1);
    owner?.options.push(option(word, value === undefined ? [] : [value], negated));
  }
}

function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const word of line.matchAll(/"([^"]*)"|(\S+)/g)) words.push(word[1] ?? word[2] ?? '');
  return words;
}

function option(name: string, values: readonly string[] = [], negated = false): IptablesOption {
  return { name, negated, values, span: generatedSpan };
}

/** Addresses get their prefix length; a prefix of length 0 says nothing and is not shown. */
function savedHeader(given: IptablesOption, family: AddressFamily): IptablesOption | undefined {
  const [value = ''] = given.values;
  if (given.name !== '-s' && given.name !== '-d') return given;
  if (value.endsWith('/0') && !given.negated) return undefined;
  if (value.includes('/')) return given;
  return { ...given, values: [`${value}/${family === 'ip' ? 32 : 128}`] };
}

type Saver = (extension: Extension, family: AddressFamily) => readonly IptablesOption[];

const matchSavers: Readonly<Record<string, Saver>> = {
  mark: ({ options }) => options.map((one) => ({ ...one, values: one.values.map(savedMark) })),
  recent: savedRecent,
  statistic: ({ options }) =>
    options.map((one) =>
      one.name === '--probability' ? option(one.name, one.values.map(savedProbability)) : one,
    ),
};

function savedMatch(match: Extension, family: AddressFamily): IptablesMatch {
  const saver = matchSavers[match.name];
  const options = saver === undefined ? match.options : saver(match, family);
  return { name: match.name, options, span: generatedSpan };
}

/** `M/M` with numbers as `%x` prints them. */
function savedMark(text: string): string {
  return text.split('/').map(savedNumber).join('/');
}

function savedNumber(text: string): string {
  return `0x${Number(text).toString(16)}`;
}

/** The kernel keeps the threshold, so the text comes back rounded to 31 bits, with eleven decimals. */
function savedProbability(text: string): string {
  return (statisticThreshold(text) / 2 ** 31).toFixed(11);
}

/** What, how long, reaping, then the list and which address is its key. */
function savedRecent({ options }: Extension, family: AddressFamily): readonly IptablesOption[] {
  const find = (name: string): readonly IptablesOption[] =>
    options.filter((one) => one.name === name);
  const mask = family === 'ip' ? '255.255.255.255' : 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
  return [
    ...find('--set'),
    ...find('--rcheck'),
    ...find('--seconds'),
    ...find('--reap'),
    ...find('--name'),
    option('--mask', [mask]),
    option('--rsource'),
  ];
}

function savedTarget(target: Extension, family: AddressFamily): IptablesTarget {
  const { name } = target;
  return { name, goto: false, options: targetOptions(target, family), span: generatedSpan };
}

function targetOptions(target: Extension, family: AddressFamily): readonly IptablesOption[] {
  const [first] = target.options;
  switch (target.name) {
    case 'REJECT':
      return [option('--reject-with', [`${family === 'ip' ? 'icmp' : 'icmp6'}-port-unreachable`])];
    case 'MARK': {
      const mark = savedNumber(first?.values[0] ?? '0');
      return [
        option('--set-xmark', [first?.name === '--or-mark' ? `${mark}/${mark}` : `${mark}/0x0`]),
      ];
    }
    default:
      return target.options;
  }
}
