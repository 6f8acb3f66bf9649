/** Generated Calico rules in the formats of `generate calico --to`. */

import { printIptablesSave } from '../formats/iptables-save/print.ts';
import { listIptablesAsNft, listingSystems } from '../formats/iptables-translate/list-as-nft.ts';
import { loadNft } from '../formats/nft/load.ts';
import { printNft } from '../formats/nft/print.ts';
import { type CalicoExplainer, explainCalico } from '../generate/calico/explain.ts';
import type { GeneratedCalico } from '../generate/calico/generate-calico.ts';
import { ipSetRestore } from '../generate/calico/ip-set-restore.ts';
import { inOrderOfCreation } from '../generate/calico/iptables-ruleset.ts';
import { type NftTable, nftCommands, referencedSets } from '../generate/calico/nft-table.ts';
import { restoreText } from '../generate/calico/restore-text.ts';
import { lower } from '../lower/lower.ts';
import { raise } from '../raise/raise.ts';

export type CalicoFormat = 'iptables-save' | 'iptables-restore' | 'nft' | 'nft-list' | 'json';

export interface CalicoPrintOptions {
  readonly format: CalicoFormat;
  readonly dialect: keyof typeof listingSystems;
  readonly withIpsets: boolean;
  readonly annotate: boolean;
}

const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, (key, part: unknown) => (key === 'span' ? undefined : part), 2)}\n`;

type Printed = string | { readonly failure: string };

function printIptables(generated: GeneratedCalico, options: CalicoPrintOptions): Printed {
  const { model, tables, output } = generated;
  if (output.mode !== 'iptables') return { failure: 'not in iptables mode' };
  switch (options.format) {
    case 'iptables-save':
      return printIptablesSave(output.ruleset);
    case 'iptables-restore':
      return `${restoreText(tables, model.insertMode).join('\n')}\n`;
    case 'nft-list':
      return listIptablesAsNft(inOrderOfCreation(output.ruleset), listingSystems[options.dialect]);
    case 'json':
      return jsonText(output.ruleset);
    case 'nft':
      return {
        failure: '--to nft is for nftables mode; use nft-list to see how nft lists the rules',
      };
  }
}

/** What nft 1.1.7 lists of the table; rules that nft refuses fail as a whole, as they do when Felix writes them. */
export function nftablesListing(table: NftTable): Printed {
  const text = `${nftCommands(table, { setElements: true }).join('\n')}\n`;
  const loaded = loadNft({ name: '<generated>', text });
  const [problem] = loaded.diagnostics;
  if (problem !== undefined) {
    return { failure: `nft does not take what Felix writes: ${problem.message}` };
  }
  return printNft(raise(lower(loaded.value).value, loaded.value));
}

function printNftables(generated: GeneratedCalico, options: CalicoPrintOptions): Printed {
  const { output } = generated;
  if (output.mode !== 'nftables') return { failure: 'not in nftables mode' };
  switch (options.format) {
    case 'nft':
      return `${nftCommands(output.table, { setElements: options.withIpsets }).join('\n')}\n`;
    case 'nft-list':
      return nftablesListing(output.table);
    case 'json':
      return jsonText(output.table);
    default:
      return {
        failure: `--to ${options.format} is not for nftables mode; use nft, nft-list or json`,
      };
  }
}

/** The chain whose first rule, or whose block, a line begins. */
const chainOfLine: readonly RegExp[] = [
  /^-[AI] (\S+) /,
  /^\tchain (\S+) \{$/,
  /^add rule ip6? calico (\S+) /,
];

function annotated(text: string, explainer: CalicoExplainer): string {
  const seen = new Set<string>();
  let table = '';
  const lines = text.split('\n').flatMap((line) => {
    const started = /^(?:\*|table ip6? )(\w+)/.exec(line)?.[1];
    if (started !== undefined) table = started;
    const chain = chainOfLine.map((pattern) => pattern.exec(line)?.[1]).find(Boolean) ?? '';
    const explanation = chain === '' ? undefined : explainer.chain(chain, table);
    const key = `${table} ${chain}`;
    if (explanation === undefined || seen.has(key)) return [line];
    seen.add(key);
    const indentation = line.startsWith('\t') ? '\t' : '';
    return [`${indentation}# ${explanation.text}`, line];
  });
  return lines.join('\n');
}

/** The sets that the rules refer to, as `ipset restore` reads them. */
export function printIpSets({ model, tables }: GeneratedCalico): string {
  const names = new Set(referencedSets(tables).keys());
  return `${ipSetRestore(model, names).join('\n')}\n`;
}

export function printCalico(generated: GeneratedCalico, options: CalicoPrintOptions): Printed {
  const printed =
    generated.output.mode === 'iptables'
      ? printIptables(generated, options)
      : printNftables(generated, options);
  if (typeof printed !== 'string' || !options.annotate || options.format === 'json') return printed;
  return annotated(printed, explainCalico(generated.model, generated.tables));
}
