/** parseSelector: reads a Calico selector; plain ones without the grammar, which takes long to make. */

import type { Result } from '../../src/base/diagnostic.ts';
import type { Source } from '../../src/base/span.ts';
import { parseBySelectorGrammar } from './parser.ts';
import { readPlainSelector } from './plain-selector.ts';
import type { Selector } from './selector.ts';

/** Blank text is `all()`. The value is undefined when the text is not a selector; never throws. */
export function parseSelector(source: Source): Result<Selector | undefined> {
  const plain = readPlainSelector(source);
  return plain === undefined ? parseBySelectorGrammar(source) : { value: plain, diagnostics: [] };
}
