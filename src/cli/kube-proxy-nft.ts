/** The table of nftables mode through the nft language: listed, as JSON, compared. Loaded only when it is asked for. */

import type { Ruleset } from '../ast/nft/ruleset.ts';
import { assert } from '../base/assert.ts';
import { loadNft } from '../formats/nft/load.ts';
import { printNft } from '../formats/nft/print.ts';
import { writeNftJson } from '../formats/nft-json/write.ts';
import { compareDumps, tableScope } from '../generate/kube-proxy/compare/compare-dumps.ts';
import { tableComparisonText } from '../generate/kube-proxy/compare/comparison-text.ts';
import { dumpOfTable, kubeProxyTable } from '../generate/kube-proxy/compare/table-dump.ts';
import type { NftablesProgram } from '../generate/kube-proxy/nftables/generate.ts';
import { printNftScript } from '../generate/kube-proxy/nftables/print-commands.ts';
import { lower } from '../lower/lower.ts';
import { raise } from '../raise/raise.ts';

/** The table as nft reads it back from the kernel. */
function rulesetOf(text: string): Ruleset {
  const { value } = loadNft(text);
  return raise(lower(value).value, value);
}

export function listNftProgram(program: NftablesProgram): string {
  return printNft(rulesetOf(printNftScript(program)));
}

export function nftProgramJson(program: NftablesProgram): string {
  return `${writeNftJson(rulesetOf(printNftScript(program)))}\n`;
}

export function compareNftProgram(
  program: NftablesProgram,
  listing: string,
): { readonly text: string; readonly isEqual: boolean } | { readonly failure: string } {
  const { family } = program.context.settings;
  const table = kubeProxyTable(listing, family);
  if (table === '') return { failure: `there is no table ${family} kube-proxy in it` };
  const stated = (text: string) =>
    dumpOfTable(printNft(rulesetOf(text), { stateless: true }), family);
  const actual = stated(table);
  assert(actual.tables.size > 0, 'a table that was cut out of a listing');
  const comparison = compareDumps(stated(printNftScript(program)), actual, tableScope);
  const differences = comparison.differences.filter((one) => !isStale(one));
  return {
    text: tableComparisonText({ ...comparison, differences }),
    isEqual: differences.length === 0,
  };
}

/** kube-proxy empties chains at once and deletes them in a later sync. */
function isStale({
  kind,
  unexpected,
}: {
  readonly kind: string;
  readonly unexpected: readonly string[];
}): boolean {
  return kind === 'unexpected chain' && unexpected.length === 0;
}
