/** The differences of two dumps as text. */

import type { ChainDifference, DumpComparison } from './compare-dumps.ts';

/** The same for the table of nftables mode. */
export function tableComparisonText({ equal, differences }: DumpComparison): string {
  const objects = `${equal.length} chains, sets and maps`;
  const summary =
    differences.length === 0
      ? `equal: all ${objects}`
      : `different: ${differences.length}; equal: ${objects}`;
  return [...differences.map(differenceText), summary, ''].join('\n');
}

/** One line per chain, `+` for rules the dump has and should not, `-` for rules it lacks; then a summary. */
export function comparisonText({ equal, differences }: DumpComparison): string {
  const own = equal.filter((name) => name.split(' ').at(-1)?.startsWith('KUBE-'));
  const rest = equal.length - own.length;
  const jumps = rest === 0 ? '' : `, and the jumps from ${rest} built-in chains`;
  const summary =
    differences.length === 0
      ? `equal: all ${own.length} KUBE-* chains${jumps}`
      : `different: ${differences.length} chains; equal: ${own.length} KUBE-* chains${jumps}`;
  return [...differences.map(differenceText), summary, ''].join('\n');
}

function differenceText({ table, chain, kind, missing, unexpected }: ChainDifference): string {
  return [
    `${table} ${chain}: ${kind}`,
    ...missing.map((rule) => `  - ${rule}`),
    ...unexpected.map((rule) => `  + ${rule}`),
  ].join('\n');
}
