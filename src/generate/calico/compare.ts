/** Compares generated rules with a dump, chain by chain, as texts in the same words. */

/** Rules of every chain, in order, by table and chain. */
export type ChainTexts = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

export type ChainDifference =
  | { readonly kind: 'missing'; readonly table: string; readonly chain: string }
  | { readonly kind: 'extra'; readonly table: string; readonly chain: string }
  | {
      readonly kind: 'rules';
      readonly table: string;
      readonly chain: string;
      /** Position of the first rule that differs, from 0. */
      readonly index: number;
      readonly generated?: string;
      readonly dumped?: string;
    }
  | {
      readonly kind: 'hook';
      readonly table: string;
      readonly chain: string;
      readonly generated: string;
    };

export interface Tally {
  readonly equal: number;
  readonly all: number;
}

export interface Comparison {
  readonly chains: Tally;
  readonly rules: Tally;
  /** Rules in the kernel's own chains. */
  readonly hooks: Tally;
  readonly differences: readonly ChainDifference[];
}

/** In iptables' tables Calico has its own chains among others'; table calico of nftables mode is all its own. */
function isOwn(table: string, chain: string): boolean {
  return table === 'calico' || chain.startsWith('cali-');
}

interface Counting {
  chains: number;
  rules: number;
  hooks: number;
  readonly differences: ChainDifference[];
}

function compareOwnChain(
  counting: Counting,
  place: { readonly table: string; readonly chain: string },
  generated: readonly string[],
  dumped: readonly string[] | undefined,
): void {
  if (dumped === undefined) {
    counting.differences.push({ kind: 'missing', ...place });
    return;
  }
  const length = Math.max(generated.length, dumped.length);
  let first: number | undefined;
  for (let index = 0; index < length; index++) {
    if (generated[index] === dumped[index]) counting.rules++;
    else first ??= index;
  }
  if (first === undefined) {
    counting.chains++;
    return;
  }
  const [ours, theirs] = [generated[first], dumped[first]];
  counting.differences.push({
    kind: 'rules',
    ...place,
    index: first,
    ...(ours === undefined ? {} : { generated: ours }),
    ...(theirs === undefined ? {} : { dumped: theirs }),
  });
}

/** Hook rules stand among others' rules; only their order counts. */
function compareHooks(
  counting: Counting,
  place: { readonly table: string; readonly chain: string },
  generated: readonly string[],
  dumped: readonly string[],
): void {
  let from = 0;
  for (const text of generated) {
    const at = dumped.indexOf(text, from);
    if (at < 0) {
      counting.differences.push({ kind: 'hook', ...place, generated: text });
      continue;
    }
    counting.hooks++;
    from = at + 1;
  }
}

function chainsWhere(texts: ChainTexts, own: boolean): readonly (readonly string[])[] {
  return [...texts].flatMap(([table, chains]) =>
    [...chains].filter(([chain]) => isOwn(table, chain) === own).map(([, rules]) => rules),
  );
}

export function compareChains(generated: ChainTexts, dumped: ChainTexts): Comparison {
  const counting: Counting = { chains: 0, rules: 0, hooks: 0, differences: [] };
  for (const [table, chains] of generated) {
    const others = dumped.get(table);
    for (const [chain, rules] of chains) {
      const place = { table, chain };
      if (isOwn(table, chain)) compareOwnChain(counting, place, rules, others?.get(chain));
      else compareHooks(counting, place, rules, others?.get(chain) ?? []);
    }
    for (const chain of others?.keys() ?? []) {
      if (isOwn(table, chain) && !chains.has(chain)) {
        counting.differences.push({ kind: 'extra', table, chain });
      }
    }
  }
  const own = chainsWhere(generated, true);
  const hooks = chainsWhere(generated, false);
  return {
    chains: { equal: counting.chains, all: own.length },
    rules: { equal: counting.rules, all: own.flat().length },
    hooks: { equal: counting.hooks, all: hooks.flat().length },
    differences: counting.differences,
  };
}

function differenceText(difference: ChainDifference): string {
  const place = `table ${difference.table} chain ${difference.chain}`;
  switch (difference.kind) {
    case 'missing':
      return `${place}: not in the dump`;
    case 'extra':
      return `${place}: only in the dump`;
    case 'hook':
      return `${place}: without the rule\n  generated: ${difference.generated}`;
    case 'rules': {
      const { generated = '(no rule)', dumped = '(no rule)' } = difference;
      return `${place} rule ${difference.index + 1}:\n  generated: ${generated}\n  dump:      ${dumped}`;
    }
  }
}

/** The result for people: three counts and every difference. */
export function comparisonText({ chains, rules, hooks, differences }: Comparison): string {
  const tally = ({ equal, all }: Tally, what: string): string => `${equal} of ${all} ${what} equal`;
  return [
    tally(chains, 'cali-* chains'),
    tally(rules, 'rules'),
    tally(hooks, 'hook rules'),
    ...differences.map(differenceText),
    '',
  ].join('\n');
}

const tableStart = /^table (?:ip|ip6|inet) (\S+) \{$/;
const chainStart = /^(?:\t| {4}| {8})chain (\S+) \{$/;
const baseLine = /^\s*type \S+ hook /;

/** Chains of `nft list ruleset`; counters are set to zero, indentation by tabs or spaces is taken off. */
export function listedChains(text: string): ChainTexts {
  const tables = new Map<string, Map<string, string[]>>();
  let chains: Map<string, string[]> | undefined;
  let rules: string[] | undefined;
  let indentation = 0;
  for (const line of text.split('\n')) {
    const table = tableStart.exec(line)?.[1];
    const chain = chainStart.exec(line)?.[1];
    if (table !== undefined) {
      chains = tables.get(table) ?? new Map<string, string[]>();
      tables.set(table, chains);
    } else if (chain !== undefined) {
      indentation = 2 * (line.length - line.trimStart().length);
      rules = [];
      chains?.set(chain, rules);
    } else if (/^\s*\}$/.test(line)) {
      rules = undefined;
    } else if (rules !== undefined && !baseLine.test(line)) {
      rules.push(
        line
          .slice(indentation)
          .replace(/ ?# handle \d+$/, '')
          .replace(counters, zeroCounters),
      );
    }
  }
  return tables;
}

const counters = /counter packets \d+ bytes \d+/g;
const zeroCounters = 'counter packets 0 bytes 0';

/** Chains of iptables-save text; counters are left out. */
export function savedChains(text: string): ChainTexts {
  const tables = new Map<string, Map<string, string[]>>();
  let chains: Map<string, string[]> | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      chains = new Map<string, string[]>();
      tables.set(line.slice(1), chains);
    }
    const declared = /^:(\S+)/.exec(line)?.[1];
    if (declared !== undefined) chains?.set(declared, []);
    const [, chain = '', rule = ''] = /^(?:\[\d+:\d+\] )?-A (\S+)(?: (.*))?$/.exec(line) ?? [];
    if (chain !== '') chains?.get(chain)?.push(rule);
  }
  return tables;
}
