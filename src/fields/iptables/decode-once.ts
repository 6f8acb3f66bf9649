/** Remembers what options mean: of a hundred thousand rules most say `-m tcp --dport 80` or the like. */

import type { AnyExtension } from './registry.ts';
import type { Problem, RuleSite, WrittenOption } from './written.ts';

/** So many meanings of one extension are kept; then it is begun anew. */
const mostMeanings = 4096;

/** Meanings by what they hang on: the options' words, the family, the protocol. */
const meanings = new WeakMap<object, Map<string, unknown>>();

/** As `extension.decode`; equal options give the same object. */
export function decodeOnce<Options>(
  extension: AnyExtension<Options>,
  written: readonly WrittenOption[],
  site: RuleSite,
  report: (problem: Problem) => void,
): Options | undefined {
  if (site.ipsets !== undefined) return extension.decode(written, site, report);
  const known = meaningsOf(extension);
  const key = keyOf(written, site);
  const meaning = known.get(key);
  if (meaning !== undefined) return meaning;
  const options = extension.decode(written, site, report);
  if (options !== undefined) {
    if (known.size >= mostMeanings) known.clear();
    known.set(key, options);
  }
  return options;
}

function meaningsOf<Options>(extension: AnyExtension<Options>): Map<string, Options> {
  const known = meanings.get(extension);
  // Under an extension there are only meanings that it has given itself.
  if (known !== undefined) return known as Map<string, Options>;
  const none = new Map<string, Options>();
  meanings.set(extension, none);
  return none;
}

function keyOf(written: readonly WrittenOption[], { family, protocol }: RuleSite): string {
  let key = protocol === undefined ? family : `${family}${protocol.number}${protocol.negated}`;
  for (const { name, negated, values } of written) {
    key += negated ? `\0!${name}` : `\0${name}`;
    for (const value of values) key += `\u0001${value}`;
  }
  return key;
}
