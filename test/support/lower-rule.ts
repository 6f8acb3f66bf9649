/** Lowers one rule of a table made for it and lists its operations. */

import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { Family } from '../../src/fields/families.ts';
import { indexTable, printRule } from '../../src/formats/bytecode/print.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import { lower } from '../../src/lower/lower.ts';

export interface LoweredRule {
  /** The lines behind the rule's place, without brackets; sets that come with it stand before as listed. */
  readonly lines: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Texts that the diagnostics point at. */
  readonly places: readonly string[];
}

export interface RulePlace {
  readonly hook?: string;
  readonly type?: 'filter' | 'nat';
  /** Declarations in the table. */
  readonly declarations?: string;
}

export function lowerRuleText(family: Family, rule: string, place: RulePlace = {}): LoweredRule {
  const hook = place.hook ?? (family === 'netdev' ? 'ingress device lo' : 'input');
  const text = `table ${family} t {
  ${place.declarations ?? ''}
  chain c {
    type ${place.type ?? 'filter'} hook ${hook} priority 0;
    ${rule}
  }
}
`;
  const loaded = loadNft(text);
  const lowered = lower(loaded.value);
  const diagnostics = [...loaded.diagnostics, ...lowered.diagnostics];
  const table = lowered.value.tables[0];
  const chain = table?.chains.find(({ name }) => name === 'c');
  const program = chain?.rules[0];
  const listed =
    table === undefined || chain === undefined || program === undefined
      ? []
      : printRule(indexTable(table), chain, program);
  return {
    lines: listed.map((line) => line.replace(/^ {2}\[ (.*) \]$/, '$1')),
    diagnostics,
    places: diagnostics.map(({ span }) => span.source.text.slice(span.start, span.end)),
  };
}
