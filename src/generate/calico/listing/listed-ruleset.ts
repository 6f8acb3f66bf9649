/** What `nft list ruleset` shows of rules that iptables-nft wrote. */

import type {
  IptablesFamily,
  IptablesOption,
  IptablesRule,
  IptablesRuleset,
  IptablesTable,
} from '../../../ast/iptables.ts';
import { protocolName } from '../../../fields/iptables/protocols.ts';
import type { ListingDialect } from './dialect.ts';
import { matchWords } from './match-words.ts';
import { targetWords } from './target-words.ts';

const names: Readonly<Record<string, string>> = { icmpv6: 'ipv6-icmp', ipencap: 'ipencap' };

function protocolWord(text: string, dialect: ListingDialect): string {
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  const name = number === undefined ? (names[text] ?? text) : (protocolName(number) ?? text);
  return name === 'ipencap' ? dialect.ipInIp : name;
}

function option(rule: IptablesRule, ...wanted: readonly string[]): IptablesOption | undefined {
  return rule.header.find(({ name }) => wanted.includes(name));
}

function words(
  prefix: string,
  found: IptablesOption | undefined,
  show: (value: string) => string,
): readonly string[] {
  if (found === undefined) return [];
  return [`${prefix} ${found.negated ? '!= ' : ''}${show(found.values[0] ?? '')}`];
}

const quotedInterface = (name: string): string => `"${name.replace(/\+$/, '*')}"`;

/** Full length is left out; a network of everything is no match at all. */
function network(text: string): string {
  return text.replace(/\/32$|\/128$/, '');
}

function isEverything(found: IptablesOption | undefined): boolean {
  return /\/0$/.test(found?.values[0] ?? '');
}

/** One rule, counters included. */
export function listedRule(
  rule: IptablesRule,
  family: IptablesFamily,
  dialect: ListingDialect,
): string {
  const protocolOption = option(rule, '-p', '--protocol');
  const source = option(rule, '-s', '--source');
  const destination = option(rule, '-d', '--destination');
  const protocol = protocolWord(protocolOption?.values[0] ?? '', dialect);
  const { packets = 0n, bytes = 0n } = rule.counters ?? {};
  return [
    ...words('iifname', option(rule, '-i', '--in-interface'), quotedInterface),
    ...words('oifname', option(rule, '-o', '--out-interface'), quotedInterface),
    ...words('meta l4proto', protocolOption, () => protocol),
    ...(isEverything(source) ? [] : words(`${family} saddr`, source, network)),
    ...(isEverything(destination) ? [] : words(`${family} daddr`, destination, network)),
    ...rule.matches.map((match) => matchWords(match, { dialect, protocol })),
    `counter packets ${packets} bytes ${bytes}`,
    ...(rule.target === undefined ? [] : [targetWords(rule.target, dialect)]),
  ].join(' ');
}

interface BaseChain {
  readonly type: string;
  readonly hook: string;
  readonly priority: string;
}

const natPriorities: Readonly<Record<string, string>> = {
  PREROUTING: 'dstnat',
  OUTPUT: 'dstnat',
  POSTROUTING: 'srcnat',
  INPUT: 'srcnat',
};

function baseChain(table: string, chain: string, dialect: ListingDialect): BaseChain {
  const hook = chain.toLowerCase();
  if (table !== 'nat') {
    const type = table === 'mangle' && chain === 'OUTPUT' ? 'route' : 'filter';
    return { type, hook, priority: table };
  }
  const named = natPriorities[chain] ?? '0';
  const priority = chain === 'OUTPUT' && !dialect.outputDstnat ? '-100' : named;
  return { type: 'nat', hook, priority };
}

/** Chains as blocks of lines; kernel chains without rules are not there. */
function chainBlocks(
  table: IptablesTable,
  family: IptablesFamily,
  dialect: ListingDialect,
): readonly (readonly string[])[] {
  const byChain = new Map<string, IptablesRule[]>();
  for (const rule of table.rules) {
    const list = byChain.get(rule.chain);
    if (list === undefined) byChain.set(rule.chain, [rule]);
    else list.push(rule);
  }
  const own = table.chains.filter(({ policy }) => policy === undefined);
  const kernel = table.chains.filter(
    ({ policy, name }) => policy !== undefined && byChain.has(name),
  );
  return [...own, ...kernel].map(({ name, policy }) => {
    const rules = (byChain.get(name) ?? []).map(
      (rule) => `\t\t${listedRule(rule, family, dialect)}`,
    );
    const { type, hook, priority } = baseChain(table.name, name, dialect);
    const base = `\t\ttype ${type} hook ${hook} priority ${priority}; policy ${(policy ?? '').toLowerCase()};`;
    return [`\tchain ${name} {`, ...(policy === undefined ? [] : [base]), ...rules, '\t}'];
  });
}

/** The listing, line by line; own chains first, as Felix makes them before it hooks them in. */
export function listedRuleset(
  { family, tables }: IptablesRuleset,
  dialect: ListingDialect,
): readonly string[] {
  return tables.flatMap((table) => {
    const blocks = chainBlocks(table, family, dialect);
    const body = blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
    return [`table ${family} ${table.name} {`, ...body, '}'];
  });
}
