/** loadIptablesSave: reads what iptables-save and ip6tables-save write, and what people write for iptables-restore. */

import { parseLine } from '../../../grammar/iptables-save/line-parser.ts';
import type { IptablesRuleset } from '../../ast/iptables.ts';
import type { Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { type LoadOptions, loadLines } from './load-lines.ts';

export type { LoadOptions };

/** Never throws; lines with mistakes are reported and left out. */
export function loadIptablesSave(
  input: string | Source,
  options: LoadOptions,
): Result<IptablesRuleset> {
  const source: Source = typeof input === 'string' ? { name: '-', text: input } : input;
  const nothing: IptablesRuleset = { kind: 'iptables-ruleset', family: options.family, tables: [] };
  return loadLines(source, options, parseLine) ?? { value: nothing, diagnostics: [] };
}
