/** Options of the rule itself, apart from extensions: addresses, interfaces, protocol, fragments. */

import type { Address } from '../../base/address.ts';
import { fullMask, isPlainNetwork, masked, parseHost, parseMask } from './networks.ts';
import { readProtocol } from './value-kinds.ts';
import type { IptablesFamily, Problem, RuleProtocol, WrittenOption } from './written.ts';

export interface HeaderAddress {
  readonly address: Address;
  readonly mask: Address;
  readonly inverted: boolean;
}

export interface HeaderInterface {
  /** May end in `+`. */
  readonly name: string;
  readonly inverted: boolean;
}

export interface RuleHeader {
  readonly source?: HeaderAddress;
  readonly destination?: HeaderAddress;
  readonly inInterface?: HeaderInterface;
  readonly outInterface?: HeaderInterface;
  readonly protocol?: RuleProtocol;
  /** Second and further fragments; IPv4 only. */
  readonly fragment?: { readonly inverted: boolean };
}

export interface HeaderRow {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly words: number;
  readonly invert: boolean;
  /** See ValueKind: words that are surely good, so that lines which differ in them are of one shape. */
  readonly certain?: (text: string, family: IptablesFamily) => boolean;
}

const plainInterface = /^[\w.@-]{1,14}\+?$/;

function isPlainInterface(text: string): boolean {
  return plainInterface.test(text);
}

/** Short name first; the words of -c are counters. */
// biome-ignore format: table
export const headerRows: readonly HeaderRow[] = [
  { name: '-s', aliases: ['--source', '--src'], words: 1, invert: true, certain: isPlainNetwork },
  { name: '-d', aliases: ['--destination', '--dst'], words: 1, invert: true, certain: isPlainNetwork },
  { name: '-i', aliases: ['--in-interface'], words: 1, invert: true, certain: isPlainInterface },
  { name: '-o', aliases: ['--out-interface'], words: 1, invert: true, certain: isPlainInterface },
  { name: '-p', aliases: ['--protocol'], words: 1, invert: true },
  { name: '-f', aliases: ['--fragment', '--fragments'], words: 0, invert: true },
  { name: '-4', aliases: ['--ipv4'], words: 0, invert: false },
  { name: '-6', aliases: ['--ipv6'], words: 0, invert: false },
  { name: '-c', aliases: ['--set-counters'], words: 2, invert: false },
  { name: '-m', aliases: ['--match'], words: 1, invert: false },
  { name: '-j', aliases: ['--jump'], words: 1, invert: false },
  { name: '-g', aliases: ['--goto'], words: 1, invert: false },
];

type Report = (problem: Problem) => void;

/** Address lists make several headers: every source with every destination. */
export function readHeaders(
  options: readonly WrittenOption[],
  family: IptablesFamily,
  report: Report,
): readonly RuleHeader[] {
  let sources: readonly (HeaderAddress | undefined)[] = [undefined];
  let destinations: readonly (HeaderAddress | undefined)[] = [undefined];
  const rest: {
    inInterface?: HeaderInterface;
    outInterface?: HeaderInterface;
    protocol?: RuleProtocol;
    fragment?: { inverted: boolean };
  } = {};
  for (const option of options) {
    const [text = ''] = option.values;
    if (option.name === '-s') sources = readAddresses(option, text, family, report);
    if (option.name === '-d') destinations = readAddresses(option, text, family, report);
    if (option.name === '-f') rest.fragment = { inverted: option.negated };
    if (option.name === '-p') {
      const protocol = readRuleProtocol(option, text, report);
      if (protocol !== undefined) rest.protocol = protocol;
    }
    if (option.name === '-i' || option.name === '-o') {
      const named = readInterface(option, text, report);
      if (named !== undefined) rest[option.name === '-i' ? 'inInterface' : 'outInterface'] = named;
    }
  }
  return sources.flatMap((source) =>
    destinations.map((destination) => ({
      ...(source && { source }),
      ...(destination && { destination }),
      ...rest,
    })),
  );
}

function readAddresses(
  option: WrittenOption,
  text: string,
  family: IptablesFamily,
  report: Report,
): readonly (HeaderAddress | undefined)[] {
  const parts = text.split(',');
  if (option.negated && parts.length > 1) {
    report({
      option,
      message: '! cannot be used with several addresses',
      hint: 'use one rule for each, or a set',
    });
  }
  return parts.map((part) => readAddress(option, part.trim(), family, report));
}

function readAddress(
  option: WrittenOption,
  text: string,
  family: IptablesFamily,
  report: Report,
): HeaderAddress | undefined {
  const slash = text.indexOf('/');
  const address = parseHost(slash < 0 ? text : text.slice(0, slash), family);
  if (address === undefined) {
    const host = slash < 0 ? text : text.slice(0, slash);
    report({
      option,
      message: `host or network '${host}' not found`,
      hint: 'write a numeric address: names are not resolved',
    });
    return undefined;
  }
  const mask = slash < 0 ? fullMask(family) : parseMask(text.slice(slash + 1), family);
  if (mask === undefined) {
    report({ option, message: `invalid mask '${text.slice(slash + 1)}' specified` });
    return undefined;
  }
  return { address: masked(address, mask), mask, inverted: option.negated };
}

function readRuleProtocol(
  option: WrittenOption,
  text: string,
  report: Report,
): RuleProtocol | undefined {
  const number = readProtocol(text);
  if (number === undefined) {
    const hint = text === '!' ? { hint: 'write the ! before the option' } : {};
    report({ option, message: `unknown protocol '${text}' specified`, ...hint });
    return undefined;
  }
  if (number === 0 && option.negated)
    report({ option, message: 'rule would never match protocol' });
  return { number, negated: option.negated };
}

function readInterface(
  option: WrittenOption,
  text: string,
  report: Report,
): HeaderInterface | undefined {
  if (text.length > 15) {
    report({ option, message: `interface name '${text}' must be shorter than 16 characters` });
    return undefined;
  }
  if (text === '') {
    report({ option, message: 'an empty interface name is likely to be undesired' });
    return undefined;
  }
  return { name: text, inverted: option.negated };
}
