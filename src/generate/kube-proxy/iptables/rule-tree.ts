/** A line kube-proxy writes, as the rule that iptables-save shows after loading it. */

import type { IptablesOption, IptablesRule } from '../../../ast/iptables.ts';
import { generatedSpan } from '../../../base/span.ts';
import type { AddressFamily } from '../../kubernetes/go-address.ts';
import { savedLine, wordsOf } from './saved-line.ts';

interface Extension {
  readonly name: string;
  readonly options: IptablesOption[];
}

const headerNames = new Set(['-s', '-d', '-i', '-p']);
const flags = new Set(['--rcheck', '--reap', '--set', '--rsource', '--random-fully']);

/** Reads lines of this generator only. */
export function ruleOfLine(line: string, family: AddressFamily): IptablesRule {
  const words = wordsOf(savedLine(line, family));
  const header: IptablesOption[] = [];
  const matches: Extension[] = [];
  let target: Extension | undefined;
  let negated = false;
  for (let index = 2; index < words.length; index++) {
    const name = words[index] ?? '';
    if (name === '!') {
      negated = true;
      continue;
    }
    const values = flags.has(name) ? [] : [words[++index] ?? ''];
    if (name === '-m') {
      matches.push({ name: values[0] ?? '', options: [] });
    } else if (name === '-j') {
      target = { name: values[0] ?? '', options: [] };
    } else {
      const owner = headerNames.has(name) ? header : (target ?? matches.at(-1))?.options;
      owner?.push({ name, negated, values, span: generatedSpan });
    }
    negated = false;
  }
  return {
    chain: words[1] ?? '',
    header,
    matches: matches.map((match) => ({ ...match, span: generatedSpan })),
    ...(target === undefined ? {} : { target: { ...target, goto: false, span: generatedSpan } }),
    span: generatedSpan,
  };
}
