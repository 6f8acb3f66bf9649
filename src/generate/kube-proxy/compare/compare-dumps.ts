/** Chain by chain, what a node's dump has more, less or otherwise than it should. */

import type { RuleDump } from './rule-dump.ts';

export interface ChainDifference {
  /** `ip nat`. */
  readonly table: string;
  readonly chain: string;
  readonly kind: 'missing chain' | 'unexpected chain' | 'other rules' | 'other order';
  /** Rules that should be there and are not. */
  readonly missing: readonly string[];
  /** Rules that are there and should not. */
  readonly unexpected: readonly string[];
}

export interface DumpComparison {
  /** Names of chains that are equal, `TABLE CHAIN`. */
  readonly equal: readonly string[];
  readonly differences: readonly ChainDifference[];
}

export interface ComparisonScope {
  /** Chains that are compared as a whole. */
  readonly isOwnChain: (chain: string) => boolean;
  /** Rules of other chains that are compared; the others belong to somebody else. */
  readonly isOwnRule: (rule: string) => boolean;
  /** Chains whose rules may stand in any order, except the last. */
  readonly isUnordered: (chain: string) => boolean;
}

/** kube-proxy's and kubelet's chains, and the jumps to them. */
export const kubeScope: ComparisonScope = {
  isOwnChain: (chain) => chain.startsWith('KUBE-'),
  isOwnRule: (rule) => /(?:-j|jump) KUBE-/.test(rule),
  isUnordered: (chain) =>
    ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL'].includes(
      chain,
    ),
};

/** Everything in the table of nftables mode. */
export const tableScope: ComparisonScope = {
  isOwnChain: () => true,
  isOwnRule: () => false,
  isUnordered: (name) => !name.startsWith('chain '),
};

export function compareDumps(
  expected: RuleDump,
  actual: RuleDump,
  scope: ComparisonScope = kubeScope,
): DumpComparison {
  const equal: string[] = [];
  const differences: ChainDifference[] = [];
  const names = new Set([...chainNames(expected, scope), ...chainNames(actual, scope)]);
  for (const name of [...names].sort()) {
    const [table = '', chain = ''] = name.split('\t');
    const wanted = ownRules(expected, table, chain, scope);
    const found = ownRules(actual, table, chain, scope);
    const difference = compareChain(table, chain, wanted, found, scope);
    if (difference === undefined) equal.push(`${table} ${chain}`);
    else differences.push(difference);
  }
  return { equal, differences };
}

/** Own chains, and chains of others that hold own rules. */
function* chainNames(dump: RuleDump, scope: ComparisonScope): Generator<string> {
  for (const [table, chains] of dump.tables) {
    for (const [chain, rules] of chains) {
      if (scope.isOwnChain(chain) || rules.some(scope.isOwnRule)) yield `${table}\t${chain}`;
    }
  }
}

function ownRules(
  dump: RuleDump,
  table: string,
  chain: string,
  scope: ComparisonScope,
): readonly string[] | undefined {
  const rules = dump.tables.get(table)?.get(chain);
  return scope.isOwnChain(chain) ? rules : rules?.filter(scope.isOwnRule);
}

function compareChain(
  table: string,
  chain: string,
  wanted: readonly string[] | undefined,
  found: readonly string[] | undefined,
  scope: ComparisonScope,
): ChainDifference | undefined {
  if (wanted === undefined || found === undefined) {
    const kind = found === undefined ? 'missing chain' : 'unexpected chain';
    return { table, chain, kind, missing: wanted ?? [], unexpected: found ?? [] };
  }
  const missing = subtract(wanted, found);
  const unexpected = subtract(found, wanted);
  if (missing.length > 0 || unexpected.length > 0) {
    return { table, chain, kind: 'other rules', missing, unexpected };
  }
  const inOrder = scope.isUnordered(chain)
    ? wanted.at(-1) === found.at(-1) || !isFinalJump(wanted.at(-1))
    : wanted.every((rule, index) => rule === found[index]);
  return inOrder ? undefined : { table, chain, kind: 'other order', missing: [], unexpected: [] };
}

/** "this must be the last rule in this chain". */
function isFinalJump(rule: string | undefined): boolean {
  return rule !== undefined && /(?:-j|jump) KUBE-NODEPORTS$/.test(rule);
}

/** The difference of two multisets, in the order of the first. */
function subtract(rules: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const rule of others) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return rules.filter((rule) => {
    const left = counts.get(rule) ?? 0;
    counts.set(rule, left - 1);
    return left <= 0;
  });
}
