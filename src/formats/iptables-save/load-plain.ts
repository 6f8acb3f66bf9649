/** Loads iptables-save text that stands as the tool writes it: the grammar, which takes long to make, is not needed. */

import { readPlainLine } from '../../../grammar/iptables-save/plain-line.ts';
import type { IptablesRuleset } from '../../ast/iptables.ts';
import type { Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { type LoadOptions, loadLines } from './load-lines.ts';

/** What `loadIptablesSave` gives; undefined when only that can tell. */
export function loadPlainSave(
  source: Source,
  options: LoadOptions,
): Result<IptablesRuleset> | undefined {
  return loadLines(source, options, readPlainLine);
}
